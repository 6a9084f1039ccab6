import { any, deployment, networkPolicy, type Case } from "./case.ts";

/** Spellings of workers and of what they are told: other makers' kinds, images, variables, command lines and charts. */

const TLS = "coordinators-are-spoken-to-by-tls";
const PINNED = "images-are-pinned-by-digest";
const METADATA = "workers-cannot-reach-metadata";
const HOSTS = "workers-reach-named-hosts";

type Props = Readonly<Record<string, unknown>>;
const image = "registry/mpegflow-worker:1";
const variables = (env: Readonly<Record<string, string>>) =>
  Object.entries(env).map(([name, value]) => ({ name, value }));
const hostSpec = {
  hostNetwork: true,
  containers: [{ name: "main", image, env: variables({ MPEGFLOW_COORDINATOR_URL: "http://c.media.svc" }) }],
};
const template = { metadata: {}, spec: hostSpec };
const release = (values: Props) =>
  any("kubernetes:helm.sh/v3:Release")("media", { chart: "x/media", values });

/** Kinds of other makers by names of Kubernetes' own, with their templates in other places. */
const NAMESAKES: Readonly<Record<string, Props>> = {
  "kubernetes:batch.volcano.sh/v1alpha1:Job": { spec: { tasks: [{ template }] } },
  "kubernetes:example.com/v1:Deployment": { spec: { pods: { template } } },
  "kubernetes:example.com/v1:CronJob": { spec: { job: { template } } },
  "kubernetes:example.com/v1:Pod": { spec: { pod: { spec: hostSpec } } },
  "kubernetes:apps.kruise.io/v1alpha1:DaemonSet": { spec: { template } },
};
const NAMESAKE_FINDINGS = [
  [METADATA, "runs workers on the host's network"],
  [PINNED, `runs ${image}, which is named by no digest`],
  [TLS, "speaks to its coordinator at http://c.media.svc, in clear"],
] as const;

/** Containers of workers whose pods have another name. */
const WORKERS: Readonly<Record<string, Props>> = {
  "the image mpegflow/worker": { image: "mpegflow/worker" },
  "the image mpegflow-worker-gpu": { image: "registry/mpegflow-worker-gpu:latest" },
  "the image mpegflow/worker-cuda": { image: "mpegflow/worker-cuda:1" },
  "the address of a coordinator": { env: variables({ MPEGFLOW_COORDINATOR_URL: "https://c.media.svc" }) },
};
const spec = (container: Props) => ({ containers: [{ name: "main", ...container }] });

/** Addresses of coordinators of which nobody can tell whether they are HTTPS. */
const UNREADABLE = [
  "$(SCHEME)://coordinator.media.svc",
  "https://$(HOST)",
  "$(URL)",
  "not an address",
  "c:8080",
];

const LINES: Readonly<Record<string, string>> = {
  "MPEGFLOW_PLAINTEXT=true exec coordinator": "serves HTTP in place of HTTPS (MPEGFLOW_PLAINTEXT)",
  "export MPEGFLOW_PLAINTEXT='true'; exec coordinator": "serves HTTP in place of HTTPS (MPEGFLOW_PLAINTEXT)",
  'MPEGFLOW_COORDINATOR_PLAINTEXT="1" worker':
    "may speak to its coordinator by HTTP (MPEGFLOW_COORDINATOR_PLAINTEXT)",
  "env MPEGFLOW_COORDINATOR_URL=http://c.media.svc worker":
    "speaks to its coordinator at http://c.media.svc, in clear",
};

/** Values of charts that name this product's programs. */
const VALUES: readonly Props[] = [
  { image: "registry/mpegflow-worker:1" },
  { worker: { image: { repository: "registry/mpegflow/worker-cuda", tag: "1" } } },
  { env: { MPEGFLOW_COORDINATOR_URL: "http://c" } },
  { extraEnv: [{ name: "MPEGFLOW_COORDINATOR_URL", value: "http://c" }] },
];

