import { isDeepStrictEqual } from "node:util";
import type { JobList, JobListQuery, JobRecord, JobRequest } from "../../protocol/index.ts";
import { isFinal } from "../../protocol/index.ts";
import { overlapOf } from "./overlap.ts";
import { refusal } from "./job-request.ts";
import { Problem } from "../problem.ts";
import { absent, type Broker } from "../ports.ts";
import { change, settle, type Step } from "./settle.ts";
import { cancelled, newRecord } from "./transitions.ts";
import type { Sight } from "../access-scope.ts";

export const seesAll: Sight = { sees: () => true, refusal: () => undefined };

/**
 * Takes a job in: record first, then the message, so that the id is taken before anybody works on it. May be
 * repeated until answered.
 *
 * @returns whether the job is new, and its record.
 */
export async function submit(
  broker: Broker,
  request: JobRequest,
  sight: Sight = seesAll,
): Promise<{ created: boolean; record: JobRecord }> {
  const refused = refusal(request, broker.settings);
  if (refused !== undefined) throw new Problem(400, refused.code, refused.message);
  const forbidden = sight.refusal(request);
  if (forbidden !== undefined) throw forbidden;
  const overlap = await overlapOf(broker, request);
  if (overlap !== undefined && !(await isRepeat(broker, request)))
    throw new Problem(400, overlap.code, overlap.message);
  const fresh = newRecord(request, broker.now());
  const created = await broker.records.write(fresh, absent);
  if (created !== undefined) {
    await broker.jobs.publish(request);
    broker.metrics.jobs.inc({ event: "submitted" });
    broker.log.info({ job: request.id }, "job submitted");
    return { created: true, record: created.record };
  }
  const found = await broker.records.read(request.id, request);
  if (found === undefined || !isDeepStrictEqual(found.record.request, request))
    throw new Problem(
      409,
      "id-taken",
      `Job ${request.id} exists with another request; the id is the idempotency key, so choose another.`,
    );
  const { record } = found;
  // The first call may have ended between record and message; a second message of a job is harmless.
  if (record.state === "queued" && record.attempt === 0) await broker.jobs.publish(request);
  return { created: false, record };
}

/** A job that is there already goes on, whatever is refused since. */
const isRepeat = async (broker: Broker, request: JobRequest): Promise<boolean> =>
  isDeepStrictEqual((await broker.records.read(request.id, request))?.record.request, request);

const missing = (jobId: string): Problem => new Problem(404, "job-not-found", `There is no job ${jobId}.`);

export async function lookUp(
  broker: Broker,
  jobId: string,
  sight: Sight = seesAll,
): Promise<{ record: JobRecord }> {
  const found = await broker.records.read(jobId);
  if (found === undefined || !sight.sees(found.record.request)) throw missing(jobId);
  return found;
}

/** Pages read for one answer, while nothing on them matches. */
const mostPages = 10;

/** Jobs in order of their ids. */
export async function list(broker: Broker, query: JobListQuery, sight: Sight = seesAll): Promise<JobList> {
  const labels = query.label.map((text) => {
    const colon = text.indexOf(":");
    return [text.slice(0, colon), text.slice(colon + 1)] as const;
  });
  const matches = (record: JobRecord): boolean =>
    (query.state === undefined || record.state === query.state) &&
    labels.every(
      ([name, value]) => Object.hasOwn(record.request.labels, name) && record.request.labels[name] === value,
    ) &&
    sight.sees(record.request);
  let pageToken = query.pageToken;
  for (let pages = 1; ; pages += 1) {
    const page = await broker.records.list(query.pageSize, pageToken);
    const wanted = page.entries.filter(
      ({ state }) => state === undefined || query.state === undefined || state === query.state,
    );
    const records = await Promise.all(wanted.map(({ jobId }) => broker.records.read(jobId)));
    const jobs = records.flatMap((found) =>
      found !== undefined && matches(found.record) ? [found.record] : [],
    );
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return { jobs };
    if (jobs.length > 0 || pages === mostPages) return { jobs, nextPageToken: pageToken };
  }
}

/**
 * Ends a job that has not ended. A running attempt loses its lease: its worker hears of it at the next heartbeat. May
 * be repeated.
 */
export async function cancel(broker: Broker, jobId: string, sight: Sight = seesAll): Promise<JobRecord> {
  const { stored } = await change(broker, jobId, (found): Step<undefined> => {
    if (found === undefined || !sight.sees(found.record.request)) throw missing(jobId);
    if (found.record.state === "cancelled") return { result: undefined };
    if (isFinal(found.record.state))
      throw new Problem(409, "job-finished", `Job ${jobId} has ${found.record.state} already.`);
    return { result: undefined, record: cancelled(found.record, broker.now()) };
  });
  if (stored === undefined) throw missing(jobId);
  // The message is acknowledged by whoever gets it next.
  await settle(broker, stored, undefined);
  return stored.record;
}
