import type { JobRecord } from "../../protocol/index.ts";
import { leaseLost } from "../problem.ts";
import type { Broker, RecordStanding, RecordStore } from "../ports.ts";

/**
 * Whether an attempt is still the running one, without a read for every request: each replica caches the record's state
 * for {@link attemptCacheMs}. An attempt that has ended stays ended. A lease that was revoked through another replica
 * therefore gets signed requests for at most three seconds. Uploads are never started or completed by it, because those
 * read the record.
 */

/** Milliseconds for which a replica caches that an attempt is running. */
export const attemptCacheMs = 3000;

/** Number of jobs to cache. */
const mostKept = 10_000;

/** Identifies an attempt, even if the job's record was created again. */
export interface Attempt {
  readonly job: string;
  readonly attempt: number;
  /** ms since 1970 */
  readonly startedAt: number;
}

interface Seen {
  readonly attempt: number;
  readonly startedAt: number;
  readonly isRunning: boolean;
  /** ms since 1970 */
  readonly at: number;
}

/** Cache per store of records; a replica has one. */
const seenIn = new WeakMap<RecordStore, Map<string, Seen>>();
const asking = new WeakMap<RecordStore, Map<string, Promise<Seen | undefined>>>();

function mapOf<T>(maps: WeakMap<RecordStore, Map<string, T>>, records: RecordStore): Map<string, T> {
  const known = maps.get(records) ?? new Map<string, T>();
  maps.set(records, known);
  return known;
}

const startOf = (startedAt: string | undefined): number =>
  startedAt === undefined ? 0 : Date.parse(startedAt);

function keep(broker: Broker, job: string, standing: RecordStanding): Seen {
  const { attempt, startedAt, state } = standing;
  const seen = {
    attempt,
    startedAt: startOf(startedAt),
    isRunning: state === "running",
    at: broker.now().getTime(),
  };
  const known = mapOf(seenIn, broker.records);
  known.delete(job);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= mostKept) known.delete(oldest);
  known.set(job, seen);
  return seen;
}

/** Updates the cache after a read or write of a record. */
export const rememberAttempt = (broker: Broker, record: JobRecord): void => {
  keep(broker, record.request.id, record);
};

type Verdict = "stands" | "lost" | "unknown";

function judge(seen: Seen | undefined, { attempt, startedAt }: Attempt, now: number): Verdict {
  if (seen === undefined) return "unknown";
  if (seen.startedAt > startedAt || seen.attempt > attempt) return "lost";
  if (seen.attempt !== attempt || seen.startedAt !== startedAt) return "unknown";
  if (!seen.isRunning) return "lost";
  return now - seen.at < attemptCacheMs ? "stands" : "unknown";
}

const lost = ({ job, attempt }: Attempt) =>
  leaseLost(`Attempt ${attempt} of job ${job} is not the running one any more; stop it.`);

/**
 * Checks that an attempt is the running one, as of the last three seconds.
 *
 * @throws Problem 409 if it is not
 */
export function requireCurrentAttempt(broker: Broker, attempt: Attempt): Promise<void> | undefined {
  const seen = seenIn.get(broker.records)?.get(attempt.job);
  const verdict = judge(seen, attempt, broker.now().getTime());
  if (verdict === "stands") return undefined;
  if (verdict === "lost") throw lost(attempt);
  return requireRunning(broker, attempt);
}

/**
 * Checks in the record that an attempt is the running one.
 *
 * @throws Problem 409 if it is not
 */
export async function requireRunning(broker: Broker, attempt: Attempt): Promise<void> {
  const seen = await askOnce(broker, attempt.job);
  if (seen === undefined || judge(seen, attempt, seen.at) !== "stands") throw lost(attempt);
}

/** Concurrent requests of a worker share one read of the record. */
function askOnce(broker: Broker, job: string): Promise<Seen | undefined> {
  const running = mapOf(asking, broker.records);
  const already = running.get(job);
  if (already !== undefined) return already;
  const asked = broker.records
    .standing(job)
    .then((standing) => (standing === undefined ? undefined : keep(broker, job, standing)))
    .finally(() => running.delete(job));
  running.set(job, asked);
  return asked;
}
