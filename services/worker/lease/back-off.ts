import { setTimeout as sleep } from "node:timers/promises";
import { CoordinatorError } from "./coordinator-client.ts";

const firstSeconds = 0.25;
const longestSeconds = 10;

/**
 * Seconds to wait before attempt `retry` + 1 (0 for the first retry): truncated exponential back-off with full jitter,
 * so that a fleet does not return at once.
 * @param random 0 to 1 @default Math.random()
 */
export function backOffSeconds(retry: number, random = Math.random()): number {
  return random * Math.min(longestSeconds, firstSeconds * 2 ** Math.min(retry, 30));
}

/** Longest total wait for one failing call, even if heartbeats succeed. */
const mostSeconds = 600;

/**
 * Repeats a call while the coordinator is unavailable, for at most ten minutes.
 * @throws CoordinatorError of another kind, or the last one when the time is over, or the signal's reason
 */
export async function whileAway<T>(
  signal: AbortSignal,
  call: () => Promise<T>,
  totalSeconds = mostSeconds,
): Promise<T> {
  const until = performance.now() + totalSeconds * 1000;
  for (let retry = 0; ; retry++) {
    let wait: number;
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CoordinatorError) || error.kind !== "away") throw error;
      wait = waitSeconds(error, retry);
      if (performance.now() + wait * 1000 > until) throw error;
    }
    await pause(wait, signal);
  }
}

/** Longest accepted `Retry-After`: no lease lasts longer. */
const longestAskedSeconds = 60;

/** `Retry-After` plus the back-off, which spreads workers that got the same value. */
export function waitSeconds(error: unknown, retry: number): number {
  const asked = error instanceof CoordinatorError ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.min(longestAskedSeconds, asked) + backOffSeconds(retry);
}

/** @throws the signal's reason when it is aborted before the time is over */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
