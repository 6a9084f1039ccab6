import { UNKNOWN } from "../../../../testing/index.ts";
import { any, deployment, networkPolicy, providerOf, type Case } from "./case.ts";

/** Spellings of egress that network policies add to a strict one: what each lets workers reach, or that nobody can tell. */

const METADATA = "workers-cannot-reach-metadata";
const HOSTS = "workers-reach-named-hosts";
const namespace = "media";
const dns = { to: [{ namespaceSelector: {} }], ports: [{ protocol: "UDP", port: 53 }] };
const policyOf = (name: string, egress: readonly object[], podSelector: object = {}) =>
  networkPolicy(name, { metadata: { namespace }, spec: { podSelector, policyTypes: ["Egress"], egress } });
const strict = policyOf("strict", [dns]);
const range = (cidr: string, ...ports: number[]) => ({
  to: [{ ipBlock: { cidr } }],
  ...(ports.length > 0 && { ports: ports.map((port) => ({ protocol: "TCP", port })) }),
});
const cilium = (spec: object, kind = "CiliumNetworkPolicy") =>
  any(`kubernetes:cilium.io/v2:${kind}`)("added", { metadata: { namespace }, spec });
const fqdn = (match: object) =>
  any("kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy")("added", {
    metadata: { namespace },
    spec: { podSelector: {}, egress: [{ matches: [match], ports: [{ protocol: "TCP", port: 80 }] }] },
  });
const reaches = (what: string, kind = "NetworkPolicy"): string =>
  `Deployment "encoder" runs workers that the ${kind} added lets reach ${what}.`;

const RANGES: readonly (readonly [cidr: string, port: number, address: string])[] = [
  ["169.254.169.254/32", 80, "169.254.169.254"],
  ["169.254.169.254/32", 8080, "169.254.169.254"],
  ["169.254.169.252/32", 987, "169.254.169.252"],
  ["169.254.169.252/32", 988, "169.254.169.252"],
  ["fd20:ce::254/128", 80, "fd20:ce::254"],
  ["169.254.170.23/32", 80, "169.254.170.23"],
  ["fd00:ec2::23/128", 80, "fd00:ec2::23"],
  ["fd00:ec2::254/128", 80, "fd00:ec2::254"],
];

const METADATA_NAMES = [
  "metadata.google.internal",
  "Metadata.Google.Internal",
  "metadata.google.internal.",
  "metadata.goog",
  "METADATA.GOOG.",
  "*.google.internal",
  "*.Google.Internal.",
  "metadata.*.internal",
  "*.goog",
];

const ANYBODYS = ["*", "*.com", "*.COM.", "*.*", "*.*.com", "**.com", "cdn*.com", "cdn.*"];

/** Labels that no template has, and that pods have or may have. */
const ADDED_LABELS = [
  "pod-template-hash",
  "controller-revision-hash",
  "controller-uid",
  "job-name",
  "batch.kubernetes.io/job-name",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-completion-index",
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
];

const everywhere = policyOf("added", [range("0.0.0.0/0")]);
const byLabel = (key: string, operator: string, egress: readonly object[] = [range("0.0.0.0/0")]) =>
  policyOf("added", egress, { matchExpressions: [{ key, operator }] });

const undecided = (policy: string, title: string, resources: Case["resources"]): Case => ({
  policy,
  title,
  resources,
  found: [],
  undecided: true,
});
const inBoth = (make: (policy: string) => Case): Case[] => [METADATA, HOSTS].map(make);

