import { isFinal, type JobRecord } from "../../protocol/index.ts";
import { type Consumer, startConsumer } from "./consumer.ts";
import { parseMessage } from "../jobs/job-request.ts";
import { messageOf } from "../problem.ts";
import type { Broker, Queue, QueueMessage } from "../ports.ts";
import { change, settle, type Step } from "../jobs/settle.ts";
import { failed, isExhausted, newRecord } from "../jobs/transitions.ts";

/** Dead letters of one job after which it is failed. */
const mostDeadLetters = 3;
const atOnce = 10;

/** Handles dead letters of the jobs topic until `drain`. */
export const startDeadLetters = (broker: Broker, queue: Queue): Consumer =>
  startConsumer({
    queue,
    name: "dead-letter subscription",
    atOnce,
    take: (message) => takeDeadLetter(broker, queue, message),
    log: broker.log,
  });

/**
 * Handles one dead letter. A job that may still run is published again; the third time it fails. Messages without a job
 * stay in the subscription for inspection.
 */
export async function takeDeadLetter(broker: Broker, queue: Queue, message: QueueMessage): Promise<void> {
  const about = { messageId: message.messageId };
  try {
    const parsed = parseMessage(message.data);
    if (parsed.kind === "unreadable") {
      broker.log.warn({ ...about, reason: parsed.reason }, "a dead letter names no job");
      await queue.extend([message.ackId], 600);
      return;
    }
    const { request } = parsed;
    const { result, stored } = await change(
      broker,
      request.id,
      (found): Step<"final" | "again"> => {
        const now = broker.now();
        if (found !== undefined && isFinal(found.record.state)) return { result: "final" };
        // The job with that id continues with its valid messages.
        if (found !== undefined && parsed.kind === "invalid") return { result: "again" };
        const record: JobRecord = found?.record ?? newRecord(request, now);
        const letters = { ...record, deadLetters: record.deadLetters + 1 };
        if (parsed.kind === "invalid") return { result: "final", record: failed(letters, parsed.error, now) };
        const over =
          record.state === "queued" &&
          (letters.deadLetters >= mostDeadLetters || isExhausted(record, broker.settings.maxAttempts));
        if (!over) return { result: "again", record: letters };
        const last =
          record.error === undefined
            ? "no coordinator could place it"
            : `the last error was ${record.error.code}: ${record.error.message}`;
        const error = {
          code: "dead-lettered",
          message: `Pub/Sub gave up the job's message ${letters.deadLetters} times; ${last}`.slice(0, 2000),
        };
        return { result: "final", record: failed(letters, error, now) };
      },
      request,
    );
    if (result === "final" && stored !== undefined) await settle(broker, stored, undefined);
    else if (parsed.kind === "request") await broker.jobs.publish(stored?.record.request ?? request);
    broker.log.warn({ ...about, job: request.id, result }, "took a dead letter");
    await queue.acknowledge(message.ackId);
  } catch (error) {
    broker.log.warn(
      { ...about, reason: messageOf(error) },
      "taking a dead letter failed; it will come again",
    );
    // Were this to fail too, the deadline would bring it back.
    await queue.extend([message.ackId], 10).catch(() => undefined);
  }
}
