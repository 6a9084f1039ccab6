import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { watchMemory } from "./memory-watch.ts";

/**
 * The child must not outlive the worker, also when that dies by SIGKILL and can do nothing about it any more. So the
 * command runs below a shell that holds the read end of a pipe from the worker: at its end, which the kernel brings
 * about whatever happened, the shell kills the command. POSIX sh only; `read` is a builtin, so no further process.
 */
const guard = (input: string): string => `
exec 5<&0
"$@" ${input} 3<&- 4>&- 5<&- &
child=$!
echo "$child" >&4
{ read -r line <&5; kill -KILL "$child"; } >/dev/null 2>&1 3<&- 4>&- &
watcher=$!
exec 3<&- 4>&- 5<&- </dev/null
wait "$child"
status=$?
kill -KILL "$watcher" 2>/dev/null
exit "$status"
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

export interface CommandInput {
  readonly stream: Readable;
  /**
   * Whether the stream is read to its end also when the command, having ended well, has left the rest: what was read of
   * it is certain only then.
   */
  readonly whole: boolean;
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

/**
 * Runs a command in a process group of its own (a Ctrl-C meant for the worker is not for it).
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

  // The guard's first words: the command's process id.
  let endWatch: (() => void) | undefined;
  const { memoryMebibytes } = options;
  (child.stdio[4] as Readable).setEncoding("latin1").on("data", (processId: string) => {
    if (memoryMebibytes === undefined) return;
    endWatch ??= watchMemory(Number(processId), memoryMebibytes, () => {
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
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve(code ?? (signal === null ? 1 : 137));
      });
    });
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

interface Feeding {
  /** Resolves with what the stream failed with, or undefined when it has been read to its end. */
  readonly ended: Promise<Error | undefined>;
  failure: Error | undefined;
}

/** Hands a stream to a command for as long as that reads; the rest is read for its checksum, or left. */
function feed({ stream, whole }: CommandInput, to: Writable, onFailure: () => void): Feeding {
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
    if (whole) stream.resume();
    else stream.destroy();
  };
  // A command that has what it needs closes its end.
  to.on("error", close).on("close", close);
  const feeding: Feeding = {
    failure: undefined,
    ended: new Promise((resolve) => {
      stream.on("data", (chunk: Buffer) => {
        if (!isOpen || to.write(chunk)) return;
        stream.pause();
        to.once("drain", () => stream.resume());
      });
      stream.once("end", () => {
        to.end();
        resolve(undefined);
      });
      stream.once("error", (error) => {
        feeding.failure = error;
        // Without its end: what the command has made so far is nothing.
        onFailure();
        to.destroy();
        resolve(error);
      });
      stream.once("close", () => {
        resolve(feeding.failure);
      });
    }),
  };
  return feeding;
}

/** @throws what the stream failed with */
async function settleInput(
  feeding: Feeding,
  input: CommandInput | undefined,
  endedWell: boolean,
): Promise<void> {
  const failure = endedWell && input?.whole === true ? await feeding.ended : feeding.failure;
  if (failure !== undefined) throw failure;
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
