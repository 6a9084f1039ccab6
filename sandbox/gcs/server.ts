import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { StorageError } from "./errors.ts";
import { serveWithFault } from "./faults/index.ts";
import { createExchange, decode, type Exchange } from "./http/exchange.ts";
import { handleJson, jsonRoute, sendJsonError } from "./json/router.ts";
import type { State } from "./state.ts";
import type { Listener, ListenOptions } from "./types.ts";
import { handleXml } from "./xml/router.ts";
import { sendXmlError } from "./xml/render.ts";

/** One listener for both APIs; injected faults come before `dispatch`. */
export async function listen(whole: State, { host, port, region }: ListenOptions): Promise<Listener> {
  const state = { ...whole, objects: whole.replication.seenFrom(region, whole.objects) };
  const server = createServer((request, response) => {
    void serve(state, request, response);
  });
  // Uploads take as long as they take.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo; // a listening TCP server has one
  return {
    url: `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { logger } = state.options;
  const started = performance.now();
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const api = jsonRoute(path) === undefined ? "xml" : "json";
  response.on("error", () => undefined); // a client that went away
  // Not the query: it holds signatures and session ids.
  response.on("close", () => {
    const ms = Math.round(performance.now() - started);
    logger.debug({ api, method: request.method, path, status: response.statusCode, ms }, "request");
  });
  const refuse = (error: unknown): void => {
    if (response.destroyed) return;
    const reply = { response, method: request.method ?? "GET" };
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    if (api === "json") sendJsonError(reply, error);
    else sendXmlError(reply, error);
  };
  try {
    const exchange = createExchange(request, response);
    const fault = state.faults.take({
      ...{ api, method: exchange.method, path: decode(exchange.rawPath) },
      queryNames: new Set(exchange.query.pairs.map(([name]) => name)),
      hasRange: exchange.header("range") !== undefined,
    });
    if (fault === undefined) await dispatch(state, exchange);
    else
      await serveWithFault(fault, {
        ...{ request, response, refuse },
        serve: (answer, seconds) => dispatch(skewed(state, seconds), createExchange(request, answer)),
      });
  } catch (error) {
    if (request.errored || response.destroyed) return; // nobody left to answer
    if (!(error instanceof StorageError))
      logger.error({ error, method: request.method, path }, "request failed");
    if (response.headersSent) {
      response.destroy();
      return;
    }
    refuse(error);
  }
}

/** The store with another idea of the time for one request; what it writes is dated as ever. */
function skewed(state: State, seconds: number): State {
  if (seconds === 0) return state;
  const { options } = state;
  return {
    ...state,
    options: { ...options, clock: () => new Date(options.clock().getTime() + seconds * 1000) },
  };
}

async function dispatch(state: State, exchange: Exchange): Promise<void> {
  const route = jsonRoute(exchange.rawPath);
  await (route === undefined ? handleXml(state, exchange) : handleJson(state, exchange, route));
}
