import { z } from "zod";
import { answer } from "../describe.ts";
import type { ServerState } from "../server-state.ts";
import type { Routes } from "./support.ts";

/** How long one text of metrics serves everybody who asks: it takes some milliseconds to write. */
const metricsMs = 1000;

/** Routes without authentication, for use inside the cluster only. */
export function addPublicRoutes(app: Routes, { metrics: { registry } }: ServerState): void {
  let written: { readonly at: number; readonly text: Promise<string> } | undefined;
  app.get(
    "/metrics",
    {
      schema: {
        operationId: "metrics",
        summary: "What this replica counts, for Prometheus",
        response: { 200: { description: "Metrics", content: { "text/plain": { schema: z.string() } } } },
      },
    },
    async (_, reply) => {
      if (written === undefined || performance.now() - written.at > metricsMs)
        written = { at: performance.now(), text: registry.metrics() };
      return reply.type(registry.contentType).send(await written.text);
    },
  );
  // Written when it is first asked for: that takes half as long as all the rest of the start.
  let document: string | undefined;
  app.get(
    "/v1/openapi.json",
    {
      schema: {
        operationId: "describeApi",
        summary: "This description of the API, in OpenAPI 3.1",
        response: { 200: answer("The document", z.unknown()) },
      },
    },
    (_, reply) => {
      document ??= JSON.stringify(app.swagger());
      return reply.type("application/json; charset=utf-8").send(document);
    },
  );
}
