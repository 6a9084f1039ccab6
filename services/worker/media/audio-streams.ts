import type { Flaw } from "./choose.ts";
import { knownLanguage } from "./language.ts";

/** An audio stream that is encoded. */
export interface AudioStream {
  /** ffmpeg's stream index within the file. */
  readonly index: number;
  readonly codec: string;
  readonly channels: number;
  /** ffmpeg's name of it; undefined where the input names none. */
  readonly layout?: string;
  /** How long after the file's first packet it begins. @default 0 */
  readonly startSeconds?: number;
  /** ffmpeg's index of the stream that holds the right channel, where this one is the left. */
  readonly right?: number;
  /** As the input has it, mostly ISO 639-2. */
  readonly language?: string;
  readonly declaredSeconds?: number;
}

/** An audio stream of the input, and what speaks for it and against it. */
export interface AudioCandidate {
  readonly stream: AudioStream;
  /** Whether the input marks it as a default. */
  readonly isDefault: boolean;
  /** Whether it is a commentary, or a description of the pictures. */
  readonly isComment: boolean;
  readonly flaw?: Flaw;
}

/** A language of the input that the outputs do not have. */
export interface LanguageLeftBehind {
  /** BCP 47. */
  readonly language: string;
  readonly because: string;
}

/**
 * Languages of an input that are encoded, the main stream's among them. Each is an encode and a folder of segments for
 * every audio rate, and whoever makes an input may give it thousands. Masters have few more: MXF and SDI carry sixteen
 * channels.
 */
export const mostLanguages = 16;

/**
 * The streams beside the main one: one for each further language, in the input's order. Of two in one language the
 * default wins, then the one with more channels. A stream whose language nobody knows is no choice for anybody: cameras
 * and MXF write eight mono tracks without one, which are parts of one sound.
 *
 * @param others without the main stream
 */
export function furtherAudio(
  main: AudioStream,
  others: readonly AudioCandidate[],
): { readonly further: readonly AudioStream[]; readonly leftBehind: readonly LanguageLeftBehind[] } {
  const byLanguage = new Map<string, AudioCandidate[]>();
  for (const candidate of others) {
    const language = knownLanguage(candidate.stream.language);
    if (language === undefined || language === knownLanguage(main.language)) continue;
    const known = byLanguage.get(language);
    if (known === undefined) byLanguage.set(language, [candidate]);
    else known.push(candidate);
  }
  const further: AudioStream[] = [];
  const leftBehind: LanguageLeftBehind[] = [];
  for (const [language, candidates] of byLanguage) {
    const [best] = candidates.filter((one) => whyUseless(one) === undefined).toSorted(byPreference);
    const [first] = candidates;
    if (best === undefined)
      leftBehind.push({ language, because: (first && whyUseless(first)) ?? "it is of no use" });
    else if (further.length + 1 >= mostLanguages)
      leftBehind.push({ language, because: `no more than ${mostLanguages} languages are encoded` });
    else further.push(best.stream);
  }
  return { further, leftBehind };
}

const whyUseless = ({ flaw, isComment }: AudioCandidate): string | undefined =>
  flaw?.because ?? (isComment ? "it is a commentary or a description of the pictures" : undefined);

const byPreference = (a: AudioCandidate, b: AudioCandidate): number =>
  Number(b.isDefault) - Number(a.isDefault) || b.stream.channels - a.stream.channels;
