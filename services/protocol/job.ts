import { z } from "zod";
import { apiSchemas } from "./api-schemas.ts";
import { recordOf, text, time } from "./bounds.ts";
import { profileOverridesSchema } from "./overrides.ts";

/** States of a job. `queued` and `running` change; the others are final. */
export const jobStates = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

/** Most urgent first. */
export const jobPriorities = ["high", "normal", "low"] as const;
export type JobPriority = (typeof jobPriorities)[number];

const jobIdRule = "1 to 63 characters of a-z, 0-9 and -, not starting or ending with -";
/** A job id becomes part of object names, so its alphabet is narrow. */
export const jobIdSchema = z
  .string()
  .max(63, { abort: true, error: jobIdRule })
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, jobIdRule);

/**
 * `gs://bucket/object` of Cloud Storage, `s3://…` of Amazon S3, `r2://…` of Cloudflare R2; the object name may hold any
 * character but control characters.
 */
export const storageUriSchema = text(1100).regex(
  /^(?:gs|s3|r2):\/\/[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]\/\P{Cc}+$/u,
  "gs://BUCKET/OBJECT, or s3:// or r2://, without control characters",
);

/** Reference to a customer-supplied key in Secret Manager: 32 bytes, as they are or as base64. */
const keySecretSchema = text(500).regex(
  /^projects\/[a-z0-9.:-]{1,64}\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/(?:latest|\d{1,10})$/,
  "projects/PROJECT/secrets/SECRET/versions/VERSION",
);

/** Of a job: at most 64. */
export const labelsSchema = recordOf(64, text(63), text(255));

/**
 * What a client asks for: the JSON body of a message on the `jobs` topic and of `POST /v1/jobs`.
 * `id` is also the idempotency key: the same id again is the same job.
 */
export const jobRequestSchema = z.strictObject({
  id: jobIdSchema,
  /** The mezzanine to encode. */
  input: storageUriSchema,
  /**
   * Where outputs go: `gs://bucket/prefix/`. Each attempt writes below a folder of its own in it, whose name nobody can
   * tell beforehand: record and event say where outputs are.
   */
  outputPrefix: storageUriSchema.refine((uri) => uri.endsWith("/"), "must end with /"),
  /** Name of the encoding profile. @default "hls-h264" */
  profile: text(63).min(1).default("hls-h264"),
  /** What this job changes of the profile. */
  overrides: profileOverridesSchema.optional(),
  /** Copied to the record and to every event. At most 64. */
  labels: labelsSchema.default({}),
  /**
   * Which of the jobs that a coordinator holds goes to the next worker: a high one before a normal one before a low
   * one. Pub/Sub knows no priorities, so it orders what the coordinators hold, not the whole queue.
   */
  priority: z.enum(jobPriorities).default("normal"),
  /** The key that the input is encrypted with (CSEK, SSE-C), by reference: the key itself is in no request, record or log. */
  inputKeySecret: keySecretSchema.optional(),
  /** The key that outputs are to be encrypted with, by reference. */
  outputKeySecret: keySecretSchema.optional(),
});
apiSchemas.add(jobRequestSchema, { id: "JobRequest" });
export type JobRequest = z.infer<typeof jobRequestSchema>;

/** Outputs of one job. */
export const mostOutputs = 100_000;

/** One finished output object, as the coordinator found it in the bucket. */
export const outputObjectSchema = z.object({
  /** Object name relative to the attempt's prefix, e.g. `hls/master.m3u8`. */
  name: text(512),
  /** The attempt's prefix and the name. */
  uri: text(1700),
  contentType: text(1024),
  /** Size in bytes. */
  size: z.number().int().nonnegative(),
  /** Base64 of the big-endian CRC32C, as Cloud Storage reports it. */
  crc32c: text(16).optional(),
  /** A number of Cloud Storage; what stands for it elsewhere: an ETag or a version of S3 has up to 1,024 characters. */
  generation: text(1024),
});
export type OutputObject = z.infer<typeof outputObjectSchema>;

export const jobErrorSchema = z.object({
  /** Stable and machine-readable, e.g. `input-not-found`, `input-access-denied`, `input-not-media`, `input-truncated`, `encode-failed`, `output-invalid`. */
  code: text(63).regex(/^[a-z][a-z0-9-]{1,62}$/),
  /** One sentence for a person: what is wrong and what to do. */
  message: text(2000).min(1),
});
export type JobError = z.infer<typeof jobErrorSchema>;

/** What the probe found, in seconds and pixels. */
export const mediaSummarySchema = z.object({
  kind: z.enum(["video", "audio"]),
  durationSeconds: z.number().positive(),
  width: z.number().int().positive().optional(),
  height: z.number().int().positive().optional(),
  framesPerSecond: z.number().positive().optional(),
  /** Names of folders: a worker makes 64 at the most, four rates of sound in 16 languages. */
  renditions: z.array(text(512)).max(256),
  /** What is odd about the input, and what was done about it: a sentence each. */
  notes: z.array(text(500)).max(16).optional(),
});
export type MediaSummary = z.infer<typeof mediaSummarySchema>;

