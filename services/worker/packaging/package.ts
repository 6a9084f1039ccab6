import { open, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { captionFile, captionPlaylist, captionPlaylistFile } from "../plan/captions.ts";
import type { Caption } from "../plan/captions.ts";
import type { AudioOutput } from "../plan/audio-plan.ts";
import { renditionFiles } from "../plan/ffmpeg-arguments.ts";
import type { EncodePlan } from "../plan/ffmpeg-arguments.ts";
import { bitRate, masterPlaylist, parseMediaPlaylist, withTargetDuration } from "./playlist.ts";
import type { AudioGroup, AudioVariant, BitRate } from "./playlist.ts";
import type { VideoCodec } from "../profile/encoders.ts";
import { valueOf, writeRational } from "../media/rational.ts";
import { aacCodec, codecName } from "./codec-names.ts";
import { dashManifest } from "./dash-manifest.ts";
import type { DashRepresentation } from "./dash-manifest.ts";
import { decodeTimeOf, timescaleOf } from "./mp4-boxes.ts";

/** One rendition as it came out of the segmenter. */
export interface Measured {
  /** Sum of its segments, 0 when nothing came out. */
  readonly seconds: number;
  readonly rate: BitRate;
  readonly segments: readonly { readonly name: string; readonly seconds: number }[];
}

/** Reads a rendition's own playlist and the sizes of its segments. */
export async function measure(outputs: string, root: string, name: string): Promise<Measured> {
  const { playlist, directory } = renditionFiles(root, name);
  // Without a single packet ffmpeg writes no playlist.
  const text = await readFile(path.join(outputs, playlist), "utf8").catch(() => "");
  const mended = withTargetDuration(text);
  if (mended !== text) await writeFile(path.join(outputs, playlist), mended);
  const { segments, seconds } = parseMediaPlaylist(text);
  const sized = await Promise.all(
    segments.map(async (segment) => ({
      seconds: segment.seconds,
      bytes: (await stat(path.join(outputs, directory, path.basename(segment.name)))).size,
    })),
  );
  return { seconds, rate: bitRate(sized), segments };
}

export interface Package {
  readonly outputs: string;
  /** Only renditions of which something came out. */
  readonly plan: EncodePlan;
  readonly codec: VideoCodec;
  readonly measured: ReadonlyMap<string, Measured>;
  readonly captions: readonly Caption[];
  readonly durationSeconds: number;
}

/** Writes the multivariant playlist, and a playlist for each track of captions. */
export async function writeHls(content: Package): Promise<void> {
  const { outputs, plan, captions, durationSeconds } = content;
  for (const caption of captions) {
    await writeFile(
      path.join(outputs, captionPlaylistFile(caption)),
      captionPlaylist(caption, durationSeconds),
    );
  }
  const audio = audioGroups(content);
  const video = await Promise.all(
    plan.video.map(async (rendition) => {
      const { name, width, height, frameRate } = rendition;
      const heard = audio.find((one) => one.name === rendition.audio) ?? audio[0];
      return {
        uri: `${name}/playlist.m3u8`,
        codec: await codecOf(content, name),
        rate: rateOf(content, name),
        picture: { width, height, framesPerSecond: valueOf(frameRate) },
        ...(heard && { audio: heard }),
      };
    }),
  );
  const subtitles = captions.map((caption) => ({
    ...{ language: caption.language, label: caption.label },
    uri: `../${captionPlaylistFile(caption)}`,
  }));
  await writeFile(path.join(outputs, plan.root, "master.m3u8"), masterPlaylist(video, audio, subtitles));
}

/** Writes the DASH manifest of the same segments. */
export async function writeDash(content: Package): Promise<void> {
  const { outputs, plan, captions, durationSeconds } = content;
  const video = await Promise.all(
    plan.video.map(async ({ name, width, height, frameRate }) => ({
      ...(await dashRepresentation(content, name, await codecOf(content, name))),
      picture: { width, height, frameRate: writeRational(frameRate) },
    })),
  );
  const audio = await Promise.all(
    grouped(plan.audio, ({ index }) => index).map(async (renditions) => ({
      language: renditions[0].language,
      representations: await Promise.all(
        renditions.map(async ({ name, channels }) => ({
          ...(await dashRepresentation(content, name, aacCodec)),
          channels,
        })),
      ),
    })),
  );
  const manifest = dashManifest({
    ...{ seconds: durationSeconds, segmentSeconds: plan.segmentSeconds, video, audio },
    captions: captions.map((caption) => ({
      ...{ id: `captions-${caption.name}`, language: caption.language },
      uri: `../${captionFile(caption)}`,
    })),
  });
  await writeFile(path.join(outputs, plan.root, "manifest.mpd"), manifest);
}

/** Each audio rendition in all its languages. */
function audioGroups(content: Package): readonly AudioGroup[] {
  const variant = ({ name, label, language, channels }: AudioOutput): AudioVariant => ({
    ...{ label, channels, uri: `${name}/playlist.m3u8`, codec: aacCodec, rate: rateOf(content, name) },
    ...(language !== undefined && { language }),
  });
  return grouped(content.plan.audio, ({ rendition }) => rendition).map(([first, ...others]) => ({
    name: first.rendition,
    members: [variant(first), ...others.map(variant)],
  }));
}

/** Outputs that have something in common, in the order of the plan. */
function grouped(
  outputs: readonly AudioOutput[],
  common: (output: AudioOutput) => string | number,
): readonly (readonly [AudioOutput, ...AudioOutput[]])[] {
  const groups = new Map<string | number, [AudioOutput, ...AudioOutput[]]>();
  for (const output of outputs) {
    const group = groups.get(common(output));
    if (group === undefined) groups.set(common(output), [output]);
    else group.push(output);
  }
  return [...groups.values()];
}

const rateOf = ({ measured }: Package, name: string): BitRate =>
  measured.get(name)?.rate ?? { average: 0, peak: 0 };

const codecOf = async ({ outputs, plan, codec }: Package, name: string): Promise<string> =>
  codecName(codec, await readFile(path.join(outputs, renditionFiles(plan.root, name).init)));

async function dashRepresentation(
  { outputs, plan, measured }: Package,
  name: string,
  codec: string,
): Promise<DashRepresentation> {
  const { directory, init } = renditionFiles(plan.root, name);
  const timescale = timescaleOf(await readFile(path.join(outputs, init)));
  const { segments = [], rate } = measured.get(name) ?? {};
  const starts: number[] = [];
  for (const segment of segments) {
    starts.push(decodeTimeOf(await beginningOf(path.join(outputs, directory, path.basename(segment.name)))));
  }
  const lastDuration = Math.round((segments.at(-1)?.seconds ?? 0) * timescale);
  return { id: name, codec, bandwidth: rate?.peak ?? 0, timescale, starts, lastDuration };
}

/** The boxes before the media: a few kilobytes even for a segment of ten seconds. */
const beginning = 256 * 1024;

async function beginningOf(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning), 0, beginning, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
