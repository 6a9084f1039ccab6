import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import type { z } from "zod";
import {
  attemptEndedSchema,
  errorResponseSchema,
  heartbeatResponseSchema,
  leaseSchema,
  multipartPartsResponseSchema,
  multipartStartResponseSchema,
  urlsResponseSchema,
} from "../../protocol/index.ts";
import type {
  CompleteRequest,
  FailRequest,
  HeartbeatRequest,
  HeartbeatResponse,
  Lease,
  LeaseRequest,
  MultipartAbortRequest,
  MultipartCompleteRequest,
  MultipartPartsRequest,
  MultipartPartsResponse,
  MultipartStartRequest,
  MultipartStartResponse,
  UrlsRequest,
  UrlsResponse,
} from "../../protocol/index.ts";
import { messageOf } from "../problems.ts";
import { coordinatorConnector, Untrusted } from "./coordinator-connection.ts";
import { parseRetryAfter } from "../../transfer/index.ts";

/**
 * What an unsuccessful call means for the caller:
 * - `lease-lost`: another attempt owns the job, or the lease has run out: stop at once.
 * - `away`: nobody answered, only for now (5xx, 429, 408), or with something that is no answer of a coordinator (a
 *   proxy's page, half of an answer): try again later. Every call may be repeated.
 * - `refused`: the request will never be accepted.
 */
export type CoordinatorErrorKind = "lease-lost" | "away" | "refused";

export class CoordinatorError extends Error {
  readonly kind: CoordinatorErrorKind;
  /** Asked for by `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;
  /** A setting is wrong, here or at the coordinator's: somebody has to be told. */
  readonly isMisconfigured: boolean;

  constructor(
    kind: CoordinatorErrorKind,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, options);
    this.name = "CoordinatorError";
    this.kind = kind;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isMisconfigured = options.cause instanceof Untrusted;
  }
}

/** The lease's part of every call: whose, and the newest token. */
export interface LeaseCredential {
  readonly jobId: string;
  readonly token: string;
}

