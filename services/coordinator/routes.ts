import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  completeRequestSchema,
  failRequestSchema,
  heartbeatRequestSchema,
  jobIdSchema,
  jobRequestSchema,
  leaseRequestSchema,
  urlsRequestSchema,
} from "../protocol/index.ts";
import { claimNext } from "./claim.ts";
import { issuesText } from "./job-request.ts";
import { lookUp, submit } from "./jobs.ts";
import { complete, fail, heartbeat, release, urls } from "./leases.ts";
import { messageOf, Problem } from "./problem.ts";
import type { Broker } from "./ports.ts";
import { draining, type ServerState } from "./server-state.ts";

/** A complete call lists up to 100,000 outputs. */
const completeBodyLimit = 16 * 1024 * 1024;

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(400, "invalid-request", issuesText(parsed.error).slice(0, 2000));
}

const jobIdOf = (request: FastifyRequest): string => {
  const { jobId } = parse(z.object({ jobId: z.unknown() }), request.params);
  const parsed = jobIdSchema.safeParse(jobId);
  if (parsed.success) return parsed.data;
  throw new Problem(
    400,
    "invalid-request",
    `The job id in the path is not valid: ${issuesText(parsed.error)}`,
  );
};

function bearerOf(request: FastifyRequest): string {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token !== undefined) return token;
  throw new Problem(401, "bad-token", "Send the lease token as Authorization: Bearer TOKEN.");
}

/** Fires when the client goes away before it is answered. */
function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

export function addRoutes(app: FastifyInstance, state: ServerState): void {
  const working = () => {
    if (state.working === undefined) throw new Problem(503, "not-ready", state.notReadyBecause);
    return state.working;
  };

  app.post("/v1/jobs", async (request, reply) => {
    const { created, record } = await submit(working().broker, parse(jobRequestSchema, request.body));
    return reply.code(created ? 202 : 200).send(record);
  });
  app.get("/v1/jobs/:jobId", async (request) => (await lookUp(working().broker, jobIdOf(request))).record);

  app.post("/v1/leases", async (request, reply) => {
    const wanted = parse(leaseRequestSchema, request.body);
    if (state.isDraining) throw draining();
    const { broker, backlog } = working();
    const signal = signalOf(reply);
    const lease = await claimNext(broker, backlog, wanted, signal);
    if (lease !== undefined && signal.aborted) {
      await giveBack(broker, lease.jobId, lease.token);
      return reply.code(204).send();
    }
    if (lease !== undefined) return lease;
    // Read again: it may have begun while the worker waited.
    if (isDrainingNow(state)) throw draining();
    return reply.code(204).send();
  });

  /** The operations of one lease, all alike: token, body, operation. */
  const onLease = <T>(
    name: string,
    schema: z.ZodType<T>,
    operate: (broker: Broker, jobId: string, token: string, body: T) => Promise<unknown>,
    limit?: number,
  ): void => {
    const options = limit === undefined ? {} : { bodyLimit: limit };
    app.post(`/v1/leases/:jobId/${name}`, options, async (request) => {
      const token = bearerOf(request);
      const jobId = jobIdOf(request);
      return operate(working().broker, jobId, token, parse(schema, request.body));
    });
  };
  onLease("urls", urlsRequestSchema, urls);
  onLease("heartbeat", heartbeatRequestSchema, heartbeat);
  onLease(
    "complete",
    completeRequestSchema,
    async (broker, jobId, token, body) => stateOf(await complete(broker, jobId, token, body)),
    completeBodyLimit,
  );
  onLease("fail", failRequestSchema, async (broker, jobId, token, body) =>
    stateOf(await fail(broker, jobId, token, body)),
  );
  onLease("release", z.unknown(), async (broker, jobId, token) =>
    stateOf(await release(broker, jobId, token)),
  );
}

const isDrainingNow = (state: ServerState): boolean => state.isDraining;
const stateOf = ({ state, attempt }: { state: string; attempt: number }) => ({ state, attempt });

/** For a worker that went away between claim and answer. */
async function giveBack(broker: Broker, jobId: string, token: string): Promise<void> {
  try {
    await release(broker, jobId, token);
  } catch (error) {
    broker.log.warn(
      { job: jobId, reason: messageOf(error) },
      "giving back a job failed; its lease will lapse",
    );
  }
}
