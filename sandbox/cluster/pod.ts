import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runContainer, type ContainerStatus, type RunningContainer } from "./container.ts";
import type { PodIdentity } from "./downward.ts";
import { containerEnvironment, type ServiceId } from "./environment.ts";
import type { Program } from "./images.ts";
import type { Container, PodSpec } from "./pod-schema.ts";
import { openVolumes, type PodSources } from "./volumes.ts";

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

/** Status of a pod, as a kubelet reports it. */
export interface PodStatus {
  phase: PodPhase;
  initialized: boolean;
  /** All containers are ready. */
  ready: boolean;
  reason?: string;
  message?: string;
  initContainers: ContainerStatus[];
  containers: ContainerStatus[];
}

export interface Pod {
  identity: PodIdentity;
  status: () => PodStatus;
  /** `host:port` where a container port, by number or name, listens; the first when none is given. */
  address: (port?: number | string) => string | undefined;
  processId: () => number | undefined;
  restarts: () => number;
  /** Why it is not ready, as Kubernetes would put it. */
  reason: () => string;
  /** SIGTERM, the grace period, SIGKILL. @param graceSeconds the pod's own when left out */
  stop: (graceSeconds?: number) => Promise<void>;
}

export interface PodHost extends PodSources {
  /** Below it each pod gets a directory of its own, deleted with the pod. */
  directory: string;
  logDirectory: string;
  /** What an image becomes here; throws for one that cannot run here. */
  programOf: (image: string) => Program;
  /** Directories put in front of PATH: where ffmpeg and ffprobe are. */
  path: string;
  /** Loopback address, `host:port`, of a Service; it need not be declared yet, as in cluster DNS. */
  resolveService: (service: ServiceId) => Promise<string>;
  /** `host:port` of the API server, by HTTPS. */
  apiServer: () => Promise<string>;
  /** What Google's libraries need to find the local cloud, for pods that may reach it; closed with the pod. */
  googleEnvironment: (
    namespace: string,
    serviceAccount: string,
  ) => Promise<{ environment: Record<string, string>; close: () => Promise<void> }>;
}

/** Milliseconds until the next try to fill volumes that could not be filled again. */
const refillMs = 5000;

/**
 * Starts a pod as local processes, one for each container, and keeps it running as its restart policy says, until `stop`.
 *
 * @param changed told of every change of the status
 * @throws Error for a pod that cannot run here
 */
