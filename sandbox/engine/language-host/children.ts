import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

const running = new Set<ChildProcess>();

/** Milliseconds for a program to exit after an interrupt, as the engine grants its plugins. */
const graceMs = 5_000;

export interface Ended {
  /** Exit code, or 128 plus the signal's number, as a shell has it; undefined when the program could not be started. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export interface Child {
  readonly process: ChildProcess;
  /** Settles when the program has ended and all its output has been read. */
  readonly ended: Promise<Ended>;
}

/**
 * Starts Node: the one that MPEGFLOW_PROGRAM_NODE names, else the same as runs this host. Its input is closed; its output goes to the
 * callbacks.
 */
export function startNode(
  arguments_: readonly string[],
  options: Pick<SpawnOptions, "cwd" | "env">,
  onStdout: (chunk: Buffer) => void,
  onStderr: (chunk: Buffer) => void,
): Child {
  return start(
    process.env["MPEGFLOW_PROGRAM_NODE"] ?? process.execPath,
    arguments_,
    options,
    onStdout,
    onStderr,
  );
}

export function start(
  command: string,
  arguments_: readonly string[],
  options: Pick<SpawnOptions, "cwd" | "env">,
  onStdout: (chunk: Buffer) => void,
  onStderr: (chunk: Buffer) => void,
): Child {
  const child = spawn(command, arguments_, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.stdout.on("data", onStdout);
  child.stderr.on("data", onStderr);
  const ended = new Promise<Ended>((resolve) => {
    child.on("error", (error) => {
      running.delete(child);
      resolve({ code: undefined, signal: null, error });
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? 1, signal });
    });
  });
  return { process: child, ended };
}

/** Asks a program to end, and makes it end when it does not. */
export function stop(child: ChildProcess): void {
  if (!running.has(child)) return;
  child.kill("SIGINT");
  setTimeout(() => {
    if (running.has(child)) child.kill("SIGKILL");
  }, graceMs).unref();
}

export function stopAll(): void {
  for (const child of running) stop(child);
}

/** No program outlives this host, however the host ends (except by SIGKILL). */
export function stopChildrenAtExit(): void {
  process.on("exit", () => {
    for (const child of running) child.kill("SIGKILL");
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(0));
}
