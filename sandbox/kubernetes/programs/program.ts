import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";

/** A third-party program that runs until it is stopped. */
export interface RunningProgram {
  readonly name: string;
  /** Undefined once it has ended. */
  processId(): number | undefined;
  /** Settles when it has ended, with an error unless it was stopped. */
  readonly ended: Promise<ProgramEnded | undefined>;
  /**
   * Ends it in order: SIGTERM, five seconds, SIGKILL. Or as a power cut would; where the keeper cannot see to that, on other systems than
   * Linux, in order.
   */
  stop(how?: StopOptions): Promise<void>;
}

export type StopOptions = "in order" | "power cut";

export interface ProgramOptions {
  /** As messages name it: `kube-apiserver`. */
  readonly name: string;
  /** What ends it with this process: `binaries/kubernetes/keeper`. */
  readonly keeper: string;
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets what it prints; begun anew. */
  readonly logFile: string;
}

/** A program ended unexpectedly. The message contains the end of its log. */
export class ProgramEnded extends Error {
  override readonly name = "ProgramEnded";
}

/** Starts a program; however this process ends, it ends too. */
export function startProgram(options: ProgramOptions): RunningProgram {
  const { name, keeper, executable, environment = {}, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "w", 0o600);
  // It finds nothing of this process's environment: a KUBECONFIG or proxy of the user's is not meant for it.
  const child = spawn(keeper, [executable, ...options.arguments], {
    cwd: dirname(logFile),
    env: { HOME: dirname(logFile), PATH: "/usr/bin:/bin", ...environment },
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  // Writing never happens; the pipe's end is what the keeper waits for.
  child.stdin?.on("error", () => undefined);

  let stopping = false;
  const ended = new Promise<ProgramEnded | undefined>((resolve) => {
    const finish = async (how: string): Promise<void> => {
      if (stopping) resolve(undefined);
      else
        resolve(
          new ProgramEnded(`${name} ${how}. The end of its log, ${logFile}:\n${await lastLines(logFile)}`),
        );
    };
    child.once("error", (error) => void finish(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => void finish(`ended with ${signal ?? `code ${code ?? "unknown"}`}`));
  });
  return {
    name,
    processId: () => (child.exitCode === null && child.signalCode === null ? child.pid : undefined),
    ended,
    stop: async (how = "in order") => {
      stopping = true;
      // Its program ends with it, by the kernel's hand.
      if (how === "power cut" && process.platform === "linux") child.kill("SIGKILL");
      child.stdin?.end();
      await ended;
    },
  };
}

async function lastLines(file: string, count = 8): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.trimEnd().split("\n").slice(-count);
  return lines.map((line) => `  ${line.slice(0, 500)}`).join("\n");
}
