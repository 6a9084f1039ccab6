import { z } from "zod";
import * as protocol from "../../protocol/index.ts";
import { bodyLimits } from "./limits.ts";

/** Schemas by the names that the document gives them. */
const schemas = {
  JobRequest: protocol.jobRequestSchema,
  JobRecord: protocol.jobRecordSchema,
  JobList: protocol.jobListSchema,
  LeaseRequest: protocol.leaseRequestSchema,
  Lease: protocol.leaseSchema,
  SignedRequest: protocol.signedRequestSchema,
  UrlsRequest: protocol.urlsRequestSchema,
  UrlsResponse: protocol.urlsResponseSchema,
  HeartbeatRequest: protocol.heartbeatRequestSchema,
  HeartbeatResponse: protocol.heartbeatResponseSchema,
  CompleteRequest: protocol.completeRequestSchema,
  FailRequest: protocol.failRequestSchema,
  MultipartStartRequest: protocol.multipartStartRequestSchema,
  MultipartStartResponse: protocol.multipartStartResponseSchema,
  MultipartPartsRequest: protocol.multipartPartsRequestSchema,
  MultipartPartsResponse: protocol.multipartPartsResponseSchema,
  MultipartCompleteRequest: protocol.multipartCompleteRequestSchema,
  MultipartAbortRequest: protocol.multipartAbortRequestSchema,
  QueueMetric: protocol.queueMetricSchema,
  AttemptEnded: protocol.attemptEndedSchema,
  Nothing: z.strictObject({}),
  Error: protocol.errorResponseSchema,
} as const;
type SchemaName = keyof typeof schemas;

export interface ApiOperation {
  readonly method: "get" | "post";
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** Whose bearer token it takes; undefined for everybody. */
  readonly bearer?: "client" | "worker" | "lease" | "scaler";
  readonly query?: z.ZodObject;
  readonly body?: SchemaName;
  /** Statuses below 400. */
  readonly answers: Readonly<Record<number, readonly [string, SchemaName?]>>;
  /** Statuses of 400 and above, with the error codes that they come with. */
  readonly errors: Readonly<Record<number, string>>;
}

const everywhere = {
  400: "`invalid-request`",
  503: "`not-ready`, `draining`, `upstream-unavailable`",
} as const;
const tooMany = "`too-many-requests`, with `Retry-After`";
const tooLarge = (bytes: number): string => `\`body-too-large\`: more than ${bytes / 1024} KiB`;
const proven = {
  ...everywhere,
  429: tooMany,
  401: "`unauthenticated`",
  403: "`not-allowed`",
} as const;
const client = proven;
const lease = {
  ...everywhere,
  429: tooMany,
  401: "`bad-token`",
  409: "`lease-lost`: stop the attempt",
} as const;

