import { setTimeout as sleep } from "node:timers/promises";
import { CoordinatorError } from "./coordinator-client.ts";

const firstSeconds = 0.25;
const longestSeconds = 10;

/**
 * How long to wait before attempt `retry` + 1 (0 for the first retry): exponential, truncated, with full jitter, so
 * that a fleet does not come back all at once.
 * @param random 0 to 1 @default Math.random()
 */
export function backOffSeconds(retry: number, random = Math.random()): number {
  return random * Math.min(longestSeconds, firstSeconds * 2 ** Math.min(retry, 30));
}

/**
 * Repeats a call for as long as the coordinator is merely away.
 * @throws CoordinatorError of another kind, or the signal's reason
 */
export async function whileAway<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CoordinatorError) || error.kind !== "away") throw error;
    }
    await pause(backOffSeconds(retry), signal);
  }
}

/** @throws the signal's reason when it is aborted before the time is over */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
