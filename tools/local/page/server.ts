import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { SignedRequest } from "../../../services/protocol/index.ts";
import type { Observer } from "./observer.ts";

export interface Page {
  /** On loopback. */
  readonly url: string;
  close(): Promise<void>;
}

const ours = (name: string): string => fileURLToPath(new URL(`static/${name}`, import.meta.url));
/** hls.js comes from its npm package, pinned like every other: the page loads nothing from elsewhere. */
const files: Readonly<Record<string, readonly [string, string]>> = {
  "/": [ours("index.html"), "text/html; charset=utf-8"],
  "/page.js": [ours("page.js"), "text/javascript; charset=utf-8"],
  "/drawing.js": [ours("drawing.js"), "text/javascript; charset=utf-8"],
  "/page.css": [ours("page.css"), "text/css; charset=utf-8"],
  "/hls.js": [
    createRequire(import.meta.url).resolve("hls.js/dist/hls.min.mjs"),
    "text/javascript; charset=utf-8",
  ],
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Serves the page on loopback: what the observer sees, as one document and as a stream, and the outputs of jobs, which it
 * reads by signed requests as any client would.
 *
 * @param sign a GET for a `gs://` address
 */
export async function servePage(
  observer: Observer,
  sign: (uri: string) => Promise<SignedRequest>,
  port = 0,
): Promise<Page> {
  const server = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 600 } });
  server.addHook("onRequest", async (request, reply) => {
    // A name of somebody else's that points to this computer must not read it.
    if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? ""))
      return reply.code(403).type("text/plain").send("This page answers to 127.0.0.1 and localhost only.\n");
    reply.headers({
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    return undefined;
  });
  for (const [path, [file, type]] of Object.entries(files)) {
    server.get(path, (_request, reply) => reply.type(type).send(createReadStream(file)));
  }
  server.get("/api/state", () => observer.snapshot());
  addStream(server, observer);
  addMedia(server, observer, sign);
  const url = await server.listen({ host: "127.0.0.1", port });
  return { url, close: () => server.close() };
}

/** Server-sent events: the whole state, at once and at each change. It is small, and nothing can be missed. */
function addStream(server: FastifyInstance, observer: Observer): void {
  server.get("/api/stream", (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const send = (): void => {
      raw.write(`data: ${JSON.stringify(observer.snapshot())}\n\n`);
    };
    send();
    const end = observer.onChange(send);
    request.raw.once("close", end);
  });
}

/** Outputs of a job by their names; only those that its record lists. */
function addMedia(
  server: FastifyInstance,
  observer: Observer,
  sign: (uri: string) => Promise<SignedRequest>,
): void {
  server.get<{ Params: { job: string; "*": string } }>("/media/:job/*", async (request, reply) => {
    const { job, "*": name } = request.params;
    const output = observer.record(job)?.outputs.find((one) => one.name === name);
    if (output === undefined) return problem(reply, 404, `Job ${job} has no output ${name}.`);
    const signed = await sign(output.uri);
    const { range } = request.headers;
    const answer = await fetch(signed.url, {
      headers: { ...signed.headers, ...(range !== undefined && { range }) },
    });
    if (!answer.ok || answer.body === null)
      return problem(reply, 502, `The store answered ${answer.status}.`);
    for (const header of ["content-length", "content-range", "accept-ranges"]) {
      const value = answer.headers.get(header);
      if (value !== null) reply.header(header, value);
    }
    return reply.code(answer.status).type(output.contentType).send(Readable.fromWeb(answer.body));
  });
}

const problem = (reply: FastifyReply, status: number, message: string): FastifyReply =>
  reply.code(status).send({ error: { message } });
