import { problems } from "../problems.ts";
import type { Problem } from "../problems.ts";

/**
 * The time encoded so far in seconds, from one line of ffmpeg's `-progress` output; undefined for other lines.
 * (`out_time_ms` holds microseconds in every version, as `out_time_us` does in newer ones.)
 */
export function progressSeconds(line: string): number | undefined {
  const match = /^out_time_(?:us|ms)=(\d{1,16})$/.exec(line.trim());
  return match ? Number(match[1]) / 1_000_000 : undefined;
}

const epilogue =
  /^(?:Conversion failed!|Error while filtering: |Exiting normally|At least one output file must be specified|Terminating thread|Task finished with error code|Nothing was written into output file|\[out#|\[vost#|\[aost#|\[vf#|\[af#|\[dec:|Last message repeated)/;
const chatter =
  /deprecated|Cannot use rename on non file protocol|Could not update timestamps|Non-monotonous DTS/i;

/** The last line that says something, without addresses in memory and paths, as one sentence of at most 300 characters. */
export function meaningfulLine(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !chatter.test(line));
  const line = lines.findLast((candidate) => !epilogue.test(candidate)) ?? lines.at(-1);
  if (line === undefined) return "ffmpeg gave no reason.";
  const clean = line
    .replace(/^(?:\[[^\]]*\]\s*)+/, "")
    .replace(/(?:file:)?(?:\/[\w.+@-]+)+\/?/g, "the file")
    .replace(/\s+@\s+0x[0-9a-f]+/g, "")
    .replace(/\P{L}+$/u, (end) => end.replace(/[\s.:;,]+$/, ""))
    .slice(0, 300);
  return clean === "" ? "ffmpeg gave no reason." : `${clean}.`;
}

// At the end of a line, where ffmpeg writes what the system answered: in the middle it may be a text of the input's.
const diskFull = /(?:No space left on device|Disk quota exceeded)[.)]?\s*$/m;

/** Its input, its outputs' directory and its libraries are the worker's to give. Its own demuxers open no further files. */
const outOfReach = /Permission denied[.)]?\s*$/m;

const outOfMemory =
  /Cannot allocate memory[.)]?\s*$|malloc of size \d+ failed|pthread_create\(\) failed|std::bad_alloc/m;

/** Why ffmpeg failed to encode, from the end of its stderr. */
export function encodeProblem(stderr: string): Problem {
  if (diskFull.test(stderr)) return problems.scratchFull();
  if (outOfMemory.test(stderr)) return problems.memoryExhausted();
  if (outOfReach.test(stderr)) return problems.workerFault("ffmpeg may not open one of its files");
  const undecodable = /Decoder \(codec ([\w-]+)\) not found|Decoding requested, but no decoder found/.exec(
    stderr,
  );
  if (undecodable)
    return problems.inputUnsupported(`this ffmpeg has no decoder for ${undecodable[1] ?? "a stream of it"}`);
  return problems.encodeFailed(meaningfulLine(stderr));
}

/** ffmpeg's name of a decoder that is not on the list; ffprobe stops at the first stream of such a codec. */
const codecRefused = (stderr: string): string | undefined =>
  /\] Codec \(([\w-]{1,40})\) not on whitelist '/.exec(stderr)?.[1];

/** Why ffprobe did not read the input. */
export function probeProblem(stderr: string): Problem {
  if (outOfReach.test(stderr)) return problems.workerFault("ffprobe may not open one of its files");
  if (stderr.includes("moov atom not found")) return problems.inputTruncatedIndex();
  const codec = codecRefused(stderr);
  if (codec !== undefined) return problems.inputCodecRefused(codec);
  const refused = /\[([a-z0-9_,]+) @ [^\]]*\] Format not on whitelist/i.exec(stderr);
  return problems.inputNotMedia(refused?.[1]);
}
