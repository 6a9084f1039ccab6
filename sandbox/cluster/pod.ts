import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { containerEnvironment, servicesNamedIn } from "./environment.ts";
import type { Program } from "./images.ts";
import type { PodTemplate } from "./manifest.ts";

export interface Pod {
  name: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** Whether its readiness probe passes; a pod without one is ready while it runs. */
  ready: () => boolean;
  /** `host:port` where its first container port listens. */
  address: () => string | undefined;
  processId: () => number | undefined;
  restarts: () => number;
  /** Why it is not ready, as Kubernetes would put it. */
  reason: () => string;
  /** SIGTERM, the grace period, SIGKILL. */
  stop: () => Promise<void>;
}

export interface PodHost {
  /** Below it each pod gets a directory of its own, deleted with the pod. */
  directory: string;
  logDirectory: string;
  /** What an image becomes here; throws for one that cannot run here. */
  programOf: (image: string) => Program;
  /** Directories put in front of PATH: where ffmpeg and ffprobe are. */
  path: string;
  /** Loopback address, `host:port`, of a Service `namespace/name`; it need not be declared yet, as in cluster DNS. */
  resolveService: (service: string) => Promise<string>;
  /** What Google's libraries need to find the local cloud, for pods that may reach it; closed with the pod. */
  googleEnvironment: (
    namespace: string,
    serviceAccount: string,
  ) => Promise<{ environment: Record<string, string>; close: () => Promise<void> }>;
}

const followNode = fileURLToPath(new URL("follow-node.ts", import.meta.url));
/** Kubernetes' crash back-off starts at 10 s and ends at 300 s; a sandbox is watched by a person. */
const firstRestartDelay = 250;
const lastRestartDelay = 10_000;

/** Starts one pod as a local process and keeps it running until `stop`. */
export async function startPod(
  name: string,
  namespace: string,
  template: PodTemplate,
  host: PodHost,
): Promise<Pod> {
  const [container] = template.spec.containers;
  const program = host.programOf(container.image);
  const directory = join(host.directory, name);
  const volumes = new Map(template.spec.volumes.map((volume) => [volume.name, join(directory, volume.name)]));
  const mounts = new Map(
    container.volumeMounts.map(({ name: volume, mountPath }) => {
      const local = volumes.get(volume);
      if (local === undefined) throw new Error(`pod ${name}: volumeMount ${volume} names no volume`);
      return [mountPath, local] as const;
    }),
  );
  const google = program.google
    ? await host.googleEnvironment(namespace, template.spec.serviceAccountName)
    : undefined;
  const port = program.listen === undefined ? undefined : await freePort();
  for (const local of [directory, join(directory, "home"), ...volumes.values()])
    mkdirSync(local, { recursive: true });

  const services = new Map<string, string>();
  for (const service of servicesNamedIn(container)) services.set(service, await host.resolveService(service));

  // Nothing of the sandbox's own environment reaches a pod: what is not listed here does not exist for it.
  const environment: Record<string, string> = {
    PATH: `${host.path}:/usr/local/bin:/usr/bin:/bin`,
    HOME: join(directory, "home"),
    TMPDIR: join(directory, "home"),
    HOSTNAME: name,
    ...google?.environment,
    ...containerEnvironment(container, { name, namespace, mounts, services }),
    ...(program.listen && { [program.listen.host]: "127.0.0.1", [program.listen.port]: String(port) }),
  };

  mkdirSync(host.logDirectory, { recursive: true });
  const log = createWriteStream(join(host.logDirectory, `${name}.log`), { flags: "a" });
  let child: ChildProcess | undefined;
  let ready = false;
  let restarts = 0;
  let reason = "ContainerCreating";
  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;

  const probe = async (alive: AbortSignal): Promise<void> => {
    const { readinessProbe } = container;
    while (!alive.aborted) {
      const passes =
        readinessProbe === undefined ||
        port === undefined ||
        (await answers(port, readinessProbe.httpGet.path));
      ready = passes;
      reason = ready ? "Ready" : "Running, readiness probe failing";
      // Ready quickly, then as often as the probe asks.
      const seconds = ready ? (readinessProbe?.periodSeconds ?? 1) : 0.2;
      await sleep(seconds * 1000, undefined, { signal: alive }).catch(() => undefined);
    }
  };

  const run = async (): Promise<void> => {
    let delay = firstRestartDelay;
    while (!stopped()) {
      const startedAt = Date.now();
      child = spawn(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", "--import", followNode, program.main],
        {
          cwd: directory,
          env: environment,
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        },
      );
      child.stdout?.pipe(log, { end: false });
      child.stderr?.pipe(log, { end: false });
      reason = "Running";
      const exited = new AbortController();
      child.once("exit", () => {
        exited.abort();
      });
      const probing = probe(exited.signal);
      const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
      child = undefined;
      await probing;
      ready = false;
      if (stopped()) return;
      restarts += 1;
      reason = `CrashLoopBackOff (last exit: ${signal ?? `code ${code ?? "unknown"}`}; log: ${join(host.logDirectory, `${name}.log`)})`;
      if (Date.now() - startedAt > lastRestartDelay) delay = firstRestartDelay;
      await sleep(delay, undefined, { signal: stopping.signal }).catch(() => undefined);
      delay = Math.min(delay * 2, lastRestartDelay);
    }
  };

  const running = run();
  return {
    name,
    namespace,
    labels: template.metadata.labels,
    ready: () => ready,
    address: () => (port === undefined ? undefined : `127.0.0.1:${port}`),
    processId: () => child?.pid,
    restarts: () => restarts,
    reason: () => reason,
    stop: async () => {
      stopping.abort();
      ready = false;
      child?.kill("SIGTERM");
      const kill = setTimeout(
        () => child?.kill("SIGKILL"),
        template.spec.terminationGracePeriodSeconds * 1000,
      );
      await running;
      clearTimeout(kill);
      await google?.close();
      log.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answers(port: number, path: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no loopback port is free");
  return address.port;
}
