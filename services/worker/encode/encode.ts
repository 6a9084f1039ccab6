import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import type { MediaSummary } from "../../protocol/index.ts";
import { checkSegments, emptyOutputs } from "../check/check-outputs.ts";
import { audioOutputs, bestAudio } from "../plan/audio-plan.ts";
import { captionsDirectory, captionsOf } from "../plan/captions.ts";
import type { Caption } from "../plan/captions.ts";
import {
  captionArguments,
  posterArguments,
  progressiveArguments,
  storyboardArguments,
  vmafArguments,
} from "../plan/derived-arguments.ts";
import { audioPrimingSeconds, encodeArguments, renditionFiles } from "../plan/ffmpeg-arguments.ts";
import type { EncodePlan } from "../plan/ffmpeg-arguments.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import type { FfmpegRun } from "./ffmpeg.ts";
import { encodeProblem, meaningfulLine } from "../process/ffmpeg-output.ts";
import type { Isolate } from "../process/isolation.ts";
import { cappedRate } from "../media/frame-rate.ts";
import { ladder } from "../plan/ladder.ts";
import type { Rendition } from "../plan/ladder.ts";
import type { MediaInfo, VideoStream } from "../media/media-info.ts";
import { measure, writeDash, writeHls } from "../packaging/package.ts";
import type { Measured, Package } from "../packaging/package.ts";
import { AttemptFailed, problems } from "../problems.ts";
import type { JobProfile } from "../profile/overrides.ts";
import type { Profile } from "../profile/schema.ts";
import { speedometer } from "../progress.ts";
import type { Progress } from "../progress.ts";
import { valueOf } from "../media/rational.ts";
import { coloursOfOutputs } from "../plan/video-graph.ts";
import { planStoryboard, storyboardDirectory, storyboardFile, storyboardVtt } from "../plan/storyboard.ts";
import { whyTooLong } from "../plan/duration.ts";
import { explainedByTruncation, findTruncation } from "./truncation.ts";
import { parseVmafLog } from "./vmaf.ts";

export interface EncodeRequest {
  readonly ffmpeg: string;
  /** The downloaded input; or what opens a stream of it, for a job that reads it once (`whyNotStreamed`). */
  readonly input: string | (() => Readable);
  readonly media: MediaInfo;
  /** What to make. */
  readonly profile: JobProfile;
  /** The profile's encoder that this ffmpeg has. */
  readonly encoder: Profile["video"]["encoders"][number];
  /** An empty directory for the outputs. */
  readonly outputs: string;
  /** Name of the progressive file, without extension. */
  readonly stem: string;
  readonly signal?: AbortSignal;
  /** Memory that ffmpeg may take, in MiB. @default no limit */
  readonly memoryMebibytes?: number;
  /** Keeps ffmpeg from all but input and outputs. @default it is not kept */
  readonly isolate?: Isolate;
  readonly onProgress?: (progress: Progress) => void;
}

const shortestLimitSeconds = 15 * 60;
const unknownDurationLimitSeconds = 24 * 60 * 60;
/** Share of the whole that the encode itself is; comparing with VMAF decodes everything once more. */
const encodeShare = { plain: 0.95, withVmaf: 0.75 } as const;

/** What a profile makes of an input: which renditions, and where. Pure. */
export function planOf({
  media,
  profile,
  encoder,
}: Pick<EncodeRequest, "media" | "profile" | "encoder">): EncodePlan {
  const { packaging, maxShortEdge, maxFramesPerSecond } = profile;
  const streamed = packaging.hls || packaging.dash;
  const picture = media.video && {
    ...media.video,
    frameRate:
      maxFramesPerSecond === undefined
        ? media.video.frameRate
        : cappedRate(media.video.frameRate, maxFramesPerSecond),
  };
  const video = picture ? ladder(picture, profile.video.renditions, maxShortEdge) : [];
  const audio = audioOutputs(media, profile.audio);
  return {
    root: packaging.dash ? "cmaf" : "hls",
    encoder,
    segmentSeconds: packaging.segmentSeconds,
    // One file alone needs the best rendition only.
    video: streamed ? video : video.slice(0, 1),
    audio: streamed ? audio : bestAudio(audio),
  };
}

