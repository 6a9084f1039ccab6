import type { SignedRequest } from "../protocol/index.ts";

/** The verbs a signed URL may carry. Google documents signed POST only for starting a resumable upload. */
export type HttpMethod = SignedRequest["method"];

/**
 * Where requests go.
 * @see https://docs.cloud.google.com/storage/docs/request-endpoints
 */
export interface Endpoint {
  /** `scheme://host[:port]`, scheme http or https, e.g. `https://storage.googleapis.com`. */
  readonly url: string;
  /**
   * - `path`: `/bucket/object` on the host of `url`;
   * - `virtual-hosted`: `/object` on `bucket.` + the host of `url`;
   * - `bucket-bound`: `/object` on the host of `url`, which serves this one bucket.
   */
  readonly style: "path" | "virtual-hosted" | "bucket-bound";
}

/** One request to sign. Header and query values are never repeated in errors: they may be secrets (CSEK, tokens). */
export interface UrlToSign {
  readonly method: HttpMethod;
  readonly bucket: string;
  /** Object name, unencoded. Absent for requests on the bucket itself, such as listing. */
  readonly object?: string | undefined;
  /**
   * Headers that the sender must send, all of them signed. Every `x-goog-*` (AWS4: `x-amz-*`) header that will be
   * sent has to be here; `host` must not be.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Extra query parameters, unencoded, e.g. `{ partNumber: "3", uploadId }`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Seconds from `at` until the URL ends: 1 to 604800, and to 43200 with a `blob` key. */
  readonly ttlSeconds: number;
  /** Start of the validity, cut to whole seconds. */
  readonly at: Date;
  /** @default https://storage.googleapis.com, path style */
  readonly endpoint?: Endpoint | undefined;
}

/** A service account's own private key: GOOG4-RSA-SHA256, signed in this process. */
export interface RsaKey {
  readonly kind: "rsa";
  readonly clientEmail: string;
  /** PEM, PKCS#8 or PKCS#1. Read once per key object. */
  readonly privateKey: string;
}

/** An HMAC key: GOOG4-HMAC-SHA256 for Cloud Storage, AWS4-HMAC-SHA256 for anything that speaks S3. */
export interface HmacKey {
  readonly kind: "hmac";
  readonly accessId: string;
  /** Used as text, never base64-decoded. */
  readonly secret: string;
  readonly scheme: "GOOG4" | "AWS4";
  /** Location in the credential scope. Cloud Storage takes any value, S3 wants the bucket's region. @default "auto" */
  readonly region?: string | undefined;
  /**
   * Goes with a temporary AWS4 key and becomes part of the URL, signed: what STS calls `SessionToken`. A URL ends with
   * the key at the latest, whatever its own validity says.
   */
  readonly sessionToken?: string | undefined;
}

/** A service account whose key stays with Google: GOOG4-RSA-SHA256 by IAM signBlob, one round trip per URL. */
export interface BlobKey {
  readonly kind: "blob";
  readonly clientEmail: string;
  /** Signs the bytes with RSASSA-PKCS1-v1_5 and SHA-256; its rejections reach the caller of `signUrl` unchanged. */
  readonly signBlob: (bytes: Uint8Array) => Promise<Uint8Array>;
}

export type SigningKey = RsaKey | HmacKey | BlobKey;

/** `signUrl` was asked for something that must not be signed. `problems` lists everything wrong, one sentence each. */
export class SigningError extends Error {
  override readonly name = "SigningError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Nothing was signed: ${problems.join("; ")}.`);
    this.problems = problems;
  }
}
