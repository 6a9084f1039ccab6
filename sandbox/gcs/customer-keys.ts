import { hash } from "node:crypto";
import type { BucketRecord } from "./bucket-schema.ts";
import { StorageError } from "./errors.ts";
import type { Exchange } from "./http/exchange.ts";
import type { ObjectRecord } from "./object-schema.ts";

/**
 * A customer-supplied key; only its hash is stored. The store models access: the bytes on disk are not encrypted.
 *
 * https://docs.cloud.google.com/storage/docs/encryption/customer-supplied-keys
 */
export interface CustomerKey {
  /** Base64. */
  readonly sha256: string;
}

const KEY_BYTES = 32;

/**
 * Reads the three headers of a key.
 *
 * @param prefix that of the key of a copy's source is `x-goog-copy-source-`
 * @returns undefined where none of them was sent
 * @throws the reasons of https://docs.cloud.google.com/storage/docs/json_api/v1/status-codes
 */
export function customerKeyOf(exchange: Exchange, prefix = "x-goog-"): CustomerKey | undefined {
  const [algorithm, key, sha256] = ["algorithm", "key", "key-sha256"].map((part) =>
    exchange.header(`${prefix}encryption-${part}`),
  );
  if (algorithm === undefined && key === undefined && sha256 === undefined) return undefined;
  if (algorithm !== "AES256")
    throw refusal("customerEncryptionAlgorithmIsInvalid", "The encryption algorithm must be AES256.");
  const bytes = fromBase64(key);
  if (bytes?.length !== KEY_BYTES)
    throw refusal(
      "customerEncryptionKeyFormatIsInvalid",
      "The encryption key must be the Base64 of 32 bytes.",
    );
  const expected = hash("sha256", bytes, "base64");
  if (sha256 !== expected)
    throw refusal("customerEncryptionKeySha256IsInvalid", "The hash is not that of the encryption key.");
  return { sha256: expected };
}

/** @throws unless `key` opens the object */
export function checkKey(record: ObjectRecord, key: CustomerKey | undefined): void {
  const kept = record.customerEncryption?.keySha256;
  if (kept === key?.sha256) return;
  if (kept === undefined)
    throw refusal(
      "resourceNotEncryptedWithCustomerEncryptionKey",
      "The object is not encrypted with a customer-supplied encryption key.",
    );
  if (key === undefined)
    throw refusal(
      "resourceIsEncryptedWithCustomerEncryptionKey",
      "The object is encrypted with a customer-supplied encryption key, which must be sent.",
    );
  throw refusal("customerEncryptionKeyIsIncorrect", "The encryption key is not the one of the object.");
}

/** @throws where the bucket forbids new objects with such keys */
export function checkKeysAllowed(bucket: BucketRecord): void {
  const { encryption } = bucket.settings;
  if (encryption?.customerSuppliedEncryptionEnforcementConfig?.restrictionMode !== "FullyRestricted") return;
  // The rule is documented, its answer is not: this is the one for other constraints.
  throw new StorageError({
    status: 412,
    reason: "conditionNotMet",
    code: "PreconditionFailed",
    message: `The bucket ${bucket.name} forbids objects with customer-supplied encryption keys.`,
  });
}

/** Headers that show which key was used. */
export const keyHeaders = (record: ObjectRecord): Record<string, string> =>
  record.customerEncryption === undefined
    ? {}
    : {
        "x-goog-encryption-algorithm": "AES256",
        "x-goog-encryption-key-sha256": record.customerEncryption.keySha256,
      };

function fromBase64(text: string | undefined): Buffer | undefined {
  return text !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

/** The XML names of the other reasons are by analogy with the one seen: ResourceIsEncryptedWithCustomerEncryptionKey. */
function refusal(reason: string, message: string): StorageError {
  const code = reason.charAt(0).toUpperCase() + reason.slice(1);
  return new StorageError({ status: 400, reason, code, message });
}
