import { mostOutputs } from "../../protocol/index.ts";
import type { MediaInfo } from "../media/media-info.ts";
import { problems } from "../problems.ts";
import type { Problem } from "../problems.ts";
import type { Profile } from "../profile/schema.ts";
import type { EncodePlan } from "./ffmpeg-arguments.ts";

/** Thirty days. A header that states more is damaged, and no disk of a worker would be large enough to believe it. */
const longestSeconds = 30 * 24 * 60 * 60;

/** Of each rendition: its initialisation segment, playlist, and the like; of the whole: captions, pictures, manifests. */
const filesBesideSegments = 1000;

/**
 * Why an input lasts too long to be encoded by a plan, which no other worker could do better: asked of what its header
 * states before anything is made, and of what came out.
 *
 * @param seconds undefined where its header states none
 */
export function whyTooLong(
  seconds: number | undefined,
  { video, audio, segmentSeconds }: Pick<EncodePlan, "video" | "audio" | "segmentSeconds">,
  packaging: Pick<Profile["packaging"], "hls" | "dash">,
): Problem | undefined {
  if (seconds === undefined) return undefined;
  if (seconds > longestSeconds)
    return problems.inputTooLong(seconds, `${longestSeconds} s are possible; mend its header, or cut it`);
  // Otherwise one file is all that is stored.
  if (!packaging.hls && !packaging.dash) return undefined;
  const renditions = video.length + audio.length;
  const longest = Math.floor((mostOutputs - filesBesideSegments) / Math.max(1, renditions)) * segmentSeconds;
  if (seconds <= longest) return undefined;
  return problems.inputTooLong(
    seconds,
    `in ${renditions} renditions with segments of ${segmentSeconds} s ${longest} s are possible, for a job has ${mostOutputs} outputs at most; use a profile with longer segments or fewer renditions, or cut it`,
  );
}

/** The same of what its header states, for all of its streams. */
export const statedSeconds = ({ declaredSeconds, video, audio }: MediaInfo): number | undefined =>
  [declaredSeconds, video?.declaredSeconds, audio?.declaredSeconds].reduce(
    (most, seconds) => (seconds === undefined ? most : Math.max(most ?? 0, seconds)),
    undefined,
  );
