import { type Consumer, startConsumer } from "../queue/consumer.ts";
import { submit } from "../jobs/jobs.ts";
import { messageOf, Problem } from "../problem.ts";
import type { Broker, Queue, QueueMessage } from "../ports.ts";
import { requestOfUpload, type UploadRules } from "./upload-request.ts";

/** Notifications taken at once: each is a record and a message. */
const atOnce = 20;

/** Starts a job for each upload that the subscription tells of, and goes on until `drain`. */
export const startUploads = (broker: Broker, queue: Queue, rules: UploadRules): Consumer =>
  startConsumer({
    queue,
    name: "uploads subscription",
    atOnce,
    take: (message) => takeUpload(broker, queue, rules, message),
    log: broker.log,
  });

/**
 * Deals with one notification. It is acknowledged once its job is there, or when it never starts one; what cannot be
 * used goes back, and becomes a dead letter after the attempts that the subscription allows.
 */
export async function takeUpload(
  broker: Broker,
  queue: Queue,
  rules: UploadRules,
  message: QueueMessage,
): Promise<void> {
  const about = { messageId: message.messageId, object: message.attributes?.["objectId"] };
  try {
    const upload = requestOfUpload(message.attributes ?? {}, rules);
    switch (upload.kind) {
      case "passed-over":
        broker.log.debug({ ...about, reason: upload.reason }, "an upload starts no job");
        await queue.acknowledge(message.ackId);
        return;
      case "refused":
        broker.log.warn({ ...about, reason: upload.reason }, "a notification cannot be used");
        await queue.extend([message.ackId], 0);
        return;
      case "job":
        await submitOnce(broker, upload.request);
        await queue.acknowledge(message.ackId);
    }
  } catch (error) {
    broker.log.warn({ ...about, reason: messageOf(error) }, "an upload started no job; it will come again");
    // Were this to fail too, the deadline would bring it back.
    await queue.extend([message.ackId], 0).catch(() => undefined);
  }
}

/** The job of this upload may be there under rules of an earlier day: it stands as it is. */
async function submitOnce(broker: Broker, request: Parameters<typeof submit>[1]): Promise<void> {
  try {
    await submit(broker, request);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "id-taken")) throw error;
  }
}
