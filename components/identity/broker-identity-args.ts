import type * as pulumi from "@pulumi/pulumi";
import {
  labelProblems,
  problems,
  regionsProblems,
  shown,
  type Problem,
  type Problems,
} from "../validation/index.ts";
import { memberNameProblems } from "./grants.ts";
import { hmacKeyProblems, planHmacKeys, retiringKeyProblems, type BrokerHmacKey } from "./hmac-keys.ts";
import { secretKeyProblems } from "./secret-keys.ts";
import { signerRoleProblems } from "./sign-blob-role.ts";
import { SignerKind } from "./signer-kind.ts";

/** Arguments of {@link BrokerIdentity}. */
export interface BrokerIdentityArgs {
  /** Project id. */
  readonly projectId: pulumi.Input<string>;
  /** Name of the bucket that signed URLs open. It needs uniform bucket-level access. */
  readonly bucket: pulumi.Input<string>;
  /** Regions, in lower case, that hold the secrets: the bucket's own, so that either can be lost. */
  readonly regions: string[];
  /**
   * IAM members of the coordinators, at least one, as returned by `kubernetesPrincipal`. Only they may sign in the
   * signer's name and read the secrets. If there are several, name those that are outputs: `namedMember`.
   */
  readonly coordinatorPrincipals: pulumi.Input<string>[];
  /**
   * What the grants to `coordinatorPrincipals` wait for: the clusters. Principals of Workload Identity Federation are
   * refused (`Identity Pool does not exist`) until the project has had its first cluster with it. A component's own
   * `dependsOn` does not reach its children, so it would not do.
   */
  readonly waitFor?: pulumi.Resource[];
  /** SIGN_BLOB or HMAC. How to change it while URLs are in use: docs/runbooks/sign-blob.md. @default "SIGN_BLOB" */
  readonly signer?: SignerKind;
  /**
   * Two accounts instead of one: `signerEmail` creates objects and cannot read any, `readSignerEmail` reads objects and
   * cannot create any. Switching it on ends the outstanding URLs for reading, whose signer loses that right.
   * @default false
   */
  readonly separateSigners?: boolean;
  /**
   * SIGN_BLOB only: full name of a role to grant instead of a new custom role, such as one of the organisation. It has
   * to hold `iam.serviceAccounts.signBlob`. @default a custom role of the project that holds nothing else
   */
  readonly signerRole?: pulumi.Input<string>;
  /**
   * HMAC keys by name, at most 10. Rotation: see {@link BrokerHmacKey}. With SIGN_BLOB: keys of an earlier HMAC signer,
   * which stay until the URLs that they signed have ended.
   * @default [{ name: "a", state: "ACTIVE" }] with HMAC, none with SIGN_BLOB
   */
  readonly hmacKeys?: BrokerHmacKey[];
  /** HMAC only: name of the key that signs. @default the first ACTIVE one */
  readonly activeKey?: string;
  /** Id of the signer's service account, 6 to 30 characters. @default `${name}-signer` */
  readonly signerAccountId?: string;
  /** With `separateSigners`: id of the account that reads, 6 to 30 characters. @default `${name}-reader` */
  readonly readSignerAccountId?: string;
  /**
   * Cloud KMS keys that encrypt the secrets, by region: one for each of `regions`, in that region, as full names
   * (`projects/P/locations/us-central1/keyRings/R/cryptoKeys/K`). Secret Manager's service agent needs
   * `roles/cloudkms.cryptoKeyEncrypterDecrypter` on each. Secrets take another key in place.
   * Source: https://docs.cloud.google.com/secret-manager/docs/cmek @default Google's own keys
   */
  readonly kmsKeyNames?: Record<string, pulumi.Input<string>>;
  /** Labels of the secrets. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets the account, keys and secrets be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

/** The arguments with their defaults, as far as they are plain values. */
export function brokerSettings(name: string, args: Partial<BrokerIdentityArgs>) {
  const signer = args.signer ?? SignerKind.SignBlob;
  const declared = args.hmacKeys ?? (signer === SignerKind.Hmac ? undefined : []);
  return {
    signer,
    separateSigners: args.separateSigners ?? false,
    signerAccountId: args.signerAccountId ?? `${name}-signer`,
    readSignerAccountId: args.readSignerAccountId ?? `${name}-reader`,
    hmacKeys: planHmacKeys(declared, args.activeKey),
    kept: args.disposable !== true,
  };
}

/** Problems of the given arguments, in advance. */
export function brokerIdentityProblems(name: string, args: Partial<BrokerIdentityArgs>): Problem[] {
  const settings = brokerSettings(name, args);
  const found = problems();
  if (Object.values(SignerKind).includes(settings.signer)) kindProblems(found, settings, args);
  else {
    found.add({
      path: "signer",
      given: shown(settings.signer),
      allowed: Object.values(SignerKind).map(shown).join(" or "),
      fix: `use ${shown(SignerKind.SignBlob)}, which stores no key`,
    });
  }
  found.addAll(accountIdProblems("signerAccountId", settings.signerAccountId));
  if (settings.separateSigners) readerProblems(found, settings);
  else refuseGiven(found, args, "readSignerAccountId", "separateSigners is false", "set separateSigners");
  found.addAll(args.regions ? regionsProblems(args.regions) : []);
  found.addAll(secretKeyProblems(args.kmsKeyNames, args.regions ?? Object.keys(args.kmsKeyNames ?? {})));
  found.addAll(labelProblems(args.labels ?? {}));
  found.addAll(principalsProblems(args.coordinatorPrincipals));
  found.addAll(memberNameProblems("coordinatorPrincipals", args.coordinatorPrincipals ?? []));
  return [...found.found];
}

type Settings = ReturnType<typeof brokerSettings>;

function kindProblems(found: Problems, settings: Settings, args: Partial<BrokerIdentityArgs>): void {
  if (settings.signer === SignerKind.Hmac) {
    found.addAll(hmacKeyProblems(settings.hmacKeys));
    refuseGiven(
      found,
      args,
      "signerRole",
      "with signer HMAC, signBlob is not used",
      'set signer: "SIGN_BLOB"',
    );
    return;
  }
  found.addAll(retiringKeyProblems(settings.hmacKeys));
  refuseGiven(found, args, "activeKey", "signer is SIGN_BLOB, and no HMAC key signs", 'set signer: "HMAC"');
  found.addAll(signerRoleProblems(args.signerRole));
}

/** An argument that would have no effect is a mistake. */
function refuseGiven(
  found: Problems,
  args: Partial<BrokerIdentityArgs>,
  path: "activeKey" | "signerRole" | "readSignerAccountId",
  because: string,
  otherwise: string,
): void {
  if (args[path] === undefined) return;
  found.add({
    path,
    given: typeof args[path] === "string" ? shown(args[path]) : "a value",
    allowed: "nothing",
    because: `${because}.`,
    fix: `leave it out, or ${otherwise}`,
  });
}

function readerProblems(found: Problems, { signerAccountId, readSignerAccountId }: Settings): void {
  found.addAll(accountIdProblems("readSignerAccountId", readSignerAccountId));
  if (readSignerAccountId !== signerAccountId) return;
  found.add({
    path: "readSignerAccountId",
    given: shown(readSignerAccountId),
    allowed: "another id than signerAccountId",
    because: "separate signers are two accounts.",
    fix: "give each its own id, or leave separateSigners out",
  });
}

function accountIdProblems(path: string, accountId: string): Problem[] {
  if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(accountId)) return [];
  return [
    {
      path,
      given: shown(accountId),
      allowed: "6 to 30 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
      fix: `set ${path}, or give the component a shorter name`,
    },
  ];
}

/** https://docs.cloud.google.com/iam/docs/principal-identifiers */
const ONE_MEMBER = /^(?:principal:\/\/|principalSet:\/\/|serviceAccount:|user:|group:)\S+$/;

function principalsProblems(members: readonly pulumi.Input<string>[] | undefined): Problem[] {
  if (members === undefined) return [];
  if (members.length === 0) {
    return [
      {
        path: "coordinatorPrincipals",
        given: "[]",
        allowed: "at least one IAM member",
        because: "without one, no coordinator can sign.",
        fix: "pass what kubernetesPrincipal returns for the coordinators' service account",
      },
    ];
  }
  return members.flatMap((member, index) => {
    if (typeof member !== "string" || ONE_MEMBER.test(member)) return [];
    const isEverybody = member === "allUsers" || member === "allAuthenticatedUsers";
    return [
      {
        path: `coordinatorPrincipals[${index}]`,
        given: shown(member),
        allowed: "principal://…, principalSet://…, serviceAccount:…, user:… or group:…",
        ...(isEverybody && { because: "everyone could sign URLs for all objects in the bucket." }),
        fix: "use what kubernetesPrincipal returns for the coordinators' service account",
      },
    ];
  });
}
