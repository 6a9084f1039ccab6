import type { FastifyInstance } from "fastify";
import { Problem } from "../../problem.ts";
import { draining, type ServerState } from "../server-state.ts";

const healthRoutes: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);
export const isHealthRoute = (route: string | undefined): boolean =>
  route !== undefined && healthRoutes.has(route);

/** What Kubernetes' probes ask. */
export function addHealthRoutes(app: FastifyInstance, state: ServerState): void {
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", () => {
    if (state.isDraining) throw draining();
    const trouble = state.working === undefined ? state.notReadyBecause : state.working.backlog.trouble;
    if (trouble !== undefined) throw new Problem(503, "not-ready", trouble);
    return { status: "ready" };
  });
}