/**
 * Encodes and packages an input as its profile says.
 * @throws AttemptFailed when the input or the disk does not allow it; what a streamed input failed with
 */
export async function encode(request: EncodeRequest): Promise<MediaSummary> {
  const { media, outputs, profile } = request;
  const planned = planOf(request);
  const names = [...planned.video, ...planned.audio].map(({ name }) => name);
  for (const name of names) await makeFolder(outputs, renditionFiles(planned.root, name).directory);

  const stderr = await encodeRenditions(request, planned);
  const measured = new Map<string, Measured>();
  for (const name of names) measured.set(name, await measure(outputs, planned.root, name));
  const durationSeconds = checkedDuration(media, planned, measured, stderr);
  const tooLong = whyTooLong(durationSeconds, planned, profile.packaging);
  if (tooLong) throw new AttemptFailed(tooLong);
  const plan = await withoutSilence(outputs, planned, measured);
  rejectIf(await checkSegments(outputs, plan, measured));

  const captions = profile.captions ? captionsOf(media) : [];
  await extractCaptions(request, captions);
  const content: Package = {
    ...{ outputs, plan, codec: profile.video.codec, measured, captions, durationSeconds },
  };
  if (profile.packaging.hls) await writeHls(content);
  if (profile.packaging.dash) await writeDash(content);
  const file = profile.packaging.progressive ? await joinProgressive(request, content) : undefined;
  const [best] = plan.video;
  if (best !== undefined) {
    const seconds = measured.get(best.name)?.seconds ?? durationSeconds;
    if (media.video) await takePictures(request, plan, best, { durationSeconds, seconds }, media.video, file);
    if (profile.vmaf.enabled && media.video) await compare(request, plan, best, media.video);
  }
  await removeIntermediates(request, plan, names);
  rejectIf(await emptyOutputs(outputs));
  request.onProgress?.({ share: 1 });
  return summaryOf(media, plan, durationSeconds);
}

/** @throws AttemptFailed where something is wrong with what was made */
function rejectIf(findings: readonly string[]): void {
  if (findings.length > 0) throw new AttemptFailed(problems.outputInvalid(findings));
}

/** The input as a file, for whoever reads it a second time. */
function fileOf({ input }: EncodeRequest): string {
  if (typeof input === "string") return input;
  throw new AttemptFailed(problems.workerFault("a streamed input cannot be read twice"));
}

const makeFolder = (outputs: string, name: string) => mkdir(path.join(outputs, name), { recursive: true });

/** A run of ffmpeg within the request's limits. */
function step(request: EncodeRequest, args: readonly string[]): FfmpegRun {
  const { ffmpeg, input, media, outputs, profile, signal, memoryMebibytes, isolate } = request;
  const declared = media.declaredSeconds;
  return {
    ...{ ffmpeg, args, cwd: outputs },
    limitSeconds:
      declared === undefined
        ? unknownDurationLimitSeconds
        : Math.max(shortestLimitSeconds, Math.ceil(declared * profile.limits.secondsPerMediaSecond)),
    ...(signal && { signal }),
    ...(memoryMebibytes !== undefined && { memoryMebibytes }),
    ...(isolate && { isolate }),
    reads: typeof input === "string" ? [input] : [],
  };
}

