import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { HmacKeyState, type BrokerHmacKey } from "./hmac-keys.ts";
import type { HmacKeyResources } from "./broker-identity-resources.ts";
import { storedSecret, type SecretLocation } from "./stored-secret.ts";

/** An HMAC key to make. */
export interface SigningKeyArgs extends SecretLocation {
  readonly declared: Required<BrokerHmacKey>;
  readonly signerEmail: pulumi.Input<string>;
  /** Members that may read the key while it is ACTIVE. */
  readonly readers: readonly pulumi.Input<string>[];
  /** Resources to create before the key: the signer's grants. */
  readonly after: readonly pulumi.Resource[];
  /** Whether deletion is refused while the key is ACTIVE. */
  readonly kept: boolean;
}

/** One HMAC key and the secret that holds it as `{"accessId", "secret"}`. */
export function signingKey(name: string, args: SigningKeyArgs, parent: pulumi.Resource): HmacKeyResources {
  const { declared, signerEmail, after, readers, ...place } = args;
  const active = declared.state === HmacKeyState.ACTIVE;
  // An INACTIVE key is on its way out: were it protected, leaving it out would take a step outside the configuration.
  const kept = args.kept && active;
  const key = new gcp.storage.HmacKey(
    name,
    {
      serviceAccountEmail: signerEmail,
      project: args.projectId,
      state: declared.state,
      deletionPolicy: kept ? "PREVENT" : "DELETE",
    },
    { parent, ...(kept && { protect: true }), dependsOn: [...after] },
  );
  const payload = pulumi.jsonStringify({ accessId: key.accessId, secret: key.secret });
  const secret = storedSecret(name, { ...place, payload, readers: active ? readers : [], kept }, parent);
  return { key, secret };
}
