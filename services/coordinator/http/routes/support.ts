import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { jobIdSchema } from "../../../protocol/index.ts";
import { issuesText } from "../../jobs/job-request.ts";
import { Problem } from "../../problem.ts";
import type { ServerState } from "../server-state.ts";
import { traceFields } from "../trace.ts";

/** Longest body of which all problems are looked for, in bytes. */
const shortBody = 64 * 1024;
/** Elements of a list in a longer one that are told of. */
const shownElements = 20;

/**
 * The body, checked. Of a short one all problems are told; of a long one those of the first elements, since 100,000
 * wrong ones would take a second to describe.
 *
 * @throws Problem 400
 */
export function bodyOf<T>(schema: z.ZodType<T>, { body, headers }: FastifyRequest): T {
  const isShort = Number(headers["content-length"] ?? Infinity) <= shortBody;
  if (isShort || z.validate(schema, body)) return parse(schema, body);
  parse(schema, beginningOf(body));
  throw new Problem(
    400,
    "invalid-request",
    `The body does not follow its schema, beyond the first ${shownElements} elements of its lists.`,
  );
}

function beginningOf(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) ? value.slice(0, shownElements) : value,
    ]),
  );
}

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

/** Fires when the client goes away before it is answered. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
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