export function startPod(
  identity: PodIdentity,
  spec: PodSpec,
  host: PodHost,
  changed: () => void = () => undefined,
): Pod {
  const all = [...spec.initContainers, ...spec.containers];
  const programs = new Map(all.map(({ name, image }) => [name, host.programOf(image)]));
  const directory = join(host.directory, identity.name);
  const home = join(directory, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  mkdirSync(host.logDirectory, { recursive: true });
  const volumes = openVolumes(spec, directory, host);
  const places = new Map(all.map((container) => [container.name, mountsOf(container, volumes.directories)]));
  const logFile = (container: Container): string =>
    join(host.logDirectory, `${identity.name}${all.length === 1 ? "" : `_${container.name}`}.log`);

  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;
  const ports = new Map<number | string, number>();
  const running = new Map<string, RunningContainer>();
  let initialized = spec.initContainers.length === 0;
  let failure: { reason: string; message: string } | undefined;
  let ended: PodPhase | undefined;
  let google: Awaited<ReturnType<PodHost["googleEnvironment"]>> | undefined;

  const addressOf = (port?: number | string): string | undefined => {
    const local = port === undefined ? [...ports.values()][0] : ports.get(port);
    return local === undefined ? undefined : `127.0.0.1:${local}`;
  };
  let filled: Promise<void> | undefined;
  let refilling: Promise<void> = Promise.resolve();
  /** Fills the volumes, and goes on filling them as tokens and config maps change. */
  const fill = async (): Promise<void> => {
    const first = await volumes.fill(identity);
    const { signal } = stopping;
    const refill = async (): Promise<void> => {
      for (let due = first; due !== undefined && !stopped();) {
        await sleep(due, undefined, { signal, ref: false }).catch(() => undefined);
        // What is there stays when it cannot be renewed now.
        if (!stopped()) due = await volumes.fill(identity).catch(() => refillMs);
      }
    };
    refilling = refill();
  };

  const start = (container: Container, restartPolicy: PodSpec["restartPolicy"]): RunningContainer => {
    const program = programs.get(container.name) ?? host.programOf(container.image);
    const log = createWriteStream(logFile(container), { flags: "a" });
    const started = runContainer(container, {
      restartPolicy,
      graceSeconds: spec.terminationGracePeriodSeconds,
      log,
      logFile: logFile(container),
      addressOf,
      changed,
      prepare: async () => {
        filled ??= fill();
        await filled.catch((error: unknown) => {
          filled = undefined;
          throw error;
        });
        const { environment, args } = await containerEnvironment(
          container,
          identity,
          {
            mounts: places.get(container.name) ?? new Map<string, string>(),
            service: host.resolveService,
            verbatim: program.verbatim ?? [],
          },
          host,
        );
        const [apiHost = "", apiPort = ""] = (await host.apiServer()).split(":");
        if (program.google)
          google ??= await host.googleEnvironment(identity.namespace, identity.serviceAccount);
        return {
          main: program.main,
          args,
          directory,
          // Nothing of the sandbox's own environment reaches a pod: what is not listed here does not exist for it.
          environment: {
            PATH: `${host.path}:/usr/local/bin:/usr/bin:/bin`,
            HOME: home,
            TMPDIR: home,
            HOSTNAME: identity.name,
            KUBERNETES_SERVICE_HOST: apiHost,
            KUBERNETES_SERVICE_PORT: apiPort,
            ...(program.google && google?.environment),
            ...environment,
            ...program.here,
            ...(await listening(container, program)),
          },
        };
      },
    });
    void started.ended.then(() => log.end());
    running.set(container.name, started);
    return started;
  };

  /** Ports that a program listens on here are any free ones, and new ones after each restart. */
  const listening = async (container: Container, { listen }: Program): Promise<Record<string, string>> => {
    if (listen === undefined || container.ports.length === 0) return {};
    const variables: Record<string, string> = { [listen.host]: "127.0.0.1" };
    for (const [index, { containerPort, name = "" }] of container.ports.entries()) {
      const variable = index === 0 ? listen.port : listen.others?.[name];
      if (variable === undefined) continue;
      const local = await freePort();
      ports.set(containerPort, local);
      if (name !== "") ports.set(name, local);
      variables[variable] = String(local);
    }
    return variables;
  };

  const run = async (): Promise<void> => {
    for (const container of spec.initContainers) {
      const policy = spec.restartPolicy === "Never" ? "Never" : "OnFailure";
      const exitCode = await start(container, policy).ended;
      if (stopped()) return;
      if (exitCode !== 0) {
        ended = "Failed";
        changed();
        return;
      }
    }
    initialized = true;
    const codes = await Promise.all(
      spec.containers.map((container) => start(container, spec.restartPolicy).ended),
    );
    if (spec.restartPolicy !== "Always" || failure !== undefined) {
      ended = failure === undefined && codes.every((code) => code === 0) ? "Succeeded" : "Failed";
      changed();
    }
  };

  const stopAll = (graceSeconds: number): void => {
    for (const container of running.values()) container.stop(graceSeconds);
  };
  const { activeDeadlineSeconds, terminationGracePeriodSeconds } = spec;
  const deadline =
    activeDeadlineSeconds === undefined
      ? undefined
      : setTimeout(() => {
          failure = {
            reason: "DeadlineExceeded",
            message: "Pod was active on the node longer than the specified deadline",
          };
          stopAll(terminationGracePeriodSeconds);
        }, activeDeadlineSeconds * 1000);
  const done = run().finally(() => {
    clearTimeout(deadline);
  });

  const statusOf = (containers: readonly Container[]): ContainerStatus[] =>
    containers.map(({ name, image }) => running.get(name)?.status() ?? waiting(name, image, initialized));
  const status = (): PodStatus => {
    const containers = statusOf(spec.containers);
    return {
      phase:
        ended ??
        (containers.every((one) => "waiting" in one.state && one.restartCount === 0) ? "Pending" : "Running"),
      initialized,
      ready: ended === undefined && !stopped() && containers.every(({ ready }) => ready),
      ...failure,
      initContainers: statusOf(spec.initContainers),
      containers,
    };
  };
  return {
    identity,
    status,
    address: addressOf,
    processId: () => [...running.values()].map((one) => one.processId()).find((pid) => pid !== undefined),
    restarts: () => status().containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    reason: () => reasonOf(status()),
    stop: async (graceSeconds = terminationGracePeriodSeconds) => {
      stopping.abort();
      changed();
      stopAll(graceSeconds);
      await done;
      await refilling;
      await google?.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function mountsOf(container: Container, directories: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    container.volumeMounts.map(({ name, mountPath, subPath }) => {
      const local = directories.get(name);
      if (local === undefined)
        throw new Error(`volumeMount ${name} of container ${container.name} names no volume`);
      return [mountPath, join(local, subPath)] as const;
    }),
  );
}

const waiting = (name: string, image: string, initialized: boolean): ContainerStatus => ({
  name,
  image,
  imageID: "",
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason: initialized ? "ContainerCreating" : "PodInitializing" } },
  lastState: {},
});

function reasonOf({ ready, phase, initContainers, containers }: PodStatus): string {
  if (ready) return "Ready";
  for (const { state, started } of [...initContainers, ...containers]) {
    if ("waiting" in state) {
      return (
        state.waiting.reason + (state.waiting.message === undefined ? "" : ` (${state.waiting.message})`)
      );
    }
    if ("running" in state)
      return started ? "Running, readiness probe failing" : "Running, startup probe failing";
  }
  return phase;
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
