import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * The child must not outlive the worker, also when that dies by SIGKILL and can do nothing about it any more. So the
 * command runs below a shell that holds the read end of a pipe from the worker: at its end, which the kernel brings
 * about whatever happened, the shell kills the command. POSIX sh only; `read` is a builtin, so no further process.
 */
const guard = (limits: string): string => `
exec 3<&0
${limits}
"$@" </dev/null 3<&- &
child=$!
{ read -r line <&3; kill -KILL "$child"; } >/dev/null 2>&1 &
watcher=$!
exec 3<&- </dev/null
wait "$child"
status=$?
kill -KILL "$watcher" 2>/dev/null
exit "$status"
`;

export interface GuardedOptions {
  readonly cwd?: string;
  /** Each line of stdout as it comes; without it stdout is collected. */
  readonly onLine?: (line: string) => void;
  /** Kills the command. */
  readonly signal?: AbortSignal;
  /** Kills the command after this time. */
  readonly limitSeconds?: number;
  /**
   * Memory for data that the command may take, in MiB (`RLIMIT_DATA`: private writable memory, which in Linux counts
   * mappings too); beyond it, its allocations fail. Where the system has no such limit, there is none.
   * @default no limit
   */
  readonly memoryMebibytes?: number;
  /** Kills the command when `progressed` has given the same number for so long. */
  readonly stall?: { readonly seconds: number; readonly progressed: () => number };
}

export type Ending = "exited" | "aborted" | "time-limit" | "stalled";

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
const stdoutLimit = 4 * 1024 * 1024;

/**
 * Runs a command without input and in a process group of its own (a Ctrl-C meant for the worker is not for it).
 * @throws when the command cannot be started, or has printed more than 4 MiB to be collected
 */
export async function runGuarded(
  command: string,
  args: readonly string[],
  options: GuardedOptions = {},
): Promise<GuardedResult> {
  if (options.signal?.aborted) return { ending: "aborted", exitCode: 137, stdout: "", stderr: "" };
  const child = spawn("/bin/sh", ["-c", guard(limitsOf(options)), "guard", command, ...args], {
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    // Nothing of the worker's environment is the command's business. GCONV_PATH names no directory, so that glibc
    // loads no character set modules for the titles in a file: statically linked builds crash when it does.
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", GCONV_PATH: "/nonexistent" },
  });

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

  let stdout = "";
  const overflow = new AbortController();
  if (options.onLine) createInterface({ input: child.stdout }).on("line", options.onLine);
  else {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (stdout.length < stdoutLimit) stdout += chunk;
      else {
        overflow.abort();
        stop("aborted");
      }
    });
  }
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-stderrLimit);
  });
  // The pipe's other end is gone when the command has ended first.
  child.stdin.on("error", () => undefined);

  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve(code ?? (signal === null ? 1 : 137));
      });
    });
    if (overflow.signal.aborted) throw new Error("the command printed more than 4 MiB");
    return { ending, exitCode, stdout, stderr };
  } finally {
    timers.forEach(clearTimeout);
    options.signal?.removeEventListener("abort", onAbort);
    child.stdin.destroy();
  }
}

/**
 * A line of shell. Stacks of threads count as data, and an encoder has dozens of threads on a large machine: 2 MiB for
 * each is plenty. The guard's own watcher needs next to nothing, so the limit is as good as the command's.
 */
function limitsOf({ memoryMebibytes }: GuardedOptions): string {
  if (memoryMebibytes === undefined) return "";
  const kibibytes = Math.max(16, Math.floor(memoryMebibytes)) * 1024;
  return `ulimit -S -s 2048 2>/dev/null || :; ulimit -d ${kibibytes} 2>/dev/null || :`;
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