export const egressSpellings: readonly Case[] = [
  ...RANGES.map(([cidr, port, address]): Case => ({
    policy: METADATA,
    title: `${cidr} at port ${port}, beside a strict policy`,
    resources: [deployment("encoder"), strict, policyOf("added", [range(cidr, port)])],
    found: [reaches(address)],
  })),
  ...METADATA_NAMES.flatMap((pattern): Case[] => [
    {
      policy: METADATA,
      title: `a metadata server by ${pattern}`,
      resources: [deployment("encoder"), strict, fqdn({ pattern })],
      found: [reaches("169.254.169.254", "FQDNNetworkPolicy")],
    },
    {
      policy: METADATA,
      title: `a metadata server by ${pattern} of Cilium`,
      resources: [
        deployment("encoder"),
        strict,
        cilium({ endpointSelector: {}, egress: [{ toFQDNs: [{ matchPattern: pattern }] }] }),
      ],
      found: [reaches("169.254.169.254", "CiliumNetworkPolicy")],
    },
  ]),
  ...ANYBODYS.flatMap((pattern): Case[] => [
    {
      policy: HOSTS,
      title: `names that anybody may register: ${pattern}`,
      resources: [deployment("encoder"), strict, fqdn({ pattern })],
      found: [reaches(pattern, "FQDNNetworkPolicy")],
    },
    {
      policy: HOSTS,
      title: `names that anybody may register, by Cilium: ${pattern}`,
      resources: [
        deployment("encoder"),
        strict,
        cilium({ endpointSelector: {}, egress: [{ toFQDNs: [{ matchPattern: pattern }] }] }),
      ],
      found: [reaches(pattern, "CiliumNetworkPolicy")],
    },
  ]),
  {
    policy: HOSTS,
    title: "wildcards below a host's own name",
    resources: [
      deployment("encoder"),
      strict,
      ...["*.amazonaws.com", "*.*.amazonaws.com", "s3.*.amazonaws.com.", "*-cdn.example.com"].map(
        (pattern, index) => ({ ...fqdn({ pattern }), name: `named-${index}` }),
      ),
    ],
    found: [],
  },
  ...ADDED_LABELS.flatMap((key) => [
    ...inBoth((policy) =>
      undecided(policy, `every address for pods that have ${key}`, [
        deployment("encoder"),
        strict,
        byLabel(key, "Exists"),
      ]),
    ),
    ...inBoth((policy) =>
      undecided(policy, `a strict policy alone, for pods that have no ${key}`, [
        deployment("encoder"),
        byLabel(key, "DoesNotExist", [dns]),
      ]),
    ),
  ]),
  ...inBoth((policy) =>
    undecided(policy, "every address for one of a Deployment's ReplicaSets", [
      deployment("encoder"),
      strict,
      policyOf("added", [range("0.0.0.0/0")], { matchLabels: { "pod-template-hash": "5d8f" } }),
    ]),
  ),
  ...inBoth((policy) => ({
    policy,
    title:
      "every address for other pods, whatever labels are added to them, and a strict policy for added labels",
    resources: [
      deployment("encoder"),
      strict,
      policyOf("added", [range("0.0.0.0/0")], {
        matchLabels: { "app.kubernetes.io/name": "agent" },
        matchExpressions: [{ key: "job-name", operator: "Exists" }],
      }),
      { ...byLabel("job-name", "Exists", [dns]), name: "strict-jobs" },
    ],
    found: [],
  })),
  ...inBoth((policy) =>
    undecided(policy, "the world for namespaces by their labels, by Cilium", [
      deployment("encoder"),
      strict,
      cilium(
        {
          endpointSelector: { matchLabels: { "k8s:io.cilium.k8s.namespace.labels.team": "video" } },
          egress: [{ toEntities: ["world"] }],
        },
        "CiliumClusterwideNetworkPolicy",
      ),
    ]),
  ),
  {
    policy: METADATA,
    title: "the world for the workers' namespace by its name, by Cilium",
    resources: [
      deployment("encoder"),
      strict,
      cilium(
        {
          endpointSelector: {
            matchLabels: { "k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": "media" },
          },
          egress: [{ toEntities: ["world"] }],
        },
        "CiliumClusterwideNetworkPolicy",
      ),
    ],
    found: [reaches("169.254.169.254", "CiliumClusterwideNetworkPolicy")],
  },
  ...[
    { toCIDRSet: [{ cidrGroupRef: "partners" }] },
    { toGroups: [{ aws: { region: "us-east-1" } }] },
  ].flatMap((rule) =>
    inBoth((policy) =>
      undecided(policy, `ranges that are elsewhere: ${Object.keys(rule).join()}`, [
        deployment("encoder"),
        strict,
        cilium({ endpointSelector: {}, egress: [rule] }),
      ]),
    ),
  ),
  {
    policy: METADATA,
    title: "a deny of Cilium at one of the metadata server's ports",
    resources: [
      deployment("encoder"),
      cilium({
        endpointSelector: {},
        egressDeny: [
          { toCIDR: ["169.254.169.254/32"], toPorts: [{ ports: [{ port: "80", protocol: "TCP" }] }] },
        ],
        egress: [{ toEntities: ["world"] }],
      }),
    ],
    found: [reaches("169.254.169.254", "CiliumNetworkPolicy")],
  },
  {
    policy: METADATA,
    title: "a deny of Cilium for the metadata server, beside EKS' agent of credentials",
    resources: [
      deployment("encoder"),
      { ...cilium({ endpointSelector: {}, egressDeny: [{ toCIDR: ["169.254.169.254/32"] }] }), name: "deny" },
      policyOf("added", [range("169.254.170.23/32", 80)]),
    ],
    found: [reaches("169.254.170.23")],
  },
  ...[
    ["of the same kubeconfig", providerOf("second", providerOf("first").props?.["kubeconfig"])],
    [
      "of the same server in another form",
      providerOf("second", '{"clusters":[{"cluster":{"server":"https://first"}}],"users":[{}]}'),
    ],
  ].map(([what, provider]): Case => ({
    policy: METADATA,
    title: `every address by a second provider ${what as string}`,
    resources: [
      deployment("encoder", {}, { provider: providerOf("first") }),
      { ...strict, provider: providerOf("first") },
      { ...everywhere, provider: provider as ReturnType<typeof providerOf> },
    ],
    found: [reaches("169.254.169.254")],
  })),
  ...[
    ["whose kubeconfig is not known yet", providerOf("second", UNKNOWN.string)],
    ["of the machine's own kubeconfig", { type: "pulumi:providers:kubernetes", name: "second" }],
  ].flatMap(([what, provider]) =>
    inBoth((policy) =>
      undecided(policy, `every address by a second provider ${what as string}`, [
        deployment("encoder", {}, { provider: providerOf("first") }),
        { ...strict, provider: providerOf("first") },
        { ...everywhere, provider: provider as ReturnType<typeof providerOf> },
      ]),
    ),
  ),
  ...inBoth((policy) => ({
    policy,
    title: "every address in the cluster that another provider depends on",
    resources: [
      any("gcp:container/cluster:Cluster")("one"),
      any("gcp:container/cluster:Cluster")("two"),
      ...["one", "two"].map((name) => ({
        type: "pulumi:providers:kubernetes",
        name,
        props: { kubeconfig: UNKNOWN.string },
        dependencies: [`gcp:container/cluster:Cluster::${name}`],
      })),
      deployment("encoder", {}, { provider: providerOf("one", UNKNOWN.string) }),
      { ...strict, provider: providerOf("one", UNKNOWN.string) },
      { ...everywhere, provider: providerOf("two", UNKNOWN.string) },
    ],
    found: [],
  })),
  ...inBoth((policy) => ({
    policy,
    title: "every address in a cluster of another kubeconfig",
    resources: [
      deployment("encoder", {}, { provider: providerOf("first") }),
      { ...strict, provider: providerOf("first") },
      { ...everywhere, provider: providerOf("second") },
    ],
    found: [],
  })),
];
