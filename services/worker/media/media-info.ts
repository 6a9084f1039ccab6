import { z } from "zod";
import { furtherAudio } from "./audio-streams.ts";
import type { AudioCandidate, AudioStream, LanguageLeftBehind } from "./audio-streams.ts";
import { hdrOf } from "./high-dynamic-range.ts";
import type { HighDynamicRange } from "./high-dynamic-range.ts";
import { outputFrameRate } from "./frame-rate.ts";
import { problems } from "../problems.ts";
import type { Problem } from "../problems.ts";
import { parseRational, valueOf } from "./rational.ts";
import type { Rational } from "./rational.ts";

/** The video stream that is encoded. */
export interface VideoStream {
  /** ffmpeg's stream index within the file. */
  readonly index: number;
  readonly codec: string;
  /** Pixels as shown: after rotation, and widened or narrowed to square pixels. */
  readonly width: number;
  readonly height: number;
  /** Constant rate to encode at. */
  readonly frameRate: Rational;
  readonly interlaced: boolean;
  /** Set for HDR, which is tone-mapped to SDR. */
  readonly hdr?: HighDynamicRange;
  /** The duration that the file's header states for this stream. */
  readonly declaredSeconds?: number;
}

/** A stream of text captions. */
export interface CaptionStream {
  readonly index: number;
  readonly codec: string;
  /** As the input has it, mostly ISO 639-2. */
  readonly language?: string;
}

/** What is known of an input before it is encoded. */
export interface MediaInfo {
  readonly kind: "video" | "audio";
  /** ffmpeg's name of the container, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  readonly declaredSeconds?: number;
  /** True when the container's header states the duration, rather than ffmpeg estimating it. */
  readonly durationIsStated: boolean;
  readonly video?: VideoStream;
  /** The main sound: what is played unless another language is chosen. */
  readonly audio?: AudioStream;
  /** One stream for each further language, in the input's order. */
  readonly furtherAudio: readonly AudioStream[];
  /** Further languages whose streams cannot be encoded. */
  readonly audioLeftBehind: readonly LanguageLeftBehind[];
  /** In the input's order. */
  readonly captions: readonly CaptionStream[];
  /** Captions that are pictures (DVD, Blu-ray, teletext) and stay behind. */
  readonly pictureCaptions: number;
}

/** Containers that may be opened: none that can refer to another file. Names of ffmpeg's demuxers. */
export const containers = [
  "mov,mp4,m4a,3gp,3g2,mj2",
  "matroska,webm",
  "mpegts",
  "mpeg",
  "avi",
  "asf",
  "flv",
  "live_flv",
  "mxf",
  "gxf",
  "ogg",
  "nut",
  "dv",
  "ivf",
  "wav",
  "w64",
  "aiff",
  "caf",
  "flac",
  "mp3",
  "aac",
  "ac3",
  "eac3",
  "amr",
] as const;

