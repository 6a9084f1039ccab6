import { z } from "zod";
import { furtherAudio } from "./audio-streams.ts";
import type { AudioCandidate, AudioStream, LanguageLeftBehind } from "./audio-streams.ts";
import { mixOf } from "./channel-layout.ts";
import { choose } from "./choose.ts";
import type { Candidate, Flaw } from "./choose.ts";
import { coloursOf } from "./colours.ts";
import type { SourceColours } from "./colours.ts";
import { fieldsOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { pairMonos } from "./mono-pairs.ts";
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
  /** @default by-frame */
  readonly fields?: Fields;
  readonly colours: SourceColours;
  /** How long its last picture stays, for sound that is longer. @default 0 */
  readonly holdSeconds?: number;
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
  /** Whether there are streams beside the picture and the main sound. @default false */
  readonly hasFurtherStreams?: boolean;
  /** What is odd about the input and has been dealt with, a sentence each: for the log and the job's record. */
  readonly notes?: readonly string[];
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
const sideDataSchema = z.object({
  rotation: number,
  side_data_type: text,
  ...{ dv_profile: number, dv_bl_signal_compatibility_id: number },
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
  color_range: text,
  pix_fmt: text,
  channel_layout: text,
  start_time: text,
  duration: text,
  disposition: dispositionSchema.optional().catch(undefined),
  tags: z.record(z.string(), z.unknown()).optional().catch(undefined),
  side_data_list: z.array(sideDataSchema.catch({})).optional().catch(undefined),
});
type ProbedStream = z.infer<typeof streamSchema>;
const packetsSchema = z
  .array(
    z.object({
      stream_index: number,
      side_data_list: z
        .array(z.object({ side_data_type: text }))
        .optional()
        .catch(undefined),
    }),
  )
  .optional()
  .catch(undefined);
const probeSchema = z.object({
  streams: z.array(z.unknown()).optional().catch(undefined),
  format: z
    .object({
      ...{ format_name: text, start_time: text, duration: text },
      tags: z.object({ major_brand: text }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  packets: packetsSchema,
  packets_and_frames: packetsSchema,
});

/**
 * What ffprobe is asked for (`-show_entries`): what is read below, and no text that an input may have as much of as it
 * likes, such as comments and titles. A name that a version does not know it passes over.
 *
 * Source: https://ffmpeg.org/ffprobe.html#Main-options
 */
export const probedEntries = [
  "format=format_name,start_time,duration",
  "format_tags=major_brand",
  `stream=${Object.keys(streamSchema.omit({ disposition: true, tags: true, side_data_list: true }).shape).join(",")}`,
  `stream_disposition=${Object.keys(dispositionSchema.shape).join(",")}`,
  "stream_tags=language,rotate,DURATION",
  "stream_side_data=side_data_type,rotation,dv_profile,dv_bl_signal_compatibility_id",
  // Of the first packets: whether they are encrypted.
  "packet=stream_index",
  "packet_side_data=side_data_type",
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

  const clock = {
    startSeconds: finite(probe.data.format?.start_time),
    // Matroska's durations are counted from 0, whenever the first packet comes.
    isFromZero: container === "matroska,webm",
  };
  const encrypted = encryptedStreams(probe.data.packets_and_frames ?? probe.data.packets ?? []);
  const flawOf = (stream: ProbedStream): Flaw | undefined =>
    encrypted.has(stream.index) || stream.side_data_list?.some(isEncryption)
      ? { because: "it is encrypted; decrypt it first", kind: "unsupported" }
      : flawOfStream(stream, decodable);
  const pictures = choose(streams.filter(isMovingPicture).map((stream) => videoCandidate(stream, flawOf)));
  const sounds = pairMonos(
    streams.filter(isSound).map((stream) => audioCandidate(stream, clock, flawOf)),
    isProduction(container, probe.data.format?.tags?.major_brand),
  );
  const heard = choose(sounds.map(audioChoice));
  for (const { chosen, refusal } of [pictures, heard])
    if (chosen === undefined && refusal !== undefined) return { problem: problems.inputUnsupported(refusal) };
  const chosenVideo = pictures.chosen?.stream;
  const audio = heard.chosen?.stream.stream;
  if (chosenVideo === undefined && audio === undefined) return { problem: problems.inputNoStreams() };

  const { further, leftBehind } = audio
    ? furtherAudio(
        audio,
        sounds.filter(({ stream }) => stream !== audio),
      )
    : { further: [], leftBehind: [] };
  const video = chosenVideo && videoStream(chosenVideo, clock);
  const holdSeconds = video && secondsToHold(video, audio ? [audio, ...further] : []);
  const subtitles = streams.filter((stream) => stream.codec_type === "subtitle");
  const stated = parseSeconds(probe.data.format?.duration);
  const declaredSeconds =
    stated === undefined
      ? undefined
      : Math.max(0, stated - (clock.isFromZero ? Math.max(0, clock.startSeconds) : 0));
  return {
    media: {
      kind: chosenVideo === undefined ? "audio" : "video",
      container,
      durationIsStated: statesDuration.has(container),
      ...(declaredSeconds !== undefined && { declaredSeconds }),
      ...(video && { video: { ...video, ...(holdSeconds !== undefined && { holdSeconds }) } }),
      ...(audio && { audio }),
      furtherAudio: further,
      audioLeftBehind: leftBehind,
      captions: subtitles.filter(isText).map(captionStream),
      pictureCaptions: subtitles.filter((stream) => !isText(stream)).length,
      hasFurtherStreams: streams.length > (video ? 1 : 0) + (audio ? 1 : 0),
      notes: [
        ...pictures.passedOver.map(({ stream, flaw }) => passedOver("picture", stream.index, flaw)),
        ...heard.passedOver.map(({ stream: { stream }, flaw }) => passedOver("sound", stream.index, flaw)),
        ...[...(audio ? [audio] : []), ...further].flatMap(notesOnSound),
      ],
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

const encryptedTags = new Set(["encv", "enca", "drmi", "drms"]);

function flawOfStream(stream: ProbedStream, decodable?: ReadonlySet<string>): Flaw | undefined {
  const { codec_name: codec = "" } = stream;
  // A transport stream announces streams of which no packet may come, and ffmpeg fails for want of their format.
  const isEmpty = isSound(stream)
    ? (stream.channels ?? 0) < 1
    : (stream.width ?? 0) === 0 && (stream.height ?? 0) === 0;
  const because = whyUnsupported(stream);
  if (isEmpty && !isUnknownCodec(stream)) return { because: "nothing of it was found", kind: "empty" };
  if (because !== undefined) return { because, kind: "unsupported" };
  return isSound(stream) && decodable?.has(codec) === false
    ? { because: `this ffmpeg has no decoder for ${codec}`, kind: "undecodable" }
    : undefined;
}

const isUnknownCodec = ({ codec_name }: ProbedStream): boolean =>
  codec_name === undefined || ["none", "unknown"].includes(codec_name);

function whyUnsupported(stream: ProbedStream): string | undefined {
  const kind = stream.codec_type === "video" ? "video" : "audio";
  if (encryptedTags.has(stream.codec_tag_string ?? "")) return "it is encrypted; decrypt it first";
  const vision = stream.side_data_list?.find(({ dv_profile }) => dv_profile !== undefined);
  // Its colours are none that anything but Dolby's own decoders shows.
  if (vision?.dv_bl_signal_compatibility_id === 0)
    return `its picture is Dolby Vision of profile ${vision.dv_profile ?? 5}, without a base layer for other players; deliver profile 8 or SDR`;
  if (isUnknownCodec(stream)) {
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

/** Of a container: when its first packet comes, and whether durations are counted from there. */
interface Clock {
  readonly startSeconds: number;
  readonly isFromZero: boolean;
}

/** When a stream begins, and how long it lasts by its header, from the first packet of the file on. */
function timesOf(stream: ProbedStream, { startSeconds, isFromZero }: Clock) {
  const start = Math.max(0, finite(stream.start_time ?? startSeconds) - startSeconds);
  const own = parseSeconds(stream.duration);
  const tag = secondsOfTag(stream.tags?.["DURATION"]);
  const seconds =
    own !== undefined
      ? own + start
      : tag === undefined
        ? undefined
        : tag - (isFromZero ? Math.max(0, startSeconds) : 0);
  return {
    ...(start > 0 && { startSeconds: start }),
    ...(seconds !== undefined && seconds > 0 && { declaredSeconds: seconds }),
  };
}

function finite(value: string | number | undefined): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

/** `00:00:04.023000000`, as writers of Matroska note it for each stream. */
function secondsOfTag(tag: unknown): number | undefined {
  const match = typeof tag === "string" ? /^(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)$/.exec(tag) : null;
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) : undefined;
}

/** How much longer than the picture the sound is; undefined for less than a frame, and where nobody knows. */
function secondsToHold(video: VideoStream, sounds: readonly AudioStream[]): number | undefined {
  const longest = Math.max(0, ...sounds.map(({ declaredSeconds = 0 }) => declaredSeconds));
  const seconds = video.declaredSeconds === undefined ? 0 : longest - video.declaredSeconds;
  return seconds > 1.5 / valueOf(video.frameRate) ? seconds : undefined;
}

function videoStream(stream: ProbedStream, clock: Clock): VideoStream {
  const { declaredSeconds } = timesOf(stream, clock);
  const hdr = hdrOf(stream);
  const colours = coloursOf(stream);
  return {
    index: stream.index,
    codec: stream.codec_name ?? "unknown",
    ...shownSize(stream),
    frameRate: outputFrameRate(parseRational(stream.avg_frame_rate), parseRational(stream.r_frame_rate)),
    fields: fieldsOf({ codec: stream.codec_name, order: stream.field_order, isRgb: colours.isRgb }),
    colours,
    ...(hdr && { hdr }),
    ...(declaredSeconds !== undefined && { declaredSeconds }),
  };
}

const layoutNone = /^(?:unknown|\d+ channels)$/;

function audioStream(stream: ProbedStream, clock: Clock): AudioStream {
  const { channel_layout: layout = "" } = stream;
  return {
    index: stream.index,
    codec: stream.codec_name ?? "unknown",
    channels: Math.max(1, Math.trunc(stream.channels ?? 1)),
    ...(layout !== "" && !layoutNone.test(layout) && { layout: layout.slice(0, 200) }),
    ...languageOf(stream),
    ...timesOf(stream, clock),
  };
}

function audioCandidate(
  stream: ProbedStream,
  clock: Clock,
  flawOf: (stream: ProbedStream) => Flaw | undefined,
): AudioCandidate {
  const { comment = 0, visual_impaired = 0, default: preferred = 0 } = stream.disposition ?? {};
  const flaw = flawOf(stream);
  return {
    ...{
      stream: audioStream(stream, clock),
      isDefault: preferred > 0,
      isComment: comment + visual_impaired > 0,
    },
    ...(flaw && { flaw }),
  };
}

const audioChoice = (candidate: AudioCandidate): Candidate<AudioCandidate> => ({
  ...candidate,
  ...{ stream: candidate, size: candidate.stream.channels },
});

function videoCandidate(
  stream: ProbedStream,
  flawOf: (stream: ProbedStream) => Flaw | undefined,
): Candidate<ProbedStream> {
  const flaw = flawOf(stream);
  const isDefault = (stream.disposition?.default ?? 0) > 0;
  return { ...{ stream, isDefault, isComment: false, size: pixels(stream) }, ...(flaw && { flaw }) };
}

/** What it takes to decrypt a stream, or a packet, as ffmpeg calls it. */
const isEncryption = ({ side_data_type = "" }: { readonly side_data_type?: string | undefined }): boolean =>
  side_data_type.startsWith("Encryption ");

/** Streams of which a packet came with what it would take to decrypt it. */
const encryptedStreams = (
  packets: NonNullable<z.infer<typeof packetsSchema>>,
): ReadonlySet<number | undefined> =>
  new Set(
    packets
      .filter((packet) => packet.side_data_list?.some(isEncryption))
      .map(({ stream_index }) => stream_index),
  );

/** MOV, MXF and GXF carry the channels of one sound in tracks of their own; MP4 does not. */
const isProduction = (container: string, brand: string | undefined): boolean =>
  ["mxf", "gxf"].includes(container) || (container.startsWith("mov,") && (brand ?? "qt").startsWith("qt"));

const passedOver = (what: "picture" | "sound", index: number, flaw: Flaw | undefined): string =>
  `Stream ${index} (${what}) is left behind: ${flaw?.because ?? "it is of no use"}.`;

function notesOnSound(audio: AudioStream): readonly string[] {
  const { index, right, channels } = audio;
  const notes: string[] = [];
  if (right !== undefined)
    notes.push(`Streams ${index} and ${right} (mono) are the left and the right channel of one sound.`);
  if (mixOf(audio) === "first")
    notes.push(
      `Stream ${index} (sound) has ${channels} channels that it does not name: the first two are left and right.`,
    );
  return notes;
}

function parseSeconds(value: string | undefined): number | undefined {
  const seconds = Number(value ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
