import { createHash } from "node:crypto";
import type { FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from "fastify";
import type { Caller, Role } from "../auth/index.ts";
import { holderOf } from "../leases/leases.ts";
import { Problem } from "../problem.ts";
import { addressKey } from "./allowance.ts";
import type { CallerKind } from "./describe.ts";
import type { Door } from "./door.ts";
import { jobIdOf } from "./inputs.ts";
import { longestLeaseToken } from "./limits.ts";
import { requirePrivacy } from "./privacy.ts";
import type { ServerState } from "./server-state.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** For a call of a lease that may be repeated for a while after the lease's end. @default false */
    evenLapsed?: boolean;
  }
}

interface Known {
  readonly caller: Caller;
  /** What the caller's rate is counted by. */
  readonly key: string;
}
/** By request: proven before a byte of the body is read. */
const known = new WeakMap<RouteRequest, Known>();

/** What of a request tells who sent it, whatever its route takes. */
export type RouteRequest = Pick<FastifyRequest, "routeOptions">;

const knownOf = (request: RouteRequest): Known => {
  const found = known.get(request);
  if (found === undefined) throw new Error(`${request.routeOptions.url ?? "a route"} lets everybody pass`);
  return found;
};
/** Who passed the hook of the route. */
export const callerOf = (request: RouteRequest): Caller => knownOf(request).caller;
export const callerKey = (request: RouteRequest): string => knownOf(request).key;

/** The token of `Authorization: Bearer TOKEN`, if there is one. */
const bearerOf = (request: Pick<FastifyRequest, "headers">): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];

export function leaseTokenOf(request: Pick<FastifyRequest, "headers">): string {
  const token = bearerOf(request);
  if (token === undefined)
    throw new Problem(401, "bad-token", "Send the lease token as Authorization: Bearer TOKEN.");
  if (token.length > longestLeaseToken)
    throw new Problem(401, "bad-token", "The bearer token is too long to be a lease token; claim a lease.");
  return token;
}

/** A route's first hook, which lets only callers in the role pass. */
const requireRole =
  (state: ServerState, door: Door, role: Role): onRequestAsyncHookHandler =>
  async (request) => {
    const token = bearerOf(request);
    const caller = await state.authenticate(
      role,
      token,
      () => {
        door.admitReview(request);
      },
      addressKey(request.raw.socket.remoteAddress),
    );
    // All workers of a pool have one account: each is told by its own token, or by its address where nobody asks for one.
    const key =
      role !== "worker"
        ? caller.subject
        : token === undefined
          ? request.ip
          : createHash("sha256").update(token).digest("base64");
    door.trust(request, `${role} ${key}`);
    known.set(request, { caller, key });
  };

/** A route's first hook, which lets only the holder of the lease in the path pass. */
const requireLease =
  (state: ServerState, door: Door): onRequestHookHandler =>
  (request, _reply, done) => {
    try {
      const token = leaseTokenOf(request);
      const jobId = jobIdOf(request);
      if (state.working === undefined) throw new Problem(503, "not-ready", state.notReadyBecause);
      const { evenLapsed = false } = request.routeOptions.config;
      const { attempt, inputKey, outputKey } = holderOf(state.working.broker, jobId, token, evenLapsed);
      const key = `${jobId}/${attempt}`;
      door.trust(request, `lease ${key}`);
      requirePrivacy(request, { input: inputKey, output: outputKey });
      known.set(request, { caller: { subject: `job ${jobId}` }, key });
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };

/** Proves who calls the routes of a scope, before a byte of the body is read; undefined where everybody may. */
export function guardOf(
  state: ServerState,
  door: Door,
  kind: CallerKind,
): onRequestAsyncHookHandler | onRequestHookHandler | undefined {
  switch (kind) {
    case "client":
    case "worker":
    case "scaler":
      return requireRole(state, door, kind);
    case "lease":
      return requireLease(state, door);
    case "anybody":
    case "kubelet":
      return undefined;
  }
}
