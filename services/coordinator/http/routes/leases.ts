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
import { draining, type ServerState } from "../server-state.ts";
import { jobIdOf, leaseTokenOf, only, parse, signalOf, workingOf } from "./support.ts";

/** A complete call lists up to 100,000 outputs. */
const completeBodyLimit = 16 * 1024 * 1024;

/** Leases, for workers: claimed by the worker's own token, then served by the lease's. */
export function addLeaseRoutes(app: FastifyInstance, state: ServerState): void {
  const { presence } = state;

  app.post("/v1/leases", { onRequest: only(state, "worker") }, async (request, reply) => {
    const wanted = parse(leaseRequestSchema, request.body);
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

  /** The operations of one lease, all alike: token, body, operation. */
  const onLease = <T>(
    name: string,
    schema: z.ZodType<T>,
    operate: (broker: Broker, jobId: string, token: string, body: T) => Promise<unknown>,
    limit?: number,
  ): void => {
    const options = limit === undefined ? {} : { bodyLimit: limit };
    app.post(`/v1/leases/:jobId/${name}`, options, async (request, reply) => {
      const token = leaseTokenOf(request);
      const jobId = jobIdOf(request);
      void reply.type(jsonType);
      return operate(workingOf(state, request).broker, jobId, token, parse(schema, request.body));
    });
  };
  onLease("urls", urlsRequestSchema, async (...call) => asciiJson(await urls(...call)));
  onLease("heartbeat", heartbeatRequestSchema, async (broker, jobId, token, body) => {
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
  onLease(
    "complete",
    completeRequestSchema,
    (broker, jobId, token, body) => ending(jobId, complete(broker, jobId, token, body)),
    completeBodyLimit,
  );
  onLease("fail", failRequestSchema, (broker, jobId, token, body) =>
    ending(jobId, fail(broker, jobId, token, body)),
  );
  onLease("multipart", multipartStartRequestSchema, startMultipart);
  onLease("multipart/parts", multipartPartsRequestSchema, signParts);
  onLease("multipart/complete", multipartCompleteRequestSchema, completeMultipart, completeBodyLimit);
  onLease("multipart/abort", multipartAbortRequestSchema, abortMultipart);
  onLease("release", z.unknown(), (broker, jobId, token) => ending(jobId, release(broker, jobId, token)));
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
