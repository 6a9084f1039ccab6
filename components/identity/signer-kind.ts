/** How URLs are signed. */
export const SignerKind = {
  /**
   * IAM signs with a key that Google keeps: nothing is stored, nothing is to be rotated, and each URL costs a round trip.
   * URLs are dependable for 12 hours. https://docs.cloud.google.com/storage/docs/authentication/creating-signatures
   */
  SignBlob: "SIGN_BLOB",
  /** The coordinator signs locally with an HMAC key from Secret Manager, which must be rotated. */
  Hmac: "HMAC",
} as const;
export type SignerKind = (typeof SignerKind)[keyof typeof SignerKind];
