import limitRate from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { boundBodies } from "../bodies.ts";
import { guardOf } from "../callers.ts";
import { describeScope, requireDescription, type CallerKind } from "../describe.ts";
import { collectDescriptions } from "../document.ts";
import type { Door } from "../door.ts";
import { checkInputs } from "../inputs.ts";
import { rateLimit } from "../rate-limits.ts";
import type { ServerState } from "../server-state.ts";
import { addHealthRoutes } from "./health.ts";
import { addJobRoutes } from "./jobs.ts";
import { addClaimRoute, addLeaseRoutes } from "./leases.ts";
import { addMultipartRoutes } from "./multipart.ts";
import { addPublicRoutes } from "./public.ts";
import { addQueueMetric } from "./queue-metric.ts";
import type { Routes } from "./support.ts";

type AddRoutes = (app: Routes, state: ServerState) => void;

/**
 * Every route stands in a scope, which says whose token it takes and at what rate; health is told to everybody, only
 * later to who asks much. In the order in which people read them.
 */
const scopes: readonly (readonly [CallerKind, readonly AddRoutes[]])[] = [
  ["client", [addJobRoutes]],
  ["worker", [addClaimRoute]],
  ["lease", [addLeaseRoutes, addMultipartRoutes]],
  ["scaler", [addQueueMetric]],
  ["anybody", [addPublicRoutes]],
  ["kubelet", [addHealthRoutes]],
];

export function addRoutes(app: FastifyInstance, state: ServerState, door: Door): void {
  app.addHook("onRoute", requireDescription);
  app.addHook("preValidation", checkInputs);
  collectDescriptions(app);
  for (const [kind, all] of scopes)
    void app.register(async (scope) => {
      scope.addHook("onRoute", describeScope(kind));
      const guard = guardOf(state, door, kind);
      if (guard !== undefined) scope.addHook("onRequest", guard);
      // The limit looks at routes that are added after it.
      if (kind !== "kubelet") await scope.register(limitRate, rateLimit(state, kind));
      if (kind === "lease") boundBodies(scope);
      for (const add of all) add(scope.withTypeProvider<ZodTypeProvider>(), state);
    });
}
