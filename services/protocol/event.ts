import { z } from "zod";
import { text, time } from "./bounds.ts";
import {
  jobErrorSchema,
  jobIdSchema,
  labelsSchema,
  mediaSummarySchema,
  mostOutputs,
  outputObjectSchema,
} from "./job.ts";

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
  id: text(128),
  source: text(512),
  type: z.enum(eventTypes),
  subject: jobIdSchema,
  time: time(),
  datacontenttype: z.literal("application/json"),
  data: z.strictObject({
    jobId: jobIdSchema,
    attempt: z.number().int().nonnegative(),
    region: text(63),
    labels: labelsSchema,
    media: mediaSummarySchema.optional(),
    outputPrefix: text(1200).optional(),
    outputs: z.array(outputObjectSchema).max(mostOutputs).optional(),
    error: jobErrorSchema.optional(),
  }),
});
export type JobEvent = z.infer<typeof jobEventSchema>;
