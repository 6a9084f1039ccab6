import type { SigningKey } from "./types.ts";

/**
 * The constants in which the three V4 algorithms differ.
 * @see https://docs.cloud.google.com/storage/docs/authentication/signatures
 */
export interface Scheme {
  readonly algorithm: "GOOG4-RSA-SHA256" | "GOOG4-HMAC-SHA256" | "AWS4-HMAC-SHA256";
  /** Of the query parameters, `X-Goog-Date` or `X-Amz-Date`. */
  readonly parameterPrefix: "X-Goog-" | "X-Amz-";
  /** Of the headers that belong to the scheme. */
  readonly headerPrefix: "x-goog-" | "x-amz-";
  /** Of the other scheme's headers and parameters: never to be mixed in. */
  readonly foreignPrefix: "x-goog-" | "x-amz-";
  readonly service: "storage" | "s3";
  readonly requestType: "goog4_request" | "aws4_request";
  /**
   * Whether a port other than the scheme's default is part of the signed host. Google's vectors sign
   * `http://localhost:8080` as `host:localhost`; the AWS SDKs sign `host:localhost:8080`, the Host header as it is
   * sent, and S3-compatible servers expect that.
   */
  readonly signsPort: boolean;
}

const goog4 = {
  parameterPrefix: "X-Goog-",
  headerPrefix: "x-goog-",
  foreignPrefix: "x-amz-",
  service: "storage",
  requestType: "goog4_request",
  signsPort: false,
} as const;

export const goog4Rsa: Scheme = { ...goog4, algorithm: "GOOG4-RSA-SHA256" };
export const goog4Hmac: Scheme = { ...goog4, algorithm: "GOOG4-HMAC-SHA256" };
export const aws4Hmac: Scheme = {
  algorithm: "AWS4-HMAC-SHA256",
  parameterPrefix: "X-Amz-",
  headerPrefix: "x-amz-",
  foreignPrefix: "x-goog-",
  service: "s3",
  requestType: "aws4_request",
  signsPort: true,
};

/** Who signs, without the means to: all that a request shows of its key. */
export interface Signer {
  readonly scheme: Scheme;
  /** E-mail of the service account, or HMAC access id. */
  readonly authorizer: string;
  /** Location in the credential scope; Google's own libraries use `auto`. */
  readonly location: string;
  /** Of a temporary key. */
  readonly sessionToken?: string;
}

export function signerOf(key: SigningKey): Signer {
  if (key.kind !== "hmac") return { scheme: goog4Rsa, authorizer: key.clientEmail, location: "auto" };
  return {
    scheme: key.scheme === "AWS4" ? aws4Hmac : goog4Hmac,
    authorizer: key.accessId,
    location: key.region ?? "auto",
    ...(key.sessionToken !== undefined && { sessionToken: key.sessionToken }),
  };
}
