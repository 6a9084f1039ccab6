import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  completeRequestSchema,
  failRequestSchema,
  heartbeatRequestSchema,
  leaseRequestSchema,
  multipartAbortRequestSchema,
  multipartCompleteRequestSchema,
  multipartPartsRequestSchema,
  multipartStartRequestSchema,
  urlsRequestSchema,
} from "../../../protocol/index.ts";
import { claimNext } from "../../leases/claim.ts";
import { complete, fail, heartbeat, release, urls } from "../../leases/leases.ts";
import { abortMultipart, completeMultipart, signParts, startMultipart } from "../../uploads/multipart.ts";
import { messageOf } from "../../problem.ts";
import type { Broker } from "../../ports.ts";
import { leaseTokenOf, requireLease, requireRole } from "../callers.ts";
import type { Door } from "../door.ts";
import { bodyLimits } from "../limits.ts";
import { draining, type ServerState } from "../server-state.ts";
import { bodyOf, jobIdOf, signalOf, workingOf } from "./support.ts";

/** Claims of leases, by the worker's own token. */
export function addClaimRoute(app: FastifyInstance, state: ServerState, door: Door): void {
  const { presence } = state;
  const options = { onRequest: requireRole(state, door, "worker"), bodyLimit: bodyLimits.claim };
  app.post("/v1/leases", options, async (request, reply) => {
    const wanted = bodyOf(leaseRequestSchema, request);
    if (state.isDraining) throw draining();
    const { broker, backlog } = workingOf(state, request);
    const signal = signalOf(reply);
    const lease = await claimNext(broker, backlog, wanted, signal);
    if (lease !== undefined && signal.aborted) {
      await giveBack(broker, lease.jobId, lease.token);
      return reply.code(204).send();
    }
    if (lease !== undefined) {
      presence.heard(lease.jobId);
      return lease;
    }
    // Read again: it may have begun while the worker waited.
    if (isDrainingNow(state)) throw draining();
    return reply.code(204).send();
  });
}

/** What is done with a lease, by the lease's token. */
export function addLeaseRoutes(app: FastifyInstance, state: ServerState, door: Door): void {
  const { presence } = state;

  /** The operations of one lease, all alike: token, body, operation. */
  const onLease = <T>(
    name: string,
    schema: z.ZodType<T>,
    bodyLimit: number,
    operate: (broker: Broker, jobId: string, token: string, body: T) => Promise<unknown>,
  ): void => {
    // A worker repeats a completion whose answer was lost, and by then its lease may be over.
    const options = { onRequest: requireLease(state, door, name === "complete"), bodyLimit };
    app.post(`/v1/leases/:jobId/${name}`, options, async (request, reply) => {
      const token = leaseTokenOf(request);
      const jobId = jobIdOf(request);
      void reply.type(jsonType);
      return operate(workingOf(state, request).broker, jobId, token, bodyOf(schema, request));
    });
  };
  onLease("urls", urlsRequestSchema, bodyLimits.urls, async (...call) => asciiJson(await urls(...call)));
  onLease("heartbeat", heartbeatRequestSchema, bodyLimits.heartbeat, async (broker, jobId, token, body) => {
    const beat = await heartbeat(broker, jobId, token, body);
    presence.heard(jobId, body.etaSeconds);
    if (body.speed !== undefined) state.metrics.encodeSpeed.observe(body.speed);
    return beat;
  });
  const ending = async (jobId: string, ended: Promise<{ state: string; attempt: number }>) => {
    const record = await ended;
    presence.ended(jobId);
    return { state: record.state, attempt: record.attempt };
  };
  onLease("complete", completeRequestSchema, bodyLimits.complete, (broker, jobId, token, body) =>
    ending(jobId, complete(broker, jobId, token, body)),
  );
  onLease("fail", failRequestSchema, bodyLimits.fail, (broker, jobId, token, body) =>
    ending(jobId, fail(broker, jobId, token, body)),
  );
  onLease("multipart", multipartStartRequestSchema, bodyLimits.multipartStart, startMultipart);
  onLease("multipart/parts", multipartPartsRequestSchema, bodyLimits.parts, signParts);
  onLease(
    "multipart/complete",
    multipartCompleteRequestSchema,
    bodyLimits.multipartComplete,
    completeMultipart,
  );
  onLease("multipart/abort", multipartAbortRequestSchema, bodyLimits.multipartAbort, abortMultipart);
  onLease("release", z.unknown(), bodyLimits.none, (broker, jobId, token) =>
    ending(jobId, release(broker, jobId, token)),
  );
}

const jsonType = "application/json; charset=utf-8";

/**
 * JSON as bytes: signed URLs are ASCII, which a socket takes as it is, while a text of 70 kB is encoded anew and counted
 * before. Anything else stays a text.
 */
function asciiJson(value: object): Buffer | string {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) === text.length ? Buffer.from(text, "latin1") : text;
}

const isDrainingNow = (state: ServerState): boolean => state.isDraining;

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
