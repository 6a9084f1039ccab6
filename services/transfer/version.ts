import { crc32cOf, md5Of } from "./crc32c.ts";
import { headerOf } from "./http.ts";
import type { Answer } from "./http.ts";

/** What an answer tells about the version of the object it serves. */
export interface Version {
  readonly etag: string | undefined;
  readonly generation: string | undefined;
  /** Bytes of the answer's body when it was not a range; undefined when it came without a length. */
  readonly size: number | undefined;
  /** Of the whole object, base64. */
  readonly crc32c: string | undefined;
  /** Of the whole object, base64: Cloud Storage's own, or what an ETag of S3 shows. */
  readonly md5: string | undefined;
  /** Whether a later answer can be recognised as the same bytes. */
  readonly isResumable: boolean;
}

export function versionOf(answer: Answer): Version {
  const etag = headerOf(answer, "etag");
  const generation = headerOf(answer, "x-goog-generation");
  const length = headerOf(answer, "content-length");
  // Decompressed on the way by Cloud Storage: size, checksum and ranges are those of the stored, compressed bytes.
  // https://docs.cloud.google.com/storage/docs/transcoding
  const stored = headerOf(answer, "x-goog-stored-content-encoding") ?? "identity";
  const isTranscoded = stored !== "identity" && headerOf(answer, "content-encoding") !== stored;
  const isStrong = etag !== undefined && !etag.startsWith("W/");
  return {
    etag,
    generation,
    size: length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined,
    crc32c: isTranscoded ? undefined : crc32cOf(answer.headers["x-goog-hash"]),
    md5: isTranscoded ? undefined : (md5Of(answer.headers["x-goog-hash"]) ?? md5OfEtag(answer)),
    isResumable: !isTranscoded && (generation !== undefined || isStrong),
  };
}

/**
 * The ETag of an object of S3 is its MD5 in hex, unless it was made of parts or encrypted with a key of one's own. Cloud
 * Storage has `x-goog-hash` for that.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
function md5OfEtag(answer: Answer): string | undefined {
  const isS3 = headerOf(answer, "x-amz-request-id") !== undefined || headerOf(answer, "cf-ray") !== undefined;
  const encryption = headerOf(answer, "x-amz-server-side-encryption");
  const hasOwnKey = headerOf(answer, "x-amz-server-side-encryption-customer-algorithm") !== undefined;
  if (!isS3 || hasOwnKey || encryption?.startsWith("aws:kms") === true) return undefined;
  const hex = /^"([0-9a-f]{32})"$/.exec(headerOf(answer, "etag") ?? "")?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, "hex").toString("base64");
}

export function isSameVersion(a: Version, b: Version): boolean {
  return a.etag === b.etag && a.generation === b.generation;
}

/** `Content-Range: bytes 5-9/10`; the total is undefined where the store does not know it (`*`). */
export function rangeOf(answer: Answer): { start: number; total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headerOf(answer, "content-range") ?? "");
  const [, start, total] = match ?? [];
  if (start === undefined) return undefined;
  return { start: Number(start), total: total === "*" ? undefined : Number(total) };
}
