import type { Lease } from "../../protocol/index.ts";
import { TransferError } from "../../transfer/index.ts";
import { likelyBytes, requireRoom } from "../disk/disk-guard.ts";
import { startEarlyUploads } from "../upload/early-uploads.ts";
import { encode, planOf } from "../encode/encode.ts";
import type { EncodeRequest } from "../encode/encode.ts";
import { statedSeconds, whyTooLong } from "../plan/duration.ts";
import { renditionFiles } from "../plan/ffmpeg-arguments.ts";
import type { Input } from "../input/input.ts";
import type { AttemptContext } from "./attempt-context.ts";
import type { LeaseSession } from "../lease/lease-session.ts";
import { collectOutputs, inUploadGroups, outputStem } from "../upload/outputs.ts";
import type { OutputFile } from "../upload/outputs.ts";
import { AttemptFailed, problems } from "../problems.ts";
import { whyNotEncodable } from "../profile/needs.ts";
import type { JobProfile } from "../profile/overrides.ts";
import type { Progress } from "../progress.ts";
import type { Scratch } from "../disk/scratch.ts";
import { explain, uploadOutputs } from "../upload/transfers.ts";
import type { TransferContext } from "../upload/transfer-context.ts";

/** Shares of the percent done: most of the time goes into the encode. */
export const percent = { download: 10, encode: 80, upload: 9 } as const;

/** What an attempt works with once it has its input. */
export interface Making {
  readonly context: AttemptContext;
  readonly lease: Lease;
  readonly session: LeaseSession;
  readonly scratch: Scratch;
  readonly transfer: TransferContext;
  readonly profile: JobProfile;
  readonly encoder: EncodeRequest["encoder"];
}

/** An encode of a stream that came to nothing before anything of it was stored: it can be made anew. */
export class StreamBroken extends Error {}

/** Encodes an input and stores what comes of it. @throws StreamBroken */
export async function make(making: Making, { media, source }: Input) {
  const { context, lease, session, scratch, transfer, profile, encoder } = making;
  const { ffmpeg, log, scratchReserveBytes, memoryMebibytes, isolate } = context;
  const { signal } = transfer;
  const { outputs } = scratch;
  if (profile.audio.languages === "all" && media.audioLeftBehind.length > 0)
    log.warn({ audio: media.audioLeftBehind }, "the sound of some languages is left behind");
  for (const note of media.notes ?? []) log.warn({ note }, "the input is odd");
  if (profile.captions && media.pictureCaptions > 0)
    log.warn({ pictureCaptions: media.pictureCaptions }, "captions that are pictures are left behind");
  const unsupported = whyNotEncodable(media, context.capabilities);
  if (unsupported) throw new AttemptFailed(unsupported);
  if (media.video?.hdr) log.info("the input is HDR; it is tone-mapped to SDR");
  const plan = planOf({ media, profile, encoder });
  const tooLong = whyTooLong(statedSeconds(media), plan, profile.packaging);
  if (tooLong) throw new AttemptFailed(tooLong);
  await requireRoom(scratch.directory, likelyBytes(media, plan, profile) ?? 0, scratchReserveBytes);

  const timed = stopwatch();
  const { hls, dash } = profile.packaging;
  const early = startEarlyUploads({
    outputs,
    folders:
      hls || dash
        ? [...plan.video, ...plan.audio].map(({ name }) => renditionFiles(plan.root, name).directory)
        : [],
    upload: (files, abandoned) =>
      uploadOutputs(
        { ...transfer, signal: AbortSignal.any([signal, abandoned]), onProgress: () => undefined },
        [files],
      ),
  });
  const summary = await encode({
    ...{ ffmpeg, input: source, media, profile, encoder, outputs },
    stem: outputStem(lease.request.input),
    signal: AbortSignal.any([signal, early.failed]),
    ...(memoryMebibytes !== undefined && { memoryMebibytes }),
    ...(isolate && { isolate }),
    onProgress: progressReporter(context, session),
  })
    .catch(async (error: unknown) => {
      await early.abandon();
      signal.throwIfAborted();
      early.failed.throwIfAborted();
      throw typeof source === "string" ? error : ofStream(error, early.begun());
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
}

/**
 * What becomes of an encode of a stream that failed. Whether the input or the streaming is to blame only the whole file
 * tells; but an object cannot be replaced, so where some outputs are stored it takes another attempt.
 */
function ofStream(error: unknown, isStored: boolean): unknown {
  if (error instanceof AttemptFailed && error.problem.retryable) return error;
  const reason =
    error instanceof TransferError
      ? explain("stream the input", error).problem.message
      : error instanceof AttemptFailed
        ? error.problem.message
        : undefined;
  if (reason === undefined) return error;
  return isStored
    ? new AttemptFailed(problems.streamBroken(reason), { cause: error })
    : new StreamBroken(reason);
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

/** Seconds since the last call, rounded to milliseconds. */
export function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = Math.round(now - last) / 1000;
    last = now;
    return seconds;
  };
}
