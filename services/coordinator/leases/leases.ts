import type {
  CompleteRequest,
  FailRequest,
  HeartbeatRequest,
  HeartbeatResponse,
  JobRecord,
  OutputObject,
  UrlsRequest,
  UrlsResponse,
} from "../../protocol/index.ts";
import { freeSlot } from "../slots/slots.ts";
import { checkToken, issueToken, type LeaseClaims, type TokenCheck } from "./lease-token.ts";
import { keyOf, placeOf } from "../stores/media-stores.ts";
import { leaseLost, messageOf, Problem } from "../problem.ts";
import type { Broker, FoundObject, StoredRecord } from "../ports.ts";
import { writerOf } from "../attempt-place.ts";
import { abortUploads } from "../jobs/clean-up.ts";
import { change, settle } from "../jobs/settle.ts";
import { requireCurrentAttempt } from "../jobs/current-attempt.ts";
import { signInput, signOutputs } from "../signing/sign-requests.ts";
import {
  awaitingInput,
  recordHeartbeat,
  exhausted,
  failed,
  isExhausted,
  leaseEnd,
  released,
  requeued,
  succeeded,
} from "../jobs/transitions.ts";
import { inputAccessDenied, inputUnavailable } from "../../protocol/index.ts";
import { backToQueue } from "../jobs/requeue.ts";

/**
 * Least time between two writes of a running job's record. Cloud Storage takes one write per second to one object
 * (https://docs.cloud.google.com/storage/docs/request-rate), and completion must find room.
 */
const recordEveryMs = 5000;

function authentic(
  broker: Broker,
  jobId: string,
  token: string,
): Exclude<TokenCheck, { outcome: "refused" }> {
  const check = checkToken(broker.leaseKey, token, broker.now());
  if (check.outcome === "refused" || check.claims.job !== jobId)
    throw new Problem(401, "bad-token", "The bearer token is no lease token of this job; claim a lease.");
  return check;
}

/**
 * Whose lease a token is, as far as the token itself tells: asked before anything else of a request is looked at.
 *
 * @param evenLapsed whether a lease that has been over for `mostLateMs` at most will do, for a call that may be repeated then
 */
export const holderOf = (broker: Broker, jobId: string, token: string, evenLapsed: boolean): LeaseClaims =>
  evenLapsed ? inForceOrLate(broker, jobId, token).claims : inForce(broker, jobId, token);

/**
 * How long after a lease's end its completion may be repeated. A worker repeats a call for ten minutes, and waits 30 s for
 * each answer (services/worker/lease).
 */
const mostLateMs = 15 * 60 * 1000;

function inForceOrLate(broker: Broker, jobId: string, token: string): ReturnType<typeof authentic> {
  const check = authentic(broker, jobId, token);
  if (broker.now().getTime() - check.claims.expiresAt > mostLateMs) throw lapsed(check.claims);
  return check;
}

/** The claims of a token that is in force. Whether the lease was taken away meanwhile only the record knows. */
export function inForce(broker: Broker, jobId: string, token: string): LeaseClaims {
  const { outcome, claims } = authentic(broker, jobId, token);
  if (outcome === "expired") throw lapsed(claims);
  return claims;
}

const lapsed = (claims: LeaseClaims): Problem =>
  leaseLost(
    `The lease of attempt ${claims.attempt} of job ${claims.job} ended at ${new Date(claims.expiresAt).toISOString()}; stop the attempt.`,
  );

const sameAttempt = (record: JobRecord, claims: LeaseClaims): boolean =>
  record.attempt === claims.attempt && Date.parse(record.startedAt ?? "") === claims.startedAt;

/**
 * The generation that the token names fences: if the record has it still, the lease stands. If it moved on, it may
 * be by this lease's own heartbeat whose answer was lost, which attempt and start tell from another attempt.
 */
function holding(found: StoredRecord | undefined, claims: LeaseClaims): StoredRecord {
  if (found === undefined) throw leaseLost(`Job ${claims.job} has no record any more; stop the attempt.`);
  if (found.generation === claims.generation) return found;
  if (found.record.state === "running" && sameAttempt(found.record, claims)) return found;
  throw leaseLost(
    `Job ${claims.job} is ${found.record.state}, attempt ${found.record.attempt}; stop attempt ${claims.attempt}.`,
  );
}

