import { statfs } from "node:fs/promises";
import { bestAudio } from "../plan/audio-plan.ts";
import type { EncodePlan } from "../plan/ffmpeg-arguments.ts";
import type { MediaInfo } from "../media/media-info.ts";
import { AttemptFailed, problems } from "../problems.ts";
import type { JobProfile } from "../profile/overrides.ts";

/** Bytes that an ordinary user can still write below a directory. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/**
 * Outputs at a constant quality stay below the ceilings of their bit rates, mostly far below. Half of them is what is
 * refused for: less room than that is hopeless, and what turns out to be larger the guard stops.
 */
const likelyShare = 0.5;

/** What the outputs will likely take, in bytes; undefined for an input whose duration is not known. */
export function likelyBytes(media: MediaInfo, plan: EncodePlan, profile: JobProfile): number | undefined {
  const seconds = media.declaredSeconds;
  if (seconds === undefined) return undefined;
  const ratesOf = (video: EncodePlan["video"], audio: EncodePlan["audio"]): readonly number[] => [
    ...video.map(({ maxKilobits }) => maxKilobits),
    ...audio.map(({ kilobits }) => kilobits),
  ];
  const segments = ratesOf(plan.video, plan.audio);
  const progressive = profile.packaging.progressive
    ? ratesOf(plan.video.slice(0, 1), bestAudio(plan.audio))
    : [];
  const kilobits = [...segments, ...progressive].reduce((sum, rate) => sum + rate, 0);
  return Math.ceil(likelyShare * seconds * kilobits * 125);
}

/** @throws AttemptFailed when there is not so much room, and the reserve beside it */
export async function requireRoom(directory: string, bytes: number, reserveBytes: number): Promise<void> {
  const free = await freeBytes(directory);
  if (free < bytes + reserveBytes)
    throw new AttemptFailed(problems.scratchTooSmall(bytes + reserveBytes, free));
}

export interface DiskGuard {
  /** Aborted with an {@link AttemptFailed} when less than the reserve is left. */
  readonly full: AbortSignal;
  stop(): void;
}

/** Watches the disk of a directory, so that a job ends with a reason before everybody on the node runs out of room. */
export function watchDisk(
  directory: string,
  reserveBytes: number,
  options: { readonly everyMs?: number; readonly free?: (directory: string) => Promise<number> } = {},
): DiskGuard {
  const { everyMs = 2000, free = freeBytes } = options;
  const full = new AbortController();
  const timer = setInterval(() => {
    free(directory)
      .then((left) => {
        if (left < reserveBytes) full.abort(new AttemptFailed(problems.scratchFull()));
      })
      // A directory that has just been removed needs no guard.
      .catch(() => undefined);
  }, everyMs);
  timer.unref();
  return {
    full: full.signal,
    stop: () => {
      clearInterval(timer);
    },
  };
}
