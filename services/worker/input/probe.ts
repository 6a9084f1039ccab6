import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { probeProblem } from "../process/ffmpeg-output.ts";
import { inputOptions } from "../plan/ffmpeg-arguments.ts";
import { parseProbe, probedEntries } from "../media/media-info.ts";
import type { MediaInfo } from "../media/media-info.ts";
import type { Isolate } from "../process/isolation.ts";
import { runMediaTool } from "../process/media-tool.ts";
import { AttemptFailed, problems } from "../problems.ts";

const limitSeconds = 120;
/** Packets that are read, from the beginning: an encrypted stream has one among them. */
const firstPackets = "%+#32";

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
    readonly isolate?: Isolate;
  } = {},
): Promise<MediaInfo> {
  const isFile = typeof input === "string";
  if (isFile && (await stat(input)).size === 0) throw new AttemptFailed(problems.inputEmpty());
  const { ending, exitCode, stdout, stderr, struck } = await runMediaTool(
    ffprobe,
    [
      "-hide_banner",
      "-v",
      "error",
      ...inputOptions,
      ...["-show_entries", probedEntries, "-read_intervals", firstPackets, "-of", "json"],
      isFile ? `file:${input}` : "pipe:0",
    ],
    {
      name: "ffprobe",
      limitSeconds,
      reach: { reads: isFile ? [input] : [] },
      ...(!isFile && { input: { stream: input, whole: false } }),
      ...options,
    },
  );
  options.signal?.throwIfAborted();
  if (ending === "time-limit")
    throw new AttemptFailed(problems.inputUnsupported("reading its headers took too long"));
  if (ending === "output-limit")
    throw new AttemptFailed(
      problems.inputUnsupported(
        "the languages and streams that its headers name are more than anybody reads",
      ),
    );
  if (struck) throw new AttemptFailed(struck);
  // A crash is no word about the input: another worker's ffprobe may read it.
  if (isSignal(exitCode)) throw new AttemptFailed(problems.encoderKilled(`exit status ${exitCode}`));
  if (exitCode !== 0) throw new AttemptFailed(probeProblem(stderr));
  return readProbe(stdout, decodable);
}

/** Pure: what ffprobe has printed of an input. @throws AttemptFailed, of an input's fault, and nothing else */
export function readProbe(stdout: string, decodable?: ReadonlySet<string>): MediaInfo {
  const parsed = parseProbe(safeJson(stdout), decodable);
  if ("problem" in parsed) throw new AttemptFailed(parsed.problem);
  return parsed.media;
}

/** 128 and the signal's number; what is above is an exit status of ffprobe's own, an error's number below 256. */
const isSignal = (exitCode: number): boolean => exitCode > 128 && exitCode <= 128 + 31;

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
