import { z } from "zod";
import { Problem } from "../../problem.ts";
import { answer, refusal } from "../describe.ts";
import { draining, type ServerState } from "../server-state.ts";
import type { Routes } from "./support.ts";

const healthRoutes: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);
export const isHealthRoute = (route: string | undefined): boolean =>
  route !== undefined && healthRoutes.has(route);

const health = (status: string) => z.object({ status: z.literal(status) });

/** Routes of Kubernetes' probes. */
export function addHealthRoutes(app: Routes, state: ServerState): void {
  app.get(
    "/healthz",
    {
      schema: {
        operationId: "isAlive",
        summary: "Whether this replica runs",
        response: { 200: answer("It does", health("ok")) },
      },
    },
    () => ({ status: "ok" }),
  );
  app.get(
    "/readyz",
    {
      schema: {
        operationId: "isReady",
        summary: "Whether this replica takes work",
        response: { 200: answer("It does", health("ready")), 503: refusal("`not-ready`, `draining`") },
      },
    },
    () => {
      if (state.isDraining) throw draining();
      const trouble = state.working === undefined ? state.notReadyBecause : state.working.backlog.trouble;
      if (trouble !== undefined) throw new Problem(503, "not-ready", trouble);
      return { status: "ready" };
    },
  );
}
