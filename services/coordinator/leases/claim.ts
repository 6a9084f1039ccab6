import {
  isFinal,
  type JobError,
  type JobRecord,
  type Lease,
  type LeaseRequest,
} from "../../protocol/index.ts";
import type { Pod } from "../auth/index.ts";
import type { Backlog } from "../queue/backlog.ts";
import { attemptPrefix, withoutAttemptId } from "../attempt-place.ts";
import { startedEvent } from "../jobs/events.ts";
import { type InputProblem, checkInput } from "../jobs/input-check.ts";
import { overlapOf } from "../jobs/overlap.ts";
import { parseMessage, type ParsedMessage } from "../jobs/job-request.ts";
import { issueToken } from "./lease-token.ts";
import { enterClaim, leaveSlot, requireFreeSlot, SlotTaken, type Taken, takeSlot } from "../slots/slots.ts";
import { encryptionNeedsTls, messageOf, Problem, RecordUnavailable } from "../problem.ts";
import { absent, type Broker, type QueueMessage, type StoredRecord } from "../ports.ts";
import { change, settle, type Step } from "../jobs/settle.ts";
import { signInput } from "../signing/sign-requests.ts";
import { backToQueue } from "../jobs/requeue.ts";
import {
  awaitingInput,
  type ClaimDecision,
  decideClaim,
  failed,
  newRecord,
  requeued,
  type Worker,
} from "../jobs/transitions.ts";

/** Share of the lease after which a worker sends a heartbeat: two may be lost. */
export const heartbeatShare = 1 / 3;

/** Seconds until a message that cannot be used, or could not be placed, comes again: 10 s doubling to 10 min. */
const backOffSeconds = (deliveryAttempt: number): number =>
  Math.min(600, 10 * 2 ** Math.min(6, Math.max(0, deliveryAttempt - 1)));

/**
 * Gives the worker the next job that can run, dealing with those that cannot on the way.
 *
 * @param signal fires when the worker has gone: a job claimed for it goes back at once.
 * @param pod whose slots the lease counts for @default nobody's: callers are not proven, and hold as many as they like
 * @param isPrivate whether nobody but the worker can read the answer: else jobs with customer-supplied keys are not given
 * @returns undefined when no job came within the worker's time.
 * @throws Problem 429 when the pod holds as many leases as it may, 403 when the next job has a key that it would be told in
 *   clear; the job goes back
 */
export async function claimNext(
  broker: Broker,
  backlog: Backlog,
  request: LeaseRequest,
  signal: AbortSignal,
  { pod, isPrivate = true }: { readonly pod?: Pod | undefined; readonly isPrivate?: boolean } = {},
): Promise<Lease | undefined> {
  if (pod === undefined) return nextLease(broker, backlog, request, signal, isPrivate);
  const leave = enterClaim(broker, pod);
  try {
    await requireFreeSlot(broker, pod);
    return await nextLease(broker, backlog, request, signal, isPrivate, pod);
  } finally {
    leave();
  }
}

async function nextLease(
  broker: Broker,
  backlog: Backlog,
  request: LeaseRequest,
  signal: AbortSignal,
  isPrivate: boolean,
  pod?: Pod,
): Promise<Lease | undefined> {
  const worker: Worker = { ...request.worker, ...(pod && { pod }) };
  const until = broker.now().getTime() + request.waitSeconds * 1000;
  for (;;) {
    const message = await backlog.take(Math.max(0, until - broker.now().getTime()), signal);
    if (message === undefined) return undefined;
    if (signal.aborted) {
      await putAside(broker, message, 0);
      return undefined;
    }
    try {
      const lease = await place(broker, message, worker, signal, isPrivate);
      if (lease !== undefined) return lease;
    } catch (error) {
      if (error instanceof SlotTaken) throw error;
      // Workers come and go: nothing is wrong with the coordinator then.
      const level = error instanceof WorkerGone ? "info" : "error";
      broker.log[level](
        { messageId: message.messageId, reason: messageOf(error) },
        "placing a job failed; it will come again",
      );
      await putAside(broker, message, backOffSeconds(message.deliveryAttempt));
      throw error;
    }
  }
}

/** Leaves the message to come again later. Waiting out an ack deadline counts as a delivery, as a nack does. */
async function putAside(broker: Broker, message: QueueMessage, seconds: number): Promise<void> {
  try {
    await broker.queue.extend([message.ackId], seconds);
  } catch (error) {
    broker.log.warn(
      { messageId: message.messageId, reason: messageOf(error) },
      "putting a message aside failed",
    );
  }
}

