import { UNKNOWN } from "../../../../testing/index.ts";
import {
  any,
  cluster,
  deployment,
  inCluster,
  networkPolicy,
  nodePool,
  providerOf,
  type Case,
} from "./case.ts";

const private_ = { privateClusterConfig: { enablePrivateNodes: true } };
const identity = { workloadIdentityConfig: { workloadPool: "p.svc.id.goog" } };
const denies = (egress: readonly object[], more: object = {}) =>
  networkPolicy("egress", {
    metadata: { namespace: "media" },
    spec: { podSelector: {}, policyTypes: ["Egress"], egress, ...more },
  });
const dns = { to: [{ namespaceSelector: {} }], ports: [{ port: 53 }] };
const google = { to: [{ ipBlock: { cidr: "199.36.153.8/30" } }] };

const cilium = (kind: string, spec: object) =>
  any(`kubernetes:cilium.io/v2:${kind}`)("cilium", { metadata: { namespace: "media" }, spec });
const hostSpec = { serviceAccountName: "encoder", hostNetwork: true, containers: [{ name: "main" }] };
const template = { metadata: { labels: {} }, spec: hostSpec };
const SPECS: Readonly<Record<string, object>> = {
  Pod: hostSpec,
  CronJob: { jobTemplate: { spec: { template } } },
  ScaledJob: { jobTargetRef: { template } },
};
const onHost = (type: string) => {
  const kind = type.slice(type.lastIndexOf(":") + 1);
  const props = { metadata: { namespace: "media" }, spec: SPECS[kind] ?? { template } };
  return any(`kubernetes:${type}`)(kind, props, { withoutOutputs: true });
};

