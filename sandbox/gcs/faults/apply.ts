import { ServerResponse, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { StorageError } from "../errors.ts";
import type { FaultAction } from "./schema.ts";

/** One request on its way through the store. */
export interface FaultyExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Does the work and answers on the response it is given. */
  readonly serve: (response: ServerResponse, clockSkewSeconds: number) => Promise<void>;
  /** Answers with an error in the API's own shape. */
  readonly refuse: (error: StorageError) => void;
}

/** Serves a request with a fault in it. */
export async function serveWithFault(action: FaultAction, exchange: FaultyExchange): Promise<void> {
  const { request, response, serve } = exchange;
  switch (action.kind) {
    case "status":
      if (action.when === "after") await doUnseen(exchange);
      answerStatus(action, exchange);
      return;
    case "reset":
      if (action.afterRequestBytes !== undefined) {
        await resetAfterRequestBytes(action.afterRequestBytes, exchange);
        return;
      }
      if (action.when === "after") await doUnseen(exchange);
      request.socket.resetAndDestroy();
      return;
    case "stall":
      if (action.afterBodyBytes === undefined) await sleep(action.milliseconds, undefined, { ref: false });
      else stallBody(response, action.afterBodyBytes, action.milliseconds);
      if (!response.destroyed) await serve(response, 0);
      return;
    case "truncate":
      cutBody(response, action.afterBodyBytes, action.reset);
      await serve(response, 0);
      return;
    case "corrupt":
      if (action.what === "body") corruptBody(response);
      else corruptChecksum(response);
      await serve(response, 0);
      return;
    case "clock-skew":
      await serve(response, action.seconds);
  }
}

const words: Readonly<Record<number, { reason: string; code: string; message: string }>> = {
  408: { reason: "uploadBrokenConnection", code: "RequestTimeout", message: "The upload connection broke." },
  429: {
    reason: "rateLimitExceeded",
    code: "SlowDown",
    message:
      "The object exceeded the rate limit for object mutation operations. Please reduce your request rate.",
  },
  500: { reason: "internalError", code: "InternalError", message: "We encountered an internal error." },
  503: {
    reason: "backendError",
    code: "ServiceUnavailable",
    message: "Service unavailable. Please try again.",
  },
};

function answerStatus(
  { status, retryAfterSeconds }: Extract<FaultAction, { kind: "status" }>,
  { request, response, refuse }: FaultyExchange,
): void {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  const known = words[status];
  if (known !== undefined) {
    refuse(new StorageError({ status, ...known, headers }));
    return;
  }
  // 502 and 504 come from a proxy in front of the service, in neither API's format.
  const body = `<!DOCTYPE html><title>Error ${status} (Server Error)</title>`;
  response.writeHead(status, { ...headers, "content-type": "text/html; charset=UTF-8" });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Does the work, but sends no answer. */
async function doUnseen({ request, serve }: FaultyExchange): Promise<void> {
  const unseen = new ServerResponse(request);
  // Nothing drains it: what answers with a stream would wait for ever.
  if (request.method === "GET" || request.method === "HEAD") return;
  await serve(unseen, 0);
}

async function resetAfterRequestBytes(bytes: number, { request }: FaultyExchange): Promise<void> {
  const { socket } = request; // a request that is left early forgets it
  let received = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received >= bytes) break;
  }
  socket.resetAndDestroy();
}

type Chunk = string | Uint8Array | undefined;

/** Passes each chunk of the body through `change`, which answers with what is written instead. */
function onBody(
  response: ServerResponse,
  change: (chunk: Buffer, write: (part: Buffer) => boolean) => boolean,
): void {
  const write = response.write.bind(response) as (chunk: Uint8Array, done?: () => void) => boolean;
  const end = response.end.bind(response) as () => ServerResponse;
  const bufferOf = (chunk: Chunk): Buffer =>
    typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk ?? []);
  response.write = ((chunk: Chunk, encoding?: unknown, done?: () => void) => {
    const callback = typeof encoding === "function" ? (encoding as () => void) : done;
    return change(bufferOf(chunk), (part) => write(part, callback));
  }) as typeof response.write;
  response.end = ((chunk?: Chunk) => {
    if (chunk !== undefined && typeof chunk !== "function" && chunk.length > 0)
      change(bufferOf(chunk), (part) => write(part));
    return response.destroyed ? response : end();
  }) as typeof response.end;
}

function cutBody(response: ServerResponse, after: number, reset: boolean): void {
  let sent = 0;
  onBody(response, (chunk, write) => {
    const rest = after - sent;
    sent += chunk.length;
    if (chunk.length <= rest) return write(chunk);
    if (rest > 0) write(chunk.subarray(0, rest));
    // What was written has to leave first.
    setImmediate(() => {
      if (reset) response.socket?.resetAndDestroy();
      else response.socket?.end(() => response.destroy());
    });
    return false;
  });
}

function stallBody(response: ServerResponse, after: number, milliseconds: number): void {
  let sent = 0;
  let stalled = false;
  onBody(response, (chunk, write) => {
    sent += chunk.length;
    if (stalled || sent <= after) return write(chunk);
    stalled = true;
    // A chunk at a time is under way: the next one waits for this one's callback.
    setTimeout(() => {
      if (response.destroyed) return;
      write(chunk);
      response.emit("drain");
    }, milliseconds).unref();
    return false;
  });
}

function corruptBody(response: ServerResponse): void {
  let done = false;
  onBody(response, (chunk, write) => {
    if (done || chunk.length === 0) return write(chunk);
    done = true;
    const changed = Buffer.from(chunk);
    changed[0] = (changed[0] ?? 0) ^ 1;
    return write(changed);
  });
}

function corruptChecksum(response: ServerResponse): void {
  const set = response.setHeader.bind(response);
  response.setHeader = (name: string, value: string) =>
    set(
      name,
      name.toLowerCase() === "x-goog-hash" ? value.replace(/crc32c=[^,]*/, "crc32c=AAAAAA==") : value,
    );
}
