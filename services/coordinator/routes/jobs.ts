import type { FastifyInstance } from "fastify";
import { jobRequestSchema } from "../../protocol/index.ts";
import { lookUp, submit } from "../jobs.ts";
import type { ServerState } from "../server-state.ts";
import { jobIdOf, only, parse, workingOf } from "./support.ts";

/** The job API, for clients. */
export function addJobRoutes(app: FastifyInstance, state: ServerState): void {
  const forClients = { onRequest: only(state, "client") };

  app.post("/v1/jobs", forClients, async (request, reply) => {
    const { created, record } = await submit(workingOf(state).broker, parse(jobRequestSchema, request.body));
    return reply.code(created ? 202 : 200).send(record);
  });
  app.get(
    "/v1/jobs/:jobId",
    forClients,
    async (request) => (await lookUp(workingOf(state).broker, jobIdOf(request))).record,
  );
}
