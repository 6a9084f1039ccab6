import type { StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { groupBy } from "../model/group-by.ts";
import { CILIUM_POLICY, FQDN_POLICY, NETWORK_POLICY, OTHER_NETWORK_POLICY } from "../model/kinds.ts";
import { block, blocks, text, texts, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";
import { ciliumPoliciesOf } from "./cilium.ts";
import { EVERY_POD, isDnsOnly, isIn, objectsOf, type EgressPolicy } from "./egress-policy.ts";
import { fqdnPolicyOf } from "./fqdn.ts";
import { allOf, isEmptySelector, selects } from "./label-selector.ts";
import { includeMetadataPorts, metadataAddressesIn } from "./metadata-addresses.ts";
import { openRanges } from "./open-ranges.ts";
import { areOfOneCluster } from "./same-cluster.ts";

/** The policies of pods, of the kinds that are read here. */
export interface EgressPolicies {
  /** Those that select them. */
  readonly certain: readonly EgressPolicy[];
  /** Those that may: by labels that are added later, or through a provider that may be of the same cluster. */
  readonly possible: readonly EgressPolicy[];
}

export function egressPoliciesOf(pods: Pods<StackResource>, stack: StackGraph): EgressPolicies {
  const found = here(pods, stack, stack.once(policiesByProvider, policiesByProvider)).map(
    ({ one, isHere }) => ({ policy: one, selects: allOf([isHere, one.selects(pods)]) }),
  );
  const having = (answer: boolean | undefined) =>
    found.flatMap(({ policy, selects: selected }) => (selected === answer ? [policy] : []));
  return { certain: having(true), possible: having(undefined) };
}

interface UnreadPolicy {
  readonly label: string;
  /** Whether it may select pods of a namespace. */
  readonly isIn: (namespace: string) => boolean;
}

/** Names of policies that may be in the same cluster and select the pods, of kinds that are not read here. */
export function unreadPoliciesOf(pods: Pods<StackResource>, stack: StackGraph): string[] {
  return here(pods, stack, stack.once(unreadByProvider, unreadByProvider))
    .filter(({ one }) => one.isIn(pods.namespace))
    .map(({ one }) => one.label);
}

/** Cluster-wide kinds: GlobalNetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy. */
const OF_A_CLUSTER = /^(Global|Admin|BaselineAdmin|Cluster)/;

/** What the resources of one provider declare. */
interface OfProvider<T> {
  readonly provider: StackResource["provider"];
  readonly all: readonly T[];
}

function byProvider<T>(
  resources: readonly StackResource[],
  declaredBy: (resource: StackResource) => readonly T[],
): OfProvider<T>[] {
  return [...groupBy(resources, ({ provider }) => provider?.urn ?? "").values()].map((ofOne) => ({
    provider: ofOne[0]?.provider,
    all: ofOne.flatMap(declaredBy),
  }));
}

const kindOf = ({ type }: StackResource): string =>
  type.slice(type.lastIndexOf(":") + 1).replace(/List$/, "");

function unreadByProvider(stack: StackGraph): OfProvider<UnreadPolicy>[] {
  return byProvider(stack.ofKind(OTHER_NETWORK_POLICY), (resource) => {
    const kind = kindOf(resource);
    return objectsOf(resource).map(({ name, props }) => ({
      label: `${kind} ${name}`,
      isIn: (namespace: string) => OF_A_CLUSTER.test(kind) || isIn(namespace, props),
    }));
  });
}

function policiesByProvider(stack: StackGraph): OfProvider<EgressPolicy>[] {
  return [
    ...byProvider(stack.ofKind(NETWORK_POLICY), (resource) => objectsOf(resource).flatMap(networkPolicyOf)),
    ...byProvider(stack.ofKind(FQDN_POLICY), (resource) => objectsOf(resource).map(fqdnPolicyOf)),
    ...byProvider(stack.ofKind(CILIUM_POLICY), (resource) =>
      objectsOf(resource).flatMap((object) => ciliumPoliciesOf({ kind: kindOf(resource), ...object })),
    ),
  ];
}

/** What is in the pods' cluster, or may be. Clusters of several regions have equal namespaces; providers identify them. */
function here<T>(
  { resource }: Pods<StackResource>,
  stack: StackGraph,
  byProvider: readonly OfProvider<T>[],
): { one: T; isHere: true | undefined }[] {
  return byProvider.flatMap(({ provider, all }) => {
    const isHere = areOfOneCluster(resource.provider, provider, stack);
    return isHere === false ? [] : all.map((one) => ({ one, isHere }));
  });
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
        return [
          ...(everywhere ? ["every address"] : []),
          ...(rules.some(reachesEveryPod) ? [EVERY_POD] : []),
          ...openRanges(rules.flatMap(rangesOf)),
        ];
      },
      get ranges() {
        return blocks(spec, "egress").flatMap(rangesOf);
      },
      denies: [],
      unread: undefined,
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

/** Whether a rule has a peer that is every pod, at other ports than that of DNS. */
const reachesEveryPod = (rule: Properties): boolean =>
  !isDnsOnly(blocks(rule, "ports")) &&
  blocks(rule, "to").some((peer) => {
    const namespaces = block(peer, "namespaceSelector");
    const isEvery = namespaces !== undefined && isEmptySelector(namespaces);
    return isEvery && isEmptySelector(block(peer, "podSelector") ?? {});
  });

/** The ranges of a rule's peers. */
const rangesOf = (rule: Properties): Properties[] =>
  blocks(rule, "to").flatMap((peer): Properties[] => [block(peer, "ipBlock") ?? []].flat());

const EVERYONE: Properties = { cidr: "0.0.0.0/0" };

function metadataAllowedBy(spec: Properties): string[] {
  return blocks(spec, "egress").flatMap((rule) => {
    if (!includeMetadataPorts(blocks(rule, "ports"))) return [];
    // A rule without peers allows all destinations.
    const ranges = blocks(rule, "to").length === 0 ? [EVERYONE] : rangesOf(rule);
    return ranges.flatMap(
      (range) => metadataAddressesIn(text(range, "cidr") ?? "", texts(range, "except"))[0] ?? [],
    );
  });
}
