import type { FastifyInstance, FastifyRequest } from "fastify";
import { jobListQuerySchema, jobRequestSchema } from "../../../protocol/index.ts";
import { sightOf } from "../../auth/access.ts";
import { cancel, lookUp, submit } from "../../jobs/jobs.ts";
import { list } from "../../jobs/list.ts";
import { type Sight } from "../../access-scope.ts";
import { callerOf, requireRole } from "../callers.ts";
import type { Door } from "../door.ts";
import { bodyLimits } from "../limits.ts";
import type { ServerState } from "../server-state.ts";
import { bodyOf, jobIdOf, parse, workingOf } from "./support.ts";

/** The job API, for clients. */
export function addJobRoutes(app: FastifyInstance, state: ServerState, door: Door): void {
  const onRequest = requireRole(state, door, "client");
  const forClients = { onRequest, bodyLimit: bodyLimits.none };
  const sight = (request: FastifyRequest): Sight => sightOf(state.access, callerOf(request).subject);

  app.post("/v1/jobs", { onRequest, bodyLimit: bodyLimits.job }, async (request, reply) => {
    const { broker } = workingOf(state, request);
    const own = sight(request);
    const { created, record } = await submit(broker, bodyOf(jobRequestSchema, request), own);
    return reply.code(created ? 202 : 200).send(record);
  });
  app.get("/v1/jobs", forClients, (request) =>
    list(workingOf(state, request).broker, parse(jobListQuerySchema, request.query), sight(request)),
  );
  app.get(
    "/v1/jobs/:jobId",
    forClients,
    async (request) =>
      (await lookUp(workingOf(state, request).broker, jobIdOf(request), sight(request))).record,
  );
  app.post("/v1/jobs/:jobId/cancel", forClients, (request) =>
    cancel(workingOf(state, request).broker, jobIdOf(request), sight(request)),
  );
}
