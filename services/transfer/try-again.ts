import { setTimeout as sleep } from "node:timers/promises";
import type { SignedRequest } from "../protocol/index.ts";
import { abortedError, TransferError } from "./errors.ts";
import { decideRetry, isAmbiguous } from "./retry.ts";
import type { Failure, RetryPolicy } from "./retry.ts";

/** One try that failed in a way worth a decision; `error` is what the caller gets if it was the last. */
export interface Failed {
  readonly failure: Failure;
  readonly error: TransferError;
}

export interface Outcome<T> {
  readonly value: T;
}

export interface Repetition<T> {
  readonly request: SignedRequest;
  readonly policy: RetryPolicy;
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
  /** Bytes that need not be sent for again; growth starts the count of failures anew. */
  readonly progress: () => number;
  /**
   * Throws what must not be tried again.
   * @param ambiguous whether an earlier try failed without telling if the store had done its work
   */
  readonly attempt: (ambiguous: boolean) => Promise<Outcome<T> | Failed>;
}

/** Repeats `attempt` as `decideRetry` says. */
export async function tryAgain<T>(repetition: Repetition<T>): Promise<T> {
  const { request, policy, idempotent, signal, progress, attempt } = repetition;
  let ambiguous = false;
  let tries = 0;
  let failures = 0;
  let firstFailure = 0;
  // The furthest point, not the last one: a transfer that starts over does not advance by getting there again.
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

function lastError(error: TransferError, tries: number, because: string): TransferError {
  const ending =
    because === "not-idempotent"
      ? "; not tried again, because it has no precondition and might overwrite newer data"
      : tries > 1
        ? `; gave up after ${tries} tries`
        : "";
  return new TransferError(error.code, error.message.replace(/\.$/, `${ending}.`), error.status);
}