export const workerSpellings: readonly Case[] = [
  ...Object.entries(NAMESAKES).flatMap(([type, props]) =>
    NAMESAKE_FINDINGS.map(([policy, text]): Case => ({
      policy,
      title: `a worker of the kind ${type}`,
      resources: [any(type)("media", { metadata: { namespace: "media" }, ...props })],
      found: [`${type.slice(type.lastIndexOf(":") + 1)} "media" ${text}.`],
    })),
  ),
  ...Object.entries(WORKERS).flatMap(([what, container]): Case[] => [
    {
      policy: METADATA,
      title: `a worker by ${what}, on the host's network`,
      resources: [deployment("media", { spec: { ...spec(container), hostNetwork: true } })],
      found: ['Deployment "media" runs workers on the host\'s network.'],
    },
    {
      policy: HOSTS,
      title: `a worker by ${what}, which nothing keeps in`,
      resources: [deployment("media", { spec: spec(container) })],
      found: ['Deployment "media" runs workers whose egress no NetworkPolicy limits.'],
    },
  ]),
  {
    policy: METADATA,
    title: "a coordinator and other programs on the host's network",
    resources: [
      deployment("media", {
        spec: {
          ...spec({ image: "mpegflow/coordinator:1", env: variables({ MPEGFLOW_REGION: "us-east1" }) }),
          hostNetwork: true,
        },
      }),
      deployment("agent", { spec: { ...spec({ image: "registry/worker:1" }), hostNetwork: true } }),
    ],
    found: [],
  },
  {
    policy: "workers-hold-no-roles",
    title: "a grant to the account of a worker that only its image shows",
    resources: [
      deployment("media", { spec: spec({ image: "mpegflow/worker" }) }),
      any("gcp:projects/iAMMember:IAMMember")("grant", {
        project: "p",
        role: "roles/storage.objectUser",
        member:
          "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/media/sa/media",
      }),
    ],
    found: [
      'IAMMember "grant" gives roles/storage.objectUser to principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/media/sa/media.',
    ],
  },
  ...["registry/mpegflow-worker-gpu:latest", "mpegflow/worker-cuda:1", "mpegflow-coordinator_arm64:2"].map(
    (one): Case => ({
      policy: PINNED,
      title: `the image ${one}`,
      resources: [deployment("media", { spec: spec({ image: one }) })],
      found: [`Deployment "media" runs ${one}, which is named by no digest.`],
    }),
  ),
  {
    policy: PINNED,
    title: "images of others whose names only begin so",
    resources: [
      deployment("media", { spec: spec({ image: "registry/mpegflow-workers/agent:1" }) }),
      deployment("other", { spec: spec({ image: "registry/mpegflow/coordinators:1" }) }),
    ],
    found: [],
  },
  ...UNREADABLE.map((url): Case => ({
    policy: TLS,
    title: `a coordinator at ${url}`,
    resources: [deployment("media", { env: { MPEGFLOW_COORDINATOR_URL: url } })],
    found: [
      `Deployment "media" speaks to its coordinator at ${url}, of which it cannot be read whether that is in clear.`,
    ],
  })),
  ...Object.entries(LINES).flatMap(([line, text]) =>
    ["command", "args"].map((key): Case => ({
      policy: TLS,
      title: `${line} in ${key}`,
      resources: [deployment("media", { spec: spec({ [key]: ["sh", "-c", line] }) })],
      found: [`Deployment "media" ${text}.`],
    })),
  ),
  {
    policy: TLS,
    title: "a command line that switches HTTP off",
    resources: [
      deployment("media", { spec: spec({ command: ["sh", "-c", "MPEGFLOW_PLAINTEXT=false exec c"] }) }),
    ],
    found: [],
  },
  ...["configMapRef", "secretRef"].map((reference): Case => ({
    policy: TLS,
    title: `variables of this product's program from a ${reference} that is not in the stack`,
    resources: [
      deployment("media", { spec: spec({ image, envFrom: [{ [reference]: { name: "elsewhere" } }] }) }),
    ],
    found: [],
    undecided: true,
  })),
  {
    policy: TLS,
    title: "variables of another program that are not in the stack",
    resources: [
      deployment("media", { spec: spec({ image: "x", envFrom: [{ secretRef: { name: "elsewhere" } }] }) }),
    ],
    found: [],
  },
  ...VALUES.flatMap((values) =>
    [TLS, PINNED, METADATA, HOSTS].map((policy): Case => ({
      policy,
      title: `a chart with the values ${JSON.stringify(values)}`,
      resources: [release(values)],
      found: [],
      undecided: true,
    })),
  ),
  ...[TLS, PINNED, METADATA, HOSTS].map((policy): Case => ({
    policy,
    title: "a chart of another program",
    resources: [release({ image: { repository: "kedacore/keda" }, env: { LEVEL: "info" } })],
    found: [],
  })),
];

const namespace = "media";
const egress = (rules: readonly object[], name = "egress") =>
  networkPolicy(name, {
    metadata: { namespace },
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: rules },
  });
const to = (...cidrs: string[]) => ({
  to: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
  ports: [{ protocol: "TCP", port: 443 }],
});
const cilium = (rule: object, kind: string) =>
  any(`kubernetes:cilium.io/v2:${kind}`)("cilium", {
    metadata: { namespace },
    spec: { endpointSelector: {}, egress: [rule] },
  });