async function encodeRenditions(request: EncodeRequest, plan: EncodePlan): Promise<string> {
  const { media, profile, input } = request;
  const isFile = typeof input === "string";
  const share = profile.vmaf.enabled ? encodeShare.withVmaf : encodeShare.plain;
  const measureSpeed = speedometer(media.declaredSeconds);
  return runFfmpeg({
    ...step(request, encodeArguments(isFile ? input : undefined, media, plan)),
    ...(!isFile && { input: input() }),
    onSeconds: (seconds) => {
      const { share: done, ...speed } = measureSpeed(seconds);
      request.onProgress?.({ share: share * done, ...speed });
    },
    explain: (stderr, done) => explainedByTruncation(media, stderr, done) ?? encodeProblem(stderr),
  });
}

/** Sound that is no longer is the silence that every graph begins with, and the encoder's priming. */
const silenceSeconds = 3 * audioPrimingSeconds;
/** Sound is no reason to count a film longer than its picture, for so little. */
const roundingSeconds = 0.1;

/** How long the result is, once it is certain that nothing of the input is missing in it. */
function checkedDuration(
  media: MediaInfo,
  plan: EncodePlan,
  measured: ReadonlyMap<string, Measured>,
  stderr: string,
): number {
  const heard = (one: { readonly name: string } | undefined): number | undefined => {
    const seconds = one && measured.get(one.name)?.seconds;
    return seconds === undefined || seconds > silenceSeconds ? seconds : 0;
  };
  const [mainAudio, ...furtherAudio] = bestAudio(plan.audio);
  const [seen] = plan.video;
  const videoSeconds = seen && measured.get(seen.name)?.seconds;
  const audioSeconds = heard(mainAudio);
  const furtherSeconds = Math.max(0, ...furtherAudio.map((one) => heard(one) ?? 0));
  const truncation = findTruncation(
    media,
    {
      ...(videoSeconds !== undefined && { video: videoSeconds - (media.video?.holdSeconds ?? 0) }),
      ...(audioSeconds !== undefined && { audio: audioSeconds }),
      furtherAudio: furtherSeconds,
    },
    stderr,
  );
  if (truncation) throw new AttemptFailed(truncation);
  const soundSeconds = Math.max(0, Math.max(audioSeconds ?? 0, furtherSeconds) - audioPrimingSeconds);
  const pictureSeconds = videoSeconds ?? 0;
  if (pictureSeconds + soundSeconds <= 0 || videoSeconds === 0)
    throw new AttemptFailed(problems.encodeFailed("nothing of the input could be decoded."));
  return soundSeconds > pictureSeconds + roundingSeconds ? soundSeconds : pictureSeconds;
}

/** The plan without audio of which nothing came out, whose folders go. */
async function withoutSilence(
  outputs: string,
  plan: EncodePlan,
  measured: ReadonlyMap<string, Measured>,
): Promise<EncodePlan> {
  const isHeard = ({ name }: { readonly name: string }): boolean =>
    (measured.get(name)?.seconds ?? 0) > silenceSeconds;
  for (const { name } of plan.audio.filter((one) => !isHeard(one)))
    await rm(path.join(outputs, renditionFiles(plan.root, name).directory), { recursive: true, force: true });
  return { ...plan, audio: plan.audio.filter(isHeard) };
}

async function extractCaptions(request: EncodeRequest, captions: readonly Caption[]): Promise<void> {
  if (captions.length === 0) return;
  await makeFolder(request.outputs, captionsDirectory);
  await runFfmpeg({
    ...step(request, captionArguments(fileOf(request), captions)),
    explain: (stderr) => {
      const problem = encodeProblem(stderr);
      return problem.code === "encode-failed" ? problems.captionsFailed(meaningfulLine(stderr)) : problem;
    },
  });
}

async function joinProgressive(request: EncodeRequest, { plan, captions }: Package): Promise<string> {
  const [video] = plan.video;
  await makeFolder(request.outputs, "mp4");
  const file = path.join("mp4", `${request.stem}${video ? ".mp4" : ".m4a"}`);
  await runFfmpeg(
    step(
      request,
      progressiveArguments({
        ...{ root: plan.root, audio: bestAudio(plan.audio), captions, file },
        ...(video && { video: video.name }),
      }),
    ),
  );
  return file;
}

