import type { MediaInfo } from "../media/media-info.ts";
import { problems } from "../problems.ts";
import type { Problem } from "../problems.ts";

/** Seconds that came out of the decoder. */
export interface Decoded {
  readonly video?: number;
  /** Of the main sound. */
  readonly audio?: number;
  /** Of the longest further language: a short one is a dub that ends early, a long one is why the file is long. */
  readonly furtherAudio?: number;
}

/**
 * Compares what was decoded with what the header declares. A file cut short keeps its header, and ffmpeg ends well on
 * what is left: nothing else tells. Only for containers whose header states a duration.
 *
 * @param stderr the end of what ffmpeg said meanwhile
 */
export function findTruncation(media: MediaInfo, decoded: Decoded, stderr = ""): Problem | undefined {
  if (!media.durationIsStated) return undefined;
  for (const kind of ["video", "audio"] as const) {
    const declared = media[kind]?.declaredSeconds;
    const actual = decoded[kind];
    if (declared !== undefined && actual !== undefined && isShort(declared, actual)) {
      return problems.inputTruncated(kind, declared, actual);
    }
  }
  const longest = Math.max(decoded.video ?? 0, decoded.audio ?? 0, decoded.furtherAudio ?? 0);
  const perStream = media.video?.declaredSeconds ?? media.audio?.declaredSeconds;
  const declared = media.declaredSeconds;
  // The container's may be that of a stream which is not encoded: then ffmpeg itself has to have met the end too early.
  if (media.hasFurtherStreams === true && !cutShort.test(stderr)) return undefined;
  if (perStream !== undefined || declared === undefined || !isShort(declared, longest)) return undefined;
  return problems.inputTruncated(media.kind, declared, longest);
}

/** Headers round, and a last frame's duration is anybody's guess: half a second, or a thousandth of a long film. */
const isShort = (declared: number, decoded: number): boolean =>
  declared - decoded > Math.max(0.5, declared / 1000);

const cutShort = /partial file|Cannot determine format of input stream .* after EOF|File ended prematurely/;

/** The same for a run that failed because nothing at all was left to decode. */
export function explainedByTruncation(
  media: MediaInfo,
  stderr: string,
  doneSeconds: number,
): Problem | undefined {
  const declared = media[media.kind]?.declaredSeconds ?? media.declaredSeconds;
  if (declared === undefined || !cutShort.test(stderr) || doneSeconds >= declared) return undefined;
  return problems.inputTruncated(media.kind, declared, doneSeconds);
}