export const clusters: readonly Case[] = [
  {
    policy: "nodes-hide-their-credentials",
    title: "pools and clusters that give out the node's credentials",
    resources: [
      nodePool("silent", {}),
      nodePool("said", { nodeConfig: { workloadMetadataConfig: { mode: "GCE_METADATA" } } }),
      cluster("bare", {}),
      cluster("own", { ...identity, nodeConfig: { machineType: "c4" } }),
    ],
    found: [
      'NodePool "silent" does not say which metadata server its pods get.',
      'NodePool "said" has metadata mode GCE_METADATA.',
      'Cluster "bare" has no Workload Identity.',
      'Cluster "own" does not say which metadata server its pods get.',
    ],
  },
  {
    policy: "nodes-hide-their-credentials",
    title: "pools inside a cluster, in words of two providers",
    resources: [
      cluster("c", {
        ...identity,
        nodePools: [
          { name: "silent" },
          { name: "said", nodeConfig: { workloadMetadataConfig: { mode: "GCE_METADATA" } } },
          { name: "hidden", nodeConfig: { workloadMetadataConfig: { mode: "GKE_METADATA" } } },
        ],
      }),
      any("google-native:container/v1:NodePool")("native", {
        config: { workloadMetadataConfig: { mode: "GKE_METADATA" } },
      }),
      any("google-native:container/v1:Cluster")("all", { ...identity, nodePools: [{ config: {} }] }),
    ],
    found: [
      'Cluster "c" does not say which metadata server its pods get in its pool silent.',
      'Cluster "c" has metadata mode GCE_METADATA in its pool said.',
      'Cluster "all" does not say which metadata server its pods get in its pool.',
    ],
  },
  {
    policy: "nodes-are-private",
    title: "a pool inside a private cluster that turns it off",
    resources: [
      cluster("c", {
        ...private_,
        nodePools: [{ name: "open", networkConfig: { enablePrivateNodes: false } }, { name: "silent" }],
      }),
    ],
    found: ['Cluster "c" turns private nodes off in its pool open.'],
  },
  {
    policy: "nodes-hide-their-credentials",
    title: "pools with the metadata server, a cluster with Workload Identity, and Autopilot",
    resources: [
      nodePool("pool", { nodeConfig: { workloadMetadataConfig: { mode: "GKE_METADATA" } } }),
      cluster("standard", identity),
      cluster("autopilot", { enableAutopilot: true }),
    ],
    found: [],
  },
  {
    policy: "nodes-are-private",
    title: "clusters and a pool with public addresses",
    resources: [
      cluster("silent", {}),
      cluster("said", { privateClusterConfig: { enablePrivateNodes: false } }),
      nodePool("pool", { networkConfig: { enablePrivateNodes: false } }),
    ],
    found: [
      'Cluster "silent" has nodes with public addresses.',
      'Cluster "said" has nodes with public addresses.',
      'NodePool "pool" turns private nodes off.',
    ],
  },
  {
    policy: "nodes-are-private",
    title: "private nodes, and pools that inherit",
    resources: [
      cluster("c", private_),
      nodePool("said", { networkConfig: { enablePrivateNodes: true } }),
      nodePool("silent"),
    ],
    found: [],
  },
  {
    policy: "nodes-are-private",
    title: "pools that are private in a cluster that keeps no nodes of its own, beside one that is not",
    resources: [
      cluster("c", { name: "c", removeDefaultNodePool: true }),
      nodePool("said", { cluster: "c", networkConfig: { enablePrivateNodes: true } }),
      nodePool("silent", { cluster: "c" }),
      cluster("inside", { nodePools: [{ networkConfig: { enablePrivateNodes: true } }] }),
    ],
    found: ['NodePool "silent" has nodes with public addresses, which is its cluster\'s default.'],
  },
  {
    policy: "nodes-are-private",
    title: "pools that inherit of a private cluster that keeps no nodes of its own",
    resources: [
      cluster("c", { name: "c", removeDefaultNodePool: true, ...private_ }),
      nodePool("silent", { cluster: "c" }),
    ],
    found: [],
  },
  {
    policy: "nodes-are-private",
    title: "clusters as google-native writes them",
    resources: [
      any("google-native:container/v1:Cluster")("right", {
        networkConfig: { defaultEnablePrivateNodes: true },
      }),
      any("google-native:container/v1:Cluster")("wrong", {
        networkConfig: { defaultEnablePrivateNodes: false },
      }),
    ],
    found: ['Cluster "wrong" has nodes with public addresses.'],
  },
  {
    policy: "nodes-hide-their-credentials",
    title: "Autopilot as google-native writes it",
    resources: [any("google-native:container/v1:Cluster")("c", { autopilot: { enabled: true } })],
    found: [],
  },
  {
    policy: "clusters-enforce-network-policies",
    title: "Dataplane V2 and Autopilot as google-native writes them",
    resources: [
      any("google-native:container/v1:Cluster")("v2", {
        networkConfig: { datapathProvider: "ADVANCED_DATAPATH" },
      }),
      any("google-native:container/v1:Cluster")("autopilot", { autopilot: { enabled: true } }),
      any("google-native:container/v1:Cluster")("neither", { networkConfig: {}, autopilot: {} }),
    ],
    found: ['Cluster "neither" does not enforce network policies.'],
  },
  {
    policy: "clusters-are-protected",
    title: "a cluster of prod without protection",
    resources: [cluster("c", { deletionProtection: false })],
    found: ['Cluster "c" turns deletionProtection off.'],
  },
  {
    policy: "clusters-are-protected",
    title: "a protected one",
    resources: [cluster("silent"), cluster("said", { deletionProtection: true })],
    found: [],
  },
  {
    policy: "clusters-are-protected",
    title: "one of dev",
    stack: "dev",
    resources: [cluster("c", { deletionProtection: false })],
    found: [],
  },
  {
    policy: "clusters-enforce-network-policies",
    title: "clusters on which network policies do nothing",
    resources: [cluster("silent"), cluster("off", { networkPolicy: { enabled: false } })],
    found: ["silent", "off"].map((name) => `Cluster "${name}" does not enforce network policies.`),
  },
  {
    policy: "clusters-enforce-network-policies",
    title: "Dataplane V2, Calico and Autopilot",
    resources: [
      cluster("v2", { datapathProvider: "ADVANCED_DATAPATH" }),
      cluster("calico", { networkPolicy: { enabled: true } }),
      cluster("autopilot", { enableAutopilot: true }),
    ],
    found: [],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "workers on the host's network, where no network policy would help",
    resources: [deployment("encoder", { spec: { hostNetwork: true } })],
    found: ['Deployment "encoder" runs workers on the host\'s network.'],
  },
  ...[
    ["everyone", {}],
    ["every address", { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
    ["every address but another", { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }],
    ["the address", { to: [{ ipBlock: { cidr: "169.254.169.254/32" } }] }],
  ].map(([to, rule]): Case => ({
    policy: "workers-cannot-reach-metadata",
    title: `a policy that lets workers reach ${to as string}`,
    resources: [deployment("encoder"), denies([dns, rule as object])],
    found: ['Deployment "encoder" runs workers that the NetworkPolicy egress lets reach 169.254.169.254.'],
  })),
  {
    policy: "workers-cannot-reach-metadata",
    title: "a second policy that undoes the first",
    resources: [deployment("encoder"), denies([dns]), { ...denies([{}]), name: "second" }],
    found: ['Deployment "encoder" runs workers that the NetworkPolicy second lets reach 169.254.169.254.'],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "policies of another namespace, for other pods, for ingress only, and of another cluster",
    resources: inCluster("own", [
      deployment("encoder"),
      networkPolicy("elsewhere", {
        metadata: { namespace: "other" },
        spec: { podSelector: {}, policyTypes: ["Egress"] },
      }),
      denies([], { podSelector: { matchLabels: { "app.kubernetes.io/name": "coordinator" } } }),
      {
        ...denies([], { podSelector: { matchExpressions: [{ key: "gpu", operator: "Exists" }] } }),
        name: "gpu",
      },
      { ...denies([], { policyTypes: ["Ingress"], egress: undefined }), name: "ingress" },
      {
        ...denies([]),
        name: "other-cluster",
        provider: providerOf("other"),
      },
    ]),
    found: ['Deployment "encoder" runs workers whose egress no NetworkPolicy limits.'],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title:
      "workers that may reach names and Google's private addresses only, and programs that are no workers",
    resources: [
      deployment("encoder"),
      denies([dns, google, { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }] }], {
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": "encoder" },
          matchExpressions: [
            { key: "app.kubernetes.io/name", operator: "In", values: ["encoder"] },
            { key: "gpu", operator: "DoesNotExist" },
            { key: "gpu", operator: "NotIn", values: ["yes"] },
          ],
        },
      }),
      deployment("coordinator"),
    ],
    found: [],
  },
  ...[
    [
      "the address that Calico sees",
      { to: [{ ipBlock: { cidr: "169.254.169.252/32" } }] },
      "169.254.169.252",
    ],
    [
      "everything but one of its addresses",
      { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.169.254/32"] } }] },
      "169.254.169.252",
    ],
    ["every address of IPv6", { to: [{ ipBlock: { cidr: "::/0" } }] }, "fd20:ce::254"],
    [
      "every address at a range of ports",
      { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 1, endPort: 100 }] },
      "169.254.169.254",
    ],
  ].map(([to, rule, address]): Case => ({
    policy: "workers-cannot-reach-metadata",
    title: `a policy that lets workers reach ${to as string}`,
    resources: [deployment("encoder"), denies([dns, rule as object])],
    found: [
      `Deployment "encoder" runs workers that the NetworkPolicy egress lets reach ${address as string}.`,
    ],
  })),
  {
    policy: "workers-cannot-reach-metadata",
    title: "every address, at ports where the metadata server does not answer",
    resources: [
      deployment("encoder"),
      denies([{ ports: [{ port: 443 }, { port: 53, protocol: "UDP" }, { port: 80, protocol: "UDP" }] }]),
    ],
    found: [],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title:
      "workers on the host's network, whatever makes their pods, on a provider that is not configured yet",
    resources: [
      ...[
        "core/v1:Pod",
        "core/v1:ReplicationController",
        "apps/v1:StatefulSet",
        "apps/v1:DeploymentPatch",
        "batch/v1:CronJob",
        "keda.sh/v1alpha1:ScaledJob",
        "argoproj.io/v1alpha1:Rollout",
      ].map((type) => onHost(type)),
      denies([dns]),
    ],
    found: [
      "Pod",
      "ReplicationController",
      "StatefulSet",
      "DeploymentPatch",
      "CronJob",
      "ScaledJob",
      "Rollout",
    ].map((kind) => `${kind} "${kind}" runs workers on the host's network.`),
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "custom resources of which a value, but no pod's template, is not known yet",
    resources: [
      any("kubernetes:keda.sh/v1alpha1:ScaledObject")("scales", {
        spec: { triggers: [{ metadata: { url: UNKNOWN.string } }] },
      }),
      any("kubernetes:jobset.x-k8s.io/v1alpha2:JobSet")("jobs", {
        metadata: { namespace: "media" },
        spec: { replicatedJobs: [{ template: { spec: { template } } }] },
      }),
      denies([dns]),
    ],
    found: ['JobSet "jobs" runs workers on the host\'s network.'],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a custom resource whose template is not known yet",
    resources: [
      any("kubernetes:argoproj.io/v1alpha1:Rollout")("later", { spec: { template: UNKNOWN.object } }),
    ],
    found: [],
    undecided: true,
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a Cilium policy that denies the metadata server, whatever others allow",
    resources: [
      deployment("encoder"),
      cilium("CiliumNetworkPolicy", {
        endpointSelector: {},
        egressDeny: [{ toCIDR: ["169.254.169.254/32"] }],
        egress: [{ toEntities: ["world"] }],
      }),
      denies([{}]),
    ],
    found: [],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a Cilium policy that lets workers reach names of the cluster only, by their labels",
    resources: [
      deployment("encoder"),
      cilium("CiliumNetworkPolicy", {
        endpointSelector: {
          matchLabels: {
            "k8s:app.kubernetes.io/name": "encoder",
            "k8s:io.kubernetes.pod.namespace": "media",
          },
        },
        egress: [{ toEndpoints: [{}] }, { toCIDRSet: [{ cidr: "10.0.0.0/8" }] }],
      }),
    ],
    found: [],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a policy of the whole cluster by Cilium that undoes Kubernetes' policy",
    resources: [
      deployment("encoder"),
      denies([dns]),
      cilium("CiliumClusterwideNetworkPolicy", {
        endpointSelector: {},
        egress: [{ toEntities: ["world"], toPorts: [{ ports: [{ port: "80", protocol: "TCP" }] }] }],
      }),
    ],
    found: [
      'Deployment "encoder" runs workers that the CiliumClusterwideNetworkPolicy cilium lets reach 169.254.169.254.',
    ],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "denies of Cilium for other pods, at other ports and of another address, which limit no worker",
    resources: [
      deployment("encoder"),
      ...[
        { endpointSelector: { matchLabels: { app: "other" } }, egressDeny: [{ toEntities: ["world"] }] },
        {
          endpointSelector: {},
          enableDefaultDeny: { egress: false },
          egressDeny: [{ toCIDR: ["169.254.169.254/32"], toPorts: [{ ports: [{ port: "443" }] }] }],
        },
        {
          endpointSelector: {},
          enableDefaultDeny: { egress: false },
          egressDeny: [{ toCIDR: ["10.0.0.0/8"] }],
        },
      ].map((spec, index) => ({ ...cilium("CiliumNetworkPolicy", spec), name: `cilium-${index}` })),
    ],
    found: ['Deployment "encoder" runs workers whose egress no NetworkPolicy limits.'],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a policy of a maker that is not read",
    resources: [
      deployment("encoder"),
      denies([dns]),
      any("kubernetes:projectcalico.org/v3:GlobalNetworkPolicy")("calico", { spec: {} }),
    ],
    found: [],
    undecided: true,
  },
  ...[
    ["projectcalico.org/v3:GlobalNetworkPolicy", {}],
    ["projectcalico.org/v3:NetworkPolicy", { namespace: "media" }],
    ["policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy", {}],
  ].map(([type, metadata]): Case => ({
    policy: "workers-cannot-reach-metadata",
    title: `a ${type as string} alone, which may cut them off`,
    resources: [deployment("encoder"), any(`kubernetes:${type as string}`)("deny", { metadata, spec: {} })],
    found: [],
    undecided: true,
  })),
  {
    policy: "workers-cannot-reach-metadata",
    title: "charts of workers on the host's network",
    resources: [
      any("kubernetes:helm.sh/v3:Release")("transcoders", {
        chart: "oci://registry/charts/x",
        values: { pod: { hostNetwork: true } },
      }),
      any("kubernetes:helm.sh/v4:Chart")("c", { chart: "x/encoder", values: { hostNetwork: true } }),
      any("kubernetes:helm.sh/v3:Release")("agent", { chart: "agent", values: { hostNetwork: true } }),
    ],
    found: [
      'Release "transcoders" runs workers on the host\'s network.',
      'Chart "c" runs workers on the host\'s network.',
    ],
    undecided: true,
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a chart that runs pods as a worker's account",
    resources: [
      any("kubernetes:helm.sh/v3:Release")("r", { values: { serviceAccount: { name: "worker" } } }),
    ],
    found: [],
    undecided: true,
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "policies of such a maker of another namespace and of another cluster",
    resources: inCluster("own", [
      deployment("encoder"),
      any("kubernetes:projectcalico.org/v3:NetworkPolicy")("deny", { metadata: { namespace: "other" } }),
      any("kubernetes:projectcalico.org/v3:GlobalNetworkPolicy")(
        "far",
        {},
        { provider: providerOf("other") },
      ),
    ]),
    found: ['Deployment "encoder" runs workers whose egress no NetworkPolicy limits.'],
  },
  ...[
    ["of ingress by its types, whose rules for egress Kubernetes ignores", ["Ingress"], [dns]],
    ["without types and with no rule for egress, which is one of ingress", undefined, []],
  ].map(([what, policyTypes, egress]): Case => ({
    policy: "workers-cannot-reach-metadata",
    title: `a policy ${what as string}`,
    resources: [deployment("encoder"), denies(egress as object[], { policyTypes })],
    found: ['Deployment "encoder" runs workers whose egress no NetworkPolicy limits.'],
  })),
  {
    policy: "workers-cannot-reach-metadata",
    title: "a policy without types whose rule makes it one of egress",
    resources: [deployment("encoder"), denies([dns], { policyTypes: undefined })],
    found: [],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a list of policies, of which the second undoes the first",
    resources: [
      deployment("encoder"),
      any("kubernetes:networking.k8s.io/v1:NetworkPolicyList")("list", {
        items: [denies([dns]), denies([{}])].map(({ props }, index) => ({
          ...props,
          metadata: { namespace: "media", name: `policy-${index}` },
        })),
      }),
    ],
    found: ['Deployment "encoder" runs workers that the NetworkPolicy policy-1 lets reach 169.254.169.254.'],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "a list with a policy that limits them",
    resources: [
      deployment("encoder"),
      any("kubernetes:networking.k8s.io/v1:NetworkPolicyList")("list", { items: [denies([dns]).props] }),
    ],
    found: [],
  },
];
