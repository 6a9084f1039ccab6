/**
 * The state machine of a job: pure functions from a record to the next one. The compare-and-swap that stores the result
 * decides which of several callers wins.
 */
import {
  type HeartbeatRequest,
  inputUnavailable,
  isFinal,
  type JobError,
  type JobRecord,
  type JobRequest,
  type MediaSummary,
  type OutputObject,
} from "../../protocol/index.ts";
import { newAttemptId, withAttemptId } from "../attempt-place.ts";
import type { Pod } from "../auth/index.ts";

export interface Worker {
  readonly id: string;
  readonly region: string;
  /** Where it was proven. */
  readonly pod?: Pod;
}

/** What to do with a job message. */
export type ClaimDecision =
  /** Store this record, then lease the attempt. */
  | { readonly kind: "start"; readonly record: JobRecord }
  /** Store this final record, then announce it. */
  | { readonly kind: "fail"; readonly record: JobRecord }
  /** Nothing left to run. */
  | { readonly kind: "settled" }
  /** Another worker holds the lease for so many seconds more, or the job has to wait so long. */
  | { readonly kind: "held"; readonly seconds: number };

export const newRecord = (request: JobRequest, now: Date): JobRecord => ({
  version: 1,
  request,
  state: "queued",
  attempt: 0,
  releases: 0,
  deadLetters: 0,
  attemptIds: {},
  percentDone: 0,
  createdAt: now.toISOString(),
  outputs: [],
});

/** Fields to clear when an attempt ends; `undefined` is omitted from JSON. */
const noLease = {
  leaseExpiresAt: undefined,
  estimatedEndAt: undefined,
  speed: undefined,
  etaSeconds: undefined,
} as const;
const noWait = { notBefore: undefined, inputWait: undefined } as const;
const noAttempt = { ...noLease, worker: undefined, startedAt: undefined, error: undefined } as const;

export function decideClaim(
  record: JobRecord,
  worker: Worker,
  now: Date,
  settings: { readonly leaseSeconds: number; readonly maxAttempts: number },
  attemptId = newAttemptId(),
): ClaimDecision {
  if (isFinal(record.state)) return { kind: "settled" };
  const heldUntil = record.state === "running" ? record.leaseExpiresAt : record.notBefore;
  if (heldUntil !== undefined) {
    const left = Date.parse(heldUntil) - now.getTime();
    if (left > 0) return { kind: "held", seconds: Math.ceil(left / 1000) };
  }
  if (isExhausted(record, settings.maxAttempts))
    return { kind: "fail", record: failed(record, exhausted(record), now) };
  return {
    kind: "start",
    record: {
      ...record,
      ...noAttempt,
      notBefore: undefined,
      state: "running",
      attempt: record.attempt + 1,
      attemptIds: withAttemptId(record, record.attempt + 1, attemptId),
      worker: { ...worker },
      percentDone: 0,
      startedAt: now.toISOString(),
      leaseExpiresAt: leaseEnd(now, settings.leaseSeconds).toISOString(),
    },
  };
}

export const leaseEnd = (now: Date, leaseSeconds: number): Date =>
  new Date(now.getTime() + leaseSeconds * 1000);

/** Returned attempts count only beyond this number, which no drain of nodes explains. */
const mostReleases = 100;

/** Whether no further attempt may start. */
export const isExhausted = (record: JobRecord, maxAttempts: number): boolean =>
  record.attempt - Math.min(record.releases, mostReleases) >= maxAttempts;

export function recordHeartbeat(
  record: JobRecord,
  { percentDone, speed, etaSeconds }: HeartbeatRequest,
  now: Date,
  leaseSeconds: number,
): JobRecord {
  const end =
    etaSeconds === undefined
      ? estimatedEnd(record, percentDone, now)
      : new Date(now.getTime() + etaSeconds * 1000);
  return {
    ...record,
    ...{ percentDone, speed, etaSeconds },
    // Progress means that the input was readable, so a later wait for it starts anew.
    ...(percentDone > 0 && { inputWait: undefined }),
    leaseExpiresAt: leaseEnd(now, leaseSeconds).toISOString(),
    estimatedEndAt: end?.toISOString(),
  };
}