/** Every operation of the HTTP API, in the order in which people read it. */
export const operations: readonly ApiOperation[] = [
  {
    method: "post",
    path: "/v1/jobs",
    id: "createJob",
    summary: "Submit a job",
    description: "The id is the idempotency key: the same request again is the same job.",
    bearer: "client",
    body: "JobRequest",
    answers: { 202: ["The new job", "JobRecord"], 200: ["The job was there already", "JobRecord"] },
    errors: {
      ...client,
      400: "`invalid-request`, `bucket-not-allowed`, `name-not-allowed`, `output-prefix-overlaps`, `prefix-not-allowed`",
      403: "`not-allowed`, `prefix-not-allowed`",
      409: "`id-taken`: another request has that id",
      413: tooLarge(bodyLimits.job),
    },
  },
  {
    method: "get",
    path: "/v1/jobs",
    id: "listJobs",
    summary: "List jobs in order of their ids",
    bearer: "client",
    query: protocol.jobListQuerySchema,
    answers: { 200: ["A page", "JobList"] },
    errors: client,
  },
  {
    method: "get",
    path: "/v1/jobs/{jobId}",
    id: "getJob",
    summary: "Read a job's record: state, progress, estimated end, outputs",
    bearer: "client",
    answers: { 200: ["The job", "JobRecord"] },
    errors: { ...client, 404: "`job-not-found`" },
  },
  {
    method: "post",
    path: "/v1/jobs/{jobId}/cancel",
    id: "cancelJob",
    summary: "Cancel a job that has not ended",
    description:
      "A running attempt loses its lease; its worker hears of it at the next heartbeat. May be repeated.",
    bearer: "client",
    answers: { 200: ["The cancelled job", "JobRecord"] },
    errors: { ...client, 404: "`job-not-found`", 409: "`job-finished`" },
  },
  {
    method: "post",
    path: "/v1/leases",
    id: "claimLease",
    summary: "Wait for a job and lease it",
    bearer: "worker",
    body: "LeaseRequest",
    answers: { 200: ["A job to run", "Lease"], 204: ["None came in time"] },
    errors: { ...proven, 413: tooLarge(bodyLimits.claim) },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/urls",
    id: "signUrls",
    summary: "Signed requests for the input and for outputs of the attempt",
    bearer: "lease",
    body: "UrlsRequest",
    answers: { 200: ["Signed requests", "UrlsResponse"] },
    errors: { ...lease, 413: tooLarge(bodyLimits.urls) },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/heartbeat",
    id: "heartbeat",
    summary: "Keep the lease, and tell the progress",
    bearer: "lease",
    body: "HeartbeatRequest",
    answers: { 200: ["A newer token", "HeartbeatResponse"] },
    errors: { ...lease, 413: tooLarge(bodyLimits.heartbeat) },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/complete",
    id: "complete",
    summary: "End the job well",
    description: "Answered when record, event and acknowledgement are done. May be repeated.",
    bearer: "lease",
    body: "CompleteRequest",
    answers: { 200: ["The job has succeeded", "AttemptEnded"] },
    errors: { ...lease, 413: tooLarge(bodyLimits.complete), 400: "`invalid-request`, `outputs-mismatch`" },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/fail",
    id: "fail",
    summary: "End the attempt badly",
    description:
      "For good, or back to the queue for the next attempt. The code `input-unavailable` makes the job wait for its input without counting the attempt; so does `input-access-denied`, for 15 minutes at most, after which the job fails with that code.",
    bearer: "lease",
    body: "FailRequest",
    answers: { 200: ["The job's state", "AttemptEnded"] },
    errors: { ...lease, 413: tooLarge(bodyLimits.fail) },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/release",
    id: "release",
    summary: "Hand the job back unharmed",
    description: "The attempt does not count towards the limit.",
    bearer: "lease",
    answers: { 200: ["The job's state", "AttemptEnded"] },
    errors: lease,
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/multipart",
    id: "startMultipart",
    summary: "Start a large output in parts",
    bearer: "lease",
    body: "MultipartStartRequest",
    answers: { 200: ["The upload", "MultipartStartResponse"] },
    errors: {
      ...lease,
      413: tooLarge(bodyLimits.multipartStart),
      400: "`invalid-request`, `output-too-large`",
    },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/multipart/parts",
    id: "signParts",
    summary: "Signed requests for parts",
    bearer: "lease",
    body: "MultipartPartsRequest",
    answers: { 200: ["Signed requests", "MultipartPartsResponse"] },
    errors: { ...lease, 413: tooLarge(bodyLimits.parts), 400: "`invalid-request`, `upload-unknown`" },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/multipart/complete",
    id: "completeMultipart",
    summary: "Make the object of its parts",
    description: "May be repeated.",
    bearer: "lease",
    body: "MultipartCompleteRequest",
    answers: { 200: ["The object is there", "Nothing"] },
    errors: {
      ...lease,
      413: tooLarge(bodyLimits.multipartComplete),
      400: "`invalid-request`, `upload-unknown`, `parts-refused`",
      409: "`lease-lost`, `upload-gone`, `upload-mismatch`",
    },
  },
  {
    method: "post",
    path: "/v1/leases/{jobId}/multipart/abort",
    id: "abortMultipart",
    summary: "Forget an upload and its parts",
    description: "May be repeated.",
    bearer: "lease",
    body: "MultipartAbortRequest",
    answers: { 200: ["It is gone", "Nothing"] },
    errors: {
      ...lease,
      413: tooLarge(bodyLimits.multipartAbort),
      400: "`invalid-request`, `upload-unknown`",
    },
  },
  {
    method: "get",
    path: "/metrics/queue",
    id: "queueMetric",
    summary: "This replica's part of the work, for KEDA",
    bearer: "scaler",
    answers: { 200: ["Held and running jobs", "QueueMetric"] },
    errors: {
      401: "`unauthenticated`",
      403: "`not-allowed`",
      429: tooMany,
      503: "`authentication-unavailable`",
    },
  },
];

const bearers = {
  client:
    "A client: a Kubernetes service account token for the coordinator's audience, or a Google account's OpenID Connect token.",
  worker: "A worker: a projected Kubernetes service account token for the coordinator's audience.",
  lease: "The token of the lease, from the newest answer that held one.",
  scaler: "KEDA's bound service account token.",
} as const;

type Json = Record<string, unknown>;

/** The whole API as an OpenAPI 3.1 document, made of the schemas that requests are checked by. */
export function openApi(): Json {
  const registry = z.registry<{ id?: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const { schemas: components } = z.toJSONSchema(registry, {
    target: "draft-2020-12",
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: "any",
    // Left out by zod where something is counted before it is parsed.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default = def.defaultValue;
    },
  });
  for (const schema of Object.values(components)) {
    delete schema.$id;
    delete schema.$schema;
  }
  const reference = (name: SchemaName) => ({
    content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
  });

  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const { path, method, bearer, body, query } = operation;
    const responses = Object.fromEntries([
      ...Object.entries(operation.answers).map(([status, [description, name]]) => [
        status,
        { description, ...(name !== undefined && reference(name)) },
      ]),
      ...Object.entries(operation.errors).map(([status, description]) => [
        status,
        { description, ...reference("Error") },
      ]),
    ]) as Json;
    (paths[path] ??= {})[method] = {
      operationId: operation.id,
      summary: operation.summary,
      ...(operation.description !== undefined && { description: operation.description }),
      ...(bearer !== undefined && { security: [{ [bearer]: [] }] }),
      parameters: [
        ...(path.includes("{jobId}")
          ? [{ name: "jobId", in: "path", required: true, schema: plain(protocol.jobIdSchema) }]
          : []),
        ...(query === undefined ? [] : queryParameters(query)),
      ],
      ...(body !== undefined && { requestBody: { required: true, ...reference(body) } }),
      responses,
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "MpegFlow coordinator",
      version: "1",
      description:
        "Jobs for clients, leases for workers. Every answer of 400 and above has the body `Error`.",
    },
    paths,
    components: {
      schemas: components,
      securitySchemes: Object.fromEntries(
        Object.entries(bearers).map(([name, description]) => [
          name,
          { type: "http", scheme: "bearer", description },
        ]),
      ),
    },
  };
}

function plain(schema: z.ZodType): Json {
  const made: Json = { ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) };
  delete made["$schema"];
  return made;
}

const queryParameters = (query: z.ZodObject): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    ...(name === "label" && { description: "`NAME:VALUE`, several times for several labels: all of them" }),
    schema: plain(schema as z.ZodType),
  }));
