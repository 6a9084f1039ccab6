import { setTimeout as sleep } from "node:timers/promises";
import { GoogleAuth } from "google-auth-library";
import { z } from "zod";
import { decideRetry, type Failure, type RetryPolicy } from "../../transfer/index.ts";
import { limiter, type Limiter, TurnTooLate } from "../limiter.ts";
import { messageOf } from "../problem.ts";

/** Signs bytes in the name of a service account, with a key that Google keeps. */
export type SignBlob = (email: string, bytes: Uint8Array) => Promise<Uint8Array>;

/** One call of the service, not repeated: `{keyId, signedBlob}` when it went well. */
export type CallSignBlob = (email: string, payload: string) => Promise<unknown>;

/** What `signBlob` waits and counts with; tests bring their own. */
export interface SignBlobParts {
  readonly call: CallSignBlob;
  readonly limit: Limiter;
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1, 1 excluded. */
  readonly random: () => number;
}

/**
 * Signing twice is harmless, so transient failures are retried. All tries together end before a worker's timeout of 30
 * seconds.
 */
export const signBlobRetries: RetryPolicy = {
  retries: 6,
  initialDelayMs: 200,
  multiplier: 2,
  longestDelayMs: 5000,
  totalMs: 20_000,
};
const callTimeoutMs = 5000;

/** Nothing was signed. `code` is the service's status or the connection's error, for the server's answer. */
export class SignBlobError extends Error {
  override readonly name = "SignBlobError";
  readonly code: number | string;
  constructor(email: string, code: number | string, message: string) {
    super(`signBlob for ${email} failed: ${message}`);
    this.code = code;
  }
}

/** Signs with `call`, within the limits and with retries of transient failures. */
export function signBlobBy({ call, limit, now, sleep, random }: SignBlobParts): SignBlob {
  return async (email, bytes) => {
    const payload = Buffer.from(bytes).toString("base64");
    const began = now();
    for (let failures = 1; ; failures += 1) {
      try {
        const answer = await limit(() => call(email, payload), began + signBlobRetries.totalMs);
        return signatureIn(answer, email);
      } catch (error) {
        if (error instanceof SignBlobError) throw error;
        if (error instanceof TurnTooLate) throw tooMany(email);
        const failure = failureOf(error);
        const state = { failures, elapsedMs: now() - began, idempotent: true };
        const decision = decideRetry(failure, state, signBlobRetries, random());
        if (!decision.retry) throw finalError(email, failure, failures, messageOf(error));
        await sleep(decision.afterMs);
      }
    }
  };
}

/** 429 as from the service itself: the caller may retry. */
const tooMany = (email: string): SignBlobError =>
  new SignBlobError(
    email,
    429,
    `it waited longer than ${signBlobRetries.totalMs / 1000} s for its turn; more is asked for than MPEGFLOW_SIGN_BLOB_PER_SECOND allows`,
  );

const signed = z.object({ signedBlob: z.base64().min(1) });

function signatureIn(answer: unknown, email: string): Uint8Array {
  const parsed = signed.safeParse(answer);
  if (parsed.success) return Buffer.from(parsed.data.signedBlob, "base64");
  throw new SignBlobError(email, 502, "the answer holds no signature");
}

const withStatus = z.object({ status: z.number().int() });
const withCode = z.object({ code: z.string() });
const timeouts = new Set(["TimeoutError", "AbortError"]);

/** How google-auth-library tells a failure: `status` for an answer, else `code` of Node.js, or a name. */
function failureOf(error: unknown): Failure {
  const { status } = withStatus.safeParse(error).data ?? {};
  if (status !== undefined) return { kind: "answer", status };
  const { code = "UNKNOWN" } = withCode.safeParse(error).data ?? {};
  return { kind: "connection", code: timeouts.has(code) ? "ETIMEDOUT" : code };
}

/** Why the service refused, and what to do; never with a header or a token in it. */
function finalError(email: string, failure: Failure, tries: number, message: string): SignBlobError {
  const gaveUp = tries > 1 ? ` (gave up after ${tries} tries)` : "";
  if (failure.kind === "connection") return new SignBlobError(email, failure.code, `${message}${gaveUp}`);
  const hint =
    failure.status === 403
      ? "; grant the coordinator's principal a role with iam.serviceAccounts.signBlob on that account"
      : "";
  return new SignBlobError(email, failure.status, `${failure.status} ${message}${hint}${gaveUp}`);
}

/**
 * The IAM Service Account Credentials API with the default credentials.
 *
 * @param url scheme://host[:port]; the API's own, or a stand-in's
 * @see https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob
 */
export function iamCredentials(url = "https://iamcredentials.googleapis.com"): CallSignBlob {
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  return async (email, payload) => {
    const { data } = await auth.fetch<unknown>({
      url: `${url}/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:signBlob`,
      method: "POST",
      data: { payload },
      timeout: callTimeoutMs,
    });
    return data;
  };
}

/**
 * Signs through IAM, with limits that keep all replicas together within the project's quota of 60,000 signatures per
 * minute.
 *
 * Source: https://docs.cloud.google.com/iam/quotas
 */
export function signBlobWith(options: {
  readonly url: string | undefined;
  readonly perSecond: number;
  readonly atOnce: number;
}): SignBlob {
  const now = (): number => performance.now();
  const pause = (ms: number): Promise<void> => sleep(ms, undefined);
  return signBlobBy({
    call: iamCredentials(options.url),
    limit: limiter({ ...options, now, sleep: pause }),
    now,
    sleep: pause,
    random: Math.random,
  });
}
