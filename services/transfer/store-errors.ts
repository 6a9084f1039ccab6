import type { TransferErrorCode } from "./errors.ts";

/** Who answers: the two APIs of Cloud Storage, and whatever speaks S3. */
export type Api = "gcs-json" | "gcs-xml" | "s3";

/**
 * - `always`: the store did nothing;
 * - `if-idempotent`: it may have done what was asked, so only what may be done twice is tried again;
 * - `never`: the same request would fail the same way.
 */
export type Retry = "always" | "if-idempotent" | "never";

/** What one answer means. */
export interface StoreError {
  readonly status: number;
  /** XML `Code`, JSON `reason`; absent in the row for all others of the status. */
  readonly reason?: string;
  readonly retry: Retry;
  readonly code: TransferErrorCode;
  /** What it means and what helps, as the end of a sentence. */
  readonly say: string;
}

const row = (
  status: number,
  reason: string | undefined,
  retry: Retry,
  code: TransferErrorCode,
  say: string,
): StoreError => ({ status, ...(reason !== undefined && { reason }), retry, code, say });

const slow = "the store asks for fewer requests";
const busy = "the store has trouble of its own, which passes";
const wrongSignature =
  "what was sent is not what was signed: send the signed headers byte for byte, and no other x-goog- or x-amz- header";
const gone = "the upload is gone: it was completed, aborted or swept away; start a new one";
const badDigest = "the bytes were damaged on the way to the store; read the file again";
const expired = "the signed URL is over; ask for a fresh one";
const held = "a hold or the bucket's retention keeps the object as it is; write to another name";
const csek = "the customer-supplied key is missing, malformed or another one than the object's";

/** Rows that every API shares. https://docs.cloud.google.com/storage/docs/retry-strategy */
const common: readonly StoreError[] = [
  row(400, undefined, "never", "refused", "the store does not understand the request"),
  row(
    401,
    undefined,
    "never",
    "access-denied",
    "the request has no valid credential; ask for a fresh signed one",
  ),
  row(403, undefined, "never", "access-denied", "whoever signed may not do this; check the signer's grants"),
  row(404, undefined, "never", "not-found", "there is no such bucket or object"),
  row(405, undefined, "never", "refused", "the store has no such method here"),
  row(408, undefined, "if-idempotent", "unavailable", "the store waited in vain for the rest of the request"),
  row(409, undefined, "never", "refused", "something else changed the object at the same time"),
  row(410, undefined, "never", "not-found", gone),
  row(411, undefined, "never", "refused", "the store wants the length of the body beforehand"),
  row(
    412,
    undefined,
    "never",
    "precondition-failed",
    "the object is not in the state that the request requires",
  ),
  row(413, undefined, "never", "refused", "the object is larger than the store takes (5 TiB)"),
  row(416, undefined, "never", "refused", "the range lies outside the object"),
  row(429, undefined, "always", "rate-limited", slow),
  row(500, undefined, "if-idempotent", "unavailable", busy),
  row(502, undefined, "if-idempotent", "unavailable", busy),
  row(503, undefined, "if-idempotent", "unavailable", busy),
  row(504, undefined, "if-idempotent", "unavailable", busy),
];

/** What both XML APIs answer alike. */
const xml: readonly StoreError[] = [
  row(400, "ExpiredToken", "never", "url-expired", expired),
  row(400, "BadDigest", "if-idempotent", "checksum-mismatch", badDigest),
  row(400, "EntityTooSmall", "never", "refused", "a part other than the last has less than 5 MiB"),
  row(400, "InvalidPart", "never", "refused", "a part was not uploaded, or it was replaced"),
  row(403, "SignatureDoesNotMatch", "never", "signature-refused", wrongSignature),
  row(
    403,
    "RequestTimeTooSkewed",
    "never",
    "signature-refused",
    "the signer's clock is more than 15 minutes off",
  ),
  row(404, "NoSuchUpload", "never", "not-found", gone),
];

/**
 * One table for each API. The row with the answer's own reason counts before the one for its status.
 *
 * - gcs-json: https://docs.cloud.google.com/storage/docs/json_api/v1/status-codes
 * - gcs-xml: https://docs.cloud.google.com/storage/docs/xml-api/reference-status
 * - s3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
export const storeErrors: Readonly<Record<Api, readonly StoreError[]>> = {
  "gcs-json": [
    row(400, "customerEncryptionKeyIsIncorrect", "never", "access-denied", csek),
    row(400, "resourceIsEncryptedWithCustomerEncryptionKey", "never", "access-denied", csek),
    row(403, "rateLimitExceeded", "always", "rate-limited", slow),
    row(403, "userRateLimitExceeded", "always", "rate-limited", slow),
    row(403, "retentionPolicyNotMet", "never", "refused", held),
    row(403, "objectUnderActiveHold", "never", "refused", held),
    row(404, "uploadNotFound", "never", "not-found", gone),
    row(412, "orgPolicyConstraintFailed", "never", "refused", "an organisation policy forbids it"),
    ...common,
  ],
  "gcs-xml": [
    row(400, "CrcMismatch", "if-idempotent", "checksum-mismatch", badDigest),
    row(400, "CustomerEncryptionKeyIsIncorrect", "never", "access-denied", csek),
    row(400, "ResourceIsEncryptedWithCustomerEncryptionKey", "never", "access-denied", csek),
    row(403, "InvalidSecurity", "never", "access-denied", "the signing key is unknown, inactive or deleted"),
    row(403, "RetentionPolicyNotMet", "never", "refused", held),
    row(403, "ObjectUnderActiveHold", "never", "refused", held),
    ...xml,
    ...common,
  ],
  s3: [
    row(
      400,
      "RequestTimeout",
      "if-idempotent",
      "unavailable",
      "the store waited in vain for the rest of the request",
    ),
    row(403, "InvalidAccessKeyId", "never", "access-denied", "the signing key is unknown or was deleted"),
    row(409, "OperationAborted", "always", "unavailable", "another operation on the object is under way"),
    row(
      409,
      "ConditionalRequestConflict",
      "always",
      "unavailable",
      "another write to the object was under way",
    ),
    // Cloud Storage throttles by 429, S3 by this.
    row(503, "SlowDown", "always", "rate-limited", slow),
    ...xml,
    ...common,
  ],
};

/** The row for an answer; statuses that no table knows are never tried again. */
export function storeError(api: Api, status: number, reason?: string): StoreError {
  const rows = storeErrors[api];
  const found =
    rows.find((one) => one.status === status && one.reason !== undefined && one.reason === reason) ??
    rows.find((one) => one.status === status && one.reason === undefined);
  if (found !== undefined) return found;
  if (status >= 500)
    return row(status, undefined, "never", "unavailable", "the store failed in an unusual way");
  if (status >= 400) return row(status, undefined, "never", "refused", "the store refuses the request");
  return row(status, undefined, "never", "unexpected-answer", "this is neither success nor error");
}

/** Which table a signed URL's answers are in: one of S3's own scheme, unless it points to Cloud Storage. */
export function apiOf(url: string): Api {
  if (!URL.canParse(url)) return "gcs-xml";
  const { hostname, searchParams } = new URL(url);
  return searchParams.has("X-Amz-Algorithm") && !/(?:^|\.)storage\.googleapis\.com$/.test(hostname)
    ? "s3"
    : "gcs-xml";
}