async function takePictures(
  request: EncodeRequest,
  plan: EncodePlan,
  best: Rendition,
  { durationSeconds, seconds }: { readonly durationSeconds: number; readonly seconds: number },
  video: VideoStream,
  file: string | undefined,
): Promise<void> {
  const { profile, outputs } = request;
  const colours = coloursOfOutputs(video);
  const playlistOf = ({ name }: Rendition): string => renditionFiles(plan.root, name).playlist;
  if (profile.poster) {
    // Of a film of a single frame, ffmpeg of 2018 hides that frame in the file by an edit list.
    const from = seconds < 1 ? playlistOf(best) : (file ?? playlistOf(best));
    await runFfmpeg(step(request, posterArguments(from, seconds, colours, "poster.jpg")));
  }
  if (profile.storyboard.enabled) {
    const source =
      plan.video.findLast(({ width }) => width >= profile.storyboard.tileWidth) ?? plan.video[0] ?? best;
    const board = planStoryboard(profile.storyboard, seconds, source);
    await makeFolder(outputs, storyboardDirectory);
    await runFfmpeg(step(request, storyboardArguments(playlistOf(source), board, colours)));
    await writeFile(path.join(outputs, storyboardFile), storyboardVtt(board, durationSeconds));
  }
}

/** Compares the best rendition with the input and writes `vmaf.json`. */
async function compare(
  request: EncodeRequest,
  plan: EncodePlan,
  best: Rendition,
  video: VideoStream,
): Promise<void> {
  const { outputs, profile } = request;
  const { everyNthFrame } = profile.vmaf;
  const log = "vmaf-log.json";
  const measureSpeed = speedometer(request.media.declaredSeconds);
  const { root } = plan;
  await runFfmpeg({
    ...step(request, vmafArguments(fileOf(request), video, best, { root, everyNthFrame, log })),
    onSeconds: (seconds) => {
      const { share, ...speed } = measureSpeed(seconds);
      request.onProgress?.({ share: encodeShare.withVmaf + (1 - encodeShare.withVmaf) * share, ...speed });
    },
  });
  const score = parseVmafLog(await readFile(path.join(outputs, log), "utf8").catch(() => ""));
  await rm(path.join(outputs, log), { force: true });
  if (score === undefined) throw new AttemptFailed(problems.vmafFailed());
  const { name, width, height } = best;
  await writeFile(
    path.join(outputs, "vmaf.json"),
    `${JSON.stringify({ rendition: name, width, height, everyNthFrame, ...score }, undefined, 2)}\n`,
  );
}

/** Playlists that were asked for by nobody, and segments of which only the progressive file was wanted. */
async function removeIntermediates(
  { outputs, profile: { packaging } }: EncodeRequest,
  { root }: EncodePlan,
  names: readonly string[],
): Promise<void> {
  if (packaging.hls) return;
  if (!packaging.dash) await rm(path.join(outputs, root), { recursive: true, force: true });
  else
    for (const name of names)
      await rm(path.join(outputs, renditionFiles(root, name).playlist), { force: true });
}

/** What record and event tell of the input, within the bounds of the protocol. */
const mostNotes = 16;

export function summaryOf(
  media: MediaInfo,
  plan: Pick<EncodePlan, "video" | "audio">,
  durationSeconds: number,
): MediaSummary {
  const { video, notes = [] } = media;
  return {
    kind: media.kind,
    // What is heard or seen at all lasts longer than nothing.
    durationSeconds: Math.max(0.001, Math.round(durationSeconds * 1000) / 1000),
    ...(video && {
      width: video.width,
      height: video.height,
      framesPerSecond: Math.round(valueOf(video.frameRate) * 1000) / 1000,
    }),
    renditions: (video ? plan.video : plan.audio).map(({ name }) => name),
    ...(notes.length > 0 && { notes: notes.slice(0, mostNotes).map((note) => note.slice(0, 500)) }),
  };
}
