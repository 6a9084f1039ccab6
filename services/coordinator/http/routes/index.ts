import limitRate from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import type { Door } from "../door.ts";
import type { Rates } from "../limits.ts";
import { rateLimit } from "../rate-limits.ts";
import type { ServerState } from "../server-state.ts";
import { addHealthRoutes } from "./health.ts";
import { addJobRoutes } from "./jobs.ts";
import { addClaimRoute, addLeaseRoutes } from "./leases.ts";
import { addPublicRoutes } from "./public.ts";
import { addQueueMetric } from "./queue-metric.ts";

type AddRoutes = (app: FastifyInstance, state: ServerState, door: Door) => void;

/** Every route stands in a scope with a rate, but for health: that is told to everybody, only later to who asks much. */
const scopes: readonly (readonly [keyof Rates, AddRoutes])[] = [
  ["client", addJobRoutes],
  ["worker", addClaimRoute],
  ["lease", addLeaseRoutes],
  ["scaler", addQueueMetric],
  ["anybody", addPublicRoutes],
];

export function addRoutes(app: FastifyInstance, state: ServerState, door: Door): void {
  addHealthRoutes(app, state);
  for (const [whose, add] of scopes)
    void app.register(async (scope) => {
      // The limit looks at routes that are added after it.
      await scope.register(limitRate, rateLimit(state, whose));
      add(scope, state, door);
    });
}
