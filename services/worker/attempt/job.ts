import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import type { JobRequest, Lease } from "../../protocol/index.ts";
import { whileAway } from "../lease/back-off.ts";
import { CoordinatorError } from "../lease/coordinator-client.ts";
import { requireRoom, watchDisk } from "../disk/disk-guard.ts";
import { downloaded, takeInput } from "../input/input.ts";
import type { Input } from "../input/input.ts";
import { keepLease, LeaseLost } from "../lease/lease-session.ts";
import type { LeaseSession } from "../lease/lease-session.ts";
import { make, percent, stopwatch, StreamBroken } from "./make-outputs.ts";
import { AttemptFailed, isDiskFull, messageOf, problems } from "../problems.ts";
import type { Problem } from "../problems.ts";
import { supportFor } from "../profile/support.ts";
import { withOverrides } from "../profile/overrides.ts";
import { createScratch } from "../disk/scratch.ts";
import type { Scratch } from "../disk/scratch.ts";
import type { AttemptContext } from "./attempt-context.ts";

/**
 * - `succeeded`, `failed`: the coordinator knows;
 * - `lost`: another attempt owns the job, or the coordinator was away for too long: nothing was reported;
 * - `released`: handed back because `signal` was aborted.
 */
export type AttemptEnding = "succeeded" | "failed" | "lost" | "released";

/**
 * Runs one attempt of a job from its lease to its end, with heartbeats all the while. Never rejects. When it
 * resolves, no file of the attempt is left, and no process but what has left its group (guarded-process.ts), which
 * isolated ones cannot.
 * @param signal abort to hand the job back
 */
export async function runAttempt(
  context: AttemptContext,
  lease: Lease,
  signal: AbortSignal,
): Promise<AttemptEnding> {
  const log = context.log.child({ job: lease.jobId, attempt: lease.attempt });
  const session = keepLease(context.coordinator, lease);
  const stop = AbortSignal.any([signal, session.lost]);
  let scratch: Scratch | undefined;
  try {
    log.info({ input: lease.request.input, profile: lease.request.profile }, "attempt started");
    scratch = await createScratch(context.scratchRoot, lease.jobId, lease.attempt);
    const completed = await work({ ...context, log }, lease, session, scratch, stop);
    // The call itself is not called off: a heartbeat that comes just after completion finds no lease any more.
    await whileAway(stop, () => context.coordinator.complete(session.credential(), completed));
    log.info({ outputs: completed.outputs.length }, "attempt succeeded");
    return "succeeded";
  } catch (error) {
    return await settle({ ...context, log }, session, error, signal);
  } finally {
    session.stop();
    await scratch?.remove();
  }
}

async function work(
  context: AttemptContext,
  lease: Lease,
  session: LeaseSession,
  scratch: Scratch,
  stop: AbortSignal,
) {
  const { coordinator, pace, ffprobe, log, scratchReserveBytes, memoryMebibytes, isolate } = context;
  const memory = memoryMebibytes === undefined ? {} : { memoryMebibytes };
  const { profile, encoder } = await chooseProfile(context, lease.request);
  await requireRoom(scratch.directory, 0, scratchReserveBytes);
  const disk = watchDisk(scratch.directory, scratchReserveBytes);
  try {
    const signal = AbortSignal.any([stop, disk.full]);
    const onProgress = (done: number) => {
      session.progress(percent.download * done);
    };
    const transfer = { coordinator, session, signal, pace, onProgress };
    const options = {
      ...{ transfer, lease, scratch, profile, ffprobe, scratchReserveBytes, ...memory },
      mode: context.inputMode ?? "auto",
      decodable: context.capabilities.decodes,
      ...(isolate && { isolate }),
    };
    const making = { context, lease, session, scratch, profile, encoder, transfer };
    const timed = stopwatch();
    const input = await takeInput(options);
    tellOfInput(log, input, timed());
    if (typeof input.source === "string") return await make(making, input);
    try {
      return await make(making, input);
    } catch (error) {
      if (!(error instanceof StreamBroken)) throw error;
      log.warn({ reason: error.message }, "the stream was of no use; the input is downloaded");
    }
    await rm(scratch.outputs, { recursive: true });
    await mkdir(scratch.outputs);
    timed();
    const again = await downloaded(options);
    tellOfInput(log, again, timed());
    return await make(making, again);
  } finally {
    disk.stop();
  }
}

function tellOfInput(log: Logger, { media, source, because }: Input, seconds: number): void {
  if (typeof source === "string") log.info({ seconds, because }, "input downloaded");
  else log.info({ seconds }, "input is streamed");
  log.info({ media }, "input probed");
}

/**
 * What the job wants, found to be possible before anything is downloaded.
 * @throws AttemptFailed when it is not
 */
async function chooseProfile({ profiles, capabilities }: AttemptContext, request: JobRequest) {
  const known = profiles.get(request.profile);
  if (known === undefined)
    throw new AttemptFailed(problems.profileUnknown(request.profile, [...profiles.keys()]));
  const wanted = withOverrides(known, request.overrides);
  if ("wrong" in wanted) throw new AttemptFailed(problems.overridesWrong(wanted.wrong));
  const { profile } = wanted;
  const support = await supportFor(profile, capabilities);
  if ("missing" in support)
    throw new AttemptFailed(problems.profileNotSupported(request.profile, support.missing));
  return { profile, encoder: support.encoder };
}

/** What a worker that is about to be killed spends on handing its job back, in milliseconds. */
const releaseMs = 3000;

/** Tells the coordinator how an attempt ended that did not succeed. */
async function settle(
  { coordinator, log, scratchRoot }: AttemptContext,
  session: LeaseSession,
  error: unknown,
  handBack: AbortSignal,
): Promise<AttemptEnding> {
  const lostBy = (reason: string): AttemptEnding => {
    log.warn({ reason }, "lease lost: the attempt was stopped");
    return "lost";
  };
  if (session.lost.aborted) return lostBy(messageOf(session.lost.reason));
  if (error instanceof LeaseLost || (error instanceof CoordinatorError && error.kind === "lease-lost")) {
    return lostBy(error.message);
  }
  try {
    if (handBack.aborted) {
      // Short: the process is about to be killed, and a lease that is not released expires.
      const limit = AbortSignal.timeout(releaseMs);
      await whileAway(limit, () => coordinator.release(session.credential(), limit));
      log.info("lease handed back");
      return "released";
    }
    const { retryable, ...failure } = problemOf(error, scratchRoot);
    log.warn({ error: failure, retryable, cause: causeOf(error) }, "attempt failed");
    await whileAway(AbortSignal.any([session.lost, handBack]), () =>
      coordinator.fail(session.credential(), { error: failure, retryable }),
    );
    return "failed";
  } catch (telling) {
    return lostBy(messageOf(telling));
  }
}

function problemOf(error: unknown, scratchRoot: string): Problem {
  if (error instanceof AttemptFailed) return error.problem;
  if (isDiskFull(error)) return problems.scratchFull();
  const sentence = messageOf(error).replaceAll(path.resolve(scratchRoot), "scratch").slice(0, 500);
  return problems.workerFault(sentence);
}

/** A code at most: the texts of errors below may hold addresses. */
function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : undefined;
}
