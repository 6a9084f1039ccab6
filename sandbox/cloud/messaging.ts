import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { v1 } from "@google-cloud/pubsub";
import { credentials, status } from "@grpc/grpc-js";
import { openDocuments } from "../state/documents.ts";
import {
  revisedSchema,
  subscriptionSchema,
  topicSchema,
  type Schema,
  type Subscription,
  type Topic,
} from "./messaging-types.ts";

type ClientOptions = ConstructorParameters<typeof v1.SubscriberClient>[0];

/** What pulls a subscription's messages and brings them where they are declared to go. */
export interface Delivery {
  stop: () => Promise<void>;
}

/** The declared schemas, topics and subscriptions, kept on disk because Pub/Sub's fake keeps nothing: they are created again at each start. */
export async function openMessaging(
  directory: string,
  host: string,
  projectId: string,
  deliver: (name: string, subscription: Subscription) => Delivery | undefined = () => undefined,
) {
  const schemas = openDocuments(join(directory, "schemas.json"), (value) => revisedSchema.parse(value));
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
  const schemaService = new v1.SchemaServiceClient(options);
  const schemaPath = (name: string): string => `projects/${projectId}/schemas/${name}`;
  const topicPath = (name: string): string =>
    name.includes("/") ? name : `projects/${projectId}/topics/${name}`;
  const subscriptionPath = (name: string): string => `projects/${projectId}/subscriptions/${name}`;

  const createTopic = async (name: string, topic: Topic): Promise<void> => {
    await publisher.createTopic({
      name: topicPath(name),
      ...(topic.labels && { labels: topic.labels }),
      ...(topic.schemaSettings && { schemaSettings: topic.schemaSettings }),
    });
  };
  const createSchema = async (name: string, schema: Schema): Promise<void> => {
    await schemaService.createSchema({
      parent: `projects/${projectId}`,
      schemaId: name,
      schema: { ...schema },
    });
  };
  const commitSchema = async (name: string, schema: Schema): Promise<void> => {
    await schemaService.commitSchema({
      name: schemaPath(name),
      schema: { name: schemaPath(name), ...schema },
    });
  };
  const deliveries = new Map<string, Delivery>();
  const stopDelivery = async (name: string): Promise<void> => {
    await deliveries.get(name)?.stop();
    deliveries.delete(name);
  };
  const startDelivery = (name: string, subscription: Subscription): void => {
    const delivery = deliver(name, subscription);
    if (delivery !== undefined) deliveries.set(name, delivery);
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

  for (const [name, { type, revisions }] of schemas.entries()) {
    const [first = "", ...later] = revisions;
    await ignoreExisting(createSchema(name, { type, definition: first }));
    for (const definition of later) await commitSchema(name, { type, definition });
  }
  for (const [name, topic] of topics.entries()) await ignoreExisting(createTopic(name, topic));
  for (const [name, subscription] of subscriptions.entries()) {
    await ignoreExisting(subscriber.createSubscription(message(name, subscription)));
    startDelivery(name, subscription);
  }

  return {
    schemas: {
      get: (name: string): Schema | undefined => {
        const kept = schemas.get(name);
        return kept && { type: kept.type, definition: kept.revisions.at(-1) ?? "" };
      },
      /** A definition that is not the newest becomes a revision. */
      put: async (name: string, schema: Schema): Promise<void> => {
        const revisions = schemas.get(name)?.revisions ?? [];
        if (revisions.at(-1) === schema.definition) return;
        await (revisions.length === 0
          ? ignoreExisting(createSchema(name, schema))
          : commitSchema(name, schema));
        schemas.put(name, { type: schema.type, revisions: [...revisions, schema.definition] });
      },
      delete: async (name: string): Promise<boolean> => {
        if (!schemas.delete(name)) return false;
        await schemaService.deleteSchema({ name: schemaPath(name) });
        return true;
      },
    },
    topics: {
      get: (name: string) => topics.get(name),
      put: async (name: string, topic: Topic): Promise<void> => {
        const old = topics.get(name);
        if (old === undefined) await ignoreExisting(createTopic(name, topic));
        else if (!isDeepStrictEqual(old.schemaSettings, topic.schemaSettings)) {
          await publisher.updateTopic({
            topic: { name: topicPath(name), schemaSettings: topic.schemaSettings ?? null },
            updateMask: { paths: ["schema_settings"] },
          });
        }
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
        await stopDelivery(name);
        startDelivery(name, subscription);
      },
      delete: async (name: string): Promise<boolean> => {
        if (!subscriptions.delete(name)) return false;
        await stopDelivery(name);
        await subscriber.deleteSubscription({ subscription: subscriptionPath(name) });
        return true;
      },
    },
    /** @param topic `projects/P/topics/T` */
    publish: async (topic: string, data: Uint8Array, attributes: Record<string, string>): Promise<void> => {
      await publisher.publish({ topic, messages: [{ data, attributes }] });
    },
    close: async (): Promise<void> => {
      await Promise.all([...deliveries.keys()].map(stopDelivery));
      await Promise.all([publisher.close(), subscriber.close(), schemaService.close()]);
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
