import { setTimeout as pause } from "node:timers/promises";
import {
  jobListQuerySchema,
  jobListSchema,
  jobRecordSchema,
  jobRequestSchema,
} from "../../../protocol/index.ts";
import { accessScopeOf } from "../../auth/access.ts";
import { cancel, lookUp, submit } from "../../jobs/jobs.ts";
import { list } from "../../jobs/list.ts";
import { type AccessScope } from "../../access-scope.ts";
import { limiter, TurnTooLate } from "../../limiter.ts";
import { Problem } from "../../problem.ts";
import { type RouteRequest, callerOf } from "../callers.ts";
import { answer, refusal } from "../describe.ts";
import { jobPath } from "../inputs.ts";
import { bodyLimits, listTurns, listWaitMs } from "../limits.ts";
import { requirePrivacy } from "../privacy.ts";
import type { ServerState } from "../server-state.ts";
import { type Routes, workingOf } from "./support.ts";

/** The job API, for clients. */
export function addJobRoutes(app: Routes, state: ServerState): void {
  const scopeOf = (request: RouteRequest): AccessScope =>
    accessScopeOf(state.access, callerOf(request).subject);
  const inTurn = limiter({ ...listTurns, now: () => performance.now(), sleep: pause });

  app.post(
    "/v1/jobs",
    {
      bodyLimit: bodyLimits.job,
      schema: {
        operationId: "createJob",
        summary: "Submit a job",
        description: "The id is the idempotency key: the same request again is the same job.",
        body: jobRequestSchema,
        response: {
          200: answer("The job was there already", jobRecordSchema),
          202: answer("The new job", jobRecordSchema),
          400: refusal(
            "`bucket-not-allowed`, `encryption-needs-tls`, `key-not-allowed`, `name-not-allowed`, `output-prefix-overlaps`, `prefix-not-allowed`",
          ),
          403: refusal("`encryption-needs-tls`, `key-not-allowed`, `prefix-not-allowed`"),
          409: refusal("`id-taken`: another request has that id"),
        },
      },
    },
    async (request, reply) => {
      const { broker } = workingOf(state, request);
      const { inputKeySecret: input, outputKeySecret: output } = request.body;
      requirePrivacy(request, { input, output });
      const { created, record } = await submit(broker, request.body, scopeOf(request));
      return reply.code(created ? 202 : 200).send(record);
    },
  );
  app.get(
    "/v1/jobs",
    {
      schema: {
        operationId: "listJobs",
        summary:
          "List jobs in order of their records' names, which are not the ids of clients with access rules. `pageSize` is 1 to 200, 50 unless given. A page may have fewer jobs, even none: go on until there is no `nextPageToken`",
        querystring: jobListQuerySchema,
        response: { 200: answer("A page", jobListSchema) },
      },
    },
    async (request) => {
      const { broker } = workingOf(state, request);
      const scope = scopeOf(request);
      try {
        return await inTurn(
          () => list(broker, request.query, scope),
          performance.now() + listWaitMs,
          false,
          callerOf(request).subject,
        );
      } catch (error) {
        if (!(error instanceof TurnTooLate)) throw error;
        throw new Problem(
          429,
          "too-many-requests",
          "Too many lists of jobs are being read here at the moment; try again.",
          1,
        );
      }
    },
  );
  app.get(
    "/v1/jobs/:jobId",
    {
      schema: {
        operationId: "getJob",
        summary: "Read a job's record: state, progress, estimated end, outputs",
        params: jobPath,
        response: { 200: answer("The job", jobRecordSchema), 404: refusal("`job-not-found`") },
      },
    },
    async (request) =>
      (await lookUp(workingOf(state, request).broker, request.params.jobId, scopeOf(request))).record,
  );
  app.post(
    "/v1/jobs/:jobId/cancel",
    {
      schema: {
        operationId: "cancelJob",
        summary: "Cancel a job that has not ended",
        description:
          "A running attempt loses its lease; its worker hears of it at the next heartbeat. May be repeated.",
        params: jobPath,
        response: {
          200: answer("The cancelled job", jobRecordSchema),
          404: refusal("`job-not-found`"),
          409: refusal("`job-finished`"),
        },
      },
    },
    (request) => cancel(workingOf(state, request).broker, request.params.jobId, scopeOf(request)),
  );
}
