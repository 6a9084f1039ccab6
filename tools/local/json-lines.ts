import { z } from "zod";
import {
  jobErrorSchema,
  jobEventSchema,
  jobStates,
  mediaSummarySchema,
} from "../../services/protocol/index.ts";

/** What `npm run local -- --json` writes: one of these a line. New kinds and new keys may come; none goes or changes. */
export const jsonLineSchema = z.discriminatedUnion("type", [
  /** A part of the run has ended: tools, cloud, preview and update, upload, jobs. */
  z.strictObject({ type: z.literal("phase"), name: z.string(), seconds: z.number() }),
  /** What the engine's state holds after the update. */
  z.strictObject({
    type: z.literal("resources"),
    stack: z.string(),
    resources: z.array(
      z.strictObject({
        urn: z.string(),
        type: z.string(),
        /** The provider's, of a custom resource. */
        id: z.string().optional(),
        custom: z.boolean(),
        parent: z.string().optional(),
        dependencies: z.array(z.string()),
      }),
    ),
  }),
  /** A job has changed. */
  z.strictObject({
    type: z.literal("job"),
    id: z.string(),
    state: z.enum(jobStates),
    attempt: z.number().int(),
    percentDone: z.number(),
    /** Where it runs or ran. */
    region: z.string().optional(),
    worker: z.string().optional(),
  }),
  /** A CloudEvent of the `job-events` topic. */
  z.strictObject({ type: z.literal("event"), event: jobEventSchema }),
  /** The page is served. */
  z.strictObject({ type: z.literal("page"), url: z.url() }),
  /** The end, when all jobs have ended. */
  z.strictObject({
    type: z.literal("result"),
    exitCode: z.number().int(),
    jobs: z.array(
      z.strictObject({
        id: z.string(),
        state: z.enum(jobStates),
        attempt: z.number().int(),
        region: z.string().optional(),
        media: mediaSummarySchema.optional(),
        outputs: z.array(
          z.strictObject({
            name: z.string(),
            contentType: z.string(),
            /** In bytes. */
            size: z.number().int(),
            /** A signed GET, valid for an hour. */
            url: z.url().optional(),
          }),
        ),
        error: jobErrorSchema.optional(),
      }),
    ),
  }),
  /** The end, when something has to be mended first. */
  z.strictObject({ type: z.literal("error"), message: z.string() }),
]);
export type JsonLine = z.infer<typeof jsonLineSchema>;
