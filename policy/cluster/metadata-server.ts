import type { StackValidationPolicy } from "@pulumi/policy";
import type { StackGraph } from "../model/graph.ts";
import { NETWORK_POLICY, WORKLOAD } from "../model/kinds.ts";
import { block, blocks, read, text, texts, UNKNOWN, type Properties } from "../model/known.ts";
import { stackRule } from "../model/rule.ts";
import { areWorkers, podsOf, WORKERS, type Pods, type WorkerSettings } from "../model/workloads.ts";
import { isInRange } from "./ranges.ts";

/** Where GKE's metadata server answers. */
const METADATA_SERVER = "169.254.169.254";

export const workersCannotReachMetadata: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "workers-cannot-reach-metadata",
  family: "cluster",
  subject: "a workload",
  tokens: WORKLOAD,
  displayName: "Workers cannot reach the metadata server",
  description:
    "Workers' pods must not use the host's network, and network policies must cut them off from the metadata server.",
  severity: "high",
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  reason:
    "the metadata server gives out Google's tokens; policies add up, so one that allows it undoes all that deny it.",
  fix: `select the workers with a NetworkPolicy of policyTypes ["Egress"] whose rules leave out ${METADATA_SERVER}`,
  config: WORKERS,
  *judge(workload, stack, settings) {
    const pods = podsOf(workload);
    if (pods === undefined || !areWorkers(pods, settings)) return;
    if (pods.spec["hostNetwork"] === true) yield "runs workers on the host's network";
    const policies = egressPoliciesOf(pods, stack);
    if (policies.length === 0) yield "runs workers whose egress no NetworkPolicy limits";
    for (const { name, spec } of policies) {
      if (allowsMetadata(spec))
        yield `runs workers that the NetworkPolicy ${name} lets reach ${METADATA_SERVER}`;
    }
  },
});

interface EgressPolicy {
  readonly name: string;
  readonly spec: Properties;
}

/** The network policies that limit what pods may reach. */
function egressPoliciesOf(pods: Pods, stack: StackGraph): EgressPolicy[] {
  const { provider } = pods.resource;
  const policies = stack.once(egressPoliciesByPlace, egressPoliciesByPlace);
  const here = [pods.namespace, ANYWHERE].flatMap(
    (namespace) => policies.get(placeOf(provider, namespace)) ?? [],
  );
  return here.filter(({ spec }) => selects(block(spec, "podSelector") ?? {}, pods.labels));
}

/** Where a policy is whose namespace is not known yet. */
const ANYWHERE = "*";

function egressPoliciesByPlace(stack: StackGraph): ReadonlyMap<string, readonly EgressPolicy[]> {
  const policies = new Map<string, EgressPolicy[]>();
  for (const { name, props, provider } of stack.ofKind(NETWORK_POLICY)) {
    const spec = block(props, "spec") ?? {};
    if (!texts(spec, "policyTypes").includes("Egress") && spec["egress"] === undefined) continue;
    const namespace = read(() => text(block(props, "metadata") ?? {}, "namespace"));
    const place = placeOf(provider, namespace === UNKNOWN ? ANYWHERE : (namespace ?? "default"));
    policies.set(place, [...(policies.get(place) ?? []), { name, spec }]);
  }
  return policies;
}

/** Both regions have the same namespaces, in clusters of their own: each has its provider. */
function placeOf(provider: { readonly urn: string } | undefined, namespace: string): string {
  return `${provider?.urn ?? ""} ${namespace}`;
}

/** Whether a label selector takes pods with these labels; an empty one takes all. */
function selects(selector: Properties, labels: Properties): boolean {
  const wanted = Object.entries(block(selector, "matchLabels") ?? {});
  if (wanted.some(([key, value]) => labels[key] !== value)) return false;
  return blocks(selector, "matchExpressions").every((expression) => {
    const key = text(expression, "key") ?? "";
    const values = texts(expression, "values");
    const value = text(labels, key);
    switch (text(expression, "operator")) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      case undefined:
      default:
        return false;
    }
  });
}

function allowsMetadata(spec: Properties): boolean {
  return blocks(spec, "egress").some((rule) => {
    const to = blocks(rule, "to");
    // A rule that names no one lets through to everyone.
    if (to.length === 0) return true;
    return to.some((peer) => {
      const range = block(peer, "ipBlock");
      if (range === undefined) return false;
      const excepted = texts(range, "except").some((except) => isInRange(METADATA_SERVER, except));
      return isInRange(METADATA_SERVER, text(range, "cidr") ?? "") && !excepted;
    });
  });
}
