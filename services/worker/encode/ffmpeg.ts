import type { Readable } from "node:stream";
import { freeBytes } from "../disk/disk-guard.ts";
import { encodeProblem, progressSeconds } from "../process/ffmpeg-output.ts";
import type { Isolate } from "../process/isolation.ts";
import { runMediaTool } from "../process/media-tool.ts";
import { AttemptFailed, problems } from "../problems.ts";
import type { Problem } from "../problems.ts";

export interface FfmpegRun {
  /** The ffmpeg to run. */
  readonly ffmpeg: string;
  readonly args: readonly string[];
  /** Where it works: in isolation it writes there and nowhere else. */
  readonly cwd: string;
  /** Keeps ffmpeg from all but `cwd` and `reads`. @default it is not kept */
  readonly isolate?: Isolate;
  /** Files beside those in `cwd` that it reads. */
  readonly reads?: readonly string[];
  /** What ffmpeg reads as `pipe:0`; read to its end whatever ffmpeg needs of it. @default nothing */
  readonly input?: Readable;
  /** Kills ffmpeg; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the seconds of output done so far. */
  readonly onSeconds?: (seconds: number) => void;
  readonly limitSeconds: number;
  /** Memory that ffmpeg may take, in MiB. @default no limit */
  readonly memoryMebibytes?: number;
  /** What a failure means, from the end of stderr and the seconds done. @default encodeProblem */
  readonly explain?: (stderr: string, doneSeconds: number) => Problem;
  /** Room on the disk of a directory. @default freeBytes */
  readonly free?: (directory: string) => Promise<number>;
  /** Without progress for so long, ffmpeg hangs. @default 120 */
  readonly stallSeconds?: number;
}

/**
 * With less than two of the buffers that ffmpeg writes from, a write may have failed. Its HLS muxer says nothing of that
 * and ends well, in every version; so the disk is asked.
 */
const leastFreeBytes = 64 * 1024;

/**
 * Runs ffmpeg to its end.
 * @returns the end of its stderr
 * @throws AttemptFailed saying why it failed; or what its input failed with
 */
export async function runFfmpeg(run: FfmpegRun): Promise<string> {
  let done = 0;
  const stallSeconds = run.stallSeconds ?? 120;
  const { ending, exitCode, stderr, struck } = await runMediaTool(run.ffmpeg, run.args, {
    name: "ffmpeg",
    cwd: run.cwd,
    ...(run.isolate && { isolate: run.isolate }),
    reach: { reads: run.reads ?? [], writes: run.cwd },
    ...(run.signal && { signal: run.signal }),
    ...(run.input && { input: { stream: run.input, whole: true } }),
    limitSeconds: run.limitSeconds,
    ...(run.memoryMebibytes !== undefined && { memoryMebibytes: run.memoryMebibytes }),
    ...(run.onSeconds && { stall: { seconds: stallSeconds, progressed: () => done } }),
    onLine: (line) => {
      const seconds = progressSeconds(line);
      if (seconds === undefined || seconds <= done) return;
      done = seconds;
      run.onSeconds?.(seconds);
    },
  });
  run.signal?.throwIfAborted();
  if (ending === "time-limit") throw new AttemptFailed(problems.encodeTooSlow(run.limitSeconds));
  if (ending === "stalled") throw new AttemptFailed(problems.encodeStalled(stallSeconds));
  if (struck) throw new AttemptFailed(struck);
  if ((await (run.free ?? freeBytes)(run.cwd)) < leastFreeBytes)
    throw new AttemptFailed(problems.scratchFull());
  if (exitCode !== 0) throw new AttemptFailed((run.explain ?? encodeProblem)(stderr, done));
  return stderr;
}
