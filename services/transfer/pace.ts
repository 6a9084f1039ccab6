import { setTimeout as sleep } from "node:timers/promises";
import { bucketRates } from "./hash-prefix.ts";

export interface PaceOptions {
  /** Part of the bucket's rates that this process may start with: 1 over the number of workers. @default 0.05 */
  readonly share?: number;
  /** Milliseconds, only ever growing. @default performance.now */
  readonly now?: () => number;
}

/**
 * When this process may send requests to one bucket: started below the rate at which a bucket starts, doubled no faster
 * than every 20 minutes and only where it is used, halved and held on 429; and one write per second for each object.
 *
 * Source: https://docs.cloud.google.com/storage/docs/request-rate
 */
export interface Pace {
  /** Milliseconds to wait before the request, which counts as sent. @param object for writes that replace an object */
  reserve(kind: "read" | "write", object?: string): number;
  /** A write has been answered: the store may have counted it only then. */
  written(object: string): void;
  /** The store has asked for fewer requests. */
  throttled(kind: "read" | "write"): void;
  /** Requests per second that are allowed now. */
  allowed(kind: "read" | "write"): number;
}

/** Nobody ramps faster than this. */
const doublingMs = 20 * 60_000;
/**
 * What is left unused of so long may be sent at once. A film ends with some two dozen small files, which would otherwise
 * keep the worker for half a second; and if all workers end together, a bucket sees half as much again for that second.
 */
const burstMs = 500;
/** How long a rate stays after 429: ranges are redistributed "on the order of minutes". */
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
    // Growth counts only where the rate is in use: an idle process does not earn a higher one.
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
      // Requests that were under way together are refused together: one halving for all.
      if (one.heldUntil - holdMs > at - 1000 && one.heldUntil > at) return;
      one.perSecond = Math.max(slowest, one.perSecond / 2);
      one.heldUntil = at + holdMs;
    },
    allowed: (kind) => lanes[kind].perSecond,
  };
}

/** Waits as a pace says. */
export async function keepPace(
  pace: Pace | undefined,
  kind: "read" | "write",
  object: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const wait = pace?.reserve(kind, object) ?? 0;
  if (wait > 0) await sleep(wait, undefined, signal === undefined ? {} : { signal });
}
