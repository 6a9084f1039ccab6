import { meaningfulLine } from "./ffmpeg-output.ts";
import { runGuarded } from "./guarded-process.ts";
import type { GuardedOptions, GuardedResult } from "./guarded-process.ts";
import { notIsolated } from "./isolation.ts";
import type { Isolate, Reach } from "./isolation.ts";
import { oomKills } from "./oom-kills.ts";
import { problems } from "../problems.ts";
import type { Problem } from "../problems.ts";

export interface ToolResult extends GuardedResult {
  /** What the system did to the program, whatever the program says: undefined where it ended by itself. */
  readonly struck?: Problem;
}

export interface ToolOptions extends GuardedOptions {
  /** What the program is called in messages. */
  readonly name: "ffmpeg" | "ffprobe";
  /** Counts what the kernel killed for want of memory. @default oomKills */
  readonly countOomKills?: () => Promise<number | undefined>;
  /** Keeps the program from all that is not in its reach. @default it is not kept */
  readonly isolate?: Isolate;
  readonly reach?: Reach;
}

/**
 * Runs ffmpeg or ffprobe, and tells what of its end is the system's doing. That is decided by signals, exit statuses and
 * the kernel's counts alone, and by setpriv's word that it did not start it: what a program prints when memory ends
 * differs from version to version, and between the libraries in it.
 */
export async function runMediaTool(
  program: string,
  args: readonly string[],
  { name, countOomKills = oomKills, isolate = notIsolated, reach = {}, ...options }: ToolOptions,
): Promise<ToolResult> {
  const before = await countOomKills();
  const [command, ...rest] = isolate(program, args, reach);
  const result = await runGuarded(command, rest, options);
  const after = wasKilled(result) ? await countOomKills() : before;
  const struck = strikeOf(name, result, {
    oomKilled: (after ?? 0) > (before ?? 0),
    memoryMebibytes: options.memoryMebibytes,
  });
  return { ...result, ...(struck && { struck }) };
}

const [sigkill, sigterm] = [137, 143] as const;
const wasKilled = ({ ending, exitCode }: GuardedResult): boolean =>
  ending === "exited" && exitCode === sigkill;

/** What setpriv prints where it cannot do what it is asked for, before there is any other program to print. */
const bySetpriv = /^setpriv[\w.+-]*: /;

/** Pure: why the system ended a program, or did not let it start. */
export function strikeOf(
  name: ToolOptions["name"],
  result: Pick<GuardedResult, "ending" | "exitCode" | "stderr">,
  memory: { readonly oomKilled: boolean; readonly memoryMebibytes: number | undefined },
): Problem | undefined {
  const { ending, exitCode, stderr } = result;
  if (ending === "memory-limit") return problems.memoryExhausted(memory.memoryMebibytes);
  if (ending !== "exited") return undefined;
  if (exitCode === 126 || exitCode === 127) return problems.workerFault(`${name} does not run`);
  if (exitCode !== 0 && bySetpriv.test(stderr))
    return problems.workerFault(`${name} could not be isolated: ${meaningfulLine(stderr)}`);
  if (exitCode === sigkill)
    return memory.oomKilled ? problems.memoryExhausted() : problems.encoderKilled("SIGKILL");
  return exitCode === sigterm ? problems.encoderKilled("SIGTERM") : undefined;
}
