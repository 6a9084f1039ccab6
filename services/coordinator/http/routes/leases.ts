import type { onSendHookHandler } from "fastify";
import {
  type AttemptEnded,
  attemptEndedSchema,
  completeRequestSchema,
  failRequestSchema,
  heartbeatRequestSchema,
  heartbeatResponseSchema,
  leaseRequestSchema,
  leaseSchema,
  urlsRequestSchema,
  urlsResponseSchema,
} from "../../../protocol/index.ts";
import { claimNext } from "../../leases/claim.ts";
import { complete, fail, heartbeat, release, urls } from "../../leases/leases.ts";
import { messageOf } from "../../problem.ts";
import type { Broker } from "../../ports.ts";
import { callerOf } from "../callers.ts";
import { answer, refusal } from "../describe.ts";
import { jobPath } from "../inputs.ts";
import { bodyLimits } from "../limits.ts";
import { isPrivate } from "../privacy.ts";
import { draining, type ServerState } from "../server-state.ts";
import { leaseOf, type Routes, signalOf, workingOf } from "./support.ts";

/** Claims of leases, by the worker's own token. */
export function addClaimRoute(app: Routes, state: ServerState): void {
  const { presence } = state;
  app.post(
    "/v1/leases",
    {
      bodyLimit: bodyLimits.claim,
      schema: {
        operationId: "claimLease",
        summary: "Wait for a job and lease it",
        body: leaseRequestSchema,
        response: {
          200: answer("A job to run", leaseSchema),
          204: { description: "None came in time" },
          403: refusal("`encryption-needs-tls`, `not-bound-to-a-pod`"),
          429: refusal("`slot-taken` (the pod holds as many leases as it may)"),
        },
      },
    },
    async (request, reply) => {
      if (state.isDraining) throw draining();
      const { broker, backlog } = workingOf(state, request);
      const signal = signalOf(reply);
      const lease = await claimNext(broker, backlog, request.body, signal, {
        pod: callerOf(request).pod,
        isPrivate: isPrivate(request),
      });
      if (lease !== undefined && signal.aborted) {
        await giveBack(broker, lease.jobId, lease.token);
        return reply.code(204).send();
      }
      if (lease !== undefined) {
        presence.heard(lease.jobId);
        return reply.code(200).send(lease);
      }
      // Read again: it may have begun while the worker waited.
      if (isDrainingNow(state)) throw draining();
      return reply.code(204).send();
    },
  );
}

/** What is done with a lease, by the lease's token. */
export function addLeaseRoutes(app: Routes, state: ServerState): void {
  const { presence } = state;
  const ending = async (jobId: string, ended: Promise<AttemptEnded>) => {
    const record = await ended;
    presence.ended(jobId);
    return { state: record.state, attempt: record.attempt };
  };

  app.post(
    "/v1/leases/:jobId/urls",
    {
      bodyLimit: bodyLimits.urls,
      onSend: asBytes,
      schema: {
        operationId: "signUrls",
        summary: "Signed requests for the input and for outputs of the attempt",
        params: jobPath,
        body: urlsRequestSchema,
        response: { 200: answer("Signed requests", urlsResponseSchema) },
      },
    },
    (request) => urls(...leaseOf(state, request), request.body),
  );
  app.post(
    "/v1/leases/:jobId/heartbeat",
    {
      bodyLimit: bodyLimits.heartbeat,
      schema: {
        operationId: "heartbeat",
        summary: "Keep the lease, and tell the progress",
        params: jobPath,
        body: heartbeatRequestSchema,
        response: { 200: answer("A newer token", heartbeatResponseSchema) },
      },
    },
    async (request) => {
      const { body } = request;
      const beat = await heartbeat(...leaseOf(state, request), body);
      presence.heard(request.params.jobId, body.etaSeconds);
      if (body.speed !== undefined) state.metrics.encodeSpeed.observe(body.speed);
      return beat;
    },
  );
  app.post(
    "/v1/leases/:jobId/complete",
    {
      bodyLimit: bodyLimits.complete,
      // A worker repeats a completion whose answer was lost, and by then its lease may be over.
      config: { evenLapsed: true },
      schema: {
        operationId: "complete",
        summary: "End the job well",
        description:
          "Answered when record, event and acknowledgement are done. May be repeated, for 15 minutes after the lease's end too.",
        params: jobPath,
        body: completeRequestSchema,
        response: {
          200: answer("The job has succeeded", attemptEndedSchema),
          400: refusal("`outputs-mismatch`"),
        },
      },
    },
    (request) => ending(request.params.jobId, complete(...leaseOf(state, request), request.body)),
  );
  app.post(
    "/v1/leases/:jobId/fail",
    {
      bodyLimit: bodyLimits.fail,
      schema: {
        operationId: "fail",
        summary: "End the attempt badly",
        description:
          "For good, or back to the queue for the next attempt. The code `input-unavailable` makes the job wait for its input without counting the attempt; so does `input-access-denied`, for 15 minutes at most, after which the job fails with that code.",
        params: jobPath,
        body: failRequestSchema,
        response: { 200: answer("The job's state", attemptEndedSchema) },
      },
    },
    (request) => ending(request.params.jobId, fail(...leaseOf(state, request), request.body)),
  );
  app.post(
    "/v1/leases/:jobId/release",
    {
      schema: {
        operationId: "release",
        summary: "Hand the job back unharmed",
        description: "The attempt does not count towards the limit.",
        params: jobPath,
        response: { 200: answer("The job's state", attemptEndedSchema) },
      },
    },
    (request) => ending(request.params.jobId, release(...leaseOf(state, request))),
  );
}

/**
 * JSON as bytes: signed URLs are ASCII, which a socket takes as it is, while a text of 70 kB is encoded anew and counted
 * before. Anything else stays a text.
 */
const asBytes: onSendHookHandler = (_request, _reply, payload, done) => {
  const isAscii = typeof payload === "string" && Buffer.byteLength(payload) === payload.length;
  done(null, isAscii ? Buffer.from(payload, "latin1") : payload);
};

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
