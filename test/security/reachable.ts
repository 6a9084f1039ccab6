/** What network policies let a pod reach, as Kubernetes and GKE's Dataplane V2 document it, computed by Node's own block lists. */
import { BlockList, isIPv4 } from "node:net";
import type { Recorder } from "../unit/pulumi-mocks.ts";

export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a connection goes. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  /** @default "TCP" */
  readonly protocol?: "TCP" | "UDP";
  /** The pod that has the address, if any. */
  readonly pod?: Pod;
  /** The name that the cluster's DNS has answered with the address, if any. */
  readonly host?: string;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly unknown[];
}

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

interface Port {
  readonly protocol?: string;
  readonly port?: number;
  readonly endPort?: number;
}

export interface Policy {
  readonly kind: "NetworkPolicy" | "FQDNNetworkPolicy";
  readonly namespace: string;
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes?: readonly string[];
    readonly egress?: readonly {
      readonly to?: readonly Peer[];
      readonly matches?: readonly { readonly name?: string; readonly pattern?: string }[];
      readonly ports?: readonly Port[];
    }[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly Port[] }[];
  };
}

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const FQDN_POLICY = "kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy";

/** Every policy that a program has declared. */
export function policiesOf(recorder: Recorder): Policy[] {
  return [NETWORK_POLICY, FQDN_POLICY].flatMap((type) =>
    recorder.ofType(type).map(({ inputs }) => ({
      kind: type === FQDN_POLICY ? ("FQDNNetworkPolicy" as const) : ("NetworkPolicy" as const),
      namespace: (inputs["metadata"] as { namespace: string }).namespace,
      spec: inputs["spec"] as Policy["spec"],
    })),
  );
}

/** Whether an address is in one of the ranges. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix = "32"] = range.split("/");
    list.addSubnet(network, Number(prefix), isIPv4(network) ? "ipv4" : "ipv6");
  }
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/** Whether the policies let the pod connect. One that no policy of egress selects may connect to everything. */
export function isReachable(policies: readonly Policy[], from: Pod, to: Destination): boolean {
  const own = policies.filter(
    ({ kind, namespace, spec }) =>
      namespace === from.namespace &&
      isSelected(spec.podSelector, from.labels) &&
      (kind === "FQDNNetworkPolicy" || (spec.policyTypes ?? []).includes("Egress")),
  );
  const allowed = own
    .flatMap(({ kind, spec }) => (spec.egress ?? []).map((rule) => ({ kind, ...rule })))
    .some(
      (rule) =>
        includesPort(rule.ports, to) &&
        (rule.kind === "FQDNNetworkPolicy"
          ? (rule.matches ?? []).some((match) => isNamed(match, to.host))
          : includesPeer(rule.to, to)),
    );
  return own.length === 0 || allowed;
}

function isSelected(selector: Selector, labels: Pod["labels"]): boolean {
  if (selector.matchExpressions !== undefined) throw new Error("expressions are not evaluated");
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

/** No ports stand for all of them. */
function includesPort(ports: readonly Port[] | undefined, to: Destination): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some(
    ({ protocol = "TCP", port, endPort }) =>
      protocol === (to.protocol ?? "TCP") &&
      (port === undefined || (to.port >= port && to.port <= (endPort ?? port))),
  );
}

/** No peers stand for everybody. */
function includesPeer(peers: readonly Peer[] | undefined, { address, pod }: Destination): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ ipBlock, podSelector, namespaceSelector }) => {
    if (ipBlock) return isWithin(address, [ipBlock.cidr]) && !isWithin(address, ipBlock.except ?? []);
    if (pod === undefined) return false;
    const namespace = { "kubernetes.io/metadata.name": pod.namespace };
    return isSelected(podSelector ?? {}, pod.labels) && isSelected(namespaceSelector ?? {}, namespace);
  });
}

/** A pattern's `*` stands for one label. */
function isNamed({ name, pattern }: { name?: string; pattern?: string }, host: string | undefined): boolean {
  if (host === undefined) return false;
  if (name === host) return true;
  return pattern?.startsWith("*.") === true && host.replace(/^[^.]+/, "*") === pattern;
}
