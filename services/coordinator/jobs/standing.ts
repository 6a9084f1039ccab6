import type { JobRecord } from "../../protocol/index.ts";
import { leaseLost } from "../problem.ts";
import type { Broker, RecordStanding, RecordStore } from "../ports.ts";

/**
 * Whether an attempt is still the running one, without a read for every request: a replica goes by what it last saw of
 * the record, for {@link standingMs} at most. What it has seen end stays ended. So a lease that was taken away through
 * another replica gets signed requests for three seconds at most; nothing is started or completed by it at all, since
 * that asks the record itself.
 */

/** Milliseconds for which a replica goes by what it last saw of a running attempt. */
export const standingMs = 3000;

/** Jobs whose standing a replica remembers. */
const mostKept = 10_000;

/** Names one attempt, even of a record that is made anew. */
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

/** By the records that it was seen in: a replica has one store of them. */
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

/** Remembers what a replica has read or written of a record. */
export const noteStanding = (broker: Broker, record: JobRecord): void => {
  keep(broker, record.request.id, record);
};

type Verdict = "stands" | "lost" | "unknown";

function judge(seen: Seen | undefined, { attempt, startedAt }: Attempt, now: number): Verdict {
  if (seen === undefined) return "unknown";
  if (seen.startedAt > startedAt || seen.attempt > attempt) return "lost";
  if (seen.attempt !== attempt || seen.startedAt !== startedAt) return "unknown";
  if (!seen.isRunning) return "lost";
  return now - seen.at < standingMs ? "stands" : "unknown";
}

const lost = ({ job, attempt }: Attempt) =>
  leaseLost(`Attempt ${attempt} of job ${job} is not the running one any more; stop it.`);

/**
 * Lets an attempt pass that is the running one, as far as was seen in the last three seconds.
 *
 * @throws Problem 409 for one that is not
 */
export function requireStanding(broker: Broker, attempt: Attempt): Promise<void> | undefined {
  const seen = seenIn.get(broker.records)?.get(attempt.job);
  const verdict = judge(seen, attempt, broker.now().getTime());
  if (verdict === "stands") return undefined;
  if (verdict === "lost") throw lost(attempt);
  return requireRunning(broker, attempt);
}

/**
 * Lets an attempt pass that is the running one, as the record says now.
 *
 * @throws Problem 409 for one that is not
 */
export async function requireRunning(broker: Broker, attempt: Attempt): Promise<void> {
  const seen = await askOnce(broker, attempt.job);
  if (seen === undefined || judge(seen, attempt, seen.at) !== "stands") throw lost(attempt);
}

/** A worker asks for many requests at once: those that come while the record is read wait for that answer. */
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
