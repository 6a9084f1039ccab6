import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { probeProblem } from "./ffmpeg-output.ts";
import { inputOptions } from "./ffmpeg-arguments.ts";
import { runGuarded } from "./guarded-process.ts";
import { parseProbe } from "./media-info.ts";
import type { MediaInfo } from "./media-info.ts";
import { AttemptFailed, problems } from "./problems.ts";

const limitSeconds = 120;

/**
 * Finds out what a file holds.
 * @param input its path, or a stream of it, of which no more is read than it takes
 * @param options.decodable audio codecs that ffmpeg decodes @default all
 * @throws AttemptFailed when it is nothing that can be encoded; or what the stream failed with
 */
export async function probe(
  ffprobe: string,
  input: string | Readable,
  {
    decodable,
    ...options
  }: {
    readonly signal?: AbortSignal;
    readonly memoryMebibytes?: number;
    readonly decodable?: ReadonlySet<string>;
  } = {},
): Promise<MediaInfo> {
  const isFile = typeof input === "string";
  if (isFile && (await stat(input)).size === 0) throw new AttemptFailed(problems.inputEmpty());
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
      isFile ? `file:${input}` : "pipe:0",
    ],
    { limitSeconds, ...(!isFile && { input: { stream: input, whole: false } }), ...options },
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
  const parsed = parseProbe(safeJson(stdout), decodable);
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