async function place(
  broker: Broker,
  message: QueueMessage,
  worker: Worker,
  signal: AbortSignal,
  isPrivate: boolean,
): Promise<Lease | undefined> {
  const parsed = parseMessage(message.data);
  if (parsed.kind === "unreadable") {
    // Nothing can be recorded under a job's name: the subscription's dead-letter policy keeps it for people.
    broker.log.warn(
      { messageId: message.messageId, deliveryAttempt: message.deliveryAttempt, reason: parsed.reason },
      "a message on the jobs topic is no job request",
    );
    await putAside(broker, message, backOffSeconds(message.deliveryAttempt));
    return undefined;
  }
  try {
    return await placeJob(broker, message, parsed, worker, signal, isPrivate);
  } catch (error) {
    if (!(error instanceof RecordUnavailable)) throw error;
    // Whether somebody has the job, or had it, nobody can tell now.
    broker.log.warn({ job: parsed.request.id }, "the record cannot be read; the job waits for it");
    await backToQueue(broker, message, parsed.request, backOffSeconds(message.deliveryAttempt));
    return undefined;
  }
}

async function placeJob(
  broker: Broker,
  message: QueueMessage,
  parsed: Exclude<ParsedMessage, { kind: "unreadable" }>,
  worker: Worker,
  signal: AbortSignal,
  isPrivate: boolean,
): Promise<Lease | undefined> {
  const found = await broker.records.read(parsed.request.id, parsed.request);
  if (parsed.kind === "invalid") return failUnreadable(broker, message, found, parsed.request, parsed.error);

  // A job that exists is what its record says, whatever a later message says under its name.
  const { request } = found?.record ?? parsed;
  const hasKey = request.inputKeySecret !== undefined || request.outputKeySecret !== undefined;
  if (hasKey && !isPrivate && broker.settings.isInClear !== true) throw encryptionNeedsTls();
  const looked = await inputProblemOf(broker, found?.record, request);
  const decide = (current: StoredRecord | undefined): Step<ClaimDecision> => {
    const now = broker.now();
    const record = current?.record ?? newRecord(request, now);
    const decided = decideClaim(record, worker, now, broker.settings);
    if (decided.kind === "held" || decided.kind === "settled") return { result: decided };
    if (decided.kind === "fail" || looked === undefined) return { result: decided, record: decided.record };
    if (looked.kind === "refused") {
      const lost = failed(record, looked.error, now);
      return { result: { kind: "fail", record: lost }, record: lost };
    }
    const waiting = awaitingInput(record, now, broker.settings.inputWaitSeconds, looked.refusal);
    if (waiting.state !== "queued") return { result: { kind: "fail", record: waiting }, record: waiting };
    const seconds = Math.ceil((Date.parse(waiting.notBefore ?? "") - now.getTime()) / 1000);
    return { result: { kind: "held", seconds }, record: waiting };
  };
  const { pod } = worker;
  const first = decide(found).result;
  const slot =
    pod !== undefined && first.kind === "start"
      ? await slotFor(broker, message, pod, first.record)
      : undefined;
  const decideWithSlot = (current: StoredRecord | undefined): Step<ClaimDecision> => {
    const step = decide(current);
    if (pod === undefined || step.result.kind !== "start") return step;
    // It may start only now, another attempt may have been since, or the slot may count as left by now: the job's next
    // delivery will do.
    const isSlotsOwn = slot?.attempt === step.result.record.attempt && broker.now() < slot.until;
    return isSlotsOwn ? step : { result: { kind: "held", seconds: 0 } };
  };
  let lease: Lease | undefined;
  try {
    const { result: decision, stored } = await change(broker, request.id, decideWithSlot, parsed.request);
    lease = await carryOut(broker, message, request, decision, stored, signal);
    return lease;
  } finally {
    if (slot !== undefined && lease === undefined) await leaveSlot(broker, slot);
  }
}

/** A slot of the pod, or the job back in the queue. @throws SlotTaken */
async function slotFor(
  broker: Broker,
  message: QueueMessage,
  pod: Pod,
  { request, attempt }: JobRecord,
): Promise<Taken> {
  try {
    return await takeSlot(broker, pod, { jobId: request.id, attempt });
  } catch (error) {
    if (error instanceof SlotTaken) {
      broker.log.warn({ job: request.id, pod: pod.name }, "a pod that has its leases has asked for more");
      await backToQueue(broker, message, request, 0);
    }
    throw error;
  }
}

