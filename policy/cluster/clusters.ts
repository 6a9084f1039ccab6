import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { CLUSTER, NODE_POOL } from "../model/kinds.ts";
import { block, blocks, read, text, type Properties } from "../model/known.ts";
import { NOT_EPHEMERAL, resourceRule, stackRule, type Finding } from "../model/rule.ts";

const CLUSTERS_AND_POOLS = new Set([...CLUSTER, ...NODE_POOL]);

export const nodesHideTheirCredentials: ResourceValidationPolicy = resourceRule({
  name: "nodes-hide-their-credentials",
  family: "cluster",
  subject: "a cluster or node pool",
  tokens: CLUSTERS_AND_POOLS,
  displayName: "Nodes offer pods GKE's metadata server",
  description:
    "Node pools must have workloadMetadataConfig.mode GKE_METADATA, and clusters with node pools must have Workload Identity.",
  severity: "critical",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  reason: "otherwise every pod on a node can get the node's own token from 169.254.169.254.",
  fix: 'set nodeConfig.workloadMetadataConfig.mode: "GKE_METADATA", and workloadIdentityConfig.workloadPool on the cluster',
  *judge({ type, props }) {
    if (isAutopilot(props)) return;
    for (const { nodeConfig, where } of nodesOf(type, props)) {
      const mode = text(block(nodeConfig, "workloadMetadataConfig") ?? {}, "mode");
      if (mode === "GKE_METADATA") continue;
      yield {
        text: `${mode === undefined ? "does not say which metadata server its pods get" : `has metadata mode ${mode}`}${where}`,
        fix: `set nodeConfig.workloadMetadataConfig.mode: "GKE_METADATA"${where}`,
      };
    }
    if (CLUSTER.has(type) && block(props, "workloadIdentityConfig") === undefined) {
      yield {
        text: "has no Workload Identity",
        fix: 'set workloadIdentityConfig.workloadPool: "PROJECT_ID.svc.id.goog"',
      };
    }
  },
});

/** The configurations of the nodes that a resource makes, and where it has them. */
function* nodesOf(type: string, props: Properties): Iterable<{ nodeConfig: Properties; where: string }> {
  const own = nodeConfigOf(props);
  if (NODE_POOL.has(type)) yield { nodeConfig: own ?? {}, where: "" };
  if (!CLUSTER.has(type)) return;
  if (own !== undefined) yield { nodeConfig: own, where: "" };
  for (const pool of blocks(props, "nodePools")) {
    yield { nodeConfig: nodeConfigOf(pool) ?? {}, where: whereOf(pool) };
  }
}

/** google-native calls a pool's `config`. */
function nodeConfigOf(props: Properties): Properties | undefined {
  return block(props, "nodeConfig") ?? block(props, "config");
}

function whereOf(pool: Properties): string {
  const name = read(() => text(pool, "name"));
  return ` in its pool${typeof name === "string" ? ` ${name}` : ""}`;
}

export const nodesArePrivate: StackValidationPolicy = stackRule({
  name: "nodes-are-private",
  family: "cluster",
  subject: "a cluster or node pool",
  tokens: CLUSTERS_AND_POOLS,
  displayName: "Nodes have no public address",
  description: "Clusters and node pools must have private nodes.",
  severity: "high",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/concepts/private-cluster-concept",
  reason: "a node with a public address can be reached from the internet, and its pods can reach all of it.",
  fix: "set privateClusterConfig.enablePrivateNodes on the cluster; do not turn networkConfig.enablePrivateNodes off on a pool",
  *judgeAlone({ type, props }) {
    if (privateNodesOf(props) === false) yield turnedOff("");
    if (!CLUSTER.has(type)) return;
    const pools = blocks(props, "nodePools");
    for (const pool of pools) {
      if (privateNodesOf(pool) === false) yield turnedOff(whereOf(pool));
    }
    if (makesPrivateNodes(props) || props["removeDefaultNodePool"] === true) return;
    if (pools.length > 0 && pools.every((pool) => privateNodesOf(pool) === true)) return;
    yield {
      text: "has nodes with public addresses",
      fix: "set privateClusterConfig.enablePrivateNodes: true",
    };
  },
  *judge(pool, stack) {
    if (!NODE_POOL.has(pool.type) || privateNodesOf(pool.props) !== undefined) return;
    const cluster = stack.referred(pool, "cluster", CLUSTER);
    // A cluster with its own nodes is reported itself.
    if (cluster?.props["removeDefaultNodePool"] !== true || makesPrivateNodes(cluster.props)) return;
    yield {
      text: "has nodes with public addresses, which is its cluster's default",
      fix: "set networkConfig.enablePrivateNodes: true here, or privateClusterConfig.enablePrivateNodes: true on its cluster",
    };
  },
});

function turnedOff(where: string): Finding {
  return {
    text: `turns private nodes off${where}`,
    fix: `leave networkConfig.enablePrivateNodes out, or set it to true${where}`,
  };
}

function privateNodesOf(props: Properties): unknown {
  return block(props, "networkConfig")?.["enablePrivateNodes"];
}

/** Whether the nodes of a cluster are private unless its pools say otherwise; google-native has the newer name, too. */
function makesPrivateNodes(props: Properties): boolean {
  const whole = block(props, "privateClusterConfig")?.["enablePrivateNodes"];
  return whole === true || block(props, "networkConfig")?.["defaultEnablePrivateNodes"] === true;
}

export const clustersAreProtected: ResourceValidationPolicy = resourceRule({
  name: "clusters-are-protected",
  family: "cluster",
  subject: "a cluster",
  tokens: CLUSTER,
  displayName: "Clusters cannot be deleted by accident",
  description: "Clusters must keep deletionProtection, except in disposable stacks. Remediates.",
  severity: "high",
  url: "https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/",
  reason: "many changes to a cluster's arguments replace it, which ends every job that runs on it.",
  fix: "leave deletionProtection out, or set it to true",
  stacks: NOT_EPHEMERAL,
  *judge({ props }) {
    if (props["deletionProtection"] === false) yield "turns deletionProtection off";
  },
  remediate: (props) => {
    props["deletionProtection"] = true;
  },
});

export const clustersEnforceNetworkPolicies: ResourceValidationPolicy = resourceRule({
  name: "clusters-enforce-network-policies",
  family: "cluster",
  subject: "a cluster",
  tokens: CLUSTER,
  displayName: "Clusters enforce network policies",
  description: "Clusters must have Dataplane V2 or network policy enforcement.",
  severity: "critical",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/concepts/dataplane-v2",
  reason: "without either, the API server accepts NetworkPolicies and nothing enforces them.",
  fix: 'set datapathProvider: "ADVANCED_DATAPATH"',
  *judge({ props }) {
    if (isAutopilot(props) || dataplaneOf(props) === "ADVANCED_DATAPATH") return;
    if (block(props, "networkPolicy")?.["enabled"] !== true) yield "does not enforce network policies";
  },
});

/** Autopilot always has Workload Identity, GKE's metadata server and Dataplane V2. */
function isAutopilot(props: Properties): boolean {
  return props["enableAutopilot"] === true || block(props, "autopilot")?.["enabled"] === true;
}

/** google-native has it among the network's settings. */
function dataplaneOf(props: Properties): string | undefined {
  return text(props, "datapathProvider") ?? text(block(props, "networkConfig") ?? {}, "datapathProvider");
}
