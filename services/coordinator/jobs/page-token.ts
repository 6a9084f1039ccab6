import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { jobIdSchema } from "../../protocol/index.ts";
import { Problem } from "../problem.ts";

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
const keyOf = (leaseKey: Uint8Array): Buffer =>
  createHmac("sha256", leaseKey).update("mpegflow-page-token\nv1").digest();

/** Encrypted position of a page's end: the record there may be another client's. */
export function sealPageToken(leaseKey: Uint8Array, recordId: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, keyOf(leaseKey), nonce, { authTagLength: tagBytes });
  // All of one length.
  const text = Buffer.concat([cipher.update(recordId.padEnd(63)), cipher.final()]);
  return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString("base64url");
}

/** @throws Problem 400 for an invalid token */
export function openPageToken(leaseKey: Uint8Array, token: string): string {
  const bytes = Buffer.from(token, "base64url");
  try {
    const nonce = bytes.subarray(0, nonceBytes);
    const decipher = createDecipheriv(algorithm, keyOf(leaseKey), nonce, { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return jobIdSchema.parse(text.toString().trimEnd());
  } catch {
    throw new Problem(400, "invalid-request", "pageToken: must be the nextPageToken of the page before");
  }
}
