import path from "node:path";
import type { Logger } from "pino";
import type { JobRequest, Lease } from "../protocol/index.ts";
import { whileAway } from "./back-off.ts";
import { CoordinatorError } from "./coordinator-client.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";
import { encode } from "./encode.ts";
import { keepLease, LeaseLost } from "./lease-session.ts";
import type { LeaseSession } from "./lease-session.ts";
import { collectOutputs, inUploadGroups, outputStem } from "./outputs.ts";
import { probe } from "./probe.ts";
import { AttemptFailed, isDiskFull, problems } from "./problems.ts";
import type { Problem } from "./problems.ts";
import { supportFor } from "./profile/capabilities.ts";
import type { Capabilities } from "./profile/capabilities.ts";
import type { Profiles } from "./profile/load.ts";
import { withOverrides } from "./profile/overrides.ts";
import type { Progress } from "./progress.ts";
import { createScratch } from "./scratch.ts";
import type { Scratch } from "./scratch.ts";
import { downloadInput, uploadOutputs } from "./transfers.ts";

export interface AttemptContext {
  readonly coordinator: CoordinatorClient;
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly profiles: Profiles;
  readonly capabilities: Capabilities;
  /** Directory below which the attempt makes its own. */
  readonly scratchRoot: string;
  readonly log: Logger;
}

/**
 * - `succeeded`, `failed`: the coordinator knows;
 * - `lost`: another attempt owns the job, or the coordinator was away for too long: nothing was reported;
 * - `released`: handed back because `signal` was aborted.
 */
export type AttemptEnding = "succeeded" | "failed" | "lost" | "released";

/** Shares of the percent done: most of the time goes into the encode. */
const percent = { download: 10, encode: 80, upload: 9 } as const;

/**
 * Runs one attempt of a job from its lease to its end, with heartbeats all the while. Never rejects. When it
 * resolves, neither a process nor a file of the attempt is left.
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
  { request, ...lease }: Lease,
  session: LeaseSession,
  scratch: Scratch,
  signal: AbortSignal,
) {
  const { coordinator, ffmpeg, ffprobe, log } = context;
  const { profile, encoder } = await chooseProfile(context, request);
  const transfer = { coordinator, session, signal };
  const timed = stopwatch();

  const onDownload = (done: number) => {
    session.progress(percent.download * done);
  };
  await downloadInput({ ...transfer, onProgress: onDownload }, { request, ...lease }, scratch.input);
  log.info({ seconds: timed() }, "input downloaded");

  const media = await probe(ffprobe, scratch.input, { signal });
  log.info({ media }, "input probed");
  if (profile.captions && media.pictureCaptions > 0)
    log.warn({ pictureCaptions: media.pictureCaptions }, "captions that are pictures are left behind");
  if (media.video?.highDynamicRange) log.warn("the input is HDR; it is encoded without tone mapping");

  timed();
  const { outputs } = scratch;
  const stem = outputStem(request.input);
  const onEncode = ({ share }: Progress) => {
    session.progress(percent.download + percent.encode * share);
  };
  const summary = await encode({
    ...{ ffmpeg, input: scratch.input, media, profile, encoder, outputs, stem, signal },
    onProgress: onEncode,
  });
  const files = await collectOutputs(outputs);
  log.info({ seconds: timed(), renditions: summary.renditions, outputs: files.length }, "encoded");

  const onUpload = (done: number) => {
    session.progress(percent.download + percent.encode + percent.upload * done);
  };
  const uploaded = await uploadOutputs({ ...transfer, onProgress: onUpload }, inUploadGroups(files));
  log.info({ seconds: timed(), outputs: uploaded.length }, "outputs uploaded");
  return { media: summary, outputs: uploaded };
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

/** Seconds since the last call, rounded to milliseconds. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = Math.round(now - last) / 1000;
    last = now;
    return seconds;
  };
}

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
      await coordinator.release(session.credential(), AbortSignal.timeout(3000));
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A code at most: the texts of errors below may hold addresses. */
function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : undefined;
}
