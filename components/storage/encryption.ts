import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../validation/index.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Whether a bucket accepts new objects encrypted with keys that come with requests. */
export const CustomerSuppliedEncryption = {
  /** Stated explicitly, so that a change of Google's default changes nothing. */
  Allowed: "ALLOWED",
  /** Google refuses to create objects with such keys. */
  Forbidden: "FORBIDDEN",
} as const;
export type CustomerSuppliedEncryption =
  (typeof CustomerSuppliedEncryption)[keyof typeof CustomerSuppliedEncryption];

/** Arguments that determine the encryption of new objects. */
export interface EncryptionArguments {
  kmsKeyName?: pulumi.Input<string>;
  customerSuppliedEncryption?: CustomerSuppliedEncryption;
}

/** Google's names: https://docs.cloud.google.com/storage/docs/json_api/v1/buckets#resource */
const RESTRICTION_MODES: Readonly<Record<CustomerSuppliedEncryption, string>> = {
  ALLOWED: "NotRestricted",
  FORBIDDEN: "FullyRestricted",
};

/** The bucket's encryption, where anything is asked for. */
export function encryptionOf({ kmsKeyName, customerSuppliedEncryption }: EncryptionArguments): {
  encryption?: gcp.types.input.storage.BucketEncryption;
} {
  if (kmsKeyName === undefined && customerSuppliedEncryption === undefined) return {};
  return {
    encryption: {
      ...withoutUndefined({ defaultKmsKeyName: kmsKeyName }),
      ...(customerSuppliedEncryption && {
        customerSuppliedEncryptionEnforcementConfig: {
          restrictionMode: RESTRICTION_MODES[customerSuppliedEncryption],
        },
      }),
    },
  };
}

/** Problems of the encryption arguments, as far as they are known. */
export function encryptionProblems({
  kmsKeyName,
  customerSuppliedEncryption,
}: EncryptionArguments): Problem[] {
  const problems: Problem[] = [];
  if (typeof kmsKeyName === "string" && !KEY_NAME.test(kmsKeyName)) {
    problems.push({
      path: "kmsKeyName",
      given: shown(kmsKeyName),
      allowed: "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
      because: VERSION.test(kmsKeyName)
        ? "Storage takes the key, and uses its primary version."
        : "Storage takes the full resource name of a key.",
      fix: "pass the id of the gcp.kms.CryptoKey",
    });
  }
  if (customerSuppliedEncryption !== undefined && !(customerSuppliedEncryption in RESTRICTION_MODES)) {
    problems.push({
      path: "customerSuppliedEncryption",
      given: shown(customerSuppliedEncryption),
      allowed: Object.keys(RESTRICTION_MODES).join(" or "),
      fix: "use one of these, or leave it out",
    });
  }
  return problems;
}

const KEY_NAME = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;
const VERSION = /\/cryptoKeyVersions\/[^/]+$/;