/** Extends the lease by its full length from now, and notes the progress. Any replica can do it. */
export async function heartbeat(
  broker: Broker,
  jobId: string,
  token: string,
  progress: HeartbeatRequest,
): Promise<HeartbeatResponse> {
  const claims = inForce(broker, jobId, token);
  const { leaseSeconds } = broker.settings;
  let next: LeaseClaims = claims;
  const now = broker.now();
  const held = (found: StoredRecord | undefined): StoredRecord => {
    try {
      return holding(found, claims);
    } catch (error) {
      broker.metrics.leases.inc({ event: "lost" });
      throw error;
    }
  };
  if (now.getTime() - claims.recordedAt >= recordEveryMs) {
    const end = leaseEnd(now, leaseSeconds);
    const { stored } = await change(broker, jobId, (found) => ({
      result: undefined,
      record: recordHeartbeat(held(found).record, progress, now, leaseSeconds),
    }));
    next = {
      ...claims,
      generation: stored?.generation ?? claims.generation,
      recordedAt: now.getTime(),
      expiresAt: end.getTime(),
    };
  } else {
    // Too soon for another write. The end of the lease is in the record too, so it cannot move without one.
    held(await broker.records.read(jobId));
  }
  try {
    await broker.queue.extend([claims.ackId], leaseSeconds);
  } catch (error) {
    // The record holds the lease: a redelivery would see that and wait.
    broker.log.warn({ job: jobId, reason: messageOf(error) }, "extending the message's ack deadline failed");
  }
  return { token: issueToken(broker.leaseKey, next), expiresAt: new Date(next.expiresAt).toISOString() };
}

/**
 * Signed requests within the attempt, while it is the running one as far as this replica has seen in the last three
 * seconds (`jobs/current-attempt.ts`). What was signed before creates objects in the attempt's own folder until it ends, and
 * replaces none.
 */
export async function urls(
  broker: Broker,
  jobId: string,
  token: string,
  wanted: UrlsRequest,
): Promise<UrlsResponse> {
  const claims = inForce(broker, jobId, token);
  await requireCurrentAttempt(broker, claims);
  const [input, outputs] = await Promise.all([
    wanted.input ? signInput(broker, claims, claims.input) : undefined,
    signOutputs(broker, claims, claims.outputs, wanted.outputs),
  ]);
  return input === undefined ? { outputs } : { input, outputs };
}

/** Ends the job well. A repetition after success, even one with a token that has lapsed meanwhile, is answered the same. */
export async function complete(
  broker: Broker,
  jobId: string,
  token: string,
  done: CompleteRequest,
): Promise<JobRecord> {
  const { outcome, claims } = inForceOrLate(broker, jobId, token);
  const isRepeat = (found: StoredRecord | undefined): found is StoredRecord =>
    found?.record.state === "succeeded" && sameAttempt(found.record, claims);

  let stored = await broker.records.read(jobId);
  if (!isRepeat(stored)) {
    if (outcome === "expired") throw lapsed(claims);
    holding(stored, claims);
    await endUploads(broker, claims);
    const outputs = await verifiedOutputs(broker, claims, done.outputs);
    const now = broker.now();
    ({ stored } = await change(broker, jobId, (found) =>
      isRepeat(found)
        ? { result: undefined }
        : { result: undefined, record: succeeded(holding(found, claims).record, done.media, outputs, now) },
    ));
  }
  if (stored === undefined) throw leaseLost(`Job ${jobId} has no record any more.`);
  await Promise.all([settle(broker, stored, claims.ackId), freeSlot(broker, stored.record)]);
  broker.metrics.leases.inc({ event: "completed" });
  return stored.record;
}

/**
 * What is still unfinished could replace an output after it is recorded, where the store takes no condition on that. A
 * new upload is started for no name that there is.
 */