export interface CoordinatorClient {
  /** Waits for work; undefined when none came. */
  lease(body: LeaseRequest, signal?: AbortSignal): Promise<Lease | undefined>;
  urls(lease: LeaseCredential, body: UrlsRequest, signal?: AbortSignal): Promise<UrlsResponse>;
  startMultipart(
    lease: LeaseCredential,
    body: MultipartStartRequest,
    signal?: AbortSignal,
  ): Promise<MultipartStartResponse>;
  signParts(
    lease: LeaseCredential,
    body: MultipartPartsRequest,
    signal?: AbortSignal,
  ): Promise<MultipartPartsResponse>;
  completeMultipart(
    lease: LeaseCredential,
    body: MultipartCompleteRequest,
    signal?: AbortSignal,
  ): Promise<void>;
  abortMultipart(lease: LeaseCredential, body: MultipartAbortRequest, signal?: AbortSignal): Promise<void>;
  heartbeat(lease: LeaseCredential, body: HeartbeatRequest, signal?: AbortSignal): Promise<HeartbeatResponse>;
  complete(lease: LeaseCredential, body: CompleteRequest, signal?: AbortSignal): Promise<void>;
  fail(lease: LeaseCredential, body: FailRequest, signal?: AbortSignal): Promise<void>;
  /** Hands the job back, so that its next attempt begins at once. */
  release(lease: LeaseCredential, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const answerSecondsByDefault = 30;
const largestAnswer = 8 * 1024 * 1024;

export interface CoordinatorClientOptions {
  /** The worker's own token, read whenever a lease is asked for, since Kubernetes rotates it. @default no token */
  readonly tokenFile?: string | undefined;
  /** Certificates of the authorities that vouch for the coordinator, in PEM. @default those that Node.js knows */
  readonly caFile?: string | undefined;
  /** What an answer may take, beside the time that a call for a lease may wait. @default 30 */
  readonly answerSeconds?: number;
}

/** A client of the coordinator's HTTP API. Every call rejects with a {@link CoordinatorError} or the signal's reason. */
export function coordinatorClient(
  baseUrl: string,
  { tokenFile, caFile, answerSeconds = answerSecondsByDefault }: CoordinatorClientOptions = {},
): CoordinatorClient {
  const dispatcher = new Agent({ connect: coordinatorConnector(caFile), maxResponseSize: largestAnswer });

  const post = async (
    path: string,
    body: unknown,
    options: {
      token?: string | undefined;
      forLease?: boolean;
      waitSeconds?: number;
      signal?: AbortSignal | undefined;
    },
  ): Promise<unknown> => {
    const seconds = (options.waitSeconds ?? 0) + answerSeconds;
    // Of the whole answer: one that trickles in is none either.
    const limit = AbortSignal.timeout(Math.ceil(seconds * 1000));
    let status: number;
    let text: string;
    let retryAfter: string | string[] | undefined;
    try {
      const response = await request(`${baseUrl}${path}`, {
        method: "POST",
        dispatcher,
        headers: {
          "content-type": "application/json",
          ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        },
        body: JSON.stringify(body),
        // Jobs wait at the replica that pulled them. A Service chooses one for each connection: a worker that kept
        // its own would never hear of the others' jobs.
        reset: options.waitSeconds !== undefined,
        signal: options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]),
      });
      status = response.statusCode;
      retryAfter = response.headers["retry-after"];
      text = await response.body.text();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof Untrusted) throw new CoordinatorError("away", error.message, { cause: error });
      const reason = limit.aborted
        ? `no whole answer within ${Number(seconds.toFixed(1))} s`
        : error instanceof Error
          ? error.message
          : String(error);
      throw new CoordinatorError("away", `the coordinator does not answer: ${reason}`, { cause: error });
    }
    const answer = parseJson(text);
    if (status >= 400) throw refusal(status, answer, options.forLease === true, retryAfterOf(retryAfter));
    if (status === 204) return undefined;
    if (status !== 200 && status !== 202)
      throw new CoordinatorError("away", `http-${status}: this is no answer of a coordinator`);
    if (answer === undefined)
      throw new CoordinatorError("away", "the coordinator's answer is not whole, or somebody else's");
    return answer;
  };

  const leaseCall = (
    lease: LeaseCredential,
    verb: string,
    body: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> =>
    post(`/v1/leases/${encodeURIComponent(lease.jobId)}/${verb}`, body, {
      token: lease.token,
      forLease: true,
      signal,
    });

  return {
    lease: async (body, signal) => {
      const token = tokenFile === undefined ? undefined : await ownToken(tokenFile);
      const answer = await post("/v1/leases", body, { token, waitSeconds: body.waitSeconds, signal });
      return answer === undefined ? undefined : checked(leaseSchema, answer, "lease");
    },
    urls: async (lease, body, signal) =>
      checked(urlsResponseSchema, await leaseCall(lease, "urls", body, signal), "urls"),
    startMultipart: async (lease, body, signal) =>
      checked(multipartStartResponseSchema, await leaseCall(lease, "multipart", body, signal), "multipart"),
    signParts: async (lease, body, signal) =>
      checked(
        multipartPartsResponseSchema,
        await leaseCall(lease, "multipart/parts", body, signal),
        "multipart/parts",
      ),
    completeMultipart: async (lease, body, signal) => {
      await leaseCall(lease, "multipart/complete", body, signal);
    },
    abortMultipart: async (lease, body, signal) => {
      await leaseCall(lease, "multipart/abort", body, signal);
    },
    heartbeat: async (lease, body, signal) =>
      checked(heartbeatResponseSchema, await leaseCall(lease, "heartbeat", body, signal), "heartbeat"),
    complete: async (lease, body, signal) => {
      ended(await leaseCall(lease, "complete", body, signal), "complete");
    },
    fail: async (lease, body, signal) => {
      ended(await leaseCall(lease, "fail", body, signal), "fail");
    },
    release: async (lease, signal) => {
      ended(await leaseCall(lease, "release", {}, signal), "release");
    },
    close: () => dispatcher.close(),
  };
}

async function ownToken(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const reason = messageOf(error);
    throw new CoordinatorError(
      "away",
      `MPEGFLOW_COORDINATOR_TOKEN_FILE cannot be read: ${reason}; mount a projected service account token there`,
      { cause: error },
    );
  }
}

/** What ends an attempt counts only when the coordinator itself has said so. */
function ended(answer: unknown, what: string): void {
  if (!attemptEndedSchema.safeParse(answer).success)
    throw new CoordinatorError("away", `the answer to ${what} is somebody else's`);
}

function retryAfterOf(value: string | string[] | undefined): number | undefined {
  const milliseconds = parseRetryAfter(typeof value === "string" ? value : undefined, new Date());
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

function refusal(
  status: number,
  answer: unknown,
  withLease: boolean,
  retryAfterSeconds: number | undefined,
): CoordinatorError {
  const parsed = errorResponseSchema.safeParse(answer);
  const error = parsed.success ? parsed.data.error : { code: `http-${status}`, message: `status ${status}` };
  const message = `${error.code}: ${error.message}`;
  // 401 is a token that has run out, 404 a job that is gone: either way the attempt is not ours any more.
  if (withLease && (status === 401 || status === 404 || error.code === "lease-lost")) {
    return new CoordinatorError("lease-lost", message);
  }
  const passing = status >= 500 || status === 429 || status === 408;
  return new CoordinatorError(passing ? "away" : "refused", message, { retryAfterSeconds });
}

function checked<T>(schema: z.ZodType<T>, answer: unknown, what: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  // The answer holds signed URLs: only the places that are wrong are named.
  const places = parsed.error.issues.map((issue) => issue.path.join(".") || "(all)").join(", ");
  throw new CoordinatorError("refused", `the coordinator's answer to ${what} is not understood: ${places}`);
}

function parseJson(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
