import { stat } from "node:fs/promises";
import { probeProblem } from "./ffmpeg-output.ts";
import { inputOptions } from "./ffmpeg-arguments.ts";
import { runGuarded } from "./guarded-process.ts";
import { parseProbe } from "./media-info.ts";
import type { MediaInfo } from "./media-info.ts";
import { AttemptFailed, problems } from "./problems.ts";

const limitSeconds = 120;

/**
 * Finds out what a file holds.
 * @throws AttemptFailed when it is nothing that can be encoded
 */
export async function probe(
  ffprobe: string,
  file: string,
  options: { readonly signal?: AbortSignal; readonly memoryMebibytes?: number } = {},
): Promise<MediaInfo> {
  if ((await stat(file)).size === 0) throw new AttemptFailed(problems.inputEmpty());
  const { ending, exitCode, stdout, stderr } = await runGuarded(
    ffprobe,
    [
      "-hide_banner",
      "-v",
      "error",
      ...inputOptions,
      "-show_format",
      "-show_streams",
      "-of",
      "json",
      `file:${file}`,
    ],
    { limitSeconds, ...options },
  );
  options.signal?.throwIfAborted();
  if (ending === "time-limit")
    throw new AttemptFailed(problems.inputUnsupported("reading its headers took too long"));
  if (exitCode !== 0) {
    // The tool itself is missing or does not run: no fault of the input.
    if (exitCode === 126 || exitCode === 127)
      throw new AttemptFailed(problems.workerFault("ffprobe does not run"));
    if (exitCode > 128) throw new AttemptFailed(problems.encoderKilled(`exit status ${exitCode}`));
    throw new AttemptFailed(probeProblem(stderr));
  }
  const parsed = parseProbe(safeJson(stdout));
  if ("problem" in parsed) throw new AttemptFailed(parsed.problem);
  return parsed.media;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
