import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { feed, settleInput } from "./command-input.ts";
import type { CommandInput } from "./command-input.ts";
import { watchMemory } from "./memory-watch.ts";

/**
 * The command must not outlive the worker, also when that dies by SIGKILL and can do nothing about it any more. So it
 * runs below a shell that holds the read end of a pipe from the worker: at its end, which the kernel brings about whatever
 * happened, the shell kills the command. Nor may anything outlive the command that it has started: once the command has
 * ended, however it did, the shell kills its whole process group, itself included, having told the exit status. It leads
 * the group, so that the group's number is nobody else's till then.
 *
 * A program leaves the group by `setsid` or `setpgid`. The filter of calls (signal-filter.ts) refuses both to isolated
 * ones, as it does signals, by which the shell could be stopped; so no search through /proc for what escaped is needed,
 * which could not tell a run's processes from a developer's own.
 *
 * POSIX sh only; `read` is a builtin, so no further process. Where the worker is process 1 nobody else reaps the two that
 * the shell starts: it does.
 */
const guard = (input: string): string => `
exec 5<&0
"$@" ${input} 3<&- 4>&- 5<&- &
child=$!
echo "$child" >&4
{ read -r line <&5; kill -KILL "$child"; } >/dev/null 2>&1 3<&- 4>&- &
watcher=$!
exec 3<&- 5<&- </dev/null
trap "" PIPE
wait "$child"
status=$?
exec >/dev/null 2>&1
kill -KILL "$watcher"
wait "$watcher"
echo "$status" >&4
kill -KILL 0
`;

export interface GuardedOptions {
  readonly cwd?: string;
  /** Each line of stdout as it comes; without it stdout is collected. */
  readonly onLine?: (line: string) => void;
  /** What the command reads from its standard input. @default nothing */
  readonly input?: CommandInput;
  /** Kills the command. */
  readonly signal?: AbortSignal;
  /** Kills the command after this time. */
  readonly limitSeconds?: number;
  /**
   * Memory that the command may hold, in MiB (`heldMebibytes`); with more it is killed. It is measured for the command's
   * own process: a wrapper has to `exec` what it wraps. Where the system does not tell, there is no limit.
   * @default no limit
   */
  readonly memoryMebibytes?: number;
  /** Kills the command when `progressed` has given the same number for so long. */
  readonly stall?: { readonly seconds: number; readonly progressed: () => number };
}

export type Ending = "exited" | "aborted" | "time-limit" | "stalled" | "memory-limit" | "output-limit";

export interface GuardedResult {
  readonly ending: Ending;
  /** 128 + n when signal n ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  /** The last 16 KiB. */
  readonly stderr: string;
}

// Node's timers hold 31 bits of milliseconds.
const longestTimer = 2 ** 31 - 1;
const stderrLimit = 16 * 1024;
/** Most that is collected of what a command prints, in characters; with more it is killed. */
export const stdoutLimit = 4 * 1024 * 1024;
/** After the guard's end its pipes are read for so long: a process that has left the group may hold them open. */
const pipesMs = 2000;
/** So long a process takes at most to end that has been killed, unless the kernel itself is stuck. */
const dyingMs = 1000;

/**
 * Runs a command in a process group of its own (a Ctrl-C meant for the worker is not for it). When it resolves, no process
 * of that group is left.
 * @throws when the command cannot be started; and what its input failed with, which kills it
 */
export async function runGuarded(
  command: string,
  args: readonly string[],
  options: GuardedOptions = {},
): Promise<GuardedResult> {
  if (options.signal?.aborted) return { ending: "aborted", exitCode: 137, stdout: "", stderr: "" };
  const script = guard(options.input === undefined ? "</dev/null" : "<&3");
  const child = spawn("/bin/sh", ["-c", script, "guard", command, ...args], {
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "pipe", options.input === undefined ? "ignore" : "pipe", "pipe"],
    detached: true,
    // Nothing of the worker's environment is the command's business. GCONV_PATH names no directory, so that glibc
    // loads no character set modules for the titles in a file: statically linked builds crash when it does.
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", GCONV_PATH: "/nonexistent" },
  }) as ChildProcessByStdio<Writable, Readable, Readable>; // the first three are pipes in any case

  let ending: Ending = "exited";
  const stop = (why: Ending): void => {
    if (ending === "exited") ending = why;
    child.stdin.destroy();
  };
  const onAbort = (): void => {
    stop("aborted");
  };
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const timers = [
    ...(options.limitSeconds === undefined
      ? []
      : [setTimeout(stop, Math.min(options.limitSeconds * 1000, longestTimer), "time-limit")]),
    ...(options.stall === undefined ? [] : [watchStall(options.stall, stop)]),
  ];

  // The guard's two lines: the command's process id, and its exit status.
  let told = "";
  let endWatch: (() => void) | undefined;
  const { memoryMebibytes } = options;
  (child.stdio[4] as Readable).setEncoding("latin1").on("data", (text: string) => {
    told += text;
    if (memoryMebibytes === undefined || !told.includes("\n")) return;
    endWatch ??= watchMemory(Number.parseInt(told), memoryMebibytes, () => {
      stop("memory-limit");
    });
  });

  let stdout = "";
  if (options.onLine) createInterface({ input: child.stdout }).on("line", options.onLine);
  else {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (stdout.length + chunk.length <= stdoutLimit) stdout += chunk;
      else stop("output-limit");
    });
  }
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-stderrLimit);
  });
  // The pipe's other end is gone when the command has ended first.
  child.stdin.on("error", () => undefined);
  const feeding =
    options.input &&
    feed(options.input, child.stdio[3] as Writable, () => {
      stop("aborted");
    });

  try {
    await ended(child);
    // Without a status the guard itself was killed: for want of memory, or by its group.
    const [, status = ""] = told.split("\n");
    const exitCode = status === "" ? 137 : Number(status);
    if (feeding !== undefined) await settleInput(feeding, options.input, exitCode === 0);
    return { ending, exitCode, stdout, stderr };
  } finally {
    timers.forEach(clearTimeout);
    endWatch?.();
    options.signal?.removeEventListener("abort", onAbort);
    options.input?.stream.destroy();
    child.stdin.destroy();
  }
}

/** Resolves when the guard, its group and its pipes are gone. @throws when it cannot be started */
async function ended(child: ChildProcess): Promise<void> {
  let closing: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => {
      // Where the guard was killed before it could.
      killGroup(child.pid);
      closing = setTimeout(() => {
        for (const pipe of child.stdio) pipe?.destroy();
      }, pipesMs);
    });
    child.once("close", () => {
      resolve();
    });
  });
  clearTimeout(closing);
  // What is not reaped yet counts, too: hence no longer than this.
  for (const end = Date.now() + dyingMs; killGroup(child.pid) && Date.now() < end;) await sleep(10);
}

/** @returns whether there was any process in it */
function killGroup(leader: number | undefined): boolean {
  try {
    return leader !== undefined && process.kill(-leader, "SIGKILL");
  } catch {
    return false;
  }
}

function watchStall(
  stall: NonNullable<GuardedOptions["stall"]>,
  stop: (why: Ending) => void,
): NodeJS.Timeout {
  let last = stall.progressed();
  let since = Date.now();
  return setInterval(
    () => {
      const now = stall.progressed();
      if (now !== last) {
        last = now;
        since = Date.now();
      } else if (Date.now() - since >= stall.seconds * 1000) stop("stalled");
    },
    Math.min(1000, stall.seconds * 250),
  );
}
