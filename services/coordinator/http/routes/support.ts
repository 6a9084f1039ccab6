import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { jobIdSchema } from "../../../protocol/index.ts";
import type { Caller, Role } from "../../auth/index.ts";
import { issuesText } from "../../jobs/job-request.ts";
import { Problem } from "../../problem.ts";
import type { ServerState } from "../server-state.ts";
import { traceFields } from "../trace.ts";

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(400, "invalid-request", issuesText(parsed.error).slice(0, 2000));
}

export const jobIdOf = (request: FastifyRequest): string => {
  const { jobId } = parse(z.object({ jobId: z.unknown() }), request.params);
  const parsed = jobIdSchema.safeParse(jobId);
  if (parsed.success) return parsed.data;
  throw new Problem(
    400,
    "invalid-request",
    `The job id in the path is not valid: ${issuesText(parsed.error)}`,
  );
};

/** The token of `Authorization: Bearer TOKEN`, if there is one. */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];

export function leaseTokenOf(request: FastifyRequest): string {
  const token = bearerOf(request);
  if (token !== undefined) return token;
  throw new Problem(401, "bad-token", "Send the lease token as Authorization: Bearer TOKEN.");
}

/** Fires when the client goes away before it is answered. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Callers by request: proven before the body is read. */
const callers = new WeakMap<FastifyRequest, Caller>();

/** A route's hook that lets only callers in the role pass. */
export const only = (state: ServerState, role: Role) => async (request: FastifyRequest) => {
  callers.set(request, await state.authenticate(role, bearerOf(request)));
};

/** Who passed the hook of the route. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error(`${request.routeOptions.url ?? "a route"} lets everybody pass`);
  return caller;
}

/** Broker and backlog, once they are there; what they log belongs to the request's trace. */
export const workingOf = (
  state: ServerState,
  request: FastifyRequest,
): NonNullable<ServerState["working"]> => {
  if (state.working === undefined) throw new Problem(503, "not-ready", state.notReadyBecause);
  const { broker, backlog } = state.working;
  const trace = traceFields(request.headers["traceparent"], state.project);
  // A logger of its own costs as much as ten signatures.
  if (Object.keys(trace).length === 0) return state.working;
  return { backlog, broker: { ...broker, log: broker.log.child(trace) } };
};
