import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { openApi } from "../openapi.ts";
import type { ServerState } from "../server-state.ts";
import { clientLimit } from "./client-limit.ts";
import { addJobRoutes } from "./jobs.ts";
import { addLeaseRoutes } from "./leases.ts";
import { addQueueMetric } from "./queue-metric.ts";

export function addRoutes(app: FastifyInstance, state: ServerState): void {
  addLeaseRoutes(app, state);
  addQueueMetric(app, state);
  const { registry } = state.metrics;
  app.get("/metrics", async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  const document = openApi();
  app.get("/v1/openapi.json", () => document);
  // The limit looks at routes that are added after it.
  void app.register(async (limited) => {
    await limited.register(rateLimit, clientLimit(state));
    addJobRoutes(limited, state);
  });
}
