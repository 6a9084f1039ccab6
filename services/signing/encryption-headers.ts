import { hash } from "node:crypto";
import type { PartsContext } from "./operation-context.ts";

/**
 * The three headers of a customer-supplied key. They are signed, so the URL is bound to the key; the key itself is
 * only in the header, which the sender must be given.
 *
 * - GOOG4: https://docs.cloud.google.com/storage/docs/encryption/customer-supplied-keys
 * - S3, R2: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
export function encryptionHeaders(
  { scheme, store, problems }: PartsContext,
  key: Uint8Array | undefined,
): Record<string, string> {
  if (key === undefined) return {};
  if (key.length !== 32) {
    problems.push(`encryptionKey: must have 32 bytes, not ${key.length} (value not shown)`);
    return {};
  }
  const base64 = Buffer.from(key).toString("base64");
  if (scheme.service === "storage")
    return {
      "x-goog-encryption-algorithm": "AES256",
      "x-goog-encryption-key": base64,
      "x-goog-encryption-key-sha256": hash("sha256", key, "base64"),
    };
  if (store === "gcs") {
    problems.push(
      "encryptionKey: Cloud Storage does not say that it takes one by x-amz- headers; use a GOOG4 key",
    );
    return {};
  }
  const prefix = "x-amz-server-side-encryption-customer-";
  return {
    [`${prefix}algorithm`]: "AES256",
    [`${prefix}key`]: base64,
    [`${prefix}key-MD5`.toLowerCase()]: hash("md5", key, "base64"),
  };
}
