import { CustomerSuppliedEncryption } from "../storage/encryption.ts";
import type { Problem } from "../validation/index.ts";

/** What a platform does with its bucket, as far as it bears on customer-supplied keys. */
export interface CustomerSuppliedKeyUse {
  /** The bucket's say over keys that clients send with their requests (CSEK). */
  readonly customerSuppliedEncryption?: CustomerSuppliedEncryption;
  /** Whether a CDN serves the bucket. */
  readonly cdn?: boolean;
  /** Whether Storage Transfer Service writes to the bucket or reads from it. */
  readonly transfer?: boolean;
}

/**
 * Customer-supplied keys (CSEK) are given with each request, and only there: who has no key can neither read nor copy
 * the object. So they go neither with a CDN, which has none, nor with Storage Transfer Service, which takes none. A key
 * in Cloud KMS (CMEK) goes with both.
 *
 * Source: https://docs.cloud.google.com/storage/docs/encryption/customer-supplied-keys
 */
export function customerSuppliedKeyProblems(use: CustomerSuppliedKeyUse): Problem[] {
  const { Allowed, Forbidden } = CustomerSuppliedEncryption;
  if (use.customerSuppliedEncryption !== Allowed) return [];
  const refused = (what: string, because: string): Problem => ({
    path: "customerSuppliedEncryption",
    given: `${Allowed} together with ${what}`,
    allowed: `${Forbidden}, or nothing, where there is ${what}`,
    because,
    fix: "encrypt by a key in Cloud KMS (kmsKeyName) instead, or use another bucket for these objects",
  });
  return [
    ...(use.cdn === true
      ? [refused("a CDN", "a CDN has no key to send, so it could serve no such object.")]
      : []),
    ...(use.transfer === true
      ? [refused("a transfer", "Storage Transfer Service does not support customer-supplied keys.")]
      : []),
  ];
}
