import type { AudioOutput } from "./audio-plan.ts";
import { captionFile } from "./captions.ts";
import type { Caption } from "./captions.ts";
import {
  audioPrimingSeconds,
  general,
  inputOptions,
  renditionFiles,
  withoutMetadata,
} from "./ffmpeg-arguments.ts";
import type { Rendition } from "./ladder.ts";
import type { VideoStream } from "../media/media-info.ts";
import { vmafOptions } from "../profile/capabilities.ts";
import { sheetPattern, storyboardFilter } from "./storyboard.ts";
import type { Storyboard } from "./storyboard.ts";
import { commonFilters, toJpeg, toSize } from "./video-graph.ts";
import type { Colours } from "../media/colours.ts";

/**
 * Arguments of the runs after the encode. Their inputs are files of our own, named relative to the directory of the
 * outputs, but for captions and VMAF, which read the mezzanine.
 */

const ours = (file: string) => ["-protocol_whitelist", "file,pipe", "-i", file] as const;
// Versions of 2018 hold AV1 in MP4 back as experimental.
const anyCodec = ["-strict", "experimental"] as const;

export interface Progressive {
  readonly root: string;
  /** The best video rendition. */
  readonly video?: string;
  /** The best audio rendition in its languages, the main sound first. */
  readonly audio: readonly Pick<AudioOutput, "name" | "languageCode">[];
  readonly captions: readonly Caption[];
  readonly file: string;
}

/**
 * Joins the best rendition, the audio and the captions to one progressive file, without encoding again. Each audio track
 * is moved back by its priming, which the file's edit list then hides.
 */
export function progressiveArguments({ root, video, audio, captions, file }: Progressive): readonly string[] {
  const inputs = [
    ...(video === undefined ? [] : ours(renditionFiles(root, video).playlist)),
    ...audio.flatMap(({ name }) => [
      ...["-itsoffset", `-${audioPrimingSeconds.toFixed(6)}`],
      ...ours(renditionFiles(root, name).playlist),
    ]),
    ...captions.flatMap((caption) => ours(captionFile(caption))),
  ];
  const firstAudio = video === undefined ? 0 : 1;
  const firstCaption = firstAudio + audio.length;
  return [
    ...general,
    ...inputs,
    ...(video === undefined ? [] : ["-map", "0:v:0"]),
    ...audio.flatMap((_, index) => ["-map", `${firstAudio + index}:a:0`]),
    ...captions.flatMap((_, index) => ["-map", `${firstCaption + index}:s:0`]),
    ...["-c", "copy", ...(captions.length > 0 ? ["-c:s", "mov_text"] : [])],
    ...[...withoutMetadata, ...anyCodec],
    ...audio.flatMap(({ languageCode }, index) =>
      languageCode === "und" ? [] : [`-metadata:s:a:${index}`, `language=${languageCode}`],
    ),
    // Players begin with the default track; of several that are, with any.
    ...(audio.length < 2
      ? []
      : audio.flatMap((_, index) => [`-disposition:a:${index}`, index === 0 ? "default" : "0"])),
    ...captions.flatMap(({ languageCode }, index) => [`-metadata:s:s:${index}`, `language=${languageCode}`]),
    ...["-movflags", "+faststart", "-f", "mp4", `file:${file}`],
  ];
}

/** In a shorter film no seeking: it might pass its last picture. */
const seekFromSeconds = 1;

/**
 * One picture of a file of our own: the most typical of the frames around a tenth of its duration.
 * @param seconds how long its picture is
 */
export function posterArguments(
  videoFile: string,
  seconds: number,
  colours: Colours,
  outputFile: string,
): readonly string[] {
  const from = seconds < seekFromSeconds ? 0 : Math.min(seconds / 10, 60);
  return [
    ...general,
    ...(from > 0 ? ["-ss", from.toFixed(3)] : []),
    ...ours(videoFile),
    ...["-map", "0:v:0", "-vf", `thumbnail=24,${toJpeg(colours)}`, "-frames:v", "1", "-q:v", "3"],
    ...["-f", "mjpeg", `file:${outputFile}`],
  ];
}

/** The sheets of a storyboard, from a playlist of our own. */
export function storyboardArguments(
  playlist: string,
  board: Storyboard,
  colours: Colours,
): readonly string[] {
  return [
    ...general,
    ...ours(playlist),
    ...["-map", "0:v:0", "-vf", storyboardFilter(board, colours), "-frames:v", String(board.sheets)],
    ...["-q:v", "5", "-f", "image2", sheetPattern],
  ];
}

/** The input's text tracks as WebVTT, all in one pass. */
export function captionArguments(inputFile: string, captions: readonly Caption[]): readonly string[] {
  return [
    ...[...general, ...inputOptions, "-i", `file:${inputFile}`],
    ...captions.flatMap((caption) => [
      ...["-map", `0:${caption.index}`, "-c:s", "webvtt", ...withoutMetadata],
      ...["-f", "webvtt", `file:${captionFile(caption)}`],
    ]),
  ];
}

/** Compares a rendition with the input as the encoder saw it, at the rendition's size, and writes a JSON log. */
export function vmafArguments(
  inputFile: string,
  video: VideoStream,
  rendition: Rendition,
  options: { readonly root: string; readonly everyNthFrame: number; readonly log: string },
): readonly string[] {
  const size = toSize(video, rendition);
  const restart = "setpts=PTS-STARTPTS";
  return [
    ...[...general, "-progress", "pipe:1"],
    ...[...inputOptions, "-i", `file:${inputFile}`],
    ...ours(renditionFiles(options.root, rendition.name).playlist),
    "-filter_complex",
    [
      `[0:${video.index}]${commonFilters(video, rendition)},${size},${restart}[reference]`,
      `[1:v:0]format=yuv420p,${restart}[encoded]`,
      `[encoded][reference]libvmaf=${vmafOptions(options.everyNthFrame)}:log_fmt=json:log_path=${options.log}`,
    ].join(";"),
    ...["-f", "null", "-"],
  ];
}