async function carryOut(
  broker: Broker,
  message: QueueMessage,
  request: JobRecord["request"],
  decision: ClaimDecision,
  stored: StoredRecord | undefined,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  if (decision.kind === "held") {
    // A second delivery or a repeated publish: the worker that has the job keeps it. Or the input has to come first.
    await backToQueue(broker, message, request, Math.min(600, decision.seconds + 1));
    return undefined;
  }
  if (stored === undefined) throw new Error(`the record of job ${request.id} vanished`);
  if (decision.kind === "start") return leaseOut(broker, message, stored, signal);
  await settle(broker, stored, message.ackId);
  return undefined;
}

/** What a request that comes by the topic is asked once more than one that was submitted. */
async function inputProblemOf(
  broker: Broker,
  known: JobRecord | undefined,
  request: JobRecord["request"],
): Promise<InputProblem | undefined> {
  const looked = await checkInput(broker, known ?? newRecord(request, broker.now()));
  if (known !== undefined || looked?.kind === "refused") return looked;
  const overlap = await overlapOf(broker, request);
  return overlap === undefined ? looked : { kind: "refused", error: overlap };
}

async function failUnreadable(
  broker: Broker,
  message: QueueMessage,
  found: StoredRecord | undefined,
  request: JobRecord["request"],
  error: JobError,
): Promise<undefined> {
  if (found !== undefined) {
    broker.log.warn(
      { job: request.id, reason: error.message },
      "ignored an invalid request under a job's name",
    );
    // The job that has the name goes on by its own message; only what it may still owe is done here.
    if (isFinal(found.record.state)) await settle(broker, found, message.ackId);
    else await broker.queue.acknowledge(message.ackId);
    return undefined;
  }
  const now = broker.now();
  const stored = await broker.records.write(failed(newRecord(request, now), error, now), absent);
  // Somebody else made a record under that name meanwhile: theirs stands.
  if (stored === undefined) await broker.queue.extend([message.ackId], 0);
  else await settle(broker, stored, message.ackId);
  return undefined;
}

class WorkerGone extends Problem {
  constructor() {
    super(503, "worker-gone", "the worker went away while it was given a job");
    this.name = "WorkerGone";
  }
}

async function leaseOut(
  broker: Broker,
  message: QueueMessage,
  stored: StoredRecord,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { record, generation } = stored;
  const { request, attempt, leaseExpiresAt = "", startedAt = "" } = record;
  const { leaseSeconds } = broker.settings;
  try {
    if (signal.aborted) throw new WorkerGone();
    const input = await signInput(
      broker,
      { job: request.id, attempt, inputKey: request.inputKeySecret },
      request.input,
    );
    await broker.queue.extend([message.ackId], leaseSeconds);
    const token = issueToken(broker.leaseKey, {
      job: request.id,
      attempt,
      startedAt: Date.parse(startedAt),
      ackId: message.ackId,
      deliveryAttempt: message.deliveryAttempt,
      generation,
      recordedAt: broker.now().getTime(),
      expiresAt: Date.parse(leaseExpiresAt),
      input: request.input,
      outputs: attemptPrefix(record, attempt),
      inputKey: request.inputKeySecret,
      outputKey: request.outputKeySecret,
    });
    await announceStart(broker, record);
    broker.metrics.leases.inc({ event: "given" });
    broker.log.info({ job: request.id, attempt, worker: record.worker?.id }, "leased");
    return {
      jobId: request.id,
      attempt,
      token,
      expiresAt: leaseExpiresAt,
      heartbeatSeconds: leaseSeconds * heartbeatShare,
      request,
      input,
    };
  } catch (error) {
    // Nobody has heard of this attempt, so its number is free again and a fault here costs the job none.
    const unclaimed = {
      ...requeued(record, undefined),
      attempt: attempt - 1,
      attemptIds: withoutAttemptId(record, attempt),
    };
    await broker.records.write(unclaimed, generation);
    throw error;
  }
}

/** For those who watch; unlike the final event it is not owed, and a failure must not cost the attempt. */
async function announceStart(broker: Broker, record: JobRecord): Promise<void> {
  try {
    await broker.events.publish(startedEvent(record, broker.settings));
  } catch (error) {
    broker.log.warn(
      { job: record.request.id, reason: messageOf(error) },
      "publishing the started event failed",
    );
  }
}
