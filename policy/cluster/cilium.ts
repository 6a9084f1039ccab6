import type { StackResource } from "../model/stack-resource.ts";
import { block, blocks, text, texts, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";
import { isIn, type EgressPolicy } from "./egress-policy.ts";
import { matchesName } from "./host-patterns.ts";
import { selects } from "./label-selector.ts";
import {
  includeMetadataPorts,
  METADATA_NAME,
  METADATA_SERVER,
  metadataAddressIn,
} from "./metadata-addresses.ts";
import { addressesIn, openRanges } from "./open-ranges.ts";

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
          return allow.map(metadataReachedBy).find((address) => address !== undefined);
        },
        get opens() {
          return allow.flatMap(openedBy);
        },
        get addresses() {
          return addressesIn(allow.flatMap(rangesIn));
        },
        get denies() {
          return deny.some((rule) => metadataReachedBy(rule) === METADATA_SERVER);
        },
      },
    ];
  });
}

const NAMESPACE = "io.kubernetes.pod.namespace";
const SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount";

/** A pod's labels as Cilium has them: its namespace and its account are among them. */
function labelsOf({ labels, namespace, serviceAccount }: Pods): Properties {
  return { ...labels, [NAMESPACE]: namespace, [SERVICE_ACCOUNT]: serviceAccount };
}

/** A key may have the label's source as a prefix: `k8s:app`. */
function keyOf(key: string): string {
  return key.replace(/^(?:k8s|any)[:.]/, "");
}

/** The metadata server's address that a rule covers. An empty rule covers none. */
function metadataReachedBy(rule: Properties): string | undefined {
  const ports = blocks(rule, "toPorts").flatMap((one) => blocks(one, "ports"));
  if (!includeMetadataPorts(ports)) return undefined;
  const keys = Object.keys(rule).filter((key) => key !== "toPorts" && rule[key] !== undefined);
  if (keys.length === 0) return ports.length > 0 ? METADATA_SERVER : undefined;
  if (texts(rule, "toEntities").some((entity) => ENTITIES.has(entity))) return METADATA_SERVER;
  if (namesIn(rule).some((pattern) => matchesName(pattern, METADATA_NAME))) return METADATA_SERVER;
  return rangesIn(rule)
    .map((range) => metadataAddressIn(text(range, "cidr") ?? "", texts(range, "except")))
    .find((address) => address !== undefined);
}

/** The patterns of names in a rule. */
const namesIn = (rule: Properties): string[] =>
  blocks(rule, "toFQDNs").map((name) => text(name, "matchPattern") ?? text(name, "matchName") ?? "");

const rangesIn = (rule: Properties): Properties[] => [
  ...texts(rule, "toCIDR").map((cidr) => ({ cidr })),
  ...blocks(rule, "toCIDRSet"),
];

/** What a rule allows that names no host. */
function openedBy(rule: Properties): string[] {
  const ports = blocks(rule, "toPorts");
  const peers = Object.keys(rule).filter((key) => key !== "toPorts" && rule[key] !== undefined);
  return [
    ...(peers.length === 0 && ports.length > 0 ? ["every address"] : []),
    ...texts(rule, "toEntities").filter((entity) => ENTITIES.has(entity) || entity === "world-ipv6"),
    ...namesIn(rule).filter((pattern) => /^\*[^.]*(?:\.[^.]*)?$/.test(pattern)),
    ...openRanges(rangesIn(rule)),
  ];
}
