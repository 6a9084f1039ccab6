import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { connect } from "node:net";
import { pipeline } from "node:stream";
import type { Duplex } from "node:stream";
import { URL } from "node:url";

/** Where a host name or pod address with its port leads on this machine: `host:port`, or undefined for nowhere. */
export type Route = (host: string, port: number) => string | undefined;

/**
 * The pod network as an HTTP proxy. Pods have addresses of their own, because an API server takes no loopback address for an endpoint; on
 * this machine they stand for loopback ports. A program outside the pods that honours `HTTP_PROXY`, as KEDA does, reaches pods and Services
 * by their addresses and names through it, and nothing else.
 */
export async function servePodNetwork(route: Route): Promise<{ url: string; close: () => Promise<void> }> {
  const sockets = new Set<Duplex>();
  const server = createServer((request, response) => {
    const target = URL.parse(request.url ?? "");
    const address =
      target?.protocol === "http:" ? route(target.hostname, Number(target.port || 80)) : undefined;
    if (target === null || address === undefined) {
      response.writeHead(502).end(`no pod or service at ${request.url ?? ""}\n`);
      return;
    }
    const [host = "", port = ""] = address.split(":");
    const headers = { ...request.headers };
    delete headers["proxy-connection"];
    const onward = httpRequest(
      { host, port, method: request.method, path: target.pathname + target.search, headers },
      (answer) => {
        // The client may have disconnected.
        if (response.destroyed) {
          answer.destroy();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        pipeline(answer, response, () => undefined);
      },
    );
    pipeline(request, onward, (error) => {
      if (error && !response.headersSent) response.writeHead(502).end(`${error.message}\n`);
    });
    onward.on("error", ({ message }) => {
      if (!response.headersSent) response.writeHead(502).end(`${message}\n`);
    });
  });
  server.on("connect", (request: IncomingMessage, client: Duplex) => {
    const [name = "", wanted = ""] = (request.url ?? "").split(":");
    const address = route(name, Number(wanted));
    client.on("error", () => client.destroy());
    if (address === undefined) {
      client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      return;
    }
    const [host = "", port = ""] = address.split(":");
    const backend = connect({ host, port: Number(port) }, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    });
    pipeline(client, backend, () => client.destroy());
    pipeline(backend, client, () => backend.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the pod network needs a TCP port");
  return {
    url: `http://127.0.0.1:${bound.port}`,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
