import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { forbidden, invalid, notFound, notModelled } from "./errors.ts";
import type { ObjectRecord } from "./object-schema.ts";
import { readJsonFiles, writeJson } from "./persistence.ts";
import type { StoreOptions } from "./types.ts";

/** https://docs.cloud.google.com/storage/docs/json_api/v1/notifications#resource */
const settingsSchema = z.strictObject({
  topic: z.string().regex(/^\/\/pubsub\.googleapis\.com\/projects\/[^/]+\/topics\/[^/]+$/),
  payload_format: z.enum(["JSON_API_V1", "NONE"]),
  event_types: z.array(z.string()).optional(),
  object_name_prefix: z.string().optional(),
  custom_attributes: z.record(z.string(), z.string()).optional(),
});
const configSchema = settingsSchema.extend({ id: z.string(), bucket: z.string() });
export type NotificationConfig = z.infer<typeof configSchema>;

/** How many configurations a bucket may have. https://docs.cloud.google.com/storage/docs/pubsub-notifications */
const MOST = 100;

export type Notifications = Awaited<ReturnType<typeof openNotifications>>;

/** Cloud Storage notifications to Pub/Sub. Only uploads are supported; other event types are refused. */
export async function openNotifications(options: {
  directory: string;
  store: Pick<StoreOptions, "authorizer" | "projectNumber" | "logger" | "topics">;
  /** The object as the JSON API shows it. */
  resourceOf: (record: ObjectRecord) => object;
}) {
  const { directory, store, resourceOf } = options;
  await mkdir(directory, { recursive: true });
  const configs = new Map<string, NotificationConfig>();
  const keyOf = (bucket: string, id: string): string => `${bucket}.${id}`;
  const fileOf = (key: string): string => path.join(directory, `${key}.json`);
  await readJsonFiles(directory, (value) => {
    const config = configSchema.parse(value);
    configs.set(keyOf(config.bucket, config.id), config);
  });
  const agent = `serviceAccount:service-${store.projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;
  const of = (bucket: string): NotificationConfig[] =>
    [...configs.values()].filter((config) => config.bucket === bucket);
  const mayPublish = (topic: string): boolean =>
    store.topics?.exists(topicPath(topic)) === true &&
    store.authorizer.allows(agent, "pubsub.topics.publish", topic);

  return {
    list: of,
    get: (bucket: string, id: string): NotificationConfig => {
      const config = configs.get(keyOf(bucket, id));
      if (config === undefined) throw notFound(`The specified notification ${id} does not exist.`);
      return config;
    },
    create: async (bucket: string, body: unknown): Promise<NotificationConfig> => {
      const parsed = settingsSchema.safeParse(body);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw invalid(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`, "notification");
      }
      const types = parsed.data.event_types ?? ["every event type"];
      const other = types.find((type) => type !== "OBJECT_FINALIZE");
      if (other !== undefined) throw notModelled(`Notification of ${other}`);
      if (!mayPublish(parsed.data.topic)) {
        throw forbidden(
          `${agent.slice(agent.indexOf(":") + 1)} does not have pubsub.topics.publish access to ${topicPath(parsed.data.topic)}, or it does not exist.`,
        );
      }
      const existing = of(bucket);
      if (existing.length >= MOST) throw invalid(`The bucket has ${MOST} notification configurations.`);
      const id = String(Math.max(0, ...existing.map((config) => Number(config.id))) + 1);
      const config = { ...parsed.data, id, bucket };
      await writeJson(fileOf(keyOf(bucket, id)), config);
      configs.set(keyOf(bucket, id), config);
      return config;
    },
    remove: async (bucket: string, id: string): Promise<void> => {
      if (!configs.delete(keyOf(bucket, id)))
        throw notFound(`The specified notification ${id} does not exist.`);
      await rm(fileOf(keyOf(bucket, id)), { force: true });
    },
    forget: async (bucket: string): Promise<void> => {
      for (const { id } of of(bucket)) {
        configs.delete(keyOf(bucket, id));
        await rm(fileOf(keyOf(bucket, id)), { force: true });
      }
    },
    /** Publishes a new object. The upload neither waits for it nor fails with it. */
    finalized: (record: ObjectRecord, overwritten: ObjectRecord | undefined): void => {
      for (const config of of(record.bucket)) {
        if (!record.name.startsWith(config.object_name_prefix ?? "")) continue;
        if (!mayPublish(config.topic)) {
          store.logger.warn(
            { topic: config.topic, object: record.name },
            "a notification cannot be published",
          );
          continue;
        }
        const payload = config.payload_format === "NONE" ? "" : JSON.stringify(resourceOf(record), null, 2);
        const sent = store.topics?.publish(topicPath(config.topic), Buffer.from(payload), {
          ...config.custom_attributes,
          notificationConfig: `projects/_/buckets/${record.bucket}/notificationConfigs/${config.id}`,
          eventType: "OBJECT_FINALIZE",
          payloadFormat: config.payload_format,
          bucketId: record.bucket,
          objectId: record.name,
          objectGeneration: String(record.generation),
          eventTime: record.timeCreated,
          ...(overwritten && { overwroteGeneration: String(overwritten.generation) }),
        });
        sent?.catch((error: unknown) => {
          store.logger.error({ error, topic: config.topic, object: record.name }, "a notification was lost");
        });
      }
    },
  };
}

const topicPath = (topic: string): string => topic.replace("//pubsub.googleapis.com/", "");
