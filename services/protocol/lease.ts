import { z } from "zod";
import { apiSchemas } from "./api-schemas.ts";
import { recordOf, text, time } from "./bounds.ts";
import {
  jobErrorSchema,
  jobIdSchema,
  jobRequestSchema,
  jobStates,
  mediaSummarySchema,
  mostOutputs,
} from "./job.ts";

// Workers and coordinators are not replaced in one moment: what one says more than the other knows is passed over. Only
// what a person writes, a job request, is refused for a key that nobody knows.

/** A signed request: the URL and exactly the headers that must be sent with it. */
export const signedRequestSchema = z.object({
  method: z.enum(["GET", "HEAD", "PUT", "POST", "DELETE"]),
  /** An object name of 1,024 bytes has up to 3,072 in a URL; the rest is the signature. */
  url: z.url().max(16_384),
  headers: recordOf(64, text(256), text(8192)),
  expiresAt: time(),
});
apiSchemas.add(signedRequestSchema, { id: "SignedRequest" });
export type SignedRequest = z.infer<typeof signedRequestSchema>;

/** `POST /v1/leases`: a worker asks for work. 200 with a lease, or 204 when none came within `waitSeconds`. */
export const leaseRequestSchema = z.object({
  worker: z.object({ id: text(253).min(1), region: text(63).min(1) }),
  /** Long-poll time. @default 20 */
  waitSeconds: z.number().min(0).max(60).default(20),
});
apiSchemas.add(leaseRequestSchema, { id: "LeaseRequest" });
export type LeaseRequest = z.infer<typeof leaseRequestSchema>;

/** A token has less than 8 KiB; with all else that a request has it has to fit into 16 KiB of headers. */
const leaseTokenSchema = text(12_288);

export const leaseSchema = z.object({
  jobId: jobIdSchema,
  attempt: z.number().int().positive(),
  /** Opaque and signed; sent back as `Authorization: Bearer`. Each answer may carry a newer one. */
  token: leaseTokenSchema,
  /** A heartbeat must arrive before this time. */
  expiresAt: time(),
  /** How often to send one. */
  heartbeatSeconds: z.number().positive(),
  request: jobRequestSchema,
  input: signedRequestSchema,
});
apiSchemas.add(leaseSchema, { id: "Lease" });
export type Lease = z.infer<typeof leaseSchema>;

/**
 * Name of an output below the attempt's prefix: `hls/720p/segment-00001.m4s`. No empty, `.` or `..` segment, so
 * that no signed request leaves the prefix.
 */
export const outputNameSchema = text(400).regex(
  /^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
  "segments of A-Z a-z 0-9 . _ -, joined by /",
);

export const contentTypeSchema = text(127).regex(/^[\w.+-]+\/[\w.+-]+$/, "TYPE/SUBTYPE");

/** `POST /v1/leases/{jobId}/urls` */
export const urlsRequestSchema = z.object({
  /** True for a fresh signed request for the input. */
  input: z.boolean().default(false),
  outputs: z
    .array(
      z.object({
        name: outputNameSchema,
        contentType: contentTypeSchema,
        /** Exact size in bytes; the signature pins it. */
        size: z.number().int().nonnegative(),
      }),
    )
    .max(1000)
    .default([]),
});
apiSchemas.add(urlsRequestSchema, { id: "UrlsRequest" });
export type UrlsRequest = z.infer<typeof urlsRequestSchema>;

export const urlsResponseSchema = z.object({
  input: signedRequestSchema.optional(),
  /** In the order asked for. */
  outputs: z.array(signedRequestSchema).max(1000),
});
apiSchemas.add(urlsResponseSchema, { id: "UrlsResponse" });
export type UrlsResponse = z.infer<typeof urlsResponseSchema>;

/** Largest speed and longest time left that a heartbeat tells: a year. */
export const mostSpeed = 100_000;
export const mostEtaSeconds = 31_536_000;

/** `POST /v1/leases/{jobId}/heartbeat` */
export const heartbeatRequestSchema = z.object({
  percentDone: z.number().min(0).max(100),
  /** Seconds of media per second of work, while an encode runs: 1 is real time. */
  speed: z.number().min(0).max(mostSpeed).optional(),
  /** Seconds until the encode ends at that speed. */
  etaSeconds: z.number().min(0).max(mostEtaSeconds).optional(),
});
apiSchemas.add(heartbeatRequestSchema, { id: "HeartbeatRequest" });
export type HeartbeatRequest = z.infer<typeof heartbeatRequestSchema>;
export const heartbeatResponseSchema = z.object({ token: leaseTokenSchema, expiresAt: time() });
apiSchemas.add(heartbeatResponseSchema, { id: "HeartbeatResponse" });
export type HeartbeatResponse = z.infer<typeof heartbeatResponseSchema>;

/** `POST /v1/leases/{jobId}/complete`: answered 200 once record, event and acknowledgement are done. */
export const completeRequestSchema = z.object({
  media: mediaSummarySchema,
  outputs: z
    .array(z.object({ name: outputNameSchema, size: z.number().int().nonnegative() }))
    .min(1)
    .max(mostOutputs),
});
apiSchemas.add(completeRequestSchema, { id: "CompleteRequest" });
export type CompleteRequest = z.infer<typeof completeRequestSchema>;

/** A `fail` with this code does not count towards the limit of attempts: the input is there, only not at the moment. */
export const inputUnavailable = "input-unavailable";

/** The same for an input that the store refuses, since a new grant takes minutes to spread; for 15 minutes at most. */
export const inputAccessDenied = "input-access-denied";

/** `POST /v1/leases/{jobId}/fail`: `retryable: false` ends the job; true hands it to the next attempt. */
export const failRequestSchema = z.object({ error: jobErrorSchema, retryable: z.boolean() });
apiSchemas.add(failRequestSchema, { id: "FailRequest" });
export type FailRequest = z.infer<typeof failRequestSchema>;

/** Answer to `complete`, `fail` and `release`: what the job is now. */
export const attemptEndedSchema = z.object({
  state: z.enum(jobStates),
  attempt: z.int().nonnegative(),
});
apiSchemas.add(attemptEndedSchema, { id: "AttemptEnded" });
export type AttemptEnded = z.infer<typeof attemptEndedSchema>;

/** Body of every answer of 400 and above. */
export const errorResponseSchema = z.object({
  error: z.object({ code: text(100), message: text(16_384) }),
});
apiSchemas.add(errorResponseSchema, { id: "Error" });
export type ErrorResponse = z.infer<typeof errorResponseSchema>;
