import type { FastifyInstance } from "fastify";
import type { ServerState } from "../server-state.ts";
import { addJobRoutes } from "./jobs.ts";
import { addLeaseRoutes } from "./leases.ts";
import { addQueueMetric } from "./queue-metric.ts";

export function addRoutes(app: FastifyInstance, state: ServerState): void {
  addJobRoutes(app, state);
  addLeaseRoutes(app, state);
  addQueueMetric(app, state);
}
