import type { Logger } from "pino";
import { limiter, TurnTooLate } from "../limiter.ts";
import { messageOf, Problem } from "../problem.ts";
import type { Authenticate, Caller, Pod, Role } from "./caller.ts";
import type { KubernetesAuth } from "./config.ts";
import { googleIssuers, type ReviewGoogleToken } from "./google-token.ts";
import { unprovenClaims } from "./jwt.ts";
import { answerCache } from "../answer-cache.ts";
import type { ReviewToken } from "./token-review.ts";

export interface AuthParts {
  readonly reviewToken: ReviewToken;
  readonly reviewGoogleToken: ReviewGoogleToken;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: Logger;
}

/** Milliseconds for which a valid token is cached: a revoked token can be used for that time. */
const goodMs = 60_000;
/** Milliseconds for which an invalid token is cached. */
const badMs = 5_000;
const mostKept = 5000;
/** Token reviews per second of one replica, to protect the API server. */
const reviewsPerSecond = 50;
const reviewsAtOnce = 16;
const longestWaitMs = 3000;
/** Reviews that can be done within that time. */
const mostReviewsWaiting = (reviewsPerSecond * longestWaitMs) / 1000;
/** Longer than any token of Kubernetes or Google; headers have 16 KiB in all. */
const longestToken = 8192;

const unauthenticated = (message: string): Problem => new Problem(401, "unauthenticated", message);

/** Authenticates callers by TokenReview, and Google accounts by their token's signature. */
export function authenticateBy(config: KubernetesAuth, parts: AuthParts): Authenticate {
  const { now, log } = parts;
  const limit = limiter({
    perSecond: reviewsPerSecond,
    atOnce: reviewsAtOnce,
    mostWaiting: mostReviewsWaiting,
    now: () => now().getTime(),
    sleep: parts.sleep,
  });
  const allowed: Readonly<Record<Role, { subjects: readonly string[]; audience: string | undefined }>> = {
    worker: { subjects: config.workerSubjects, audience: config.audience },
    client: { subjects: config.clientSubjects, audience: config.audience },
    // KEDA's bound tokens have the API server's audience; their subject has no other permissions.
    scaler: { subjects: config.scalerSubjects, audience: undefined },
  };
  interface Proven {
    readonly name: string | undefined;
    readonly pod?: Pod | undefined;
    readonly expiresAt: number;
  }
  const proven = answerCache<Proven>({
    most: mostKept,
    isGood: ({ name }) => name !== undefined,
    now: () => now().getTime(),
    lifetimeMs: ({ name, expiresAt }) =>
      name === undefined ? badMs : Math.min(goodMs, expiresAt - now().getTime()),
  });

  const prove = (
    token: string,
    audience: string | undefined,
    isGoogles: boolean,
    onReview: () => void,
    address: string | undefined,
  ): Promise<Proven> =>
    proven(`${isGoogles ? "google" : "kubernetes"}\n${audience ?? ""}\n${token}`, async (wasGood) => {
      if (!wasGood) onReview();
      const expiresAt = (unprovenClaims(token)?.exp ?? Infinity) * 1000;
      if (isGoogles) return { name: await parts.reviewGoogleToken(token, config.audience), expiresAt };
      const review = await limit(
        () => parts.reviewToken(token, audience),
        now().getTime() + longestWaitMs,
        // Known callers do not wait behind unknown ones.
        wasGood,
        address,
      );
      return { name: review?.username, pod: review?.pod, expiresAt };
    });

  return async (role, token, onReview = () => undefined, address): Promise<Caller> => {
    if (token === undefined)
      throw unauthenticated(`Send the ${role}'s token as Authorization: Bearer TOKEN.`);
    if (token.length > longestToken) throw unauthenticated("The bearer token is too long to be one.");
    const { subjects, audience } = allowed[role];
    const isGoogles =
      role === "client" &&
      config.clientEmails.length > 0 &&
      googleIssuers.includes(unprovenClaims(token)?.iss ?? "");
    let name: string | undefined;
    let pod: Pod | undefined;
    try {
      ({ name, pod } = await prove(token, audience, isGoogles, onReview, address));
    } catch (error) {
      if (error instanceof Problem) throw error;
      const reason = error instanceof TurnTooLate ? "too many reviews are waiting" : messageOf(error);
      log.error({ role, reason }, "a token cannot be reviewed");
      throw new Problem(
        503,
        "authentication-unavailable",
        "Nobody can tell at the moment whose token this is; try again.",
      );
    }
    if (name === undefined)
      throw unauthenticated(
        `The bearer token is not valid, has expired, or is not for the audience ${audience ?? "of the API server"}; send a fresh one.`,
      );
    const subject = isGoogles ? name.toLowerCase() : name;
    if ((isGoogles ? config.clientEmails : subjects).includes(subject)) {
      if (role !== "worker") return { subject };
      if (pod !== undefined) return { subject, pod };
      log.warn({ role, subject }, "a worker's token is bound to no pod");
      throw new Problem(
        403,
        "not-bound-to-a-pod",
        "A worker's token has to be bound to its pod, since leases are; mount it as a projected volume (serviceAccountToken) of the pod.",
      );
    }
    log.warn({ role, subject }, "a caller is not allowed");
    throw new Problem(
      403,
      "not-allowed",
      `${subject} may not act as ${role} here; the coordinator's configuration lists who may.`,
    );
  };
}
