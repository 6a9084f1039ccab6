/** The encoders a profile may name: what they make, and what they take. */

export const videoCodecs = ["h264", "hevc", "av1"] as const;
export type VideoCodec = (typeof videoCodecs)[number];

export const videoEncoders = ["libx264", "libx265", "libsvtav1", "libaom-av1"] as const;
export type VideoEncoder = (typeof videoEncoders)[number];

interface EncoderFacts {
  readonly codec: VideoCodec;
  /** From fastest or highest number to slowest; as the encoder's own option takes them. */
  readonly presets: readonly string[];
  /** Highest constant rate factor; the lowest is 0. */
  readonly highestCrf: number;
}

/** Presets of x264 and x265. Source: https://trac.ffmpeg.org/wiki/Encode/H.264, https://trac.ffmpeg.org/wiki/Encode/H.265 */
const namedPresets = [
  ...["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"],
  ...["slow", "slower", "veryslow"],
] as const;
const upTo = (highest: number): readonly string[] =>
  Array.from({ length: highest + 1 }, (_, speed) => String(speed)).toReversed();

/** Sources: https://ffmpeg.org/ffmpeg-codecs.html, https://trac.ffmpeg.org/wiki/Encode/AV1 */
export const encoderFacts: Readonly<Record<VideoEncoder, EncoderFacts>> = {
  libx264: { codec: "h264", presets: namedPresets, highestCrf: 51 },
  libx265: { codec: "hevc", presets: namedPresets, highestCrf: 51 },
  libsvtav1: { codec: "av1", presets: upTo(13), highestCrf: 63 },
  "libaom-av1": { codec: "av1", presets: upTo(8), highestCrf: 63 },
};

/**
 * Decoders of AV1 that need no special hardware. An ffmpeg that has none of them may list AV1 as a codec that it decodes:
 * the decoder of its own is for hardware only, which the worker does not use.
 *
 * Source: https://ffmpeg.org/general.html (AV1), https://ffmpeg.org/ffmpeg-codecs.html#Video-Decoders
 */
export const av1Decoders = ["libdav1d", "libaom-av1", "libgav1"] as const;

/** In brackets, where a codec's decoder is no part of ffmpeg itself. */
export const decoderOf = (codec: string): string => (codec === "av1" ? ` (${av1Decoders.join(", ")})` : "");

/** One rendition's demands on its encoder. */
export interface EncoderDemand {
  readonly preset: string;
  readonly crf: number;
  /** Ceiling of the bit rate in kbit/s. */
  readonly maxKilobits: number;
  /** Seconds between key frames. */
  readonly segmentSeconds: number;
  readonly framesPerSecond: number;
}

/** ffmpeg's options after `-map` for one rendition, up to the muxer. */
export function encoderArguments(encoder: VideoEncoder, demand: EncoderDemand): readonly string[] {
  return ["-c:v", encoder, ...rateAndKeyFrames[encoder](demand)];
}

const ceiling = ({ maxKilobits }: EncoderDemand) =>
  ["-maxrate", `${maxKilobits}k`, "-bufsize", `${2 * maxKilobits}k`] as const;

/** Key frames exactly where segments begin, by the clock; the interval is longer than any, so that it forces none. */
const forcedKeyFrames = ({ segmentSeconds }: EncoderDemand) =>
  ["-force_key_frames", `expr:gte(t,n_forced*${segmentSeconds})`] as const;
const longestGroup = ({ segmentSeconds, framesPerSecond }: EncoderDemand): number =>
  Math.ceil(segmentSeconds * framesPerSecond) + 1;
/** Of encoders that do not let key frames be forced: the whole number of frames that is no shorter than a segment. */
const fixedGroup = ({ segmentSeconds, framesPerSecond }: EncoderDemand): number =>
  Math.max(1, Math.ceil(segmentSeconds * framesPerSecond - 1e-6));

const rateAndKeyFrames: Readonly<Record<VideoEncoder, (demand: EncoderDemand) => readonly string[]>> = {
  libx264: (demand) => [
    ...["-preset", demand.preset, "-profile:v", "high", "-crf", String(demand.crf), ...ceiling(demand)],
    // Closed groups that begin exactly where segments do, and nowhere else.
    ...[...forcedKeyFrames(demand), "-g", String(longestGroup(demand))],
    ...["-sc_threshold", "0", "-flags", "+cgop"],
    // Players that ignore edit lists show the picture late by the reordering delay. Without a B-pyramid that is one
    // frame, about what the audio is late by for its priming, so that both stay together.
    ...["-bf", "2", "-x264-params", "b-pyramid=none:open-gop=0"],
  ],
  libx265: (demand) => [
    ...["-preset", demand.preset, "-crf", String(demand.crf), ...ceiling(demand)],
    ...[...forcedKeyFrames(demand), "-forced-idr", "1", "-g", String(longestGroup(demand))],
    // Apple's players open HEVC with parameter sets in the sample description only (hvc1).
    ...["-tag:v", "hvc1", "-bf", "2"],
    ...["-x265-params", "scenecut=0:open-gop=0:b-pyramid=0:repeat-headers=0:log-level=error"],
  ],
  libsvtav1: (demand) => [
    ...["-preset", demand.preset, "-crf", String(demand.crf), ...ceiling(demand)],
    ...["-g", String(fixedGroup(demand))],
  ],
  "libaom-av1": (demand) => [
    // The average rate is the ceiling here: quality is constrained by it.
    ...["-cpu-used", demand.preset, "-crf", String(demand.crf), "-b:v", `${demand.maxKilobits}k`],
    ...["-g", String(fixedGroup(demand)), "-keyint_min", String(fixedGroup(demand))],
    // Versions of 2018 hold the encoder back as experimental.
    ...["-strict", "experimental"],
  ],
};