const statesDuration = new Set<string>(["mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "wav", "flac"]);

/** Neither decoders nor encoders are asked for pictures outside these bounds. */
export const pictureBounds = { minEdge: 16, maxEdge: 16_384, maxPixels: 8192 * 8192 } as const;

// Every field is optional and falls back to "unknown": what a probe prints of a hostile file is not to be relied on.
const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const flag = z.number().optional().catch(0);
const dispositionSchema = z.object({
  ...{ default: flag, attached_pic: flag, timed_thumbnails: flag, still_image: flag },
  ...{ comment: flag, visual_impaired: flag },
});
const streamSchema = z.object({
  index: z.number().int().nonnegative(),
  codec_type: text,
  codec_name: text,
  codec_tag_string: text,
  width: number,
  height: number,
  channels: number,
  sample_aspect_ratio: text,
  avg_frame_rate: text,
  r_frame_rate: text,
  field_order: text,
  color_transfer: text,
  color_primaries: text,
  color_space: text,
  duration: text,
  disposition: dispositionSchema.optional().catch(undefined),
  tags: z.record(z.string(), z.unknown()).optional().catch(undefined),
  side_data_list: z
    .array(z.object({ rotation: number }).catch({ rotation: undefined }))
    .optional()
    .catch(undefined),
});
type ProbedStream = z.infer<typeof streamSchema>;
const probeSchema = z.object({
  streams: z.array(z.unknown()).optional().catch(undefined),
  format: z.object({ format_name: text, duration: text }).optional().catch(undefined),
});

/**
 * What ffprobe is asked for (`-show_entries`): what is read below, and no text that an input may have as much of as it
 * likes, such as comments and titles. A name that a version does not know it passes over.
 *
 * Source: https://ffmpeg.org/ffprobe.html#Main-options
 */
export const probedEntries = [
  "format=format_name,duration",
  `stream=${Object.keys(streamSchema.omit({ disposition: true, tags: true, side_data_list: true }).shape).join(",")}`,
  `stream_disposition=${Object.keys(dispositionSchema.shape).join(",")}`,
  "stream_tags=language,rotate",
  "stream_side_data=rotation",
].join(":");

/**
 * Reads ffprobe's JSON of {@link probedEntries}. Never throws, whatever it is given.
 * @param decodable audio codecs that ffmpeg decodes, of which further languages may be @default all
 */
export function parseProbe(
  json: unknown,
  decodable?: ReadonlySet<string>,
): { readonly media: MediaInfo } | { readonly problem: Problem } {
  const probe = probeSchema.safeParse(json);
  if (!probe.success) return { problem: problems.inputNotMedia() };
  const container = probe.data.format?.format_name ?? "unknown";
  const streams = (probe.data.streams ?? [])
    .map((stream) => streamSchema.safeParse(stream))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []));

  const chosenVideo = preferDefault(streams.filter(isMovingPicture), pixels);
  const chosenAudio = preferDefault(streams.filter(isSound), (stream) => stream.channels ?? 0);
  if (chosenVideo === undefined && chosenAudio === undefined) return { problem: problems.inputNoStreams() };
  for (const chosen of [chosenVideo, chosenAudio]) {
    const unsupported = chosen && whyUnsupported(chosen);
    if (unsupported !== undefined) return { problem: problems.inputUnsupported(unsupported) };
  }

  const sounds = streams.filter((stream) => isSound(stream) && stream !== chosenAudio);
  const { further, leftBehind } = chosenAudio
    ? furtherAudio(
        audioStream(chosenAudio),
        sounds.map((stream) => audioCandidate(stream, decodable)),
      )
    : { further: [], leftBehind: [] };
  const subtitles = streams.filter((stream) => stream.codec_type === "subtitle");
  const declaredSeconds = parseSeconds(probe.data.format?.duration);
  return {
    media: {
      kind: chosenVideo === undefined ? "audio" : "video",
      container,
      durationIsStated: statesDuration.has(container),
      ...(declaredSeconds !== undefined && { declaredSeconds }),
      ...(chosenVideo && { video: videoStream(chosenVideo) }),
      ...(chosenAudio && { audio: audioStream(chosenAudio) }),
      furtherAudio: further,
      audioLeftBehind: leftBehind,
      captions: subtitles.filter(isText).map(captionStream),
      pictureCaptions: subtitles.filter((stream) => !isText(stream)).length,
    },
  };
}

/** A still (cover art, thumbnails) is no video: it has no rate, or says so. */
function isMovingPicture(stream: ProbedStream): boolean {
  const { attached_pic = 0, timed_thumbnails = 0, still_image = 0 } = stream.disposition ?? {};
  return stream.codec_type === "video" && attached_pic + timed_thumbnails + still_image === 0;
}

/** Names of ffmpeg's decoders of captions that are text. */
const textCaptions = new Set(["subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"]);
const isText = (stream: ProbedStream): boolean => textCaptions.has(stream.codec_name ?? "");

function captionStream(stream: ProbedStream): CaptionStream {
  return { index: stream.index, codec: stream.codec_name ?? "unknown", ...languageOf(stream) };
}

function languageOf(stream: ProbedStream): { readonly language?: string } {
  const language = stream.tags?.["language"] ?? stream.tags?.["LANGUAGE"];
  return typeof language === "string" ? { language: language.slice(0, 35) } : {};
}

const isSound = (stream: ProbedStream): boolean => stream.codec_type === "audio";
const pixels = (stream: ProbedStream): number => (stream.width ?? 0) * (stream.height ?? 0);

