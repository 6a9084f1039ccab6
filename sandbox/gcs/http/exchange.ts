import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { invalid } from "../errors.ts";

/** Query parameters in the order sent, decoded. */
export interface Query {
  readonly pairs: readonly (readonly [string, string])[];
  get(name: string): string | undefined;
  has(name: string): boolean;
}

/** One request and its answer. Path and query stay as they were sent: signatures are over them. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Starts with `/`; not decoded, not normalised. */
  readonly rawPath: string;
  readonly query: Query;
  /** As sent, port included. */
  readonly host: string;
  readonly header: (name: string) => string | undefined;
}

/** What it takes to answer. */
export type Reply = Pick<Exchange, "method" | "response">;

export function createExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const target = (request.url ?? "/").replace(/^https?:\/\/[^/?#]*/i, "");
  const cut = target.indexOf("?");
  const rawPath = (cut === -1 ? target : target.slice(0, cut)) || "/";
  return {
    request,
    response,
    method: request.method ?? "GET",
    rawPath,
    query: parseQuery(cut === -1 ? "" : target.slice(cut + 1)),
    host: request.headers.host ?? "",
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(",") : value;
    },
  };
}

/** @throws for broken percent-encoding */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("The request URI is not valid: broken percent-encoding.");
  }
}

export function parseQuery(raw: string): Query {
  const pairs = raw
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const cut = part.indexOf("=");
      const [name, value] = cut === -1 ? [part, ""] : [part.slice(0, cut), part.slice(cut + 1)];
      // Form encoding, which some clients use for queries.
      return [decode(name.replaceAll("+", " ")), decode(value.replaceAll("+", " "))] as const;
    });
  const get = (name: string): string | undefined => pairs.find(([known]) => known === name)?.[1];
  return { pairs, get, has: (name) => get(name) !== undefined };
}

type Headers = Readonly<Record<string, string | number | undefined>>;

export function send(exchange: Reply, status: number, headers: Headers, body?: string | Buffer): void {
  const { response } = exchange;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, headerText(String(value)));
  }
  const bytes = body === undefined ? undefined : Buffer.from(body);
  if (status !== 204 && status !== 304 && !response.hasHeader("content-length")) {
    response.setHeader("content-length", bytes?.length ?? 0);
  }
  response.writeHead(status);
  response.end(exchange.method === "HEAD" ? undefined : bytes);
}

export function sendJson(exchange: Reply, status: number, value: unknown, headers: Headers = {}): void {
  const type = { "content-type": "application/json; charset=UTF-8" };
  send(exchange, status, { ...type, ...headers }, JSON.stringify(value));
}

export async function sendStream(
  exchange: Exchange,
  status: number,
  headers: Headers,
  body: NodeJS.ReadableStream,
): Promise<void> {
  const { response } = exchange;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, headerText(String(value)));
  }
  response.writeHead(status);
  try {
    await pipeline(body, response);
  } catch (error) {
    // The reader went away: its right.
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

/** Header text goes over the wire as Latin-1; UTF-8 bytes survive that. Control characters would break the header. */
function headerText(text: string): string {
  return Buffer.from(text.replaceAll(/[\p{Cc}]+/gu, " "), "utf8").toString("latin1");
}

/** Undoes Node's Latin-1 reading of a header that was sent as UTF-8. */
export function wireText(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? value : text;
}

/** A small JSON body. @throws for anything else */
export async function readJson(exchange: Exchange): Promise<unknown> {
  const text = await readText(exchange);
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid("Parse Error");
  }
}

const MAX_TEXT_BYTES = 2 ** 20;

/** @throws for a body longer than `mostBytes` */
export async function readText(exchange: Exchange, mostBytes = MAX_TEXT_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw invalid(`The request body is larger than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
