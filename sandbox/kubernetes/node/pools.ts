/** One pool of nodes, as an `EncoderCluster` declares it. */
export interface NodePool {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly { key: string; value: string; effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute" }[];
  /** Such as `c4-standard-8`; it is a label here, and no size. */
  machineType: string;
  spot: boolean;
  /** Letters of the region's zones; one node stands in each. */
  zones: readonly string[];
}

/** What one node of the sandbox is to the API server. */
export interface NodeDescription {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: NodePool["taints"];
  /** `10.244.N.0/24`: its pods' addresses, which stand for loopback ports. */
  podCidr: string;
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
 * What a node offers. It stands for as many machines as the cluster's autoscaler would add, so it is no machine's size: nothing on this
 * computer is kept within it.
 */
export const capacity = { cpu: "256", memory: "1Ti", "ephemeral-storage": "10Ti", pods: "110" };

/**
 * Nodes of a region's pools, labelled as GKE labels them.
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/about-node-labels
 */
export function nodesOf(region: string, pools: readonly NodePool[]): NodeDescription[] {
  return pools
    .flatMap((pool) => pool.zones.map((zone) => ({ pool, zone: `${region}-${zone}` })))
    .map(({ pool, zone }, index) => {
      const name = `${pool.name}-${zone}`;
      return {
        name,
        podCidr: `10.244.${index}.0/24`,
        taints: pool.taints,
        labels: {
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": process.arch === "arm64" ? "arm64" : "amd64",
          "node.kubernetes.io/instance-type": pool.machineType,
          "topology.kubernetes.io/region": region,
          "topology.kubernetes.io/zone": zone,
          "cloud.google.com/gke-nodepool": pool.name,
          "iam.gke.io/gke-metadata-server-enabled": "true",
          ...(pool.spot && {
            "cloud.google.com/gke-spot": "true",
            "cloud.google.com/gke-provisioning": "spot",
          }),
          ...pool.labels,
        },
      };
    });
}
