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
 * Outputs at constant quality stay below their maximum bit rates, mostly far below. A job is refused if there is no
 * space for half of the maximum; the disk guard stops jobs that need more.
 */
const likelyShare = 0.5;

/** Estimated size of the outputs in bytes; undefined if the input's duration is not known. */
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

/** @throws AttemptFailed if there is less free space than that plus the reserve */
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

/** Watches the disk of a directory, so that a job fails with a clear error before the node's disk is full. */
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
