import type { StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { groupBy } from "../model/group-by.ts";
import { CILIUM_POLICY, NETWORK_POLICY, OTHER_NETWORK_POLICY } from "../model/kinds.ts";
import { block, blocks, text, texts, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";
import { ciliumPoliciesOf } from "./cilium.ts";
import { isIn, type EgressPolicy } from "./egress-policy.ts";
import { selects } from "./label-selector.ts";
import { includeMetadataPorts, metadataAddressIn } from "./metadata-addresses.ts";

/** The policies that select pods, as far as they are read here. */
export function egressPoliciesOf(pods: Pods<StackResource>, stack: StackGraph): EgressPolicy[] {
  return here(pods, stack.once(policiesByCluster, policiesByCluster)).filter((policy) =>
    policy.selects(pods),
  );
}

/** Names of the policies of the same cluster that are of kinds which are not read here. */
export function unreadPoliciesOf(pods: Pods<StackResource>, stack: StackGraph): string[] {
  return here(
    pods,
    stack.once(unreadByCluster, () => unreadByCluster(stack)),
  );
}

function unreadByCluster(stack: StackGraph): ReadonlyMap<string, readonly string[]> {
  const unread = stack.ofKind(OTHER_NETWORK_POLICY).map((resource) => ({
    cluster: clusterOf(resource),
    label: `${resource.type.slice(resource.type.lastIndexOf(":") + 1)} ${resource.name}`,
  }));
  const groups = [...groupBy(unread, ({ cluster }) => cluster)];
  return new Map(groups.map(([cluster, group]) => [cluster, group.map(({ label }) => label)]));
}

function policiesByCluster(stack: StackGraph): ReadonlyMap<string, readonly EgressPolicy[]> {
  const policies = new Map<string, EgressPolicy[]>();
  const add = (resource: StackResource, more: readonly EgressPolicy[]): void => {
    const cluster = clusterOf(resource);
    policies.set(cluster, [...(policies.get(cluster) ?? []), ...more]);
  };
  for (const resource of stack.ofKind(NETWORK_POLICY)) add(resource, networkPolicyOf(resource));
  for (const resource of stack.ofKind(CILIUM_POLICY)) add(resource, ciliumPoliciesOf(resource));
  return policies;
}

/** Both regions have the same namespaces, in clusters of their own: each has its provider. */
function clusterOf({ provider }: StackResource): string {
  return provider?.urn ?? "";
}

function here<T>({ resource }: Pods<StackResource>, byCluster: ReadonlyMap<string, readonly T[]>): T[] {
  return [...(byCluster.get(clusterOf(resource)) ?? [])];
}

function networkPolicyOf({ name, props }: StackResource): EgressPolicy[] {
  const spec = block(props, "spec") ?? {};
  if (!texts(spec, "policyTypes").includes("Egress") && spec["egress"] === undefined) return [];
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
      denies: false,
    },
  ];
}

const EVERYONE: Properties = { cidr: "0.0.0.0/0" };

function metadataAllowedBy(spec: Properties): string | undefined {
  for (const rule of blocks(spec, "egress")) {
    if (!includeMetadataPorts(blocks(rule, "ports"))) continue;
    const to = blocks(rule, "to");
    // A rule that names no one lets through to everyone.
    const ranges =
      to.length === 0
        ? [EVERYONE]
        : to.flatMap((peer): Properties[] => [block(peer, "ipBlock") ?? []].flat());
    for (const range of ranges) {
      const address = metadataAddressIn(text(range, "cidr") ?? "", texts(range, "except"));
      if (address !== undefined) return address;
    }
  }
  return undefined;
}
