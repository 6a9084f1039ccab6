import { createServer as createHttpServer, type Server, type ServerOptions } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Logger } from "pino";
import { z } from "zod";
import type { ErrorResponse } from "../../protocol/index.ts";
import { messageOf, Problem } from "../problem.ts";
import { type Door, openDoor } from "./door.ts";
import { bodyLimits, headerBytes, requestsPerConnection, timeouts } from "./limits.ts";
import { isHealthRoute } from "./routes/health.ts";
import { addRoutes } from "./routes/index.ts";
import type { ServerState } from "./server-state.ts";
import { traceFields } from "./trace.ts";

/** Asked every few seconds by Kubernetes. */
const probes = new Set(["/healthz", "/readyz", "/metrics", "/metrics/queue"]);

/** In characters: clients take up to 16,384. */
const longestMessage = 8000;
const answer = (code: string, message: string): ErrorResponse => ({
  error: { code, message: message.slice(0, longestMessage) },
});

const noRequestBody = JSON.stringify(answer("invalid-request", "This is no HTTP request."));
/** Answer to what is not even HTTP, or came too slowly. */
const noRequest = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(noRequestBody)}\r\nConnection: close\r\n\r\n${noRequestBody}`;

/** Codes of what fastify itself refuses. */
const refusals: Readonly<Record<number, string>> = {
  404: "not-found",
  413: "body-too-large",
  415: "unsupported-media-type",
};
const refusalCode = (status: number): string => refusals[status] ?? "invalid-request";

const withStatus = z.object({
  statusCode: z.number().int().min(400).max(499),
  code: z.string().startsWith("FST_"),
});
/** gRPC statuses and HTTP statuses that pass: the caller may try again. */
const passing = new Set([4, 8, 13, 14, 408, 429, 500, 502, 503, 504]);
const withCode = z.object({ code: z.union([z.number(), z.string()]) });
/** What the AWS SDK throws has its status here, and no code. */
const withMetadata = z.object({ $metadata: z.object({ httpStatusCode: z.number() }) });

function isUpstreamTrouble(error: unknown): boolean {
  const code =
    withCode.safeParse(error).data?.code ?? withMetadata.safeParse(error).data?.$metadata.httpStatusCode;
  return typeof code === "string"
    ? /^E[A-Z_]+$/.test(code) || passing.has(Number(code))
    : passing.has(code ?? 0);
}

/** What of Node.js's servers is not fastify's own setting. */
const serverOptions: ServerOptions = {
  headersTimeout: timeouts.headersMs,
  connectionsCheckingInterval: timeouts.checkMs,
  maxHeaderSize: headerBytes,
};

/**
 * The HTTP server, not yet listening.
 *
 * @param options.certificate what HTTPS is served with, in PEM; without it HTTP is
 */
export function createServer(options: {
  state: ServerState;
  log: Logger;
  certificate?: { readonly cert: string; readonly key: string };
}): FastifyInstance {
  const { state, certificate } = options;
  const loggerInstance: FastifyBaseLogger = options.log;
  const app = fastify({
    loggerInstance,
    // One line per request is written below.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimits.none,
    requestTimeout: timeouts.requestMs,
    connectionTimeout: timeouts.silenceMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    maxRequestsPerSocket: requestsPerConnection,
    serverFactory: (handler): Server =>
      certificate === undefined
        ? createHttpServer(serverOptions, handler)
        : createHttpsServer(
            {
              ...serverOptions,
              cert: certificate.cert,
              key: certificate.key,
              handshakeTimeout: timeouts.headersMs,
            },
            handler,
          ),
    // Requests that come while the last ones end are answered by the routes, which know what draining means.
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => {
      reply.hijack();
      setTimeout(() => {
        reply.raw.writeHead(400, { "content-type": "application/json; charset=utf-8", connection: "close" });
        reply.raw.end(JSON.stringify(answer("invalid-request", error.message)));
      }, door.refusalDelay(reply.raw.socket));
    },
    clientErrorHandler: (_error, socket) => {
      socket.pause();
      setTimeout(() => {
        if (socket.writable) socket.end(noRequest);
        setTimeout(() => socket.destroy(), timeouts.lingerMs).unref();
      }, door.refusalDelay(socket));
    },
  });
  const door: Door = openDoor(app, isHealthRoute);
  app.removeContentTypeParser("text/plain");
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body: string, done) => {
    // Calls that need no body may still name its type.
    if (body === "") done(null, undefined);
    else void parseJson(request, body, done);
  });

  // What a request says is checked by a hook (inputs.ts), and an answer is its handler's, whose types are the schema's.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setNotFoundHandler((request, reply) => {
    void reply
      .code(404)
      .send(answer("not-found", `There is no ${request.method} ${request.url.split("?")[0] ?? ""}.`));
  });
  app.setErrorHandler((error: unknown, request, reply) => {
    if (error instanceof Problem) {
      if (error.retryAfterSeconds !== undefined)
        void reply.header("retry-after", String(error.retryAfterSeconds));
      else if (error.status === 503) void reply.header("retry-after", "1");
      // https://www.rfc-editor.org/rfc/rfc6750#section-3
      if (error.status === 429 && !reply.hasHeader("retry-after")) void reply.header("retry-after", "60");
      if (error.status === 401) void reply.header("www-authenticate", "Bearer");
      return reply.code(error.status).send(answer(error.code, error.message));
    }
    const refused = withStatus.safeParse(error);
    if (refused.success) {
      const { statusCode } = refused.data;
      return reply.code(statusCode).send(answer(refusalCode(statusCode), messageOf(error)));
    }
    const trace = traceFields(request.headers["traceparent"], state.project);
    request.log.error({ err: error, route: request.routeOptions.url, ...trace }, "a request failed");
    const isUpstreams = isUpstreamTrouble(error);
    if (isUpstreams) state.metrics.upstreamErrors.inc({ route: request.routeOptions.url ?? "none" });
    return isUpstreams
      ? reply
          .code(503)
          .header("retry-after", "1")
          .send(
            answer("upstream-unavailable", "A service that the coordinator needs did not answer; try again."),
          )
      : reply.code(500).send(answer("internal", "The coordinator failed; its log says why."));
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    const seconds = reply.elapsedTime / 1000;
    state.metrics.requestSeconds.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      seconds,
    );
    const level = probes.has(request.routeOptions.url ?? "") ? "debug" : "info";
    request.log[level](
      {
        // https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#HttpRequest
        httpRequest: {
          requestMethod: request.method,
          // The route, not the address: that may hold what a caller sent by mistake.
          requestUrl: route,
          status: reply.statusCode,
          latency: `${seconds.toFixed(3)}s`,
        },
        ...traceFields(request.headers["traceparent"], state.project),
      },
      "request",
    );
    done();
  });

  addRoutes(app, state, door);
  return app;
}
