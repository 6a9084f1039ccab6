import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { SignedRequest } from "../../../services/protocol/index.ts";

/** A request as it came in. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Name and value in turn, spelled as on the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** What the server does with one request, and with the socket under it. */
export type Behaviour = (seen: Seen, response: ServerResponse) => void;

export interface FaultyServer {
  readonly seen: readonly Seen[];
  /** Replaces what is left of the script; the last behaviour stays. */
  readonly play: (...behaviours: readonly Behaviour[]) => void;
  readonly signed: (
    method: SignedRequest["method"],
    headers?: Record<string, string>,
    expiresAt?: Date,
  ) => SignedRequest;
  /** Ends all connections, also in the middle of an answer. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export const signature = "5ec5e75ec5e7";

/** A real HTTP server on loopback that follows a script, one behaviour a request. */
export async function startFaultyServer(): Promise<FaultyServer> {
  const seen: Seen[] = [];
  let script: readonly Behaviour[] = [];
  let next = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const behaviour = script[Math.min(next, script.length - 1)];
    next += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = "", url = "", headers, rawHeaders } = request;
    const one: Seen = { method, url, headers, rawHeaders, body: Buffer.concat(chunks) };
    seen.push(one);
    behaviour?.(one, response);
  };
  const server = createServer((request, response) => {
    // A client that went away in the middle of its body is part of the tests.
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    seen,
    play: (...behaviours) => {
      script = behaviours;
      next = 0;
      seen.length = 0;
    },
    signed: (method, headers = {}, expiresAt = new Date(Date.now() + 900_000)) => ({
      method,
      url: `http://127.0.0.1:${port}/media/a%20b.mp4?X-Goog-Date=20261123T102030Z&X-Goog-Signature=${signature}`,
      headers,
      expiresAt: expiresAt.toISOString(),
    }),
    cut: () => {
      server.closeAllConnections();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): Behaviour =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

/** Resets the connection without an answer. */
export const reset: Behaviour = (_, response) => {
  response.socket?.resetAndDestroy();
};

export interface Served {
  readonly content: Buffer;
  readonly headers?: Record<string, string>;
  /**
   * Bytes of body after which the server falls silent; 0 cuts the connection. Otherwise the test cuts it with `cut()`
   * once the client has them all, since a cut takes along what the client has not read yet.
   */
  readonly cutAfter?: number;
  /** Answer 200 with everything, whatever range is asked for. */
  readonly ignoreRange?: boolean;
}

/** Serves content as an object store does, ranges included, and stops where told. */
export const serve =
  ({ content, headers = {}, cutAfter, ignoreRange = false }: Served): Behaviour =>
  (seen, response) => {
    const start = ignoreRange ? undefined : /^bytes=(\d+)-$/.exec(seen.headers.range ?? "")?.[1];
    const body = content.subarray(Number(start ?? 0));
    response.writeHead(start === undefined ? 200 : 206, {
      "content-length": String(body.length),
      ...(start === undefined
        ? {}
        : { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
      ...headers,
    });
    if (cutAfter === undefined || cutAfter >= body.length) response.end(body);
    else if (cutAfter === 0) response.destroy();
    else response.write(body.subarray(0, cutAfter));
  };
