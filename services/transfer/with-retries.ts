import { setTimeout as sleep } from "node:timers/promises";
import type { SignedRequest } from "../protocol/index.ts";
import { abortedError, TransferError } from "./errors.ts";
import type { RenewableRequest } from "./renewable-request.ts";
import { decideRetry, defaultRetryPolicy, isAmbiguous } from "./retry.ts";
import type { Failure, RetryPolicy } from "./retry.ts";

/** A failed try that may be repeated; `error` is thrown if it was the last. */
export interface Failed {
  readonly failure: Failure;
  readonly error: TransferError;
}

export interface Outcome<T> {
  readonly value: T;
}

export interface RetriedOperation<T> {
  readonly request: SignedRequest;
  readonly policy: RetryPolicy;
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
  /** Bytes that need not be transferred again; any growth resets the count of failures. */
  readonly progress: () => number;
  /**
   * Throws errors that must not be retried.
   * @param ambiguous whether an earlier try failed without an answer, so that the store may have done the work
   */
  readonly attempt: (ambiguous: boolean) => Promise<Outcome<T> | Failed>;
}

/** Repeats `attempt` as {@link decideRetry} decides. */
export async function withRetries<T>(repetition: RetriedOperation<T>): Promise<T> {
  const { request, policy, idempotent, signal, progress, attempt } = repetition;
  let ambiguous = false;
  let tries = 0;
  let failures = 0;
  let firstFailure = 0;
  // The furthest point, not the last: a transfer that starts over makes no progress until it passes that point.
  let furthest = 0;
  for (;;) {
    if (signal?.aborted) throw abortedError(request);
    const outcome = await attempt(ambiguous);
    if ("value" in outcome) return outcome.value;
    tries += 1;
    if (progress() > furthest) failures = 0;
    furthest = Math.max(furthest, progress());
    failures += 1;
    if (failures === 1) firstFailure = performance.now();
    const { failure, error } = outcome;
    const state = { failures, elapsedMs: performance.now() - firstFailure, idempotent };
    const decision = decideRetry(failure, state, policy, Math.random());
    if (!decision.retry) throw lastError(error, tries, decision.because);
    ambiguous ||= isAmbiguous(failure);
    try {
      await sleep(decision.afterMs, undefined, signal === undefined ? {} : { signal });
    } catch {
      throw abortedError(request);
    }
  }
}

/** Repeats a read with the newest request of `source`: any read may be done again. */
export const readWithRetries = <T>(
  source: RenewableRequest,
  {
    retry,
    signal,
  }: { readonly retry?: Partial<RetryPolicy> | undefined; readonly signal?: AbortSignal | undefined },
  progress: () => number,
  attempt: () => Promise<Outcome<T> | Failed>,
): Promise<T> =>
  withRetries({
    request: source.signed(),
    policy: { ...defaultRetryPolicy, ...retry },
    idempotent: true,
    signal,
    progress,
    attempt,
  });

function lastError(error: TransferError, tries: number, because: string): TransferError {
  const ending =
    because === "not-idempotent"
      ? "; not tried again, because it has no precondition and might overwrite newer data"
      : tries > 1
        ? `; gave up after ${tries} tries`
        : "";
  return new TransferError(error.code, error.message.replace(/\.$/, `${ending}.`), error.status);
}
