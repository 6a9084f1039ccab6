import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openCluster, type Cluster, type Pod, type PodHost } from "../cluster/index.ts";
import { accessOf } from "../kubernetes/client/index.ts";
import { startControlPlane, type KedaOfControlPlane } from "../kubernetes/control-plane/index.ts";
import {
  regionOfCluster,
  servePodNetwork,
  startNodes,
  type NodePool,
  type Nodes,
} from "../kubernetes/node/index.ts";
import { SetupError, type Report } from "../process/index.ts";

/** A cluster of one region. */
export interface LocalCluster {
  /** The default stand-in, which has no API server; undefined where there is a real one. */
  standIn: Cluster | undefined;
  /** A real API server's, in group `system:masters`. */
  kubeconfig: string | undefined;
  keda: KedaOfControlPlane | undefined;
  pods: () => readonly Pod[];
  /** Takes up the node pools that are declared now. */
  followPools: () => Promise<void>;
  /** Loopback address, `host:port`, of a Service's first port; undefined where there is no such Service. */
  serviceAddress: (namespace: string, name: string) => Promise<string | undefined>;
  stop: () => Promise<void>;
  /**
   * Ends all of it at once, as a power cut would.
   *
   * @returns the names of what ran
   */
  cut: () => Promise<string[]>;
}

export interface LocalClusters {
  /** The cluster of that name, started on first use. */
  open: (name: string) => Promise<LocalCluster>;
  /** Those that run, by name; one that is taken out of it starts anew on its next use. */
  opened: Map<string, Promise<LocalCluster>>;
  stop: () => Promise<void>;
}

interface ClustersOptions {
  /** Below it each cluster has a directory of its name. */
  directory: string;
  cacheDirectory: string;
  /** Real control planes, in place of the default stand-in. */
  kubernetes: boolean;
  /** Of a cluster of that name; for real control planes. */
  poolsOf: (name: string) => readonly NodePool[];
  /** Whether the region of a cluster of that name is out. */
  isOut: (name: string) => boolean;
  hostOf: (name: string) => Pick<PodHost, "path" | "programOf" | "googleEnvironment">;
  /** Told of what has to be built for real control planes, once. */
  report: Report;
  /** Told of what goes wrong in a cluster that runs. */
  onProblem: (problem: string) => void;
}

export function openClusters(options: ClustersOptions): LocalClusters {
  const opened = new Map<string, Promise<LocalCluster>>();
  return {
    open: (name) => {
      if (options.isOut(name)) {
        return Promise.reject(
          new Error(`region ${regionOfCluster(name)} is out: its API server does not answer`),
        );
      }
      const cluster = opened.get(name) ?? (options.kubernetes ? realCluster : standInCluster)(name, options);
      opened.set(name, cluster);
      // One that did not start may start the next time.
      cluster.catch(() => opened.delete(name));
      return cluster;
    },
    opened,
    stop: async () => {
      await Promise.allSettled([...opened.values()].map(async (cluster) => (await cluster).stop()));
    },
  };
}

async function standInCluster(
  name: string,
  { directory, hostOf, onProblem }: ClustersOptions,
): Promise<LocalCluster> {
  const standIn = await openCluster(name, join(directory, name), { ...hostOf(name), report: onProblem });
  return {
    standIn,
    kubeconfig: undefined,
    keda: undefined,
    pods: () => standIn.pods(),
    followPools: () => Promise.resolve(),
    serviceAddress: (namespace, service) => {
      const found = standIn.get({ apiVersion: "v1", kind: "Service", namespace, name: service });
      const { address } = (found?.["status"] ?? {}) as { address?: string };
      return Promise.resolve(address);
    },
    stop: () => standIn.stop(),
    cut: async () => {
      const { names, kill } = podsToKill(standIn.pods());
      // First nothing is to be started again, then all goes at once: a pod that is asked to end would hand its work back.
      const stopped = standIn.stop();
      kill();
      await stopped;
      return names;
    },
  };
}

/** etcd, API server, controllers and scheduler of one region, and nodes whose pods are local processes. */
async function realCluster(
  name: string,
  { directory, cacheDirectory, hostOf, poolsOf, report, onProblem }: ClustersOptions,
): Promise<LocalCluster> {
  const own = join(directory, name);
  const region = regionOfCluster(name);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  let nodes: Nodes | undefined;
  const network = await servePodNetwork((target, port) => nodes?.route(target, port));
  try {
    const plane = await startControlPlane({
      directory: join(own, "control-plane"),
      region,
      cacheDirectory,
      report,
      clusterProxy: network.url,
      onFailure: (error) => {
        onProblem(error.message);
      },
    });
    try {
      nodes = await startNodes({
        access: accessOf(plane.adminKubeconfig),
        region,
        pools: poolsOf(name),
        directory: own,
        host: hostOf(name),
        report: onProblem,
      });
    } catch (error) {
      await plane.stop();
      throw error;
    }
    const running = nodes;
    return {
      standIn: undefined,
      kubeconfig: plane.adminKubeconfig,
      keda: plane.keda,
      pods: running.pods,
      followPools: () => running.setPools(poolsOf(name)),
      serviceAddress: running.serviceAddress,
      stop: async () => {
        await running.stop();
        await plane.stop();
        await network.close();
      },
      cut: async () => {
        const { names, kill } = podsToKill(running.pods());
        const programs = plane.processes().map((program) => program.name);
        // First the API server, which would hear of each pod's end.
        const planeGone = plane.stop("power cut");
        const podsGone = running.stop();
        kill();
        await Promise.all([planeGone, podsGone]);
        await network.close();
        return [...programs, ...names];
      },
    };
  } catch (error) {
    await network.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`The control plane of ${name} did not start: ${reason}`);
  }
}

function podsToKill(pods: readonly Pod[]): { names: string[]; kill: () => void } {
  const running = pods.flatMap((pod) => {
    const processId = pod.processId();
    return processId === undefined ? [] : [{ name: `pod ${pod.identity.name}`, processId }];
  });
  return {
    names: running.map(({ name }) => name),
    kill: () => {
      for (const { processId } of running) killed(processId);
    },
  };
}

function killed(processId: number): void {
  try {
    process.kill(processId, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
