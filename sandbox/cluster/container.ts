import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Container } from "./pod-schema.ts";
import { runProbe } from "./probe.ts";
import { Missing } from "./volumes.ts";

/** As in a pod's `status.containerStatuses`. */
export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}

export type ContainerState =
  | { waiting: { reason: string; message?: string } }
  | { running: { startedAt: string } }
  | { terminated: Terminated }
  | Record<string, never>;

export interface Terminated {
  exitCode: number;
  signal?: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
  containerID: string;
}

/** What one start of a container runs. */
export interface Launch {
  main: string;
  args: readonly string[];
  environment: Record<string, string>;
  directory: string;
}

export interface RunningContainer {
  status: () => ContainerStatus;
  processId: () => number | undefined;
  /** Settled when it has ended and will not start again: its exit code. */
  ended: Promise<number>;
  /** preStop, SIGTERM, the grace period in seconds, SIGKILL; a second call may shorten the grace. */
  stop: (graceSeconds: number) => void;
}

const followNode = fileURLToPath(new URL("follow-node.ts", import.meta.url));
/**
 * The kubelet's back-off starts at 10 s and ends at 300 s; a sandbox is watched by a person.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
const firstRestartMs = 250;
const lastRestartMs = 10_000;

const lastWordsMs = 1000;

/** Starts a container as a local process, and again as its restart policy says. */
export function runContainer(
  container: Container,
  options: {
    restartPolicy: "Always" | "OnFailure" | "Never";
    graceSeconds: number;
    /** What to start; throws {@link Missing} while something is not there yet. */
    prepare: () => Promise<Launch>;
    log: Writable;
    /** Named to those who look for the reason of a crash. */
    logFile: string;
    addressOf: (port: number | string) => string | undefined;
    changed: () => void;
  },
): RunningContainer {
  const { restartPolicy, graceSeconds, prepare, log, logFile, addressOf, changed } = options;
  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;
  let child: ChildProcess | undefined;
  let killing: NodeJS.Timeout | undefined;
  let status: ContainerStatus = {
    name: container.name,
    image: container.image,
    imageID: container.image,
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason: "ContainerCreating" } },
    lastState: {},
  };
  const set = (next: Partial<ContainerStatus>): void => {
    status = { ...status, ...next };
    changed();
  };

  const kill = (grace: number): void => {
    const running = child;
    if (running === undefined) return;
    const end = (): void => {
      clearTimeout(killing);
      killing = setTimeout(() => {
        killAll(running);
      }, grace * 1000);
    };
    const pause = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
    end();
    setTimeout(
      () => {
        if (child === running) running.kill("SIGTERM");
      },
      Math.min(pause, grace) * 1000,
    );
  };

  /** @returns undefined when stopped before it could start */
  const launch = async (): Promise<Launch | undefined> => {
    while (!stopped()) {
      try {
        const prepared = await prepare();
        return stopped() ? undefined : prepared;
      } catch (error) {
        const reason = error instanceof Missing ? "CreateContainerConfigError" : "CreateContainerError";
        set({
          state: { waiting: { reason, message: error instanceof Error ? error.message : String(error) } },
        });
        await sleep(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    return undefined;
  };

  const runOnce = async ({ main, args, environment, directory }: Launch): Promise<Terminated> => {
    const running = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--import", followNode, main, ...args],
      // A group of its own: what it started ends with it, as in a container.
      { cwd: directory, env: environment, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true },
    );
    child = running;
    running.stdout?.pipe(log, { end: false });
    running.stderr?.pipe(log, { end: false });
    const startedAt = new Date().toISOString();
    const containerID = `process://${running.pid ?? 0}`;
    const exit = once(running, "exit").catch((error: unknown) => {
      log.write(`the container cannot start: ${String(error)}\n`);
      return [startError, null];
    }) as Promise<[number | null, NodeJS.Signals | null]>;
    const closed = once(running, "close").catch(() => undefined);
    const alive = new AbortController();
    set({
      containerID,
      state: { running: { startedAt } },
      started: container.startupProbe === undefined,
      ready: container.startupProbe === undefined && container.readinessProbe === undefined,
    });
    const probing = probe(alive.signal);
    const [code, signal] = await exit;
    alive.abort();
    killAll(running);
    clearTimeout(killing);
    child = undefined;
    // Its last words belong into the log.
    await Promise.race([closed, sleep(lastWordsMs, undefined, { ref: false })]);
    await probing;
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    return {
      exitCode,
      reason: exitCode === 0 ? "Completed" : exitCode === startError ? "StartError" : "Error",
      startedAt,
      finishedAt: new Date().toISOString(),
      containerID,
    };
  };

  const probe = async (alive: AbortSignal): Promise<void> => {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    const unhealthy = (which: string, grace: number | undefined) => (passes: boolean, message: string) => {
      if (passes || killing !== undefined) return;
      log.write(`${which} probe failed: ${message}; the container will be restarted\n`);
      kill(grace ?? graceSeconds);
    };
    if (startupProbe !== undefined) {
      const starting = new AbortController();
      const failed = unhealthy("Startup", startupProbe.terminationGracePeriodSeconds);
      const passed = (passes: boolean, message: string): void => {
        if (passes) starting.abort();
        else failed(passes, message);
      };
      await runProbe(startupProbe, addressOf, passed, AbortSignal.any([alive, starting.signal]));
      if (alive.aborted) return;
      set({ started: true, ready: readinessProbe === undefined });
    }
    await Promise.all([
      readinessProbe &&
        runProbe(
          readinessProbe,
          addressOf,
          (passes) => {
            if (status.ready !== passes) set({ ready: passes });
          },
          alive,
        ),
      livenessProbe &&
        runProbe(
          livenessProbe,
          addressOf,
          unhealthy("Liveness", livenessProbe.terminationGracePeriodSeconds),
          alive,
        ),
    ]);
  };

  const run = async (): Promise<number> => {
    let delay = firstRestartMs;
    for (;;) {
      const started = Date.now();
      const launched = await launch();
      if (launched === undefined) return neverStarted;
      killing = undefined;
      const terminated = await runOnce(launched);
      const state = { terminated };
      set({ state, ready: false, started: false });
      const again =
        restartPolicy === "Always" || (restartPolicy === "OnFailure" && terminated.exitCode !== 0);
      if (stopped() || !again) return terminated.exitCode;
      if (Date.now() - started > lastRestartMs) delay = firstRestartMs;
      set({
        restartCount: status.restartCount + 1,
        lastState: state,
        state: {
          waiting: {
            reason: "CrashLoopBackOff",
            message: `last exit: code ${terminated.exitCode}; log: ${logFile}`,
          },
        },
      });
      await sleep(delay, undefined, { signal: stopping.signal }).catch(() => undefined);
      delay = Math.min(delay * 2, lastRestartMs);
    }
  };

  return {
    status: () => status,
    processId: () => child?.pid,
    ended: run(),
    stop: (grace) => {
      const again = stopped();
      stopping.abort();
      if (again && child !== undefined && grace === 0) killAll(child);
      else kill(grace);
    },
  };
}

/** Exit code of a container that was stopped before it started, as the kubelet gives it. */
const neverStarted = 137;

/** Exit code of a container whose process could not be made. */
const startError = 128;

/** Ends a container's process and all that it started. */
function killAll({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody of its group is left.
  }
}
