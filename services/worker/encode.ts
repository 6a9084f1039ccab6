import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { MediaSummary } from "../protocol/index.ts";
import {
  audioPrimingSeconds,
  audioRenditionName,
  encodeArguments,
  posterArguments,
  progressiveArguments,
  renditionFiles,
} from "./ffmpeg-arguments.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import { encodeProblem } from "./ffmpeg-output.ts";
import { ladder } from "./ladder.ts";
import type { Rendition } from "./ladder.ts";
import type { MediaInfo } from "./media-info.ts";
import { aacCodec, avcCodec, bitRate, masterPlaylist, parseMediaPlaylist } from "./playlist.ts";
import type { BitRate, Variant } from "./playlist.ts";
import { AttemptFailed, problems } from "./problems.ts";
import { valueOf } from "./rational.ts";
import { explainedByTruncation, findTruncation } from "./truncation.ts";

export interface EncodeRequest {
  readonly ffmpeg: string;
  /** The downloaded input. */
  readonly input: string;
  readonly media: MediaInfo;
  /** An empty directory for the outputs. */
  readonly outputs: string;
  /** Name of the progressive file, without extension. */
  readonly stem: string;
  readonly signal?: AbortSignal;
  /** 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

const shortestLimitSeconds = 15 * 60;
/** The slowest encode that is waited for, in seconds of work per second of media. */
const slowestFactor = 60;
const unknownDurationLimitSeconds = 24 * 60 * 60;
/** Share of the whole that the joining and the poster are. */
const encodeShare = 0.95;

/**
 * Encodes the profile "hls-h264": a CMAF HLS ladder (H.264, AAC), a progressive file and, for video, a poster.
 * @throws AttemptFailed when the input or the disk does not allow it
 */
export async function encode(request: EncodeRequest): Promise<MediaSummary> {
  const { media, outputs, ffmpeg, signal } = request;
  const renditions = media.video ? ladder(media.video) : [];
  const names = [...renditions.map(({ name }) => name), ...(media.audio ? [audioRenditionName] : [])];
  for (const directory of [...names.map((name) => renditionFiles(name).directory), "mp4"]) {
    await mkdir(path.join(outputs, directory), { recursive: true });
  }

  const declared = media.declaredSeconds;
  const limitSeconds =
    declared === undefined
      ? unknownDurationLimitSeconds
      : Math.max(shortestLimitSeconds, Math.ceil(declared * slowestFactor));
  const step = (args: readonly string[]) => ({
    ffmpeg,
    args,
    cwd: outputs,
    limitSeconds,
    ...(signal && { signal }),
  });

  await runFfmpeg({
    ...step(encodeArguments(request.input, media, renditions)),
    onSeconds: (seconds) => {
      if (declared !== undefined) request.onProgress?.(encodeShare * Math.min(1, seconds / declared));
    },
    explain: (stderr, done) => explainedByTruncation(media, stderr, done) ?? encodeProblem(stderr),
  });

  const measured = new Map<string, Measured>();
  for (const name of names) measured.set(name, await measure(outputs, name));
  const videoSeconds = renditions[0] && measured.get(renditions[0].name)?.seconds;
  const audioSeconds = media.audio && measured.get(audioRenditionName)?.seconds;
  const truncation = findTruncation(media, {
    ...(videoSeconds !== undefined && { video: videoSeconds }),
    ...(audioSeconds !== undefined && { audio: audioSeconds }),
  });
  if (truncation) throw new AttemptFailed(truncation);
  const durationSeconds = videoSeconds ?? Math.max(0, (audioSeconds ?? 0) - audioPrimingSeconds);
  if (durationSeconds <= 0)
    throw new AttemptFailed(problems.encodeFailed("nothing of the input could be decoded."));

  await writeFile(path.join(outputs, "hls/master.m3u8"), await master(outputs, renditions, measured));
  const file = path.join("mp4", `${request.stem}${media.video ? ".mp4" : ".m4a"}`);
  // A sound track of which nothing was left is not joined.
  const withAudio = (audioSeconds ?? 0) > 0;
  await runFfmpeg(step(progressiveArguments(renditions[0]?.name, withAudio, file)));
  if (media.video) await runFfmpeg(step(posterArguments(file, durationSeconds, "poster.jpg")));
  request.onProgress?.(1);

  return {
    kind: media.kind,
    durationSeconds: Math.round(durationSeconds * 1000) / 1000,
    ...(media.video && {
      width: media.video.width,
      height: media.video.height,
      framesPerSecond: Math.round(valueOf(media.video.frameRate) * 1000) / 1000,
    }),
    renditions: media.video ? renditions.map(({ name }) => name) : [audioRenditionName],
  };
}

interface Measured {
  readonly seconds: number;
  readonly rate: BitRate;
}

async function measure(outputs: string, name: string): Promise<Measured> {
  const { playlist, directory } = renditionFiles(name);
  // Without a single packet ffmpeg writes no playlist.
  const text = await readFile(path.join(outputs, playlist), "utf8").catch(() => "");
  const { segments, seconds } = parseMediaPlaylist(text);
  const sized = await Promise.all(
    segments.map(async (segment) => ({
      seconds: segment.seconds,
      bytes: (await stat(path.join(outputs, directory, path.basename(segment.name)))).size,
    })),
  );
  return { seconds, rate: bitRate(sized) };
}

async function master(
  outputs: string,
  renditions: readonly Rendition[],
  measured: ReadonlyMap<string, Measured>,
): Promise<string> {
  const variant = (name: string, codec: string): Variant => ({
    uri: `${name}/playlist.m3u8`,
    codec,
    rate: measured.get(name)?.rate ?? { average: 0, peak: 0 },
  });
  const video = await Promise.all(
    renditions.map(async ({ name, width, height, frameRate }) => ({
      ...variant(name, avcCodec(await readFile(path.join(outputs, renditionFiles(name).init)))),
      picture: { width, height, framesPerSecond: valueOf(frameRate) },
    })),
  );
  const audio = (measured.get(audioRenditionName)?.seconds ?? 0) > 0;
  return masterPlaylist(video, audio ? variant(audioRenditionName, aacCodec) : undefined);
}