async function endUploads(broker: Broker, claims: LeaseClaims): Promise<void> {
  // Below a prefix that is not this attempt's alone, others' uploads are under way.
  if (writerOf(claims.outputs) === undefined) return;
  const { objects, object: below } = placeOf(broker, claims.outputs);
  await abortUploads(broker, objects, below);
}

/** The reported outputs as the bucket has them. */
async function verifiedOutputs(
  broker: Broker,
  claims: LeaseClaims,
  reported: CompleteRequest["outputs"],
): Promise<OutputObject[]> {
  const { objects, object: below } = placeOf(broker, claims.outputs);
  const present = new Map<string, FoundObject>(
    (await objects.list(below, await keyOf(broker, claims.outputKey))).map((object) => [object.name, object]),
  );
  const wrong: string[] = [];
  const outputs: OutputObject[] = [];
  const seen = new Set<string>();
  for (const { name, size } of reported) {
    const object = present.get(`${below}${name}`);
    if (seen.has(name)) wrong.push(`${name} is reported twice`);
    else if (object === undefined) wrong.push(`${name} is not in the bucket`);
    else if (object.size !== size) wrong.push(`${name} has ${object.size} bytes, not ${size}`);
    else
      outputs.push({
        name,
        uri: `${claims.outputs}${name}`,
        contentType: object.contentType,
        size,
        ...(object.crc32c === undefined ? {} : { crc32c: object.crc32c }),
        generation: object.generation,
      });
    seen.add(name);
  }
  if (wrong.length === 0) return outputs;
  const shown = wrong.slice(0, 5).join("; ");
  const more = wrong.length > 5 ? `; and ${wrong.length - 5} more` : "";
  throw new Problem(400, "outputs-mismatch", `Below ${claims.outputs}: ${shown}${more}.`);
}

/** Ends the attempt badly: for good, or back to the queue for the next attempt. */
export async function fail(
  broker: Broker,
  jobId: string,
  token: string,
  report: FailRequest,
): Promise<JobRecord> {
  const claims = inForce(broker, jobId, token);
  return endAttempt(broker, claims, "failed", (record) => {
    const noted = { ...record, error: report.error };
    if (report.retryable && [inputUnavailable, inputAccessDenied].includes(report.error.code))
      return awaitingInput(
        { ...record, releases: record.releases + 1 },
        broker.now(),
        broker.settings.inputWaitSeconds,
        report.error.code === inputAccessDenied ? report.error : undefined,
      );
    if (!report.retryable) return failed(record, report.error, broker.now());
    return isExhausted(record, broker.settings.maxAttempts)
      ? failed(record, exhausted(noted), broker.now())
      : requeued(record, report.error);
  });
}

/** Gives the job back unharmed: the worker has to go. */
export async function release(broker: Broker, jobId: string, token: string): Promise<JobRecord> {
  return endAttempt(broker, inForce(broker, jobId, token), "released", released);
}

async function endAttempt(
  broker: Broker,
  claims: LeaseClaims,
  event: "failed" | "released",
  end: (record: JobRecord) => JobRecord,
): Promise<JobRecord> {
  const { result: isRepeat, stored } = await change(broker, claims.job, (found) => {
    // A repetition of a call whose answer was lost finds the attempt ended, and nothing to change.
    const ended = found?.record.state === "queued" || found?.record.state === "failed";
    if (found !== undefined && ended && sameAttempt(found.record, claims)) return { result: true };
    return { result: false, record: end(holding(found, claims).record) };
  });
  if (stored === undefined) throw leaseLost(`Job ${claims.job} has no record any more.`);
  if (!isRepeat) broker.metrics.leases.inc({ event });
  await freeSlot(broker, stored.record);
  if (stored.record.state === "queued")
    await backToQueue(
      broker,
      claims,
      stored.record.request,
      secondsUntil(stored.record.notBefore, broker.now()),
    );
  else await settle(broker, stored, claims.ackId);
  return stored.record;
}

/** Of a time to come, at most what Pub/Sub can wait; 0 without one. */
const secondsUntil = (time: string | undefined, now: Date): number =>
  time === undefined ? 0 : Math.min(600, Math.max(0, Math.ceil((Date.parse(time) - now.getTime()) / 1000)));
