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

/**
 * The multivariant playlist (RFC 8216, 4.3.4). With video, the audio is a rendition group of its own and its rate is
 * part of every variant's; without, it is the only variant.
 */
export function masterPlaylist(video: readonly Variant[], audio: Variant | undefined): string {
  const group = video.length > 0 && audio !== undefined ? audio : undefined;
  const variants = video.length > 0 ? video : audio ? [audio] : [];
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...(group
      ? [
          `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="${group.uri}"`,
        ]
      : []),
    ...variants.flatMap((variant) => [`#EXT-X-STREAM-INF:${variantAttributes(variant, group)}`, variant.uri]),
    "",
  ].join("\n");
}

function variantAttributes({ codec, rate, picture }: Variant, audio: Variant | undefined): string {
  return [
    `BANDWIDTH=${rate.peak + (audio?.rate.peak ?? 0)}`,
    `AVERAGE-BANDWIDTH=${rate.average + (audio?.rate.average ?? 0)}`,
    `CODECS="${[codec, ...(audio ? [audio.codec] : [])].join(",")}"`,
    ...(picture
      ? [`RESOLUTION=${picture.width}x${picture.height}`, `FRAME-RATE=${picture.framesPerSecond.toFixed(3)}`]
      : []),
    ...(audio ? ['AUDIO="audio"'] : []),
  ].join(",");
}

/** RFC 6381 name of AAC-LC. */
export const aacCodec = "mp4a.40.2";

/**
 * The RFC 6381 name of the H.264 stream in an initialisation segment (`avc1.64001f`): profile, constraints and level
 * are bytes 1 to 3 of its `avcC` box (ISO/IEC 14496-15, 5.3.3).
 * @throws when the segment holds no such box
 */
export function avcCodec(initSegment: Buffer): string {
  const box = initSegment.indexOf("avcC", 0, "latin1");
  const profile = initSegment.subarray(box + 5, box + 8);
  if (box < 0 || profile.length < 3) throw new Error("the initialisation segment holds no avcC box");
  return `avc1.${profile.toString("hex")}`;
}
