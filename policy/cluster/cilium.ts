import type { StackResource } from "../model/stack-resource.ts";
import { block, blocks, text, texts, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";
import { EVERY_POD, isDnsOnly, isIn, type EgressPolicy } from "./egress-policy.ts";
import { isAnybodys } from "./host-patterns.ts";
import { isEmptySelector, selects } from "./label-selector.ts";
import {
  includeEveryMetadataPort,
  includeMetadataPorts,
  includesMetadataName,
  METADATA_ADDRESSES,
  METADATA_SERVER,
  metadataAddressesIn,
  TRANSLATED_SERVER,
} from "./metadata-addresses.ts";
import { openRanges } from "./open-ranges.ts";

/** Entities of Cilium that the metadata server's address is among. Source: https://docs.cilium.io/en/stable/security/policy/language/ */
const ENTITIES: ReadonlySet<string> = new Set(["all", "world", "world-ipv4"]);

interface CiliumPolicy {
  readonly kind: string;
  readonly name: string;
  readonly props: Properties;
}

/**
 * A Cilium policy's rules. They are additive with Kubernetes' policies, but a Cilium deny overrides every allow.
 *
 * Source: https://docs.cilium.io/en/stable/security/policy/language/#deny-policies
 */
export function ciliumPoliciesOf({ kind, name, props }: CiliumPolicy): EgressPolicy[] {
  const isClusterWide = kind.startsWith("CiliumClusterwide");
  const specs = [...[block(props, "spec") ?? []].flat(), ...blocks(props, "specs")];
  return specs.flatMap((spec) => {
    const selector = block(spec, "endpointSelector");
    if (selector === undefined) return [];
    const allow = blocks(spec, "egress");
    const deny = blocks(spec, "egressDeny");
    if (allow.length === 0 && deny.length === 0) return [];
    return [
      {
        kind,
        name,
        selects: (pods: Pods<StackResource>) =>
          (isClusterWide || isIn(pods.namespace, props)) && selects(selector, labelsOf(pods), keyOf),
        limits: block(spec, "enableDefaultDeny")?.["egress"] !== false,
        get allows() {
          return allow.flatMap(metadataReachedBy);
        },
        get opens() {
          const all = isClusterWide && allow.some(reachesEveryPod) ? [EVERY_POD] : [];
          return [...all, ...allow.flatMap(openedBy)];
        },
        get ranges() {
          return allow.flatMap(rangesIn);
        },
        get denies() {
          return deny.flatMap(metadataDeniedBy);
        },
        get unread() {
          return allow.some(isReadElsewhere) ? "groups of ranges, whose addresses are not in it" : undefined;
        },
      },
    ];
  });
}

const NAMESPACE = "io.kubernetes.pod.namespace";
/** The label that Kubernetes itself puts on every namespace. */
const NAMESPACE_NAME = "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name";
const SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount";

/** A pod's labels as Cilium has them: its namespace and its account are among them. */
function labelsOf({ labels, namespace, serviceAccount }: Pods): Properties {
  return {
    ...labels,
    [NAMESPACE]: namespace,
    [NAMESPACE_NAME]: namespace,
    [SERVICE_ACCOUNT]: serviceAccount,
  };
}

/** A key may have the label's source as a prefix: `k8s:app`. */
function keyOf(key: string): string {
  return key.replace(/^(?:k8s|any)[:.]/, "");
}

/** The metadata servers' addresses that a rule covers, the first of each range. An empty rule covers none. */
function metadataReachedBy(rule: Properties): string[] {
  const ports = portsOf(rule);
  if (!includeMetadataPorts(ports)) return [];
  if (peersOf(rule).length === 0) return ports.length > 0 ? [METADATA_SERVER] : [];
  const isReached =
    texts(rule, "toEntities").some((entity) => ENTITIES.has(entity)) ||
    namesIn(rule).some(includesMetadataName);
  return [
    ...(isReached ? [METADATA_SERVER] : []),
    ...metadataRangesIn(rule).flatMap(([first]) => first ?? []),
  ];
}

/** The metadata servers' addresses that a rule takes away whatever others allow: all of them, at all of their ports. */
function metadataDeniedBy(rule: Properties): string[] {
  const ports = portsOf(rule);
  if (!includeEveryMetadataPort(ports)) return [];
  const isEverything =
    (peersOf(rule).length === 0 && ports.length > 0) ||
    texts(rule, "toEntities").some((entity) => entity === "all" || entity === "world");
  if (isEverything) return [...METADATA_ADDRESSES];
  const denied = metadataRangesIn(rule).flat();
  const isOfIpv4 = texts(rule, "toEntities").includes("world-ipv4");
  const all = [...denied, ...(isOfIpv4 ? METADATA_ADDRESSES.filter((one) => !one.includes(":")) : [])];
  return all.includes(METADATA_SERVER) ? [...all, TRANSLATED_SERVER] : all;
}

const metadataRangesIn = (rule: Properties): string[][] =>
  rangesIn(rule).map((range) => metadataAddressesIn(text(range, "cidr") ?? "", texts(range, "except")));

const portsOf = (rule: Properties): Properties[] =>
  blocks(rule, "toPorts").flatMap((one) => blocks(one, "ports"));

const peersOf = (rule: Properties): string[] =>
  Object.keys(rule).filter((key) => key !== "toPorts" && rule[key] !== undefined);

/** Whether ranges of a rule are in an object elsewhere, or in a cloud's own groups. */
const isReadElsewhere = (rule: Properties): boolean =>
  blocks(rule, "toGroups").length > 0 ||
  blocks(rule, "toCIDRSet").some((range) => text(range, "cidr") === undefined);

/** The patterns of names in a rule. */
const namesIn = (rule: Properties): string[] =>
  blocks(rule, "toFQDNs").map((name) => text(name, "matchPattern") ?? text(name, "matchName") ?? "");

const rangesIn = (rule: Properties): Properties[] => [
  ...texts(rule, "toCIDR").map((cidr) => ({ cidr })),
  ...blocks(rule, "toCIDRSet"),
];

/** Entities of the cluster: every pod, and the nodes with what listens on them. */
const NODES: ReadonlySet<string> = new Set(["cluster", "host", "remote-node"]);

/** A policy of the whole cluster means every namespace's pods by an empty selector. */
const reachesEveryPod = (rule: Properties): boolean =>
  !isDnsOnly(portsOf(rule)) && blocks(rule, "toEndpoints").some(isEmptySelector);

/** What a rule allows that names no host. */
function openedBy(rule: Properties): string[] {
  const ports = blocks(rule, "toPorts");
  return [
    ...(peersOf(rule).length === 0 && ports.length > 0 ? ["every address"] : []),
    ...texts(rule, "toEntities").filter((entity) => ENTITIES.has(entity) || entity === "world-ipv6"),
    ...namesIn(rule).filter(isAnybodys),
    ...(isDnsOnly(portsOf(rule)) ? [] : texts(rule, "toEntities").filter((entity) => NODES.has(entity))),
    ...openRanges(rangesIn(rule)),
  ];
}
