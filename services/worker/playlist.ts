/** A media playlist as the segmenter wrote it. */
export interface MediaPlaylist {
  readonly segments: readonly { readonly name: string; readonly seconds: number }[];
  /** Sum of the segments' durations. */
  readonly seconds: number;
}

/** Reads the segments' names and durations; lines it does not know are passed over. */
export function parseMediaPlaylist(text: string): MediaPlaylist {
  const segments: { name: string; seconds: number }[] = [];
  let seconds: number | undefined;
  for (const line of text.split(/\r?\n/).map((raw) => raw.trim())) {
    const duration = /^#EXTINF:(\d+(?:\.\d+)?)/.exec(line)?.[1];
    if (duration !== undefined) seconds = Number(duration);
    else if (line !== "" && !line.startsWith("#") && seconds !== undefined) {
      segments.push({ name: line, seconds });
      seconds = undefined;
    }
  }
  return { segments, seconds: segments.reduce((sum, segment) => sum + segment.seconds, 0) };
}

/** Bits per second over a whole rendition, and over its worst segment. */
export interface BitRate {
  readonly average: number;
  readonly peak: number;
}

export function bitRate(segments: readonly { readonly seconds: number; readonly bytes: number }[]): BitRate {
  // A last segment of one frame says nothing about the network that is needed.
  const rates = segments
    .filter(({ seconds }) => seconds >= 0.5)
    .map(({ seconds, bytes }) => (bytes * 8) / seconds);
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const bits = segments.reduce((sum, segment) => sum + segment.bytes * 8, 0);
  const average = seconds > 0 ? Math.ceil(bits / seconds) : 0;
  return { average, peak: Math.max(average, ...rates.map(Math.ceil)) };
}

export interface Variant {
  /** Relative to the master playlist. */
  readonly uri: string;
  readonly codec: string;
  readonly rate: BitRate;
  readonly picture?: { readonly width: number; readonly height: number; readonly framesPerSecond: number };
}

/** An audio rendition; its group has its name. */
export interface AudioVariant extends Variant {
  readonly name: string;
  readonly channels: number;
}

export interface SubtitleTrack {
  readonly uri: string;
  /** BCP 47. */
  readonly language: string;
  readonly label: string;
}

/** A video rendition, and the audio rendition that is played with it. */
export interface VideoVariant extends Variant {
  readonly audio?: AudioVariant;
}

/**
 * The multivariant playlist (RFC 8216, 4.3.4). With video, each audio rendition is a group of its own and its rate is
 * part of the variants' that name it; without, the audio renditions are the variants.
 */
export function masterPlaylist(
  video: readonly VideoVariant[],
  audio: readonly AudioVariant[],
  subtitles: readonly SubtitleTrack[] = [],
): string {
  const used = audio.filter((one) => video.some((variant) => variant.audio?.name === one.name));
  const variants: readonly VideoVariant[] = video.length > 0 ? video : audio;
  const group = subtitles.length > 0 ? ',SUBTITLES="captions"' : "";
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...used.map(
      ({ name, uri, channels }) =>
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${name}",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="${channels}",URI="${uri}"`,
    ),
    ...subtitles.map(
      ({ uri, language, label }) =>
        `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="${quoted(label)}",DEFAULT=NO,AUTOSELECT=YES,LANGUAGE="${language}",URI="${uri}"`,
    ),
    ...variants.flatMap((variant) => [
      `#EXT-X-STREAM-INF:${variantAttributes(variant)}${group}`,
      variant.uri,
    ]),
    "",
  ].join("\n");
}

/** A quoted string may hold neither quotes nor line breaks (RFC 8216, 4.2). */
const quoted = (text: string): string => text.replace(/["\p{Cc}]/gu, "");

function variantAttributes({ codec, rate, picture, audio }: VideoVariant): string {
  return [
    `BANDWIDTH=${rate.peak + (audio?.rate.peak ?? 0)}`,
    `AVERAGE-BANDWIDTH=${rate.average + (audio?.rate.average ?? 0)}`,
    `CODECS="${[codec, ...(audio ? [audio.codec] : [])].join(",")}"`,
    ...(picture
      ? [`RESOLUTION=${picture.width}x${picture.height}`, `FRAME-RATE=${picture.framesPerSecond.toFixed(3)}`]
      : []),
    ...(audio ? [`AUDIO="${audio.name}"`] : []),
  ].join(",");
}
