/**
 * Rules of network policies. Every network plugin admits traffic from a pod's own node, such as the kubelet's probes,
 * regardless of policies.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { isIPv4 } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { PRIVATE_RANGES } from "../network/ipv4.ts";
import { GOOGLE_API_RANGES } from "../network/virtual-addresses.ts";
import { describeProblem, sorted } from "../validation/index.ts";
import { apiServerRangeProblems } from "./ranges.ts";

const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));

/** The address of a namespace in a policy: the label that Kubernetes itself puts on every one. */
export function inNamespace(name: pulumi.Input<string>) {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

/** Link-local addresses: the metadata servers of clouds are there. */
const LINK_LOCAL = "169.254.0.0/16";

/**
 * Blocks of a rule to ranges that have names. Kubernetes takes a rule without any for one to every address, so there is
 * no rule without ranges.
 */
function toRanges(ranges: readonly string[], ports: readonly number[]) {
  if (ranges.length === 0) return [];
  return [{ to: sorted([...new Set(ranges)]).map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(...ports) }];
}

/**
 * Names of hosts: from the cluster's DNS pods, from NodeLocal DNSCache, whose address is link-local, and from no
 * other resolver.
 *
 * Source: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 */
export function toDns() {
  const ports = [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ];
  const pods = (app: string) => ({
    ...inNamespace("kube-system"),
    podSelector: { matchLabels: { "k8s-app": app } },
  });
  return {
    to: [pods("kube-dns"), pods("node-local-dns"), { ipBlock: { cidr: "169.254.20.10/32" } }],
    ports,
  };
}

/** Where pods may connect to by HTTPS, at port 443. */
export interface HttpsDestinations {
  /** Ranges of addresses. @default those of Google's APIs, unless there are hosts or every public address is allowed */
  readonly ranges: readonly string[] | undefined;
  /** Names of hosts, which a policy of their own allows. */
  readonly hosts: readonly string[] | undefined;
  /** Every public address besides. */
  readonly publicEgress: boolean | undefined;
}

/** HTTPS to what has a name, or to every public address where that is asked for. */
export function toHttps({ ranges, hosts, publicEgress = false }: HttpsDestinations) {
  const named = ranges ?? (hosts || publicEgress ? [] : GOOGLE_API_RANGES);
  return [...toRanges(named, [443]), ...(publicEgress ? [toEveryPublicAddress()] : [])];
}

function toEveryPublicAddress() {
  const block = { cidr: "0.0.0.0/0", except: [LINK_LOCAL, ...PRIVATE_RANGES] };
  return { to: [{ ipBlock: block }], ports: tcp(443) };
}

/**
 * The API server, which is no pod: its address after translation by the cluster's Service. In GKE's private clusters and
 * in EKS that is a private one.
 */
export function toApiServer(range: pulumi.Input<string> | undefined) {
  return { to: apiServerBlocks(range), ports: tcp(443, 6443) };
}

/** Blocks of addresses that the API server may have. A range that is known only now, and is wrong, is refused. */
export function apiServerBlocks(range: pulumi.Input<string> | undefined) {
  const ranges = range === undefined ? PRIVATE_RANGES : [pulumi.output(range).apply(checkedApiServerRange)];
  return ranges.map((cidr) => ({ ipBlock: { cidr } }));
}

/** @throws pulumi.RunError where the range is wrong */
export function checkedApiServerRange(range: string): string {
  const [problem] = apiServerRangeProblems("apiServerRange", range);
  if (problem) throw new pulumi.RunError(describeProblem(problem));
  return range;
}

/**
 * The metadata server of GKE, at which pods get tokens of their own identity: 80 and 8080 in Dataplane V2, the second
 * address without it.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/network-policy
 */
export function toMetadataServer() {
  return [
    { to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: tcp(80, 8080) },
    { to: [{ ipBlock: { cidr: "169.254.169.252/32" } }], ports: tcp(987, 988) },
  ];
}

/** A host that is a Service of the cluster, `NAME.NAMESPACE.svc`. */
export function serviceOf(
  hostname: string,
): { readonly name: string; readonly namespace: string } | undefined {
  const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(hostname) ?? [];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

/** The port that an address leads to. */
export const portOf = ({ port, protocol }: URL): number =>
  port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);

/**
 * A coordinator by its address: the pods of a Service, or the ranges that are named for a host elsewhere.
 *
 * @param url of a host elsewhere only where there are ranges, or it is an address
 */
export function toCoordinator(
  url: pulumi.Input<string>,
  podPorts: readonly number[],
  ranges: readonly string[] | undefined,
) {
  return pulumi.output(url).apply((text) => {
    const address = new URL(text);
    const service = serviceOf(address.hostname);
    if (service !== undefined) {
      const pods = { podSelector: { matchLabels: { "app.kubernetes.io/name": service.name } } };
      return { to: [{ ...inNamespace(service.namespace), ...pods }], ports: tcp(...podPorts) };
    }
    const [rule] = toRanges(ranges ?? ownRange(address), [portOf(address)]);
    if (rule === undefined) throw new Error(`no range for a coordinator at ${address.hostname}`);
    return rule;
  });
}

/** The range of a host whose address says where it is. */
export const ownRange = ({ hostname }: URL): string[] => (isIPv4(hostname) ? [`${hostname}/32`] : []);
