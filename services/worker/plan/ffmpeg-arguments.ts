import type { AudioOutput } from "./audio-plan.ts";
import { audioGraphs, audioLabel, audioRate, silentInputs } from "./audio-graph.ts";
import { tagStream } from "../media/colours.ts";
import { decoderList } from "../media/decoders.ts";
import { containers, pictureBounds } from "../media/media-info.ts";
import type { MediaInfo, VideoStream } from "../media/media-info.ts";
import type { Rendition } from "./ladder.ts";
import { encoderArguments } from "../profile/encoders.ts";
import type { Profile } from "../profile/schema.ts";
import { valueOf } from "../media/rational.ts";
import { coloursOfOutputs, videoGraph } from "./video-graph.ts";

/** What the AAC encoder puts before the first sample: one frame. A playlist counts it, a player does not show it. */
export const audioPrimingSeconds = 1024 / audioRate;

/** Where one rendition goes, relative to the directory of the outputs. */
export const renditionFiles = (root: string, name: string) => ({
  directory: `${root}/${name}`,
  playlist: `${root}/${name}/playlist.m3u8`,
  init: `${root}/${name}/init.mp4`,
  segments: `${root}/${name}/segment-%05d.m4s`,
});

/** What one run of ffmpeg encodes, and how. */
export interface EncodePlan {
  /** Folder of the segments below the outputs: `hls`, or `cmaf` where DASH plays them too. */
  readonly root: string;
  readonly encoder: Profile["video"]["encoders"][number];
  readonly segmentSeconds: number;
  /** Empty for sound alone. */
  readonly video: readonly Rendition[];
  /** Empty for a film without sound; else the first is the main sound at its best. */
  readonly audio: readonly AudioOutput[];
}

/**
 * Options before an input that came from outside. Only local files, only containers that name no other file, only
 * decoders of the formats that inputs have, and no pictures of a size that takes the memory away.
 */
export const inputOptions: readonly string[] = [
  ...["-protocol_whitelist", "file,pipe"],
  ...["-format_whitelist", containers.join(",")],
  ...["-codec_whitelist", decoderList],
  ...["-max_pixels", String(pictureBounds.maxPixels)],
];

export const general = ["-hide_banner", "-nostdin", "-y", "-loglevel", "warning"] as const;
// Titles, places and dates of the mezzanine are not the audience's business.
export const withoutMetadata = ["-map_metadata", "-1", "-map_chapters", "-1"] as const;

/**
 * Encodes every rendition in one run: the video is decoded once and split. Paths are relative to the directory of the
 * outputs, which must be the working directory and hold every rendition's folder.
 *
 * @param inputFile undefined for what comes by standard input
 */
export function encodeArguments(
  inputFile: string | undefined,
  media: MediaInfo,
  plan: EncodePlan,
): readonly string[] {
  return [
    ...[...general, "-progress", "pipe:1"],
    ...inputOptions,
    ...["-i", inputFile === undefined ? "pipe:0" : `file:${inputFile}`],
    ...silentInputs(plan.audio),
    ...(media.video ? ["-filter_complex", videoGraph(media.video, plan.video)] : []),
    ...audioGraphs(plan.audio, 1).flatMap((graph) => ["-filter_complex", graph]),
    ...plan.video.flatMap((rendition, index) => videoOutput(plan, rendition, index, media.video)),
    ...plan.audio.flatMap((output, index) => audioOutput(plan, output, index)),
  ];
}

function videoOutput(
  plan: EncodePlan,
  rendition: Rendition,
  index: number,
  video: VideoStream | undefined,
): readonly string[] {
  const { encoder, segmentSeconds } = plan;
  const demand = {
    ...{ preset: encoder.preset, crf: encoder.crf, maxKilobits: rendition.maxKilobits, segmentSeconds },
    framesPerSecond: valueOf(rendition.frameRate),
  };
  return [
    ...["-map", `[v${index}]`, ...encoderArguments(encoder.name, demand)],
    ...(video ? tagStream(coloursOfOutputs(video)) : []),
    ...withoutMetadata,
    ...segmentOutput(plan, rendition.name),
  ];
}

function audioOutput(
  plan: EncodePlan,
  { kilobits, channels, name }: AudioOutput,
  index: number,
): readonly string[] {
  return [
    ...["-map", audioLabel(index)],
    ...["-c:a", "aac", "-b:a", `${kilobits}k`, "-ac", String(channels), "-ar", String(audioRate)],
    ...withoutMetadata,
    ...segmentOutput(plan, name),
  ];
}

/** Fragmented MP4 with an initialisation segment, which is CMAF: HLS and DASH play the same files. */
function segmentOutput({ root, segmentSeconds }: EncodePlan, name: string): readonly string[] {
  const { playlist, segments } = renditionFiles(root, name);
  return [
    ...["-f", "hls", "-hls_time", String(segmentSeconds), "-hls_playlist_type", "vod"],
    ...["-hls_segment_type", "fmp4", "-hls_flags", "independent_segments"],
    ...["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", segments, playlist],
  ];
}
