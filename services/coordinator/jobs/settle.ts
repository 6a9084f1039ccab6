import type { JobRecord, JobRequest } from "../../protocol/index.ts";
import { mayHaveLeftovers, remindOfLeftovers } from "./clean-up.ts";
import { finalEvent } from "./events.ts";
import { messageOf, Problem } from "../problem.ts";
import { rememberAttempt } from "./current-attempt.ts";
import { absent, type Broker, type StoredRecord } from "../ports.ts";

/** More conflicts in a row than two replicas and a redelivery can cause. */
const mostTries = 8;

/** Result of a step: the `record` to store, if any, and a `result` for the caller. */
export interface Step<T> {
  readonly result: T;
  readonly record?: JobRecord;
}

/**
 * Changes a record by compare-and-swap; decides again after each conflict.
 *
 * @param decide may be called several times; throws to refuse.
 * @param request what a message says under the job's name, where one does
 * @returns the decision that was carried out, and the record as stored after it.
 */
export async function change<T>(
  broker: Broker,
  jobId: string,
  decide: (found: StoredRecord | undefined) => Step<T>,
  request?: JobRequest,
): Promise<{ result: T; stored: StoredRecord | undefined }> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const found = await broker.records.read(jobId, request);
    const { result, record } = decide(found);
    if (record === undefined) {
      if (found !== undefined) rememberAttempt(broker, found.record);
      return { result, stored: found };
    }
    const stored = await broker.records.write(record, found?.generation ?? absent);
    if (stored === undefined) continue;
    rememberAttempt(broker, stored.record);
    return { result, stored };
  }
  throw new Problem(503, "record-contended", `The record of job ${jobId} changes too fast; try again.`);
}

/**
 * After a job became final: event, note of it in the record, acknowledgement, in that order. Each step may be repeated;
 * after a crash the next receiver of the message does the rest.
 */
export async function settle(broker: Broker, final: StoredRecord, ackId: string | undefined): Promise<void> {
  const { record, generation } = final;
  const event = record.eventPublishedAt === undefined ? finalEvent(record, broker.settings) : undefined;
  if (event !== undefined) {
    if (mayHaveLeftovers(record)) await remindOfLeftovers(broker, record);
    await broker.events.publish(event);
    const note = { ...record, eventPublishedAt: broker.now().toISOString() };
    // A conflict means that another replica recorded the same.
    if ((await broker.records.write(note, generation)) !== undefined) countEnd(broker, record);
    broker.log.info(
      { job: record.request.id, attempt: record.attempt, state: record.state, event: event.id },
      "job finished",
    );
  }
  if (ackId === undefined) return;
  try {
    await broker.queue.acknowledge(ackId);
  } catch (error) {
    // The job is done and announced: a redelivery will find that and be acknowledged.
    broker.log.warn({ job: record.request.id, reason: messageOf(error) }, "acknowledgement failed");
  }
}

function countEnd({ metrics, now }: Broker, { state, createdAt }: JobRecord): void {
  metrics.jobs.inc({ event: state });
  metrics.jobSeconds.observe({ state }, (now().getTime() - Date.parse(createdAt)) / 1000);
}
