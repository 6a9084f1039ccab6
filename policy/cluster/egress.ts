import type { StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { groupBy } from "../model/group-by.ts";
import { CILIUM_POLICY, FQDN_POLICY, NETWORK_POLICY, OTHER_NETWORK_POLICY } from "../model/kinds.ts";
import { block, blocks, text, texts, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";
import { ciliumPoliciesOf } from "./cilium.ts";
import { isIn, objectsOf, type EgressPolicy } from "./egress-policy.ts";
import { fqdnPolicyOf } from "./fqdn.ts";
import { selects } from "./label-selector.ts";
import { includeMetadataPorts, metadataAddressIn } from "./metadata-addresses.ts";
import { addressesIn, openRanges } from "./open-ranges.ts";

/** The policies that select pods, of the kinds that are read here. */
export function egressPoliciesOf(pods: Pods<StackResource>, stack: StackGraph): EgressPolicy[] {
  return here(pods, stack.once(policiesByCluster, policiesByCluster)).filter((policy) =>
    policy.selects(pods),
  );
}

interface UnreadPolicy {
  readonly label: string;
  /** Whether it may select pods of a namespace. */
  readonly isIn: (namespace: string) => boolean;
}

/** Names of policies in the same cluster that may select the pods, of kinds that are not read here. */
export function unreadPoliciesOf(pods: Pods<StackResource>, stack: StackGraph): string[] {
  return here(
    pods,
    stack.once(unreadByCluster, () => unreadByCluster(stack)),
  )
    .filter((policy) => policy.isIn(pods.namespace))
    .map(({ label }) => label);
}

/** Cluster-wide kinds: GlobalNetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy. */
const OF_A_CLUSTER = /^(Global|Admin|BaselineAdmin|Cluster)/;

function unreadByCluster(stack: StackGraph): ReadonlyMap<string, readonly UnreadPolicy[]> {
  const unread = stack.ofKind(OTHER_NETWORK_POLICY).flatMap((resource) => {
    const kind = resource.type.slice(resource.type.lastIndexOf(":") + 1).replace(/List$/, "");
    return objectsOf(resource).map(({ name, props }) => ({
      cluster: clusterOf(resource),
      label: `${kind} ${name}`,
      isIn: (namespace: string) => OF_A_CLUSTER.test(kind) || isIn(namespace, props),
    }));
  });
  return groupBy(unread, ({ cluster }) => cluster);
}

function policiesByCluster(stack: StackGraph): ReadonlyMap<string, readonly EgressPolicy[]> {
  const policies = new Map<string, EgressPolicy[]>();
  const add = (resource: StackResource, more: readonly EgressPolicy[]): void => {
    const cluster = clusterOf(resource);
    policies.set(cluster, [...(policies.get(cluster) ?? []), ...more]);
  };
  for (const resource of stack.ofKind(NETWORK_POLICY)) {
    add(resource, objectsOf(resource).flatMap(networkPolicyOf));
  }
  for (const resource of stack.ofKind(FQDN_POLICY)) {
    add(resource, objectsOf(resource).map(fqdnPolicyOf));
  }
  for (const resource of stack.ofKind(CILIUM_POLICY)) {
    const kind = resource.type.slice(resource.type.lastIndexOf(":") + 1).replace(/List$/, "");
    add(
      resource,
      objectsOf(resource).flatMap((object) => ciliumPoliciesOf({ kind, ...object })),
    );
  }
  return policies;
}

/** Clusters of several regions have equal namespaces; the provider identifies the cluster. */
function clusterOf({ provider }: StackResource): string {
  return provider?.urn ?? "";
}

function here<T>({ resource }: Pods<StackResource>, byCluster: ReadonlyMap<string, readonly T[]>): T[] {
  return [...(byCluster.get(clusterOf(resource)) ?? [])];
}

function networkPolicyOf({ name, props }: { name: string; props: Properties }): EgressPolicy[] {
  const spec = block(props, "spec") ?? {};
  if (!limitsEgress(spec)) return [];
  return [
    {
      kind: "NetworkPolicy",
      name,
      selects: (pods) =>
        isIn(pods.namespace, props) && selects(block(spec, "podSelector") ?? {}, pods.labels),
      limits: true,
      get allows() {
        return metadataAllowedBy(spec);
      },
      get opens() {
        const rules = blocks(spec, "egress");
        const everywhere = rules.some((rule) => blocks(rule, "to").length === 0);
        return [...(everywhere ? ["every address"] : []), ...openRanges(rules.flatMap(rangesOf))];
      },
      get addresses() {
        return addressesIn(blocks(spec, "egress").flatMap(rangesOf));
      },
      denies: false,
    },
  ];
}

/**
 * Its policy types decide. Without types, an egress rule makes it an egress policy.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
 */
function limitsEgress(spec: Properties): boolean {
  const types = texts(spec, "policyTypes");
  return types.length > 0 ? types.includes("Egress") : blocks(spec, "egress").length > 0;
}

/** The ranges of a rule's peers. */
const rangesOf = (rule: Properties): Properties[] =>
  blocks(rule, "to").flatMap((peer): Properties[] => [block(peer, "ipBlock") ?? []].flat());

const EVERYONE: Properties = { cidr: "0.0.0.0/0" };

function metadataAllowedBy(spec: Properties): string | undefined {
  for (const rule of blocks(spec, "egress")) {
    if (!includeMetadataPorts(blocks(rule, "ports"))) continue;
    // A rule without peers allows all destinations.
    const ranges = blocks(rule, "to").length === 0 ? [EVERYONE] : rangesOf(rule);
    for (const range of ranges) {
      const address = metadataAddressIn(text(range, "cidr") ?? "", texts(range, "except"));
      if (address !== undefined) return address;
    }
  }
  return undefined;
}
