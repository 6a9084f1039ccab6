import { PubSub, v1 } from "@google-cloud/pubsub";
import { z } from "zod";
import { Problem } from "../problem.ts";
import { within } from "../wait.ts";
import type { EventSink, JobTopic, Queue, QueueMessage } from "../ports.ts";

export interface Messaging {
  readonly queue: Queue;
  /** The subscription to uploads, where there is one. */
  readonly uploads?: Queue;
  /** The subscription to dead letters of jobs, where there is one. */
  readonly deadLetters?: Queue;
  readonly jobs: JobTopic;
  readonly events: EventSink;
  close(): Promise<void>;
}

export interface MessagingOptions {
  readonly project: string;
  /** Short names. */
  readonly jobsTopic: string;
  readonly jobsSubscription: string;
  readonly uploadsSubscription?: string;
  readonly deadLetterSubscription?: string | undefined;
  readonly eventsTopic: string;
  /** How long one pull waits for a message. @default 10 */
  readonly pullSeconds?: number;
}

/** gRPC status of a call that found nothing in its time. https://grpc.io/docs/guides/status-codes/ */
const deadlineExceeded = 4;
/** Ack ids per call; a request may have 512 KiB. https://docs.cloud.google.com/pubsub/quotas */
const ackIdsPerCall = 1000;

/** Longest wait for a call that should take milliseconds; the library itself would repeat it for 10 minutes. */
const longestCallMs = 20_000;

const inTime = <T>(what: string, call: Promise<T>): Promise<T> =>
  within(call, longestCallMs, () => {
    throw new Problem(503, "upstream-unavailable", `Pub/Sub did not answer in time (${what}); try again.`);
  });

const hasCode = z.object({ code: z.number() });
const isDeadline = (error: unknown): boolean => hasCode.safeParse(error).data?.code === deadlineExceeded;

/** Pub/Sub through Google's client; honours PUBSUB_EMULATOR_HOST as that does. */
export async function connectMessaging(options: MessagingOptions): Promise<Messaging> {
  const pubsub = new PubSub({ projectId: options.project });
  // The low-level client leaves leases to us: an ack id may then be extended or acknowledged by any replica. Address
  // and credentials are the high-level client's, emulator included.
  const subscriber = new v1.SubscriberClient(
    // As the high-level client itself passes it on; the two types differ in optional properties only.
    (await pubsub.getClientConfig()) as ConstructorParameters<typeof v1.SubscriberClient>[0],
  );
  const subscriptionPath = (name: string): string => `projects/${options.project}/subscriptions/${name}`;
  const jobs = pubsub.topic(options.jobsTopic);
  const events = pubsub.topic(options.eventsTopic);
  const pullOptions = {
    timeout: (options.pullSeconds ?? 10) * 1000,
    // The caller repeats pulls anyway; the library's own repetition would ignore the time limit.
    retry: null,
  };

  return {
    queue: queueOf(subscriber, subscriptionPath(options.jobsSubscription), pullOptions),
    ...(options.uploadsSubscription !== undefined && {
      uploads: queueOf(subscriber, subscriptionPath(options.uploadsSubscription), pullOptions),
    }),
    ...(options.deadLetterSubscription !== undefined && {
      deadLetters: queueOf(subscriber, subscriptionPath(options.deadLetterSubscription), pullOptions),
    }),
    jobs: {
      async publish(request) {
        await inTime("publish", jobs.publishMessage({ json: request, attributes: { job: request.id } }));
      },
    },
    events: {
      async publish(event) {
        // Beside what the structured mode asks for, what a subscription's filter may want to look at.
        const attributes = {
          "content-type": "application/cloudevents+json",
          type: event.type,
          job: event.subject,
        };
        await inTime("publish", events.publishMessage({ json: event, attributes }));
      },
    },
    async close() {
      await Promise.all([jobs.flush(), events.flush()]);
      await subscriber.close();
      await pubsub.close();
    },
  };
}

interface PullOptions {
  readonly timeout: number;
  readonly retry: null;
}

function queueOf(subscriber: v1.SubscriberClient, subscription: string, pullOptions: PullOptions): Queue {
  return {
    async pull(max, signal) {
      try {
        const [response] = await subscriber.pull(
          { subscription, maxMessages: max },
          { ...pullOptions, signal },
        );
        return (response.receivedMessages ?? []).map((received): QueueMessage => ({
          ackId: received.ackId ?? "",
          messageId: received.message?.messageId ?? "",
          data: Buffer.from(received.message?.data ?? ""),
          attributes: received.message?.attributes ?? {},
          deliveryAttempt: received.deliveryAttempt ?? 0,
        }));
      } catch (error) {
        if (isDeadline(error)) return [];
        throw error;
      }
    },
    async acknowledge(ackId) {
      await inTime("acknowledge", subscriber.acknowledge({ subscription, ackIds: [ackId] }));
    },
    async extend(ackIds, seconds) {
      for (let start = 0; start < ackIds.length; start += ackIdsPerCall)
        await inTime(
          "modifyAckDeadline",
          subscriber.modifyAckDeadline({
            subscription,
            ackIds: ackIds.slice(start, start + ackIdsPerCall),
            ackDeadlineSeconds: seconds,
          }),
        );
    },
  };
}
