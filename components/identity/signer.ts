import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { SignerResources } from "./broker-identity-resources.ts";
import type { Grantee } from "./grants.ts";
import type { BrokerHmacKey } from "./hmac-keys.ts";
import { SignerPower, type SignerAccount } from "./signer-account.ts";
import { signingKey } from "./signing-key.ts";
import type { StoredSecretArgs } from "./stored-secret.ts";

/** How an account comes to sign. */
export interface SignerArgs {
  /** What the names of the keys begin with. */
  readonly keyPrefix: string;
  readonly keys: readonly Required<BrokerHmacKey>[];
  /** Where the keys are kept, and who reads them. */
  readonly place: Omit<StoredSecretArgs, "payload">;
  /** The role that allows signing without a key; undefined where keys sign. */
  readonly role: pulumi.Input<string> | undefined;
  readonly coordinators: readonly Grantee<pulumi.Input<string>>[];
  /** Resources to create before the coordinators' grants. */
  readonly waitFor: pulumi.Resource[];
}

/** The account's keys, and the coordinators' right to sign in its name. */
export function signer(
  { name, account, grants }: SignerAccount,
  { keyPrefix, keys, place, role, coordinators, waitFor }: SignerArgs,
  parent: pulumi.Resource,
): SignerResources {
  const hmacKeys = keys.map((declared) => {
    const key = signingKey(
      `${keyPrefix}-hmac-${declared.name}`,
      { ...place, declared, signerEmail: account.email, after: [...grants.values()] },
      parent,
    );
    return [declared.name, key] as const;
  });
  const signGrants =
    role === undefined
      ? []
      : coordinators.map(({ value: member, named }) => {
          const grant = named(`${name}-signs`);
          return new gcp.serviceaccount.IAMMember(
            grant.name,
            { serviceAccountId: account.name, role, member },
            { parent, dependsOn: waitFor, ...grant.opts },
          );
        });
  return {
    account,
    readGrant: grants.get(SignerPower.READ),
    createGrant: grants.get(SignerPower.CREATE),
    signGrants,
    hmacKeys: Object.fromEntries(hmacKeys),
  };
}