/** Estimate by the attempt's average speed; undefined without enough progress. */
function estimatedEnd(record: JobRecord, percentDone: number, now: Date): Date | undefined {
  if (record.startedAt === undefined || percentDone < 1 || percentDone >= 100) return undefined;
  const elapsed = now.getTime() - Date.parse(record.startedAt);
  return new Date(now.getTime() + (elapsed * (100 - percentDone)) / percentDone);
}

export const succeeded = (
  record: JobRecord,
  media: MediaSummary,
  outputs: OutputObject[],
  now: Date,
): JobRecord => ({
  ...record,
  ...noLease,
  ...noWait,
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
  ...noWait,
  state: "failed",
  finishedAt: now.toISOString(),
  error,
});

export const cancelled = (record: JobRecord, now: Date): JobRecord => ({
  ...record,
  ...noLease,
  ...noWait,
  state: "cancelled",
  finishedAt: now.toISOString(),
});

/** Returns the job to the queue. The attempt counts, and its error is kept. */
export const requeued = (record: JobRecord, error: JobError | undefined): JobRecord => ({
  ...record,
  ...noLease,
  state: "queued",
  percentDone: 0,
  error,
});

/** Returns the job to the queue because its worker must stop. The attempt does not count. */
export const released = (record: JobRecord): JobRecord => ({
  ...requeued(record, undefined),
  releases: record.releases + 1,
});

/** Longest wait between two checks of an input, in seconds. */
const longestWait = 600;

/**
 * Longest wait for an input that the store refuses, in seconds: twice the time that a grant may take to spread,
 * "typically 2 minutes, potentially 7 minutes or longer"
 * (https://docs.cloud.google.com/iam/docs/access-change-propagation).
 */
export const longestRefusal = 900;

/**
 * Returns the job to the queue until the input can be read: after 10 s at first, doubling up to 10 minutes.
 *
 * @param mostSeconds for the whole wait, whatever keeps the job waiting
 * @param refusal what the store refuses; without it the input is unavailable
 * @returns the failed record once that took longer than `mostSeconds`, or a refusal longer than {@link longestRefusal}
 */
export function awaitingInput(
  record: JobRecord,
  now: Date,
  mostSeconds: number,
  refusal?: JobError,
): JobRecord {
  const since = record.inputWait?.since ?? now.toISOString();
  const refusedSince = refusal && (record.inputWait?.refusedSince ?? now.toISOString());
  const tries = (record.inputWait?.tries ?? 0) + 1;
  const waited = secondsSince(since, now);
  const refused = refusedSince === undefined ? 0 : secondsSince(refusedSince, now);
  // Where nothing is refused the second limit has no effect: it is longer than any wait between two checks.
  const left = Math.min(mostSeconds - waited, longestRefusal - refused);
  if (left <= 0)
    return failed(
      record,
      refusal === undefined
        ? {
            code: inputUnavailable,
            message: `The input ${record.request.input} could not be read for ${waited} s; see whether its region is up, and submit the job under a new id.`,
          }
        : stillRefused(refusal, refused),
      now,
    );
  // The last check is at the end of the time, not long before.
  const seconds = Math.min(longestWait, left, 10 * 2 ** Math.min(6, tries - 1));
  return {
    ...requeued(record, refusal),
    notBefore: new Date(now.getTime() + seconds * 1000).toISOString(),
    inputWait: { since, tries, refusedSince },
  };
}

const secondsSince = (time: string, now: Date): number =>
  Math.floor((now.getTime() - Date.parse(time)) / 1000);

const stillRefused = ({ code, message }: JobError, seconds: number): JobError => ({
  code,
  message: `${message.replace(/\.$/, "").slice(0, 1900)}; it was refused for ${seconds} s: mend that, and submit the job under a new id.`,
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
