import type { AudioStream } from "../media/audio-streams.ts";
import { knownLanguage, languageCode, languageName } from "../media/language.ts";
import type { MediaInfo } from "../media/media-info.ts";
import type { AudioRendition, Profile } from "../profile/schema.ts";

/** The stream of the input that an output is made of. */
export type AudioSource = Pick<AudioStream, "index" | "channels" | "layout" | "startSeconds" | "right">;

/** One audio rendition of the profile in one language of the input. */
export interface AudioOutput {
  /** Its folder: `audio-128k` for the main stream, `audio-128k-fr` for a further language. */
  readonly name: string;
  /** The profile's rendition, by name: what all languages of it have in common. */
  readonly rendition: string;
  /** ffmpeg's stream index within the input. */
  readonly index: number;
  readonly source: AudioSource;
  readonly kilobits: number;
  readonly channels: number;
  /** BCP 47; undefined where the input names none. */
  readonly language?: string;
  /** ISO 639-2, for the progressive file. */
  readonly languageCode: string;
  /** For the player's menu; no two languages of an input have the same. */
  readonly label: string;
}

type AudioWanted = Pick<Profile["audio"], "renditions" | "languages"> & Partial<Profile["audio"]>;

/** The left of two mono tracks, by itself. */
const leftAlone = ({ right, ...stream }: AudioStream): AudioStream =>
  right === undefined ? stream : { ...stream, channels: 1 };

/** Every audio rendition of the profile in every language; of each rendition the main stream comes first. */
export function audioOutputs(
  media: MediaInfo,
  { renditions, languages, monoTracks = "pairs" }: AudioWanted,
): AudioOutput[] {
  if (media.audio === undefined) return [];
  const streams = [media.audio, ...(languages === "all" ? media.furtherAudio : [])];
  const [main, ...further] = named(monoTracks === "pairs" ? streams : streams.map(leftAlone));
  // Folders of the main stream are called as the profile says, whatever languages there are.
  const taken = new Set(renditions.map(({ name }) => name));
  return renditions.flatMap((rendition) => [
    ...(main ? [output(rendition, main, rendition.name)] : []),
    ...further.map((spoken) => {
      const tag = (spoken.language ?? "und").toLowerCase();
      const name = unlike(taken, (n) => `${rendition.name}-${tag}${n === 1 ? "" : `-${n}`}`);
      taken.add(name);
      return output(rendition, spoken, name);
    }),
  ]);
}

/** The best rendition in each of its languages. */
export const bestAudio = (outputs: readonly AudioOutput[]): readonly AudioOutput[] =>
  outputs.filter(({ rendition }) => rendition === outputs[0]?.rendition);

type Named = Pick<AudioOutput, "language" | "label" | "languageCode"> & { readonly stream: AudioStream };

function named(streams: readonly AudioStream[]): readonly Named[] {
  const labels = new Set<string>();
  return streams.map((stream) => {
    const language = knownLanguage(stream.language);
    const spoken = language === undefined ? "Audio" : languageName(language);
    const label = unlike(labels, (n) => (n === 1 ? spoken : `${spoken} ${n}`));
    labels.add(label);
    return {
      ...{ stream, label, languageCode: languageCode(stream.language) },
      ...(language !== undefined && { language }),
    };
  });
}

/** The first name of the row that is not taken; the row is counted from 1. */
function unlike(taken: ReadonlySet<string>, nth: (n: number) => string): string {
  let n = 1;
  while (taken.has(nth(n))) n += 1;
  return nth(n);
}

const output = (rendition: AudioRendition, { stream, ...spoken }: Named, name: string): AudioOutput => ({
  ...{ name, rendition: rendition.name, index: stream.index, kilobits: rendition.kilobits, ...spoken },
  source: stream,
  channels: channelsOf(rendition, stream.channels),
});

/** As many as asked for, but no more than stereo from an input that has no surround sound. */
const channelsOf = (rendition: AudioRendition, inputChannels: number): number =>
  rendition.channels > 2 && inputChannels < rendition.channels ? 2 : rendition.channels;
