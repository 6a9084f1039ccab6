import type { Capacity, Machine } from "./machines.ts";

/** One pool of nodes, as an `EncoderCluster` declares it. */
export interface NodePool {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly { key: string; value: string; effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute" }[];
  /** Such as `c4-standard-8`. */
  machineType: string;
  /** The size of each node. @default that of as many machines as an autoscaler would add */
  machine?: Machine;
  spot: boolean;
  /** Letters of the region's zones. */
  zones: readonly string[];
  /** Nodes, spread over the zones. @default one in each */
  count?: number;
}

/** What one node of the sandbox is to the API server. */
export interface NodeDescription {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: NodePool["taints"];
  capacity: Capacity;
  allocatable: Capacity;
}

/**
 * The pools of a cluster that declares none: any pod that asks for no pool of its own runs in `general`, and what an `EncoderPool` asks for
 * by default in `encoders`.
 */
export const defaultPools: readonly NodePool[] = [
  {
    name: "general",
    labels: {},
    taints: [],
    machineType: "e2-standard-4",
    spot: false,
    zones: ["b", "c"],
  },
  {
    name: "encoders",
    labels: { "mpegflow-pool": "encoders" },
    taints: [{ key: "mpegflow-pool", value: "encoders", effect: "NoSchedule" }],
    machineType: "c4-standard-8",
    spot: true,
    zones: ["b", "c"],
  },
];

/**
 * Capacity of a node whose pool names no machine type. It represents all machines that an autoscaler would add; nothing
 * on this computer enforces it.
 */
const unlimited: Capacity = { cpu: "256", memory: "1Ti", "ephemeral-storage": "10Ti", pods: "110" };

/**
 * Nodes of a region's pools, labelled as GKE labels them.
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/about-node-labels
 */
export function nodesOf(region: string, pools: readonly NodePool[]): NodeDescription[] {
  return pools.flatMap((pool) =>
    Array.from({ length: pool.count ?? pool.zones.length }, (_, index) => {
      const zone = `${region}-${pool.zones[index % pool.zones.length] ?? "b"}`;
      const turn = Math.floor(index / pool.zones.length);
      const name = `${pool.name}-${zone}${turn === 0 ? "" : `-${turn + 1}`}`;
      return {
        name,
        taints: pool.taints,
        capacity: pool.machine?.capacity ?? unlimited,
        allocatable: pool.machine?.allocatable ?? unlimited,
        labels: {
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": pool.machine?.architecture ?? (process.arch === "arm64" ? "arm64" : "amd64"),
          "node.kubernetes.io/instance-type": pool.machineType,
          "topology.kubernetes.io/region": region,
          "topology.kubernetes.io/zone": zone,
          [poolLabel]: pool.name,
          "iam.gke.io/gke-metadata-server-enabled": "true",
          ...(pool.spot && {
            "cloud.google.com/gke-spot": "true",
            "cloud.google.com/gke-provisioning": "spot",
          }),
          ...pool.labels,
        },
      };
    }),
  );
}

/** GKE's, on every node. */
export const poolLabel = "cloud.google.com/gke-nodepool";
