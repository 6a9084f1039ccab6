import type { StackResource } from "../model/stack-resource.ts";
import { block, blocks, text, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";
import { isIn, type EgressPolicy } from "./egress-policy.ts";
import { isAnybodys } from "./host-patterns.ts";
import { selects } from "./label-selector.ts";
import { includesMetadataName, METADATA_SERVER } from "./metadata-addresses.ts";

/**
 * A policy of GKE's Dataplane V2 by hosts' names, beside Kubernetes' own. Its documentation does not say for certain whether it
 * limits what no other policy does.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies
 */
export function fqdnPolicyOf({ name, props }: { name: string; props: Properties }): EgressPolicy {
  const spec = block(props, "spec") ?? {};
  const patterns = () =>
    blocks(spec, "egress")
      .flatMap((rule) => blocks(rule, "matches"))
      .flatMap((match) => [text(match, "name") ?? [], text(match, "pattern") ?? []].flat());
  return {
    kind: "FQDNNetworkPolicy",
    name,
    selects: (pods: Pods<StackResource>) =>
      isIn(pods.namespace, props) && selects(block(spec, "podSelector") ?? {}, pods.labels),
    limits: undefined,
    get allows() {
      return patterns().some(includesMetadataName) ? [METADATA_SERVER] : [];
    },
    get opens() {
      return patterns().filter(isAnybodys);
    },
    ranges: [],
    denies: [],
    unread: undefined,
  };
}
