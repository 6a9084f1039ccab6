import type { FastifyInstance } from "fastify";
import { openApi } from "../openapi.ts";
import type { ServerState } from "../server-state.ts";

/** How long one text of metrics serves everybody who asks: it takes some milliseconds to write. */
const metricsMs = 1000;

/** What takes no token, and is meant for the cluster alone. */
export function addPublicRoutes(app: FastifyInstance, { metrics: { registry } }: ServerState): void {
  let written: { readonly at: number; readonly text: Promise<string> } | undefined;
  app.get("/metrics", async (_, reply) => {
    if (written === undefined || performance.now() - written.at > metricsMs)
      written = { at: performance.now(), text: registry.metrics() };
    return reply.type(registry.contentType).send(await written.text);
  });
  const document = JSON.stringify(openApi());
  app.get("/v1/openapi.json", (_, reply) => reply.type("application/json; charset=utf-8").send(document));
}