function preferDefault(
  streams: readonly ProbedStream[],
  size: (stream: ProbedStream) => number,
): ProbedStream | undefined {
  const rank = (stream: ProbedStream): number => (stream.disposition?.default ? 1 : 0);
  return streams.toSorted((a, b) => rank(b) - rank(a) || size(b) - size(a))[0];
}

const encryptedTags = new Set(["encv", "enca", "drmi", "drms"]);

function whyUnsupported(stream: ProbedStream): string | undefined {
  const kind = stream.codec_type === "video" ? "video" : "audio";
  if (encryptedTags.has(stream.codec_tag_string ?? "")) return `its ${kind} is encrypted`;
  if (stream.codec_name === undefined || ["none", "unknown"].includes(stream.codec_name)) {
    const tag = stream.codec_tag_string;
    return `no decoder is known for its ${kind} stream${tag && /^\w{4}$/.test(tag) ? ` (${tag})` : ""}`;
  }
  if (kind === "audio") return undefined;
  const { width, height } = shownSize(stream);
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const { minEdge, maxEdge, maxPixels } = pictureBounds;
  if (short >= minEdge && long <= maxEdge && short * long <= maxPixels) return undefined;
  return `its picture is ${width}x${height} pixels; from ${minEdge} to ${maxEdge} a side and ${maxPixels} in all are possible`;
}

function shownSize(stream: ProbedStream): { width: number; height: number } {
  const width = Math.trunc(Math.max(0, stream.width ?? 0));
  const height = Math.trunc(Math.max(0, stream.height ?? 0));
  const aspect = parseRational(stream.sample_aspect_ratio);
  // Only the width follows the pixel shape: lines are what the camera counted. An absurd ratio is a broken header.
  const ratio = aspect === undefined ? 1 : valueOf(aspect);
  const square = ratio > 0.1 && ratio < 10 ? Math.round(width * ratio) : width;
  return Math.abs(rotation(stream)) % 180 === 90
    ? { width: height, height: square }
    : { width: square, height };
}

/** In degrees: from the display matrix, or in older files from a tag. */
function rotation(stream: ProbedStream): number {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation;
  const tag = stream.tags?.["rotate"];
  const degrees = matrix ?? (typeof tag === "string" ? Number(tag) : 0);
  return Number.isFinite(degrees) ? Math.round(degrees / 90) * 90 : 0;
}

function videoStream(stream: ProbedStream): VideoStream {
  const declaredSeconds = parseSeconds(stream.duration);
  const hdr = hdrOf(stream);
  return {
    index: stream.index,
    codec: stream.codec_name ?? "unknown",
    ...shownSize(stream),
    frameRate: outputFrameRate(parseRational(stream.avg_frame_rate), parseRational(stream.r_frame_rate)),
    interlaced: ["tt", "bb", "tb", "bt"].includes(stream.field_order ?? ""),
    ...(hdr && { hdr }),
    ...(declaredSeconds !== undefined && { declaredSeconds }),
  };
}

function audioStream(stream: ProbedStream): AudioStream {
  const declaredSeconds = parseSeconds(stream.duration);
  return {
    index: stream.index,
    codec: stream.codec_name ?? "unknown",
    channels: Math.max(1, Math.trunc(stream.channels ?? 1)),
    ...languageOf(stream),
    ...(declaredSeconds !== undefined && { declaredSeconds }),
  };
}

function audioCandidate(stream: ProbedStream, decodable?: ReadonlySet<string>): AudioCandidate {
  const { comment = 0, visual_impaired = 0, default: preferred = 0 } = stream.disposition ?? {};
  const { codec_name: codec = "" } = stream;
  const flaw =
    whyUnsupported(stream) ??
    (decodable?.has(codec) === false ? `this ffmpeg has no decoder for ${codec}` : undefined) ??
    // A transport stream announces streams of which no packet may come, and ffmpeg fails for want of their format.
    ((stream.channels ?? 0) < 1 ? "nothing of it was found" : undefined) ??
    (comment + visual_impaired > 0 ? "it is a commentary or a description of the pictures" : undefined);
  return { stream: audioStream(stream), isDefault: preferred > 0, ...(flaw !== undefined && { flaw }) };
}

function parseSeconds(value: string | undefined): number | undefined {
  const seconds = Number(value ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
