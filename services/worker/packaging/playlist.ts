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

/**
 * With a target duration that is at least a second: ffmpeg writes 0 above segments of a few frames, with which players
 * do not begin (RFC 8216, 4.3.3.1).
 */
export const withTargetDuration = (text: string): string =>
  text.replace(/^(?<name>#EXT-X-TARGETDURATION:)0$/m, "$<name>1");

/** Bits per second over a whole rendition, and over its worst segment. */
export interface BitRate {
  readonly average: number;
  readonly peak: number;
}

export function bitRate(segments: readonly { readonly seconds: number; readonly bytes: number }[]): BitRate {
  // A last segment of one frame says nothing about the network that is needed.
  const fastest = segments
    .filter(({ seconds }) => seconds >= 0.5)
    // A call with as many arguments as a long film has segments would be more than a stack holds.
    .reduce((most, { seconds, bytes }) => Math.max(most, Math.ceil((bytes * 8) / seconds)), 0);
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const bits = segments.reduce((sum, segment) => sum + segment.bytes * 8, 0);
  const average = seconds > 0 ? Math.ceil(bits / seconds) : 0;
  return { average, peak: Math.max(average, fastest) };
}

export interface Variant {
  /** Relative to the master playlist. */
  readonly uri: string;
  readonly codec: string;
  readonly rate: BitRate;
  readonly picture?: { readonly width: number; readonly height: number; readonly framesPerSecond: number };
}

/** An audio rendition in one language. */
export interface AudioVariant extends Variant {
  /** For the player's menu. */
  readonly label: string;
  /** BCP 47; undefined if not known. */
  readonly language?: string;
  readonly channels: number;
}

/** An audio rendition in all its languages, among which a player chooses. */
export interface AudioGroup {
  readonly name: string;
  /** The main sound first, at least one. */
  readonly members: readonly [AudioVariant, ...AudioVariant[]];
}

export interface SubtitleTrack {
  readonly uri: string;
  /** BCP 47. */
  readonly language: string;
  readonly label: string;
}

/** A video rendition, and the audio rendition that is played with it. */
export interface VideoVariant extends Variant {
  readonly audio?: AudioGroup;
}

/**
 * The multivariant playlist (RFC 8216, 4.3.4). With video, each audio rendition is a group of its own and its rate is
 * part of the variants' that name it. Without, the audio renditions are the variants, by their main sound; only where
 * there are further languages is each a group too, which its variant names.
 */
export function masterPlaylist(
  video: readonly VideoVariant[],
  audio: readonly AudioGroup[],
  subtitles: readonly SubtitleTrack[] = [],
): string {
  const used = audio.filter(({ name, members }) =>
    video.length > 0 ? video.some((variant) => variant.audio?.name === name) : members.length > 1,
  );
  const variants = video.length > 0 ? video.map(withAudio) : audio.map(ofSoundAlone);
  const group = subtitles.length > 0 ? ',SUBTITLES="captions"' : "";
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...used.flatMap(({ name, members }) =>
      members.map((member, index) => audioRow(name, member, index === 0)),
    ),
    ...subtitles.map(
      ({ uri, language, label }) =>
        `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="${quoted(label)}",DEFAULT=NO,AUTOSELECT=YES,LANGUAGE="${language}",URI="${uri}"`,
    ),
    ...variants.flatMap(({ uri, attributes }) => [`#EXT-X-STREAM-INF:${attributes.join(",")}${group}`, uri]),
    "",
  ].join("\n");
}

/** A quoted string may hold neither quotes nor line breaks (RFC 8216, 4.2). */
const quoted = (text: string): string => text.replace(/["\p{Cc}]/gu, "");

function audioRow(group: string, { label, language, channels, uri }: AudioVariant, isMain: boolean): string {
  const spoken = language === undefined ? "" : `,LANGUAGE="${language}"`;
  const choice = `DEFAULT=${isMain ? "YES" : "NO"},AUTOSELECT=YES${spoken}`;
  return `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${group}",NAME="${quoted(label)}",${choice},CHANNELS="${channels}",URI="${uri}"`;
}

/** Whichever language is chosen, the rate suffices (4.3.4.2). */
const highestRate = ({ members }: AudioGroup): BitRate => ({
  average: Math.max(...members.map(({ rate }) => rate.average)),
  peak: Math.max(...members.map(({ rate }) => rate.peak)),
});

function withAudio({ uri, codec, rate, picture, audio }: VideoVariant) {
  const heard = audio ? highestRate(audio) : { average: 0, peak: 0 };
  const attributes = [
    `BANDWIDTH=${rate.peak + heard.peak}`,
    `AVERAGE-BANDWIDTH=${rate.average + heard.average}`,
    `CODECS="${[codec, ...(audio ? [audio.members[0].codec] : [])].join(",")}"`,
    ...(picture
      ? [`RESOLUTION=${picture.width}x${picture.height}`, `FRAME-RATE=${picture.framesPerSecond.toFixed(3)}`]
      : []),
    ...(audio ? [`AUDIO="${audio.name}"`] : []),
  ];
  return { uri, attributes };
}

/** The main sound is the variant and, by the same address, a member of its group, so that players know it again. */
function ofSoundAlone(audio: AudioGroup) {
  const [{ uri, codec }] = audio.members;
  const { average, peak } = highestRate(audio);
  const attributes = [
    ...[`BANDWIDTH=${peak}`, `AVERAGE-BANDWIDTH=${average}`, `CODECS="${codec}"`],
    ...(audio.members.length > 1 ? [`AUDIO="${audio.name}"`] : []),
  ];
  return { uri, attributes };
}
