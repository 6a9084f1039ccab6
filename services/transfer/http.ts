import type { Readable } from "node:stream";
import { request as sendRequest } from "undici";
import type { Dispatcher } from "undici";
import type { SignedRequest } from "../protocol/index.ts";
import { abortedError, codeOf, describeRequest, TransferError } from "./errors.ts";
import { keepPace } from "./pace.ts";
import type { Pace } from "./pace.ts";
import { parseRetryAfter } from "./retry.ts";
import type { RetryPolicy } from "./retry.ts";
import { apiOf, storeError } from "./store-errors.ts";
import type { Api, StoreError } from "./store-errors.ts";
import type { Failed } from "./with-retries.ts";

/** Bytes transferred so far; may decrease when a transfer starts over. */
export interface Progress {
  readonly bytes: number;
  /** Undefined while unknown. */
  readonly totalBytes: number | undefined;
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Overrides of the default policy. */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Milliseconds without data from the store after which a try fails. @default 60000 */
  readonly idleMs?: number | undefined;
  /** undici dispatcher, for connection limits. @default undici's global one */
  readonly dispatcher?: Dispatcher | undefined;
  /** Rate limiter shared by all transfers of the process with one bucket. @default no limit */
  readonly pace?: Pace | undefined;
}

export type Answer = Dispatcher.ResponseData;

/** Sends a signed request as it was signed: its headers byte for byte, no redirects. Rejects with undici's errors. */
export async function send(
  signed: SignedRequest,
  headers: Readonly<Record<string, string>>,
  body: Readable | null,
  { signal, idleMs = 60_000, dispatcher, pace }: TransferOptions,
): Promise<Answer> {
  const kind = ["GET", "HEAD"].includes(signed.method) ? "read" : "write";
  const object = kind === "write" ? objectOf(signed) : undefined;
  await keepPace(pace, kind, object, signal);
  const answer = await sendRequest(signed.url, {
    method: signed.method,
    headers: { ...signed.headers, ...headers },
    body,
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    ...(signal === undefined ? {} : { signal }),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
  if (object !== undefined) pace?.written(object);
  if (answer.statusCode === 429) pace?.throttled(kind);
  return answer;
}

/** The object that a write replaces; a part of a multipart upload replaces none. */
function objectOf({ url }: SignedRequest): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { host, pathname, searchParams } = new URL(url);
  return searchParams.has("partNumber") ? undefined : `${host}${pathname}`;
}

/** The only value of a header, or undefined. */
export function headerOf(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === "string" ? value : undefined;
}

/** A try that ended without an answer, or in the middle of one. */
export function connectionFailure(
  signed: SignedRequest,
  error: unknown,
  signal: AbortSignal | undefined,
): Failed {
  if (error instanceof TransferError) throw error;
  if (signal?.aborted) throw abortedError(signed);
  const code = codeOf(error);
  const request = describeRequest(signed);
  const invalid = ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "ERR_INVALID_URL"].includes(code);
  return {
    failure: { kind: "connection", code },
    error: invalid
      ? new TransferError("invalid-request", `${request} cannot be sent as signed: ${code}.`)
      : new TransferError("connection-failed", `${request} got no complete answer: ${code}.`),
  };
}

/** A try that the store answered with an error. Reads the response body. */
export async function answerFailure(signed: SignedRequest, answer: Answer): Promise<Failed> {
  const status = answer.statusCode;
  const reason = await reasonOf(answer);
  const retryAfterMs = parseRetryAfter(headerOf(answer, "retry-after"), new Date());
  const api = apiOf(signed.url);
  const { code, say } = meaningOf(signed, api, status, reason);
  const said = reason === undefined ? String(status) : `${status} ${reason}`;
  return {
    failure: { kind: "answer", status, retryAfterMs, api, reason },
    error: new TransferError(code, `${describeRequest(signed)} was answered ${said}: ${say}.`, status),
  };
}

function meaningOf(
  { expiresAt }: SignedRequest,
  api: Api,
  status: number,
  reason: string | undefined,
): Pick<StoreError, "code" | "say"> {
  const known = storeError(api, status, reason);
  // Stores report expiry differently (ExpiredToken, AccessDenied "Request has expired"), so the clock is considered
  // too.
  const isOver = Date.parse(expiresAt) <= Date.now() && [400, 401, 403].includes(status);
  if (known.code !== "url-expired" && !isOver) return known;
  return { code: "url-expired", say: `the signed URL ended at ${expiresAt}; ask for a fresh one` };
}

const longestErrorBody = 16_384;

/**
 * The `<Code>` of an XML error body, or the first `reason` of a JSON one. The rest is discarded: it may repeat the
 * canonical request, including an encryption key. Other bodies (HTML, none) give undefined.
 */
async function reasonOf(answer: Answer): Promise<string | undefined> {
  let text = "";
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      text += chunk.toString("latin1");
      if (text.length > longestErrorBody) break;
    }
  } catch {
    // The status alone decides; a body cut short takes nothing away from it.
  }
  return /<Code>([A-Za-z]{1,64})<\/Code>|"reason":\s*"([A-Za-z]{1,64})"/
    .exec(text)
    ?.slice(1)
    .find((found: string | undefined) => found !== undefined);
}
