import { CustomerSuppliedEncryption } from "../storage/encryption.ts";
import type { Problem } from "../validation/index.ts";

/** How a platform uses its bucket, as far as customer-supplied keys are concerned. */
export interface CustomerSuppliedKeyUse {
  /** The bucket's say over keys that clients send with their requests (CSEK). */
  readonly customerSuppliedEncryption?: CustomerSuppliedEncryption;
  /** Whether a CDN serves the bucket. */
  readonly cdn?: boolean;
  /** Whether Storage Transfer Service writes to the bucket or reads from it. */
  readonly transfer?: boolean;
}

/**
 * Customer-supplied keys (CSEK) come with each request and are not stored: without the key nobody can read or copy the
 * object. They therefore work neither with a CDN, which has no key, nor with Storage Transfer Service, which accepts
 * none. A key in Cloud KMS (CMEK) works with both.
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