const dnsPorts = [
  { protocol: "UDP", port: 53 },
  { protocol: "TCP", port: 53 },
];
const reaches = (what: string): string => `Deployment "encoder" runs workers that ${what}.`;
const HALVES: Readonly<Record<string, readonly [string, string]>> = {
  "10.0.0.0/8": ["10.0.0.0/9", "10.128.0.0/9"],
  "172.16.0.0/12": ["172.16.0.0/13", "172.24.0.0/13"],
  "192.168.0.0/16": ["192.168.0.0/17", "192.168.128.0/17"],
  "100.64.0.0/10": ["100.64.0.0/11", "100.96.0.0/11"],
};

/** Spellings of wide egress: in pieces, of both versions, by selectors and by entities. */
export const wideSpellings: readonly Case[] = [
  ...Object.entries(HALVES).flatMap(([block, [one, other]]): Case[] =>
    [[egress([to(one, other)])], [egress([to(other)], "second"), egress([to(one)], "first")]].map(
      (policies) => ({
        policy: HOSTS,
        title: `${block} in halves, by ${policies.length} policies`,
        resources: [deployment("encoder"), ...policies],
        found: [reaches(`ranges of network policies let reach all of ${block} in pieces`)],
      }),
    ),
  ),
  {
    policy: HOSTS,
    title: "more private addresses than those of a /16, of several blocks",
    resources: [deployment("encoder"), egress([to("10.1.0.0/17", "172.16.0.0/17", "192.168.3.0/24")])],
    found: [reaches("ranges of network policies let reach 65792 private addresses in all")],
  },
  {
    policy: HOSTS,
    title: "the internet of IPv6 in pieces",
    resources: [deployment("encoder"), egress([to(...[0, 1, 2, 3, 4].map((piece) => `260${piece}::/16`))])],
    found: [reaches(`ranges of network policies let reach ${5n * 2n ** 112n} addresses of IPv6 in all`)],
  },
  {
    policy: HOSTS,
    title: "the same ranges several times, and a /16 of private addresses in pieces",
    resources: [
      deployment("encoder"),
      ...[0, 1, 2].map((index) =>
        egress(
          [to("34.0.0.0/8", "35.0.0.0/8", "2600::/16", "10.7.0.0/17", "10.7.128.0/17")],
          `same-${index}`,
        ),
      ),
    ],
    found: [],
  },
  ...[
    ["at every port", undefined],
    ["at a port beside that of DNS", [...dnsPorts, { protocol: "TCP", port: 443 }]],
    ["at ports from that of DNS", [{ protocol: "TCP", port: 53, endPort: 443 }]],
  ].flatMap(([what, ports]): Case[] => [
    ...[{ namespaceSelector: {} }, { namespaceSelector: { matchLabels: {} }, podSelector: {} }].map(
      (peer) => ({
        policy: HOSTS,
        title: `every pod by ${JSON.stringify(peer)} ${what as string}`,
        resources: [deployment("encoder"), egress([{ to: [peer], ...(ports !== undefined && { ports }) }])],
        found: [reaches("the NetworkPolicy egress lets reach every pod of every namespace")],
      }),
    ),
  ]),
  ...["cluster", "host", "remote-node"].map((entity): Case => ({
    policy: HOSTS,
    title: `Cilium's entity ${entity}`,
    resources: [deployment("encoder"), cilium({ toEntities: [entity] }, "CiliumNetworkPolicy")],
    found: [reaches(`the CiliumNetworkPolicy cilium lets reach ${entity}`)],
  })),
  {
    policy: HOSTS,
    title: "every pod of the cluster by Cilium's policy of the whole cluster",
    resources: [deployment("encoder"), cilium({ toEndpoints: [{}] }, "CiliumClusterwideNetworkPolicy")],
    found: [reaches("the CiliumClusterwideNetworkPolicy cilium lets reach every pod of every namespace")],
  },
  {
    policy: HOSTS,
    title: "DNS of every pod and of the nodes, and pods of the workers' own or of named namespaces",
    resources: [
      deployment("encoder"),
      egress([
        { to: [{ namespaceSelector: {} }], ports: dnsPorts },
        { to: [{ podSelector: {} }] },
        { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "coordinator" } } }] },
        { to: [{ namespaceSelector: { matchLabels: { team: "video" } } }] },
      ]),
      cilium(
        { toEntities: ["cluster", "host"], toPorts: [{ ports: [{ port: "53", protocol: "ANY" }] }] },
        "CiliumNetworkPolicy",
      ),
    ],
    found: [],
  },
];
