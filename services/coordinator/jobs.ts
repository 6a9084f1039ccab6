import { isDeepStrictEqual } from "node:util";
import type { JobRecord, JobRequest } from "../protocol/index.ts";
import { refusal } from "./job-request.ts";
import { Problem } from "./problem.ts";
import { absent, type Broker } from "./ports.ts";
import { newRecord } from "./transitions.ts";

/**
 * Takes a job in: record first, then the message, so that the id is taken before anybody works on it. May be
 * repeated until answered.
 *
 * @returns whether the job is new, and its record.
 */
export async function submit(
  broker: Broker,
  request: JobRequest,
): Promise<{ created: boolean; record: JobRecord }> {
  const refused = refusal(request, broker.settings);
  if (refused !== undefined) throw new Problem(400, refused.code, refused.message);
  const fresh = newRecord(request, broker.now());
  const created = await broker.records.write(fresh, absent);
  if (created !== undefined) {
    await broker.jobs.publish(request);
    broker.log.info({ job: request.id }, "job submitted");
    return { created: true, record: created.record };
  }
  const { record } = await lookUp(broker, request.id);
  if (!isDeepStrictEqual(record.request, request))
    throw new Problem(
      409,
      "id-taken",
      `Job ${request.id} exists with another request; the id is the idempotency key, so choose another.`,
    );
  // The first call may have ended between record and message; a second message of a job is harmless.
  if (record.state === "queued" && record.attempt === 0) await broker.jobs.publish(request);
  return { created: false, record };
}

export async function lookUp(broker: Broker, jobId: string): Promise<{ record: JobRecord }> {
  const found = await broker.records.read(jobId);
  if (found === undefined) throw new Problem(404, "job-not-found", `There is no job ${jobId}.`);
  return found;
}
