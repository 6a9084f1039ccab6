import path from "node:path";
import type { Logger } from "pino";
import type { JobRequest, Lease } from "../protocol/index.ts";
import { whileAway } from "./back-off.ts";
import { CoordinatorError } from "./coordinator-client.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";
import { likelyBytes, requireRoom, watchDisk } from "./disk-guard.ts";
import { startEarlyUploads } from "./early-uploads.ts";
import { encode, planOf } from "./encode.ts";
import { renditionFiles } from "./ffmpeg-arguments.ts";
import { keepLease, LeaseLost } from "./lease-session.ts";
import type { LeaseSession } from "./lease-session.ts";
import { collectOutputs, inUploadGroups, outputStem } from "./outputs.ts";
import type { OutputFile } from "./outputs.ts";
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
  /** Room on its disk that no attempt may take. */
  readonly scratchReserveBytes: number;
  /** Memory that ffmpeg may take, in MiB. @default no limit */
  readonly memoryMebibytes?: number;
  /** Told how long the encode will still take; undefined when no encode runs, or nobody knows. */
  readonly onEta?: (seconds: number | undefined) => void;
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
  lease: Lease,
  session: LeaseSession,
  scratch: Scratch,
  stop: AbortSignal,
) {
  const { coordinator, ffmpeg, ffprobe, log, scratchReserveBytes, memoryMebibytes } = context;
  const { request } = lease;
  const memory = memoryMebibytes === undefined ? {} : { memoryMebibytes };
  const { profile, encoder } = await chooseProfile(context, request);
  await requireRoom(scratch.directory, 0, scratchReserveBytes);
  const disk = watchDisk(scratch.directory, scratchReserveBytes);
  try {
    const signal = AbortSignal.any([stop, disk.full]);
    const transfer = { coordinator, session, signal };
    const timed = stopwatch();

    const onDownload = (done: number) => {
      session.progress(percent.download * done);
    };
    await downloadInput({ ...transfer, onProgress: onDownload }, lease, scratch.input);
    log.info({ seconds: timed() }, "input downloaded");

    const media = await probe(ffprobe, scratch.input, { signal, ...memory });
    log.info({ media }, "input probed");
    if (profile.captions && media.pictureCaptions > 0)
      log.warn({ pictureCaptions: media.pictureCaptions }, "captions that are pictures are left behind");
    if (media.video?.highDynamicRange) log.warn("the input is HDR; it is encoded without tone mapping");
    const plan = planOf({ media, profile, encoder });
    await requireRoom(scratch.directory, likelyBytes(media, plan, profile) ?? 0, scratchReserveBytes);

    timed();
    const { outputs } = scratch;
    const { hls, dash } = profile.packaging;
    const early = startEarlyUploads({
      outputs,
      folders:
        hls || dash
          ? [...plan.video, ...plan.audio].map(({ name }) => renditionFiles(plan.root, name).directory)
          : [],
      upload: (files, abandoned) =>
        uploadOutputs(
          {
            ...transfer,
            signal: AbortSignal.any([signal, abandoned]),
            onProgress: () => undefined,
          },
          [files],
        ),
    });
    const summary = await encode({
      ...{ ffmpeg, input: scratch.input, media, profile, encoder, outputs },
      stem: outputStem(request.input),
      signal: AbortSignal.any([signal, early.failed]),
      ...memory,
      onProgress: progressReporter(context, session),
    })
      .catch(async (error: unknown) => {
        await early.abandon();
        throw error;
      })
      .finally(() => {
        context.onEta?.(undefined);
      });
    const sent = await early.finish();
    const files = await collectOutputs(outputs);
    log.info(
      {
        ...{ seconds: timed(), renditions: summary.renditions, outputs: files.length },
        uploadedMeanwhile: sent.size,
      },
      "encoded",
    );

    const onUpload = (done: number) => {
      session.progress(percent.download + percent.encode + percent.upload * done);
    };
    await uploadOutputs({ ...transfer, onProgress: onUpload }, inUploadGroups(unsent(files, sent)));
    log.info({ seconds: timed(), outputs: files.length }, "outputs uploaded");
    return { media: summary, outputs: files.map(({ name, size }) => ({ name, size })) };
  } finally {
    disk.stop();
  }
}

/**
 * What is left to upload.
 * @throws AttemptFailed when a file has changed since it was uploaded: an object cannot be replaced
 */
function unsent(files: readonly OutputFile[], sent: ReadonlyMap<string, number>): readonly OutputFile[] {
  const left = files.filter(({ name }) => !sent.has(name));
  const same = files.filter(({ name, size }) => sent.get(name) === size).length;
  if (same !== sent.size) throw new AttemptFailed(problems.workerFault("a segment changed after its upload"));
  return left;
}

const logProgressEveryMs = 10_000;

/** Tells session, log and whoever drains the worker how far the encode is. */
function progressReporter({ log, onEta }: AttemptContext, session: LeaseSession) {
  let logged = performance.now();
  return ({ share, speed, etaSeconds }: Progress): void => {
    session.progress(percent.download + percent.encode * share, {
      ...(speed !== undefined && { speed }),
      ...(etaSeconds !== undefined && { etaSeconds }),
    });
    onEta?.(etaSeconds);
    if (performance.now() - logged < logProgressEveryMs) return;
    logged = performance.now();
    log.info({ percent: Math.floor(share * 100), speed, etaSeconds }, "encoding");
  };
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A code at most: the texts of errors below may hold addresses. */
function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : undefined;
}
