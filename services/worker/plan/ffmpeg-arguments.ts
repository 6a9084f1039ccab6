import type { AudioOutput } from "./audio-plan.ts";
import { standardRange, toneMapping } from "../media/high-dynamic-range.ts";
import { decoderList } from "../media/decoders.ts";
import { containers, pictureBounds } from "../media/media-info.ts";
import type { MediaInfo, VideoStream } from "../media/media-info.ts";
import type { Rendition } from "./ladder.ts";
import { encoderArguments } from "../profile/encoders.ts";
import type { Profile } from "../profile/schema.ts";
import { valueOf, writeRational } from "../media/rational.ts";

const audioRate = 48_000;
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
 * A filter of sound makes no use of threads, but ffmpeg starts one for each of the machine's cores in every chain, and
 * their stacks count for the limit of memory. The video's graph is not meant by this option.
 */
const singleThreadedSound = ["-filter_threads", "1"] as const;

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
    ...general,
    ...[...singleThreadedSound, "-progress", "pipe:1"],
    ...inputOptions,
    ...["-i", inputFile === undefined ? "pipe:0" : `file:${inputFile}`],
    ...(media.video ? ["-filter_complex", videoGraph(media.video, plan.video)] : []),
    ...plan.video.flatMap((rendition, index) => videoOutput(plan, rendition, index, media.video)),
    ...plan.audio.flatMap((output) => audioOutput(plan, output)),
  ];
}

/** What every picture of the input goes through before it is scaled, so that comparisons see what the encoder saw. */
export function commonFilters(video: VideoStream, largest: Rendition | undefined): string {
  return [
    // Fields are woven to frames only where they are marked as interlaced.
    ...(video.interlaced ? ["yadif=mode=send_frame:deint=interlaced"] : []),
    // One constant rate from time 0 on, so that every rendition has its key frames at the same instants.
    `fps=fps=${writeRational(largest?.frameRate ?? video.frameRate)}:start_time=0`,
    ...(video.hdr ? toneMapping(video.hdr, largest ?? video) : []),
  ].join(",");
}

function videoGraph(video: VideoStream, renditions: readonly Rendition[]): string {
  const common = commonFilters(video, renditions[0]);
  const labels = renditions.map((_, index) => `[s${index}]`);
  const branches = renditions.map(
    ({ width, height }, index) =>
      `[s${index}]scale=${width}:${height}:flags=bicubic,setsar=1,format=yuv420p[v${index}]`,
  );
  return [`[0:${video.index}]${common},split=${renditions.length}${labels.join("")}`, ...branches].join(";");
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
    ...(video?.hdr ? standardRange : []),
    ...withoutMetadata,
    ...segmentOutput(plan, rendition.name),
  ];
}

function audioOutput(plan: EncodePlan, { index, kilobits, channels, name }: AudioOutput): readonly string[] {
  return [
    ...["-map", `0:${index}`],
    // Gaps and a late start become silence, so that sound and picture have the same time 0.
    ...["-af", "aresample=async=1:first_pts=0"],
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
