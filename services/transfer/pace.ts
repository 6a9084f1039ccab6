import { setTimeout as sleep } from "node:timers/promises";
import { bucketRates } from "./hash-prefix.ts";

export interface PaceOptions {
  /** Share of the bucket's rates that this process starts with: 1 divided by the number of workers. @default 0.05 */
  readonly share?: number;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Rate limiter for requests to one bucket: starts below a bucket's initial rate, doubles at most every 20 minutes and
 * only while the rate is used, halves on 429; and allows one write per second and object.
 *
 * Source: https://docs.cloud.google.com/storage/docs/request-rate
 */
export interface Pace {
  /** Milliseconds to wait before the request, which counts as sent. @param object for writes that replace an object */
  reserve(kind: "read" | "write", object?: string): number;
  /** Call after a write was answered, because the store may count it only then. */
  written(object: string): void;
  /** Call after the store answered 429. */
  throttled(kind: "read" | "write"): void;
  /** Requests per second that are allowed now. */
  allowed(kind: "read" | "write"): number;
}

/** Fastest allowed growth. */
const doublingMs = 20 * 60_000;
/**
 * Unused capacity of this time may be used in a burst. An encode ends with about two dozen small files, which would
 * otherwise take half a second. If all workers finish together, a bucket gets 1.5 times the rate for that second.
 */
const burstMs = 500;
/** How long a rate is held after 429: ranges are redistributed "on the order of minutes". */
const holdMs = 2 * 60_000;
/** A bucket's rates are "about" these: stay below. */
const belowRates = 0.9;
const slowest = 1;

interface Lane {
  perSecond: number;
  /** Until when the rate is used up by what has been reserved; the next request may go a burst before that. */
  used: number;
  /** Until when the rate may not grow. */
  heldUntil: number;
  /** Since when growth has been counted. */
  since: number;
}

export function createPace({ share = 0.05, now = () => performance.now() }: PaceOptions = {}): Pace {
  const lane = (perSecond: number): Lane => ({
    perSecond: perSecond * share * belowRates,
    used: -Infinity,
    heldUntil: 0,
    since: now(),
  });
  const lanes = { read: lane(bucketRates.readsPerSecond), write: lane(bucketRates.writesPerSecond) };
  const objects = new Map<string, number>();

  const grow = (one: Lane, at: number): void => {
    // The rate grows only while it is used: idle time does not count.
    const inUse = one.used - burstMs > at;
    if (inUse && at > one.heldUntil)
      one.perSecond *= 2 ** ((at - Math.max(one.since, one.heldUntil)) / doublingMs);
    one.since = at;
  };

  return {
    reserve: (kind, object) => {
      const at = now();
      const one = lanes[kind];
      grow(one, at);
      const after = object === undefined ? 0 : (objects.get(object) ?? -Infinity) + 1000;
      const start = Math.max(at, one.used - burstMs, after);
      one.used = Math.max(at, one.used) + 1000 / one.perSecond;
      if (object !== undefined) {
        objects.set(object, start);
        if (objects.size > 10_000)
          for (const [name, last] of objects) if (last < at - 1000) objects.delete(name);
      }
      return start - at;
    },
    written: (object) => {
      objects.set(object, Math.max(now(), objects.get(object) ?? 0));
    },
    throttled: (kind) => {
      const one = lanes[kind];
      const at = now();
      // Concurrent requests are refused together, so the rate is halved once for all of them.
      if (one.heldUntil - holdMs > at - 1000 && one.heldUntil > at) return;
      one.perSecond = Math.max(slowest, one.perSecond / 2);
      one.heldUntil = at + holdMs;
    },
    allowed: (kind) => lanes[kind].perSecond,
  };
}

/** Waits as the pace requires. */
export async function keepPace(
  pace: Pace | undefined,
  kind: "read" | "write",
  object: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const wait = pace?.reserve(kind, object) ?? 0;
  if (wait > 0) await sleep(wait, undefined, signal === undefined ? {} : { signal });
}
