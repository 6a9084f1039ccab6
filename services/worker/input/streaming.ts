import type { workerEnvironment } from "../../environment/index.ts";
import { isStreamable } from "../../transfer/index.ts";
import type { Head } from "../../transfer/index.ts";
import { captionsOf } from "../plan/captions.ts";
import type { MediaInfo } from "../media/media-info.ts";
import type { JobProfile } from "../profile/overrides.ts";

/**
 * - `auto`: an input is streamed where it gains something and costs nothing of what is checked;
 * - `stream`: also small inputs, and those whose header states no duration;
 * - `download`: never.
 */
export type InputMode = (typeof workerEnvironment.MPEGFLOW_INPUT.values)[number];

/** A smaller input is downloaded in a second or two, and can then be read as often as one likes. */
const worthBytes = 64 * 2 ** 20;

/**
 * Why an input is not streamed, by its first bytes: one sentence for the log.
 *
 * Only a first attempt streams: what may be wrong with streaming shall not take a job's other attempts.
 *
 * @returns undefined when nothing speaks against it so far
 */
export function whyNotByHead(mode: InputMode, attempt: number, head: Head): string | undefined {
  if (mode === "download") return "MPEGFLOW_INPUT says so.";
  if (attempt > 1) return "Only first attempts stream.";
  if (head.size === undefined) return "The store does not say how large it is.";
  if (!head.isResumable) return "The store could not go on where a connection broke.";
  if (mode === "auto" && head.size < worthBytes) return "It is small.";
  const container = isStreamable(head.bytes);
  return container.streamable ? undefined : container.because;
}

/** The same by what the probe found, and what the job wants of it. */
export function whyNotByMedia(mode: InputMode, media: MediaInfo, profile: JobProfile): string | undefined {
  if (profile.captions && captionsOf(media).length > 0) return "Its captions are read by themselves.";
  if (profile.vmaf.enabled && media.video !== undefined) return "VMAF reads it a second time.";
  if (mode === "auto" && (!media.durationIsStated || media.declaredSeconds === undefined))
    return "Its header states no duration to check the result by.";
  return undefined;
}
