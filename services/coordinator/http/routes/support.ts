import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Broker } from "../../ports.ts";
import { Problem } from "../../problem.ts";
import { leaseTokenOf } from "../callers.ts";
import type { ServerState } from "../server-state.ts";
import { traceFields } from "../trace.ts";

/** Takes routes whose schemas say what their handlers get and answer. */
export type Routes = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What every operation of a lease begins with: the broker, the job, and the lease's token. */
export const leaseOf = (
  state: ServerState,
  request: Pick<FastifyRequest, "headers"> & { readonly params: { readonly jobId: string } },
): [broker: Broker, jobId: string, token: string] => [
  workingOf(state, request).broker,
  request.params.jobId,
  leaseTokenOf(request),
];

/** Fires when the client goes away before it is answered. */
export function signalOf(reply: { readonly raw: FastifyReply["raw"] }): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Broker and backlog, once they are there; what they log belongs to the request's trace. */
export const workingOf = (
  state: ServerState,
  request: Pick<FastifyRequest, "headers">,
): NonNullable<ServerState["working"]> => {
  if (state.working === undefined) throw new Problem(503, "not-ready", state.notReadyBecause);
  const { broker, backlog } = state.working;
  const trace = traceFields(request.headers["traceparent"], state.project);
  // A logger of its own costs as much as ten signatures.
  if (Object.keys(trace).length === 0) return state.working;
  return { backlog, broker: { ...broker, log: broker.log.child(trace) } };
};
