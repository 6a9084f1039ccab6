import { mixOf } from "../media/channel-layout.ts";
import type { AudioOutput, AudioSource } from "./audio-plan.ts";

export const audioRate = 48_000;

/**
 * Sound that differs from its timestamps by more than this is put right at once, by silence or a cut; less is left as
 * it is. About a frame of film: timestamps of live recordings jitter by less.
 */
const largestShiftSeconds = 0.04;

/** The highest sample of what is mixed down from more channels, 1 dB below full scale: the encoder adds a little. */
const mixLimit = 0.891;

/** One graph of filters: a stream of the input at one number of channels, for all rates. */
interface Branch {
  readonly source: AudioSource;
  readonly channels: number;
  readonly outputs: readonly string[];
}

function branchesOf(audio: readonly AudioOutput[]): readonly Branch[] {
  const branches = new Map<string, Branch>();
  audio.forEach(({ source, channels }, index) => {
    const key = `${source.index}/${channels}`;
    const outputs = [...(branches.get(key)?.outputs ?? []), audioLabel(index)];
    branches.set(key, { source, channels, outputs });
  });
  return [...branches.values()];
}

/** The end of the graph of an audio output, by its number. */
export const audioLabel = (index: number): string => `[a${index}]`;

/**
 * Graphs that bring every stream of sound to its channels, and to the film's time 0: a late start and gaps become
 * silence.
 *
 * ffmpeg builds a graph anew where a stream changes its channels or its rate, and whatever is to happen once, at the
 * start of the film, would happen again. So what begins at 0 is an input: silence that has ended long before
 * ({@link silentInputs}), and timestamps alone decide what comes after it.
 *
 * @param firstInput ffmpeg's number of the first of the silent inputs
 */
export function audioGraphs(audio: readonly AudioOutput[], firstInput: number): readonly string[] {
  return branchesOf(audio).map(({ source, channels, outputs }, index) => {
    const ends = outputs.length === 1 ? "" : `,asplit=${outputs.length}`;
    return [
      `${channelsFrom(source, channels)}${withoutSilence(source)}[heard]`,
      `[${firstInput + index}:a][heard]concat=n=2:v=0:a=1,aresample=async=1:min_hard_comp=${largestShiftSeconds}${withoutMark(source)}${ends}${outputs.join("")}`,
    ].join(";");
  });
}

/** Of the silence before a stream: a sample at least. Longer ones are put right by timestamps, as gaps are. */
function silentSamples({ startSeconds = 0 }: AudioSource): number {
  const seconds = startSeconds <= 2 * largestShiftSeconds ? startSeconds : 0;
  return Math.max(1, Math.round(seconds * audioRate));
}

/** concat adds the silence to the timestamps; where the graph is built anew, there is none. */
function withoutSilence(source: AudioSource): string {
  const seconds = silentSamples(source) / audioRate;
  return seconds < 0.001 ? "" : `,asetpts='PTS-if(lt(STARTT,${2 * seconds}),${seconds}/TB,0)'`;
}

/** A single sample was there for its timestamp alone. */
const withoutMark = (source: AudioSource): string =>
  silentSamples(source) === 1 ? ",atrim=start_sample=1,asetpts=PTS-1" : "";

/** The input options of the silence that each graph begins with. */
export function silentInputs(audio: readonly AudioOutput[]): readonly string[] {
  return branchesOf(audio).flatMap(({ source, channels }) => {
    const silence = `anullsrc=channel_layout=${layoutOf(channels)}:sample_rate=${audioRate},atrim=end_sample=${silentSamples(source)}`;
    return ["-f", "lavfi", "-i", silence];
  });
}

const layoutOf = (channels: number): string => (channels === 1 ? "mono" : channels === 2 ? "stereo" : "5.1");

/** From a stream of the input, or two, to a number of channels: 1, 2 or 6. */
function channelsFrom(source: AudioSource, channels: number): string {
  const { index, right } = source;
  const given = right === undefined ? source.channels : 2;
  const from =
    right === undefined
      ? `[0:${index}]aformat=sample_fmts=fltp`
      : `[0:${index}][0:${right}]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR,aformat=sample_fmts=fltp`;
  const format = `aformat=sample_fmts=fltp:sample_rates=${audioRate}:channel_layouts=${layoutOf(channels)}`;
  return [
    from,
    ...(right === undefined ? mix(source, channels) : []),
    format,
    // As loud as it was, and never beyond full scale: channels add up.
    ...(given > channels ? [`alimiter=limit=${mixLimit}:level=disabled`] : []),
  ].join(",");
}

/** Of a layout without a matrix: the bed of a surround sound, else its first channels. */
function mix(source: AudioSource, channels: number): readonly string[] {
  const way = mixOf(source);
  if (way === "matrix") return [];
  if (channels === 6) return [`pan=5.1|${[0, 1, 2, 3, 4, 5].map((n) => `c${n}=c${n}`).join("|")}`];
  // Of a sound field the first channel is what comes from everywhere.
  if (source.channels === 1 || source.layout?.startsWith("ambisonic")) return ["pan=mono|c0=c0"];
  return way === "bed"
    ? ["pan=stereo|c0=c0+0.707*c2+0.707*c4|c1=c1+0.707*c2+0.707*c5"]
    : ["pan=stereo|c0=c0|c1=c1"];
}
