/**
 * The state machine of a job: what each step makes of a record. Pure; who may take a step at all is decided by the
 * compare-and-swap that stores the result.
 */
import {
  isFinal,
  type JobError,
  type JobRecord,
  type JobRequest,
  type MediaSummary,
  type OutputObject,
} from "../protocol/index.ts";

export interface Worker {
  readonly id: string;
  readonly region: string;
}

/** What to do with a job message. */
export type ClaimDecision =
  /** Store this record, then lease the attempt. */
  | { readonly kind: "start"; readonly record: JobRecord }
  /** Store this final record, then announce it. */
  | { readonly kind: "fail"; readonly record: JobRecord }
  /** Nothing left to run. */
  | { readonly kind: "settled" }
  /** Another worker holds the lease for so many seconds more. */
  | { readonly kind: "held"; readonly seconds: number };

export const newRecord = (request: JobRequest, now: Date): JobRecord => ({
  version: 1,
  request,
  state: "queued",
  attempt: 0,
  percentDone: 0,
  createdAt: now.toISOString(),
  outputs: [],
});

/** What a record no longer says once its attempt is over; `undefined` is left out of JSON. */
const noLease = { leaseExpiresAt: undefined } as const;
const noAttempt = { ...noLease, worker: undefined, startedAt: undefined, error: undefined } as const;

export function decideClaim(
  record: JobRecord,
  worker: Worker,
  now: Date,
  settings: { readonly leaseSeconds: number; readonly maxAttempts: number },
): ClaimDecision {
  if (isFinal(record.state)) return { kind: "settled" };
  if (record.state === "running" && record.leaseExpiresAt !== undefined) {
    const left = Date.parse(record.leaseExpiresAt) - now.getTime();
    if (left > 0) return { kind: "held", seconds: Math.ceil(left / 1000) };
  }
  if (record.attempt >= settings.maxAttempts)
    return { kind: "fail", record: failed(record, exhausted(record), now) };
  return {
    kind: "start",
    record: {
      ...record,
      ...noAttempt,
      state: "running",
      attempt: record.attempt + 1,
      worker: { ...worker },
      percentDone: 0,
      startedAt: now.toISOString(),
      leaseExpiresAt: leaseEnd(now, settings.leaseSeconds).toISOString(),
    },
  };
}

export const leaseEnd = (now: Date, leaseSeconds: number): Date =>
  new Date(now.getTime() + leaseSeconds * 1000);

export const beaten = (record: JobRecord, percentDone: number, expiresAt: Date): JobRecord => ({
  ...record,
  percentDone,
  leaseExpiresAt: expiresAt.toISOString(),
});

export const succeeded = (
  record: JobRecord,
  media: MediaSummary,
  outputs: OutputObject[],
  now: Date,
): JobRecord => ({
  ...record,
  ...noLease,
  error: undefined,
  state: "succeeded",
  percentDone: 100,
  finishedAt: now.toISOString(),
  media,
  outputs,
});

export const failed = (record: JobRecord, error: JobError, now: Date): JobRecord => ({
  ...record,
  ...noLease,
  state: "failed",
  finishedAt: now.toISOString(),
  error,
});

/** Back to the queue; the attempt stays counted, and so does what went wrong with it, if anything did. */
export const requeued = (record: JobRecord, error: JobError | undefined): JobRecord => ({
  ...record,
  ...noLease,
  state: "queued",
  percentDone: 0,
  error,
});

export function exhausted(record: JobRecord): JobError {
  const last =
    record.error === undefined
      ? "the last worker stopped answering"
      : `the last error was ${record.error.code}: ${record.error.message}`;
  const attempts = record.attempt === 1 ? "The only attempt" : `All ${record.attempt} attempts`;
  return {
    code: "attempts-exhausted",
    message: `${attempts} ended without a result; ${last}`.slice(0, 2000),
  };
}
