import { z } from "zod";
import { StorageError } from "./errors.ts";

/**
 * Rates beyond which the store answers 429. None is enforced unless set: what Cloud Storage lets through above its
 * documented rates is not documented.
 *
 * https://docs.cloud.google.com/storage/docs/request-rate
 */
export const rateLimitsSchema = z.strictObject({
  /** Changes of one object name per second. Cloud Storage: 1. */
  objectWrites: z.number().positive().optional(),
  /** Changes of objects per second and bucket. Cloud Storage starts at 1000. */
  bucketWrites: z.number().positive().optional(),
  /** Reads of objects per second and bucket. Cloud Storage starts at 5000. */
  bucketReads: z.number().positive().optional(),
});
export type RateLimits = z.infer<typeof rateLimitsSchema>;

export interface RateLimiter {
  get(): RateLimits;
  /** @throws ZodError */
  set(limits: RateLimits): void;
  /** @throws 429 */
  write(bucket: string, name: string): void;
  /** @throws 429 */
  read(bucket: string): void;
}

/** A second's worth of requests may come at once. */
interface Allowance {
  left: number;
  at: number;
}

export function createRateLimiter(clock: () => Date): RateLimiter {
  let limits: RateLimits = {};
  const allowances = new Map<string, Allowance>();

  const take = (key: string, perSecond: number | undefined, what: string): void => {
    if (perSecond === undefined) return;
    const now = clock().getTime();
    const most = Math.max(1, perSecond);
    const known = allowances.get(key);
    const left =
      known === undefined
        ? most
        : Math.min(most, known.left + (Math.max(0, now - known.at) * perSecond) / 1000);
    if (left < 1) {
      allowances.set(key, { left, at: now });
      throw slowDown(what);
    }
    allowances.set(key, { left: left - 1, at: now });
    if (allowances.size > 100_000) forgetFull(allowances, now);
  };

  return {
    get: () => limits,
    set: (given) => {
      limits = rateLimitsSchema.parse(given);
      allowances.clear();
    },
    write: (bucket, name) => {
      take(`object ${bucket}/${name}`, limits.objectWrites, "The object");
      take(`writes ${bucket}`, limits.bucketWrites, "The bucket");
    },
    read: (bucket) => {
      take(`reads ${bucket}`, limits.bucketReads, "The bucket");
    },
  };
}

/** Limits unused for a minute are full again. */
function forgetFull(allowances: Map<string, Allowance>, now: number): void {
  for (const [key, { at }] of allowances) if (now - at > 60_000) allowances.delete(key);
}

const slowDown = (what: string): StorageError =>
  new StorageError({
    status: 429,
    reason: "rateLimitExceeded",
    code: "SlowDown",
    message: `${what} exceeded the rate limit for object mutation operations (create, update, and delete). Please reduce your request rate. See https://cloud.google.com/storage/docs/gcs429.`,
  });
