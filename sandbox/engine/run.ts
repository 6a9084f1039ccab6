import { type ChildProcess, spawn } from "node:child_process";
import { plainText } from "./plain-text.ts";

export interface RunOptions {
  /** Directory with the Pulumi.yaml. */
  readonly cwd: string;
  /** Added to the engine's environment; it reaches providers and programs too. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets the output as it comes. */
  readonly onOutput?: (text: string, stream: "stdout" | "stderr") => void;
  /**
   * Whether the output has terminal control sequences. If not, all are removed, because the SDK colours stack traces
   * regardless of the engine's setting.
   * @default false
   */
  readonly color?: boolean;
  /**
   * Lets the engine write to this process's own output and draw its live tree when that is a terminal. What it wrote is then not
   * in the result, and `onOutput` is not called.
   * @default false
   */
  readonly inheritOutput?: boolean;
  /** Interrupts the engine: it stops after the operations under way and keeps its state whole. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** 0 when all went well; 128 plus the signal's number when the engine was killed. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was asked to stop. */
  readonly interrupted: boolean;
}

/**
 * Runs the Pulumi CLI to its end. An interrupt of this process (Ctrl-C, SIGTERM) is passed on instead of ending it at once, so
 * that the engine can finish what it has begun; each reaches the engine once, and a second one makes it stop there and then.
 */
export function runEngine(
  executable: string,
  arguments_: readonly string[],
  env: NodeJS.ProcessEnv,
  options: RunOptions,
): Promise<RunResult> {
  const { cwd, onOutput, color = false, inheritOutput = false, signal } = options;
  const child = spawn(executable, color ? [...arguments_, "--color", "always"] : arguments_, {
    cwd,
    env,
    stdio: inheritOutput ? "inherit" : ["ignore", "pipe", "pipe"],
    // In a process group of its own the terminal's Ctrl-C passes it by. Drawing on a terminal it must stay in the terminal's group.
    detached: !inheritOutput,
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    const emit = (text: string): void => {
      if (text === "") return;
      output[stream] += text;
      onOutput?.(text, stream);
    };
    const plain = color ? undefined : plainText();
    child[stream]
      ?.setEncoding("utf8")
      .on("data", (text: string) => {
        emit(plain?.next(text) ?? text);
      })
      .on("end", () => {
        emit(plain?.rest() ?? "");
      });
  }
  const interruption = passInterruptsOn(child, !inheritOutput, signal);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      interruption.end();
      reject(error);
    });
    child.on("close", (code, killedBy) => {
      interruption.end();
      resolve({ exitCode: code ?? exitCodeOf(killedBy), ...output, interrupted: interruption.happened() });
    });
  });
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function passInterruptsOn(
  child: ChildProcess,
  ownGroup: boolean,
  abort: AbortSignal | undefined,
): { happened: () => boolean; end: () => void } {
  let happened = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    happened = true;
    // A child in the terminal's group has had its Ctrl-C from the terminal already.
    if (ownGroup || signal !== "SIGINT") child.kill("SIGINT");
  };
  const onAbort = (): void => {
    happened = true;
    child.kill("SIGINT");
  };
  const onExit = (): void => {
    child.kill("SIGINT");
  };
  for (const signal of signals) process.on(signal, interrupt);
  process.on("exit", onExit);
  if (abort?.aborted) onAbort();
  abort?.addEventListener("abort", onAbort, { once: true });
  return {
    happened: () => happened,
    end: () => {
      for (const signal of signals) process.off(signal, interrupt);
      process.off("exit", onExit);
      abort?.removeEventListener("abort", onAbort);
    },
  };
}

function exitCodeOf(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 129,
    SIGINT: 130,
    SIGKILL: 137,
    SIGTERM: 143,
  };
  return (signal && numbers[signal]) ?? 1;
}
