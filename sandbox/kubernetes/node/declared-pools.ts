import { z } from "zod";
import { machineOf } from "./machines.ts";
import type { NodePool } from "./pools.ts";

/** A node pool as the local cloud keeps it: what was declared, and its place. */
const recordSchema = z.looseObject({
  name: z.string(),
  location: z.string(),
  cluster: z.string(),
  project: z.string(),
  nodeLocations: z.array(z.string()).default([]),
  nodeCount: z.number().optional(),
  maxPodsPerNode: z.number().optional(),
  autoscaling: z
    .looseObject({
      maxNodeCount: z.number().optional(),
      totalMaxNodeCount: z.number().optional(),
    })
    .optional(),
  nodeConfig: z
    .looseObject({
      machineType: z.string().default("e2-medium"),
      spot: z.boolean().default(false),
      diskSizeGb: z.number().optional(),
      labels: z.record(z.string(), z.string()).default({}),
      taints: z.array(z.looseObject({ key: z.string(), value: z.string(), effect: z.string() })).default([]),
      guestAccelerators: z.array(z.looseObject({ type: z.string(), count: z.number() })).default([]),
      ephemeralStorageLocalSsdConfig: z.looseObject({ localSsdCount: z.number().default(0) }).optional(),
      sandboxConfig: z.looseObject({ type: z.string().optional() }).optional(),
    })
    .prefault({}),
});
type PoolRecord = z.infer<typeof recordSchema>;

export const nodePoolType = "gcp:container/nodePool:NodePool";

/**
 * Maximum nodes per pool. All exist from the start, although an autoscaler would add them: they cost nothing. Pods that
 * fit on no machine of a pool stay Pending.
 */
const mostNodes = 16;

/** GKE's spelling, and Kubernetes'. */
const effects: Readonly<Record<string, NodePool["taints"][number]["effect"]>> = {
  NO_SCHEDULE: "NoSchedule",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
  NO_EXECUTE: "NoExecute",
};

/** `gke_PROJECT_LOCATION_CLUSTER`, as `gcloud` names the context of a cluster of GKE. */
export interface ClusterPlace {
  readonly project: string;
  readonly location: string;
  readonly cluster: string;
}

/** @returns undefined for a context of another name: a local cluster of a region's name */
export function placeOfContext(context: string): ClusterPlace | undefined {
  const [, project, location, cluster] = /^gke_([^_]+)_([^_]+)_([^_]+)$/.exec(context) ?? [];
  return project === undefined || location === undefined || cluster === undefined
    ? undefined
    : { project, location, cluster };
}

/** The region of a local cluster: its place's, or the one whose name it has. */
export const regionOfCluster = (context: string): string =>
  (placeOfContext(context)?.location ?? context).replace(/^([a-z]+-[a-z]+\d+)-[a-z]$/, "$1");

/**
 * The node pools that a stack declares for a cluster.
 *
 * @param records of node pools, of any clusters
 * @returns undefined if the stack declares no pool, or not the cluster
 */
export function declaredPools(context: string, records: readonly unknown[]): NodePool[] {
  const place = placeOfContext(context);
  if (place === undefined) return [];
  return records
    .map((record) => recordSchema.parse(record))
    .filter(
      ({ cluster, location, project }) =>
        cluster === place.cluster && location === place.location && project === place.project,
    )
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(poolOf);
}

/** With what GKE itself adds: to machines with Arm or a GPU, and to those with gVisor. */
function poolOf({
  name,
  nodeConfig,
  autoscaling,
  nodeCount,
  nodeLocations,
  maxPodsPerNode,
}: PoolRecord): NodePool {
  const { machineType, spot, diskSizeGb, guestAccelerators, labels, taints } = nodeConfig;
  const [gpu] = guestAccelerators;
  const gvisor = nodeConfig.sandboxConfig?.type?.toLowerCase() === "gvisor";
  const machine = machineOf(machineType, {
    ...(diskSizeGb !== undefined && { diskSizeGb }),
    localSsds: nodeConfig.ephemeralStorageLocalSsdConfig?.localSsdCount ?? 0,
    ...(gpu && { gpus: gpu.count }),
    ...(maxPodsPerNode !== undefined && { maxPods: maxPodsPerNode }),
  });
  const zones = nodeLocations.length > 0 ? nodeLocations.map((zone) => zone.replace(/^.*-/, "")) : ["b", "c"];
  const perZone = autoscaling?.maxNodeCount ?? nodeCount;
  const most =
    autoscaling?.totalMaxNodeCount ?? (perZone === undefined ? zones.length : perZone * zones.length);
  const arm = machine?.architecture === "arm64";
  return {
    name,
    machineType,
    spot,
    zones,
    count: Math.min(mostNodes, Math.max(1, most)),
    ...(machine && { machine }),
    labels: {
      ...(gpu && { "cloud.google.com/gke-accelerator": gpu.type }),
      ...(gvisor && { "sandbox.gke.io/runtime": "gvisor" }),
      ...labels,
    },
    taints: [
      ...(arm ? [{ key: "kubernetes.io/arch", value: "arm64", effect: "NoSchedule" as const }] : []),
      ...(gpu ? [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" as const }] : []),
      ...(gvisor ? [{ key: "sandbox.gke.io/runtime", value: "gvisor", effect: "NoSchedule" as const }] : []),
      ...taints.map(({ key, value, effect }) => ({
        key,
        value,
        effect: effects[effect] ?? ("NoSchedule" as const),
      })),
    ],
  };
}
