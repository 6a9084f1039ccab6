/**
 * Rules of network policies. Every network plugin admits traffic from a pod's own node, such as the kubelet's probes,
 * regardless of policies.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../validation/index.ts";
import { shown, sorted } from "../validation/index.ts";

const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));

/** The address of a namespace in a policy: the label that Kubernetes itself puts on every one. */
export function inNamespace(name: pulumi.Input<string>) {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

/** Link-local addresses: the metadata servers of clouds are there. */
const LINK_LOCAL = "169.254.0.0/16";

/** Private addresses, where the cluster and its neighbours are. Sources: RFC 1918 and RFC 6598. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Anything but metadata servers. */
export const ANYWHERE = "0.0.0.0/0";

/** A range of addresses without metadata servers, and without the cluster's surroundings where `outside`. */
function block(cidr: string, outside: boolean) {
  if (cidr !== ANYWHERE) return { ipBlock: { cidr } };
  return { ipBlock: { cidr, except: [LINK_LOCAL, ...(outside ? PRIVATE : [])] } };
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

/** HTTPS to ranges outside the cluster: Google's APIs, storage hosts. */
export function toHttps(ranges: readonly string[]) {
  return { to: sorted(ranges).map((range) => block(range, true)), ports: tcp(443) };
}

/** The API server, which is no pod: its address after translation, or any but a metadata server's. */
export function toApiServer(range: pulumi.Input<string>) {
  return {
    to: [pulumi.output(range).apply((cidr) => block(cidr, false))],
    ports: tcp(443, 6443),
  };
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

/** A coordinator by its address: its pods where that is a Service's, else the host's port anywhere outside. */
export function toCoordinator(url: pulumi.Input<string>, podPorts: readonly number[]) {
  return pulumi.output(url).apply((text) => {
    const { hostname, port, protocol } = new URL(text);
    const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(hostname) ?? [];
    if (name !== undefined && namespace !== undefined) {
      const pods = { podSelector: { matchLabels: { "app.kubernetes.io/name": name } } };
      return { to: [{ ...inNamespace(namespace), ...pods }], ports: tcp(...podPorts) };
    }
    const fallback = protocol === "http:" ? 80 : 443;
    return { to: [block(ANYWHERE, false)], ports: tcp(port === "" ? fallback : Number(port)) };
  });
}

/** Problems of ranges of addresses in CIDR notation. */
export function rangeProblems(path: string, ranges: readonly string[]): Problem[] {
  return ranges.flatMap((range, index) =>
    /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\/(?:3[0-2]|[12]?\d)$/.test(range)
      ? []
      : [
          {
            path: `${path}[${index}]`,
            given: shown(range),
            allowed: "a range of IPv4 addresses in CIDR notation: 199.36.153.4/30",
            fix: "write address and length of the prefix",
          },
        ],
  );
}
