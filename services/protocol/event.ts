import { z } from "zod";
import { jobErrorSchema, jobIdSchema, mediaSummarySchema, outputObjectSchema } from "./job.ts";

/** CloudEvents types on the `job-events` topic. */
export const eventTypes = {
  started: "dev.mpegflow.job.started",
  succeeded: "dev.mpegflow.job.succeeded",
  failed: "dev.mpegflow.job.failed",
  cancelled: "dev.mpegflow.job.cancelled",
} as const;
export type EventType = (typeof eventTypes)[keyof typeof eventTypes];

/**
 * A CloudEvent 1.0 in structured mode: the JSON message body, with the message attribute
 * `content-type: application/cloudevents+json`. `id` is `{job}/{attempt}/{last part of type}`, so a repeated delivery has the same id.
 */
export const jobEventSchema = z.strictObject({
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  type: z.enum(eventTypes),
  subject: jobIdSchema,
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json"),
  data: z.strictObject({
    jobId: jobIdSchema,
    attempt: z.number().int().nonnegative(),
    region: z.string(),
    labels: z.record(z.string(), z.string()),
    media: mediaSummarySchema.optional(),
    outputPrefix: z.string().optional(),
    outputs: z.array(outputObjectSchema).optional(),
    error: jobErrorSchema.optional(),
  }),
});
export type JobEvent = z.infer<typeof jobEventSchema>;
