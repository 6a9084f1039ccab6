import { any, deployment, networkPolicy, type Case } from "./case.ts";

const policy = "workers-reach-named-hosts";
const namespace = "media";
const egress = (rules: readonly object[], name = "egress") =>
  networkPolicy(name, {
    metadata: { namespace },
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: rules },
  });
const to = (cidr: string, except?: readonly string[]) => ({
  to: [{ ipBlock: { cidr, ...(except && { except }) } }],
  ports: [{ protocol: "TCP", port: 443 }],
});
const cilium = (spec: object, kind = "CiliumNetworkPolicy") =>
  any(`kubernetes:cilium.io/v2:${kind}`)("cilium", { metadata: { namespace }, spec });
const fqdn = (...matches: object[]) =>
  any("kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy")("storage", {
    metadata: { namespace },
    spec: { podSelector: {}, egress: [{ matches, ports: [{ protocol: "TCP", port: 443 }] }] },
  });
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
const GOOGLE = to("199.36.153.8/30");
const DNS = { to: [{ namespaceSelector: {} }], ports: [{ protocol: "UDP", port: 53 }] };

const opens = (what: string, kind = "NetworkPolicy", name = "egress"): string =>
  `Deployment "encoder" runs workers that the ${kind} ${name} lets reach ${what}.`;

export const namedHosts: readonly Case[] = [
  ...[
    ["everybody by a rule without a destination", { ports: [{ port: 443 }] }, "every address"],
    ["everybody by an empty list of destinations", { to: [], ports: [{ port: 443 }] }, "every address"],
    ["every address", to("0.0.0.0/0"), "0.0.0.0/0"],
    [
      "every public address, as publicEgress allows",
      to("0.0.0.0/0", ["169.254.0.0/16", ...PRIVATE]),
      "0.0.0.0/0",
    ],
    ["half of all addresses", to("128.0.0.0/1"), "128.0.0.0/1"],
    ["every address of IPv6", to("::/0"), "::/0"],
    ["every private address of IPv6", to("fc00::/7"), "fc00::/7"],
    ...PRIVATE.map((range) => ["a whole block of private addresses", to(range), range] as const),
    ["a block of private addresses inside a wider range", to("172.0.0.0/8"), "172.0.0.0/8"],
    ["most of a block of private addresses", to("10.0.0.0/8", ["10.1.0.0/16"]), "10.0.0.0/8"],
  ].map(([what, rule, found]): Case => ({
    policy,
    title: `a policy that lets workers reach ${what as string}`,
    resources: [deployment("encoder"), egress([DNS, GOOGLE, rule as object])],
    found: [opens(found as string)],
  })),
  {
    policy,
    title: "the internet in pieces, none of which is wide",
    resources: [
      deployment("encoder"),
      ...[0, 1].map((part) =>
        egress(
          [0, 1, 2].map((piece) => to(`${20 + part * 10 + piece}.0.0.0/8`)),
          `part-${part}`,
        ),
      ),
    ],
    found: [
      'Deployment "encoder" runs workers that ranges of network policies let reach 100663296 addresses in all.',
    ],
  },
  {
    policy,
    title: "workers that no policy keeps in",
    resources: [deployment("encoder")],
    found: ['Deployment "encoder" runs workers whose egress no NetworkPolicy limits.'],
  },
  {
    policy,
    title: "names, a store's ranges, a host of the company's, and all but a few of a wide range's addresses",
    resources: [
      deployment("encoder"),
      egress([
        DNS,
        GOOGLE,
        to("52.216.0.0/15"),
        to("10.20.0.0/24"),
        to("10.0.0.0/7", ["10.0.0.0/8", "11.0.0.0/8"]),
        to("2600:1900::/28"),
      ]),
      fqdn({ name: "storage.googleapis.com" }, { pattern: "*.r2.cloudflarestorage.com" }),
    ],
    found: [],
  },
  {
    policy,
    title: "programs that are no workers, and policies for others",
    resources: [
      deployment("encoder"),
      deployment("coordinator", { namespace: "mpegflow" }),
      egress([DNS, GOOGLE]),
      networkPolicy("elsewhere", {
        metadata: { namespace: "other" },
        spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{}] },
      }),
      networkPolicy("others", {
        metadata: { namespace },
        spec: {
          podSelector: { matchLabels: { "app.kubernetes.io/name": "agent" } },
          policyTypes: ["Egress"],
          egress: [{}],
        },
      }),
      networkPolicy("incoming", {
        metadata: { namespace },
        spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
      }),
    ],
    found: [],
  },
  ...["*", "*.com"].map((pattern): Case => ({
    policy,
    title: `names of everybody's: ${pattern}`,
    resources: [deployment("encoder"), egress([DNS]), fqdn({ pattern })],
    found: [opens(pattern, "FQDNNetworkPolicy", "storage")],
  })),
  ...[
    ["the world", { toEntities: ["world"] }, "world"],
    ["everything", { toEntities: ["all"] }, "all"],
    ["the world by IPv6", { toEntities: ["world-ipv6"] }, "world-ipv6"],
    ["every name", { toFQDNs: [{ matchPattern: "*" }] }, "*"],
    ["every address by a set", { toCIDRSet: [{ cidr: "0.0.0.0/0", except: PRIVATE }] }, "0.0.0.0/0"],
    ["a private network", { toCIDR: ["10.0.0.0/8"] }, "10.0.0.0/8"],
    ["everybody at a port", { toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] }, "every address"],
  ].map(([what, rule, found]): Case => ({
    policy,
    title: `a Cilium policy that lets workers reach ${what as string}`,
    resources: [deployment("encoder"), cilium({ endpointSelector: {}, egress: [rule] })],
    found: [opens(found as string, "CiliumNetworkPolicy", "cilium")],
  })),
  {
    policy,
    title: "a Cilium policy with names and ranges of hosts",
    resources: [
      deployment("encoder"),
      cilium({
        endpointSelector: {},
        egress: [
          { toEndpoints: [{}] },
          { toFQDNs: [{ matchName: "storage.googleapis.com" }, { matchPattern: "*.amazonaws.com" }] },
          { toCIDR: ["199.36.153.8/30"] },
        ],
      }),
    ],
    found: [],
  },
  {
    policy,
    title: "names alone, of which nobody says that they keep workers in",
    resources: [deployment("encoder"), fqdn({ name: "storage.googleapis.com" })],
    found: [],
    undecided: true,
  },
  {
    policy,
    title: "a policy of a maker that is not read, and a chart of workers",
    resources: [
      deployment("encoder"),
      egress([DNS]),
      any("kubernetes:projectcalico.org/v3:GlobalNetworkPolicy")("calico", { spec: {} }),
      any("kubernetes:helm.sh/v3:Release")("transcoders", { chart: "oci://registry/charts/encoder" }),
    ],
    found: [],
    undecided: true,
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "the metadata server by its name",
    resources: [deployment("encoder"), egress([DNS]), fqdn({ name: "metadata.google.internal" })],
    found: [
      'Deployment "encoder" runs workers that the FQDNNetworkPolicy storage lets reach 169.254.169.254.',
    ],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "names of stores beside a policy that keeps workers in",
    resources: [deployment("encoder"), egress([DNS]), fqdn({ name: "storage.googleapis.com" })],
    found: [],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "names of stores alone, of which nobody says that they keep workers in",
    resources: [deployment("encoder"), fqdn({ name: "storage.googleapis.com" })],
    found: [],
    undecided: true,
  },
];