/** A pod, as the API server of its cluster has proven it. */
export const podSchema = z.object({
  name: text(253).min(1),
  uid: text(63).regex(/^[A-Za-z0-9-]+$/),
});

const recordFields = z.object({
  version: z.literal(1),
  request: jobRequestSchema,
  /**
   * The id that its client gave the job, where ids are the clients' own: then `request.id` is the record's. Answers of
   * the job API and events have this one in its place.
   */
  submittedId: jobIdSchema.optional(),
  state: z.enum(jobStates),
  /** Attempts started so far; the running or winning attempt is the last. */
  attempt: z.number().int().nonnegative(),
  /** Attempts that were handed back unharmed; they do not count towards the limit. */
  releases: z.number().int().nonnegative().default(0),
  /**
   * What is unguessable about the folder of each attempt, by the attempt's number: it writes below
   * `{outputPrefix}{job id}.{attempt}.{this}/`. An attempt without one was leased by a release that wrote below
   * `{outputPrefix}{attempt}/`.
   */
  attemptIds: recordOf(1000, text(6).regex(/^\d{1,6}$/), text(24).regex(/^[0-9a-f]{24}$/)).default({}),
  /** Times that Pub/Sub gave the job's message up. */
  deadLetters: z.number().int().nonnegative().default(0),
  /** Not given to a worker before this time: its input cannot be read at the moment. */
  notBefore: time().optional(),
  /** Since when, and looked for how often, the input is there but cannot be read. */
  inputWait: z
    .object({
      since: time(),
      tries: z.number().int().positive(),
      /** Since when without a break the store has refused it; absent while something else keeps the job waiting. */
      refusedSince: time().optional(),
    })
    .optional(),
  /**
   * Who runs the last attempt. `id` and `region` are what it says of itself, for people; `pod` is proven, and what a
   * pod's leases are counted by. Absent where nobody proves who calls.
   */
  worker: z.object({ id: text(253), region: text(63), pod: podSchema.optional() }).optional(),
  /**
   * The running attempt is nobody else's before this time. Pub/Sub delivers at least once: without it, a second
   * delivery or a repeated publish of a job would take the job from a healthy worker.
   */
  leaseExpiresAt: time().optional(),
  /** 0 to 100. */
  percentDone: z.number().min(0).max(100).default(0),
  /** Seconds of media per second of work, as the running encode last told: 1 is real time. */
  speed: z.number().nonnegative().optional(),
  /** Seconds that were left then until the encode ends. */
  etaSeconds: z.number().nonnegative().optional(),
  /** When the running attempt is likely to end: by what its encode tells, else by its progress so far. */
  estimatedEndAt: time().optional(),
  createdAt: time(),
  /** When the last attempt started. */
  startedAt: time().optional(),
  finishedAt: time().optional(),
  media: mediaSummarySchema.optional(),
  /** Object name prefix of the winning attempt, set when succeeded. */
  outputs: z.array(outputObjectSchema).max(mostOutputs).default([]),
  error: jobErrorSchema.optional(),
  /** When the final event was published; absent while that is still owed. */
  eventPublishedAt: time().optional(),
});
/**
 * The job record: one JSON object in the bucket, changed only by compare-and-swap on its generation. While coordinators
 * are being replaced, older ones read what newer ones wrote: fields that they do not know stay as they are.
 */
export const jobRecordSchema = recordFields.loose();
apiSchemas.add(jobRecordSchema, { id: "JobRecord" });
export type JobRecord = z.infer<typeof recordFields>;

/** Query of `GET /v1/jobs`: the jobs in order of their ids. */
export const jobListQuerySchema = z.strictObject({
  state: z.enum(jobStates).optional(),
  label: z
    .union([text(400), z.array(text(400)).max(16)])
    .transform((given) => (typeof given === "string" ? [given] : given))
    .pipe(z.array(text(400).regex(/^[^:]{1,63}:.{0,255}$/su, "NAME:VALUE")).max(16))
    .default([])
    .describe("`NAME:VALUE`, several times for several labels: all of them"),
  /** 1 to 200. @default 50 */
  pageSize: text(3)
    .regex(/^(?:[1-9]\d?|1\d\d|200)$/, "a whole number from 1 to 200")
    .transform(Number)
    .default(50),
  /** As the page before named it. */
  pageToken: text(2000)
    .regex(/^[\w+/=.-]+$/, "the nextPageToken of the page before")
    .optional(),
});
export type JobListQuery = z.infer<typeof jobListQuerySchema>;

export const jobListSchema = z.strictObject({
  /** May be fewer than asked for, even none, while there are more pages. */
  jobs: z.array(jobRecordSchema).max(200),
  /** Absent on the last page. */
  nextPageToken: text(2000).optional(),
});
apiSchemas.add(jobListSchema, { id: "JobList" });
export type JobList = z.infer<typeof jobListSchema>;

export const isFinal = (state: JobState): boolean => state !== "queued" && state !== "running";
