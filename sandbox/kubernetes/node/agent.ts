import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Pod, PodHost } from "../../cluster/index.ts";
import { apiClient, follow, type ApiAccess, type KubeObject } from "../client/index.ts";
import { followEndpoints } from "./endpoints.ts";
import type { Route } from "./pod-network.ts";
import { runPod, type PodWorker } from "./pod-worker.ts";
import { membership } from "./membership.ts";
import type { NodePool } from "./pools.ts";
import { apiSources } from "./sources.ts";

export interface NodesOptions {
  /** In group `system:masters`: this one process is the nodes, their network and their service proxy. */
  access: ApiAccess;
  region: string;
  pools: readonly NodePool[];
  /** Below it are the pods' directories and their logs. */
  directory: string;
  host: Pick<PodHost, "path" | "programOf" | "googleEnvironment">;
  report: (problem: string) => void;
}

/** All nodes of one cluster. */
export interface Nodes {
  pods: () => readonly Pod[];
  /** Loopback address, `host:port`, of a Service's first port. */
  serviceAddress: (namespace: string, name: string) => Promise<string>;
  /** Where pods' addresses and Services' names lead: for {@link servePodNetwork}. */
  route: Route;
  /** Other pools than before: new nodes are registered, and those that go are drained first. */
  setPools: (pools: readonly NodePool[]) => Promise<void>;
  /** Ends all pods and forwarders. The objects stay declared, and their pods start again with the next nodes. */
  stop: () => Promise<void>;
}

const podSchema = z.looseObject({
  spec: z.looseObject({ nodeName: z.string().optional() }),
  status: z.looseObject({ phase: z.string().default("Pending"), startTime: z.string().optional() }).default({
    phase: "Pending",
  }),
});

/** Registers a cluster's nodes and runs the pods that its scheduler binds to them as local processes. */
export async function startNodes(options: NodesOptions): Promise<Nodes> {
  const { access, region, pools, directory, host, report } = options;
  const client = apiClient(access);
  const ending = new AbortController();
  const { signal } = ending;
  const workers = new Map<string, { worker: PodWorker; ip: string; key: string }>();
  const pods = (): Pod[] => [...workers.values()].flatMap(({ worker }) => worker.pod ?? []);
  const podAddress = (ip: string, port: number): string | undefined =>
    pods()
      .find(({ identity }) => identity.ip === ip)
      ?.address(port);

  const nodes = membership(client, region);
  await nodes.set(pools);
  const endpoints = followEndpoints(client, podAddress, signal);
  await endpoints.synced;

  const podDirectory = join(directory, "pods");
  rmSync(podDirectory, { recursive: true, force: true });
  mkdirSync(podDirectory, { recursive: true, mode: 0o700 });
  const podHost: PodHost = {
    ...host,
    ...apiSources(client),
    directory: podDirectory,
    logDirectory: join(directory, "logs"),
    resolveService: endpoints.resolve,
    apiServer: () => Promise.resolve(new URL(access.server).host),
  };

  const startedAt = Date.now();
  const changed = (key: string, object: KubeObject | undefined, last: KubeObject | undefined): void => {
    const uid = (object ?? last)?.metadata.uid ?? "";
    const known = workers.get(uid);
    if (object === undefined) {
      if (known === undefined) return;
      void known.worker.end(0).then(() => {
        workers.delete(uid);
        const nodeName = podSchema.parse(last).spec.nodeName ?? "";
        nodes.addressesOf(nodeName)?.give(known.ip);
      });
      return;
    }
    if (known !== undefined) {
      known.worker.update(object);
      return;
    }
    const { spec, status } = podSchema.parse(object);
    const ours = spec.nodeName === undefined ? undefined : nodes.addressesOf(spec.nodeName);
    if (spec.nodeName === undefined || ours === undefined) return;
    if (status.phase === "Succeeded" || status.phase === "Failed") return;
    const ip = ours.take();
    const lost = status.startTime !== undefined && Date.parse(status.startTime) < startedAt;
    const worker = runPod(client, object, { ip, nodeName: spec.nodeName, host: podHost, lost, report });
    workers.set(uid, { worker, ip, key });
  };
  const followed = follow(client, "/api/v1/pods", changed, signal);
  await followed.synced;

  return {
    pods,
    serviceAddress: (namespace, name) => endpoints.resolve({ namespace, name, port: undefined }),
    route: endpoints.route,
    setPools: nodes.set,
    stop: async () => {
      ending.abort();
      await Promise.all([...workers.values()].map(({ worker }) => worker.end()));
      await followed.ended;
      await endpoints.close();
      await client.close();
    },
  };
}
