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
 * Returns a job to the queue, so that it is redelivered within `seconds`. Waiting or changing workers never makes it a
 * dead letter.
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
  // In this order: a duplicate is harmless, a loss is not.
  await broker.jobs.publish(request);
  await broker.queue.acknowledge(message.ackId);
}
