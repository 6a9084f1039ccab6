import { z } from "zod";

const duration = z.string().regex(/^\d+(\.\d+)?s$/, 'a duration like "600s"');

export const topicSchema = z.strictObject({
  labels: z.record(z.string(), z.string()).optional(),
  messageRetentionDuration: duration.optional(),
  /** Recorded, not enforced: there is one place here. */
  messageStoragePolicy: z.looseObject({ allowedPersistenceRegions: z.array(z.string()) }).optional(),
  kmsKeyName: z.string().optional(),
  schemaSettings: z
    .strictObject({ schema: z.string(), encoding: z.enum(["JSON", "BINARY"]).default("JSON") })
    .optional(),
});
export type Topic = z.infer<typeof topicSchema>;

/** A schema as declared: its newest revision. */
export const schemaSchema = z.strictObject({
  type: z.literal("PROTOCOL_BUFFER"),
  definition: z.string().min(1),
});
export type Schema = z.infer<typeof schemaSchema>;

/** A schema as kept: definitions of all revisions, the oldest first. */
export const revisedSchema = z.strictObject({
  type: z.literal("PROTOCOL_BUFFER"),
  revisions: z.array(z.string()).min(1),
});

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
  /** Acted on by push deliveries only: Google's in-memory fake knows no back-off. */
  retryPolicy: z
    .strictObject({ minimumBackoff: duration.optional(), maximumBackoff: duration.optional() })
    .optional(),
  deadLetterPolicy: z
    .strictObject({
      deadLetterTopic: z.string(),
      maxDeliveryAttempts: z.number().int().min(5).max(100).default(5),
    })
    .optional(),
  pushConfig: z
    .strictObject({
      pushEndpoint: z.url(),
      attributes: z.record(z.string(), z.string()).optional(),
      oidcToken: z
        .strictObject({ serviceAccountEmail: z.string(), audience: z.string().optional() })
        .optional(),
      noWrapper: z.strictObject({ writeMetadata: z.boolean() }).optional(),
    })
    .optional(),
  /** Recorded, not acted on: there is no BigQuery here, and messages wait in the subscription. */
  bigqueryConfig: z
    .strictObject({
      table: z.string(),
      useTopicSchema: z.boolean().optional(),
      useTableSchema: z.boolean().optional(),
      writeMetadata: z.boolean().optional(),
      dropUnknownFields: z.boolean().optional(),
      serviceAccountEmail: z.string().optional(),
    })
    .optional(),
  cloudStorageConfig: z
    .strictObject({
      bucket: z.string(),
      filenamePrefix: z.string().optional(),
      filenameSuffix: z.string().optional(),
      filenameDatetimeFormat: z.string().optional(),
      maxBytes: z.number().optional(),
      maxDuration: duration.optional(),
      maxMessages: z.number().optional(),
      serviceAccountEmail: z.string().optional(),
      avroConfig: z
        .strictObject({ useTopicSchema: z.boolean().optional(), writeMetadata: z.boolean().optional() })
        .optional(),
      textConfig: z.strictObject({}).optional(),
    })
    .optional(),
});
export type Subscription = z.infer<typeof subscriptionSchema>;
