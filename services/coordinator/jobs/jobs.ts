import { isDeepStrictEqual } from "node:util";
import type { JobRecord, JobRequest } from "../../protocol/index.ts";
import { isFinal } from "../../protocol/index.ts";
import { fullAccess, shownId, shownTo, type AccessScope } from "../access-scope.ts";
import { overlapOf } from "./overlap.ts";
import { refusal } from "./job-request.ts";
import { Problem } from "../problem.ts";
import { absent, type Broker, type StoredRecord } from "../ports.ts";
import { change, settle, type Step } from "./settle.ts";
import { cancelled, newRecord } from "./transitions.ts";

/**
 * Submits a job: record first, then the message, so that the id is taken before work starts. May be repeated until
 * answered.
 *
 * @returns whether the job is new, and its record.
 */
export async function submit(
  broker: Broker,
  request: JobRequest,
  scope: AccessScope = fullAccess,
): Promise<{ created: boolean; record: JobRecord }> {
  const refused = refusal(request, broker.settings);
  if (refused !== undefined) throw new Problem(400, refused.code, refused.message);
  const forbidden = scope.refusal(request);
  if (forbidden !== undefined) throw forbidden;
  const [recordId] = scope.recordIds(request.id);
  const own: JobRequest = { ...request, id: recordId };
  // An existing job continues, even if it would be refused now.
  const overlap = await overlapOf(broker, own);
  const known = scope.isScoped || overlap !== undefined ? await find(broker, request.id, scope) : undefined;
  if (overlap !== undefined && (known === undefined || !isSame(known.record, request)))
    throw new Problem(400, overlap.code, overlap.message);
  if (known === undefined) {
    const fresh = newRecord(own, broker.now());
    const created = await broker.records.write(
      scope.isScoped ? { ...fresh, submittedId: request.id } : fresh,
      absent,
    );
    if (created !== undefined) {
      await broker.jobs.publish(own);
      broker.metrics.jobs.inc({ event: "submitted" });
      broker.log.info({ job: recordId }, "job submitted");
      return { created: true, record: shownTo(created.record) };
    }
  }
  const found = known ?? (await broker.records.read(recordId, own));
  if (found === undefined || !isSame(found.record, request))
    throw new Problem(
      409,
      "id-taken",
      `Job ${request.id} exists with another request; the id is the idempotency key, so choose another.`,
    );
  const { record } = found;
  // The first call may have ended between record and message; a second message of a job is harmless.
  if (record.state === "queued" && record.attempt === 0) await broker.jobs.publish(record.request);
  return { created: false, record: shownTo(record) };
}

const isSame = (record: JobRecord, request: JobRequest): boolean =>
  isDeepStrictEqual({ ...record.request, id: shownId(record) }, request);

/**
 * The client's job with an id. Jobs that the client may not see take the same reads as missing jobs, so that timing
 * does not reveal them: metadata only, of every record that could have the id.
 */
async function find(broker: Broker, jobId: string, scope: AccessScope): Promise<StoredRecord | undefined> {
  const isIt = (found: StoredRecord | undefined): found is StoredRecord =>
    found !== undefined && shownId(found.record) === jobId && scope.sees(found.record.request.outputPrefix);
  const read = (id: string): Promise<StoredRecord | undefined> =>
    broker.records.read(id, undefined, scope.sees);
  const ids = scope.recordIds(jobId);
  if (scope.isScoped) return (await Promise.all(ids.map(read))).find(isIt);
  for (const id of ids) {
    const found = await read(id);
    if (isIt(found)) return found;
  }
  return undefined;
}

const missing = (jobId: string): Problem => new Problem(404, "job-not-found", `There is no job ${jobId}.`);

export async function lookUp(
  broker: Broker,
  jobId: string,
  scope: AccessScope = fullAccess,
): Promise<{ record: JobRecord }> {
  const found = await find(broker, jobId, scope);
  if (found === undefined) throw missing(jobId);
  return { record: shownTo(found.record) };
}

/** Cancels a job. A running attempt loses its lease; its worker learns of it at the next heartbeat. May be repeated. */
export async function cancel(
  broker: Broker,
  jobId: string,
  scope: AccessScope = fullAccess,
): Promise<JobRecord> {
  const known = await find(broker, jobId, scope);
  if (known === undefined) throw missing(jobId);
  const { stored } = await change(broker, known.record.request.id, (found): Step<undefined> => {
    if (found === undefined) throw missing(jobId);
    if (found.record.state === "cancelled") return { result: undefined };
    if (isFinal(found.record.state))
      throw new Problem(409, "job-finished", `Job ${jobId} has ${found.record.state} already.`);
    return { result: undefined, record: cancelled(found.record, broker.now()) };
  });
  if (stored === undefined) throw missing(jobId);
  // The next receiver of the message acknowledges it.
  await settle(broker, stored, undefined);
  return shownTo(stored.record);
}
