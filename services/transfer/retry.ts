import { storeError } from "./store-errors.ts";
import type { Api, Retry } from "./store-errors.ts";

/** When to try again and for how long. Times in milliseconds. */
export interface RetryPolicy {
  /** Tries after the first one that failed, counted anew whenever bytes have arrived. @default 8 */
  readonly retries: number;
  /** Longest wait before the first repetition. @default 1000 */
  readonly initialDelayMs: number;
  /** Growth of the longest wait from one repetition to the next. @default 2 */
  readonly multiplier: number;
  /** Where that growth ends. @default 64000 */
  readonly longestDelayMs: number;
  /** No repetition starts later than this after the first failure, counted anew whenever bytes have arrived. @default 600000 */
  readonly totalMs: number;
}

/**
 * Multiplier, longest delay and total time as in @google-cloud/storage 8.4.0 (`storage.js`); its three retries are too
 * few for a long encode's only result.
 */
export const defaultRetryPolicy: RetryPolicy = {
  retries: 8,
  initialDelayMs: 1000,
  multiplier: 2,
  longestDelayMs: 64_000,
  totalMs: 600_000,
};

/** How one try failed: by the store's answer, or without one, with the code of Node.js or undici. */
export type Failure =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly retryAfterMs?: number | undefined;
      /** Whose answer it is. @default "gcs-xml" */
      readonly api?: Api | undefined;
      /** XML `Code` or JSON `reason`. */
      readonly reason?: string | undefined;
    }
  | { readonly kind: "connection"; readonly code: string };

export interface RetryState {
  /** Failures in a row without progress, this one included: at least 1. */
  readonly failures: number;
  /** Since the first of them. */
  readonly elapsedMs: number;
  /** Whether doing it twice is as good as doing it once. */
  readonly idempotent: boolean;
}

export type RetryDecision =
  | { readonly retry: true; readonly afterMs: number }
  | { readonly retry: false; readonly because: "permanent" | "not-idempotent" | "exhausted" };

/** A body that ended before its length, though the connection ended in good order. */
export const shortBody = "SHORT_BODY";

/** No connection was made, so nothing was sent. */
const neverConnected: readonly string[] = [
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
];
const brokenConnection: readonly string[] = [
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  shortBody,
];

/** Whether a failure may pass by itself. */
export function isTransient(failure: Failure): boolean {
  return failure.kind === "answer"
    ? retryOf(failure) !== "never"
    : neverConnected.includes(failure.code) || brokenConnection.includes(failure.code);
}

/** Whether the store may have done what was asked although the try failed. 429 is a refusal before any work. */
export function isAmbiguous(failure: Failure): boolean {
  return failure.kind === "answer" ? retryOf(failure) !== "always" : !neverConnected.includes(failure.code);
}

const retryOf = ({ api = "gcs-xml", status, reason }: Extract<Failure, { kind: "answer" }>): Retry =>
  storeError(api, status, reason).retry;

/**
 * Truncated exponential back-off with full jitter; pure.
 * A store's Retry-After is waited out first, so that the jitter still spreads the workers that got the same one.
 * @param random 0 to 1, 1 excluded
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function decideRetry(
  failure: Failure,
  { failures, elapsedMs, idempotent }: RetryState,
  policy: RetryPolicy,
  random: number,
): RetryDecision {
  if (!isTransient(failure)) return { retry: false, because: "permanent" };
  if (!idempotent && isAmbiguous(failure)) return { retry: false, because: "not-idempotent" };
  const longest = Math.min(
    policy.longestDelayMs,
    policy.initialDelayMs * policy.multiplier ** Math.max(0, failures - 1),
  );
  const afterMs = (failure.kind === "answer" ? (failure.retryAfterMs ?? 0) : 0) + random * longest;
  if (failures > policy.retries || elapsedMs + afterMs > policy.totalMs)
    return { retry: false, because: "exhausted" };
  return { retry: true, afterMs };
}

/**
 * Milliseconds to wait by a Retry-After header: seconds or an HTTP date (RFC 9110, section 10.2.3).
 * Undefined when absent or unreadable; Cloud Storage does not promise the header.
 */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) || /^[\d+-]/.test(value) ? undefined : Math.max(0, date - now.getTime());
}
