import type { SignedRequest } from "../protocol/index.ts";

/**
 * - `url-expired`: ask for a fresh signed request;
 * - `access-denied`: 401 or 403, e.g. an account without permission or a key that is not known (yet), or a wrong customer-supplied key;
 * - `signature-refused`: the request differs from what was signed, or the signer's clock is wrong;
 * - `not-found`: no such bucket or object;
 * - `precondition-failed`: the object was there already (create-only upload), or a signed condition did not hold;
 * - `object-changed`: another version took the object's place during the download;
 * - `size-mismatch`, `checksum-mismatch`: what arrived, or what was to be sent, is not what was declared;
 * - `rate-limited`: 429 to the end;
 * - `unavailable`: 408 or 5xx to the end;
 * - `connection-failed`: no connection, or broken ones, to the end;
 * - `refused`: any other 4xx;
 * - `unexpected-answer`: an answer that is neither success nor error;
 * - `invalid-request`: the signed request cannot be sent as given;
 * - `file`: the local file could not be read or written;
 * - `aborted`: the caller's signal.
 */
export type TransferErrorCode =
  | "url-expired"
  | "access-denied"
  | "signature-refused"
  | "not-found"
  | "precondition-failed"
  | "object-changed"
  | "size-mismatch"
  | "checksum-mismatch"
  | "rate-limited"
  | "unavailable"
  | "connection-failed"
  | "refused"
  | "unexpected-answer"
  | "invalid-request"
  | "file"
  | "aborted";

const transientCodes: readonly TransferErrorCode[] = ["rate-limited", "unavailable", "connection-failed"];

/**
 * Why a transfer failed. Safe to log and to forward: `message` is one sentence with the object's address, without the
 * URL's query and header values.
 */
export class TransferError extends Error {
  override readonly name = "TransferError";
  readonly code: TransferErrorCode;
  /** HTTP status, when the store answered. */
  readonly status: number | undefined;
  /** True if the same transfer may succeed later. */
  readonly transient: boolean;

  constructor(code: TransferErrorCode, message: string, status?: number) {
    super(message);
    this.code = code;
    this.status = status;
    this.transient = transientCodes.includes(code);
  }
}

/** `GET https://host/bucket/object`: without the query, which holds the signature. */
export function describeRequest({ method, url }: Pick<SignedRequest, "method" | "url">): string {
  if (!URL.canParse(url)) return `${method} (no valid URL)`;
  const { origin, pathname } = new URL(url);
  return `${method} ${origin}${pathname}`;
}

/** A code such as `ENOSPC`; the errors' own texts may contain confidential data. */
export function codeOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.name : "unknown error";
}

export function fileError(action: "read" | "write", path: string, error: unknown): TransferError {
  return error instanceof TransferError
    ? error
    : new TransferError("file", `Could not ${action} ${path}: ${codeOf(error)}.`);
}

export function abortedError(request: SignedRequest): TransferError {
  return new TransferError("aborted", `${describeRequest(request)} was called off.`);
}
