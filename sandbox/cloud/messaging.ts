import { join } from "node:path";
import { v1 } from "@google-cloud/pubsub";
import { credentials, status } from "@grpc/grpc-js";
import { z } from "zod";
import { openDocuments } from "../state/documents.ts";

const duration = z.string().regex(/^\d+(\.\d+)?s$/, 'a duration like "600s"');

export const topicSchema = z.strictObject({
  labels: z.record(z.string(), z.string()).optional(),
  messageRetentionDuration: duration.optional(),
  /** Recorded, not enforced: there is one place here. */
  messageStoragePolicy: z.looseObject({ allowedPersistenceRegions: z.array(z.string()) }).optional(),
  kmsKeyName: z.string().optional(),
});
export type Topic = z.infer<typeof topicSchema>;

export const subscriptionSchema = z.strictObject({
  /** Short name of the topic. */
  topic: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  /** Seconds, 10 to 600. */
  ackDeadlineSeconds: z.number().int().min(10).max(600).default(10),
  messageRetentionDuration: duration.optional(),
  retainAckedMessages: z.boolean().optional(),
  enableMessageOrdering: z.boolean().optional(),
  enableExactlyOnceDelivery: z.boolean().optional(),
  filter: z.string().optional(),
  /** `ttl: ""` means never. */
  expirationPolicy: z.strictObject({ ttl: z.union([z.literal(""), duration]).optional() }).optional(),
  /** Recorded, not acted on: Google's in-memory fake knows no back-off. */
  retryPolicy: z
    .strictObject({ minimumBackoff: duration.optional(), maximumBackoff: duration.optional() })
    .optional(),
  deadLetterPolicy: z
    .strictObject({
      deadLetterTopic: z.string(),
      maxDeliveryAttempts: z.number().int().min(5).max(100).default(5),
    })
    .optional(),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

type ClientOptions = ConstructorParameters<typeof v1.SubscriberClient>[0];

/** The declared topics and subscriptions, kept on disk because Pub/Sub's fake keeps nothing: they are created again at each start. */
export async function openMessaging(directory: string, host: string, projectId: string) {
  const topics = openDocuments(join(directory, "topics.json"), (value) => topicSchema.parse(value));
  const subscriptions = openDocuments(join(directory, "subscriptions.json"), (value) =>
    subscriptionSchema.parse(value),
  );
  const [servicePath = "127.0.0.1", port] = host.split(":");
  const options: ClientOptions = {
    projectId,
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
  };
  const publisher = new v1.PublisherClient(options);
  const subscriber = new v1.SubscriberClient(options);
  const topicPath = (name: string): string =>
    name.includes("/") ? name : `projects/${projectId}/topics/${name}`;
  const subscriptionPath = (name: string): string => `projects/${projectId}/subscriptions/${name}`;

  const createTopic = async (name: string, topic: Topic): Promise<void> => {
    await publisher.createTopic({ name: topicPath(name), ...(topic.labels && { labels: topic.labels }) });
  };
  const message = (name: string, subscription: Subscription) => ({
    name: subscriptionPath(name),
    topic: topicPath(subscription.topic),
    ackDeadlineSeconds: subscription.ackDeadlineSeconds,
    ...(subscription.labels && { labels: subscription.labels }),
    ...(subscription.filter !== undefined && { filter: subscription.filter }),
    ...(subscription.enableMessageOrdering !== undefined && {
      enableMessageOrdering: subscription.enableMessageOrdering,
    }),
    ...(subscription.deadLetterPolicy && {
      deadLetterPolicy: {
        deadLetterTopic: topicPath(subscription.deadLetterPolicy.deadLetterTopic),
        maxDeliveryAttempts: subscription.deadLetterPolicy.maxDeliveryAttempts,
      },
    }),
  });

  for (const [name, topic] of topics.entries()) await ignoreExisting(createTopic(name, topic));
  for (const [name, subscription] of subscriptions.entries()) {
    await ignoreExisting(subscriber.createSubscription(message(name, subscription)));
  }

  return {
    topics: {
      get: (name: string) => topics.get(name),
      put: async (name: string, topic: Topic): Promise<void> => {
        if (topics.get(name) === undefined) await ignoreExisting(createTopic(name, topic));
        topics.put(name, topic);
      },
      delete: async (name: string): Promise<boolean> => {
        if (!topics.delete(name)) return false;
        await publisher.deleteTopic({ topic: topicPath(name) });
        return true;
      },
    },
    subscriptions: {
      get: (name: string) => subscriptions.get(name),
      put: async (name: string, subscription: Subscription): Promise<void> => {
        if (subscriptions.get(name) === undefined) {
          await ignoreExisting(subscriber.createSubscription(message(name, subscription)));
        } else {
          await subscriber.updateSubscription({
            subscription: message(name, subscription),
            updateMask: { paths: ["ack_deadline_seconds", "dead_letter_policy", "labels"] },
          });
        }
        subscriptions.put(name, subscription);
      },
      delete: async (name: string): Promise<boolean> => {
        if (!subscriptions.delete(name)) return false;
        await subscriber.deleteSubscription({ subscription: subscriptionPath(name) });
        return true;
      },
    },
    close: async (): Promise<void> => {
      await Promise.all([publisher.close(), subscriber.close()]);
    },
  };
}
export type Messaging = Awaited<ReturnType<typeof openMessaging>>;

async function ignoreExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if ((error as { code?: unknown }).code !== status.ALREADY_EXISTS) throw error;
  }
}
