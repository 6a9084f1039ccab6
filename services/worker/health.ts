import { once } from "node:events";
import { createServer } from "node:http";

/** Health endpoints for Kubernetes' probes. */
export interface Health {
  /** The port that it listens on. */
  readonly port: number;
  /** Sets whether `/readyz` reports ready. */
  readonly setReady: (ready: boolean) => void;
  readonly close: () => Promise<void>;
}

/**
 * Answers probes: `/healthz` with 200 for as long as the process answers at all, `/readyz` with 200 while ready and 503
 * otherwise. It reveals nothing about jobs, so it needs no authentication.
 *
 * @param port 0 for any free one
 */
export async function serveHealth(host: string, port: number): Promise<Health> {
  let ready = false;
  const statusOf = (path: string): number => {
    if (path === "/healthz") return 200;
    if (path !== "/readyz") return 404;
    return ready ? 200 : 503;
  };
  const server = createServer((request, response) => {
    const status = statusOf(request.url ?? "");
    response.writeHead(status, { "content-type": "text/plain", connection: "close" });
    response.end(status === 200 ? "ok\n" : status === 503 ? "not ready\n" : "not found\n");
  });
  server.listen(port, host);
  await once(server, "listening");
  const bound = server.address();
  return {
    port: bound === null || typeof bound === "string" ? port : bound.port,
    setReady: (is) => {
      ready = is;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
