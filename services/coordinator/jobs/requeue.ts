import type { JobRequest } from "../../protocol/index.ts";
import type { Broker } from "../ports.ts";

/**
 * Deliveries after which a message is published anew instead of handed back. Pub/Sub makes a dead letter of what was
 * delivered 5 times at the least (https://docs.cloud.google.com/pubsub/docs/dead-letter-topics), whatever the reason
 * it came back for; a new message counts from one.
 */
const mostDeliveries = 3;

interface Delivered {
  readonly ackId: string;
  readonly deliveryAttempt: number;
}

/**
 * Gives a job back to the queue, so that it comes again after `seconds` at the latest. That a job waits, or changes
 * hands, never makes a dead letter of it.
 */
export async function backToQueue(
  broker: Pick<Broker, "queue" | "jobs">,
  message: Delivered,
  request: JobRequest,
  seconds: number,
): Promise<void> {
  if (message.deliveryAttempt < mostDeliveries) {
    await broker.queue.extend([message.ackId], seconds);
    return;
  }
  // In this order: twice is harmless, never is not.
  await broker.jobs.publish(request);
  await broker.queue.acknowledge(message.ackId);
}
