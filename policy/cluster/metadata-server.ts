import type { StackValidationPolicy } from "@pulumi/policy";
import { IN_A_CHART, objectsOfChart } from "../model/charts.ts";
import { lastSegment, type StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { HELM, WORKLOAD } from "../model/kinds.ts";
import { read, textsAt, type Properties } from "../model/known.ts";
import { isWorkerValue } from "../model/own-images.ts";
import { matches } from "../model/patterns.ts";
import { cannotJudge, stackRule, type CannotJudge, type Finding } from "../model/rule.ts";
import { areWorkers, podsOf, WORKERS, type Pods, type WorkerSettings } from "../model/workloads.ts";
import { egressPoliciesOf, unreadPoliciesOf, type EgressPolicies } from "./egress.ts";
import type { EgressPolicy } from "./egress-policy.ts";
import { METADATA_SERVER } from "./metadata-addresses.ts";

export const workersCannotReachMetadata: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "workers-cannot-reach-metadata",
  family: "cluster",
  subject: "a workload",
  tokens: { has: (type) => WORKLOAD.has(type) || HELM.has(type) },
  displayName: "Workers cannot reach the metadata server",
  description:
    "Workers' pods must not use the host's network, and network policies, Kubernetes' own or Cilium's, must cut them off from the " +
    "metadata server.",
  severity: "high",
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  reason:
    "the metadata server gives out Google's tokens; network policies add up, so one that allows it is enough to reach it.",
  fix: `select the workers with a NetworkPolicy of policyTypes ["Egress"] whose rules leave out ${METADATA_SERVER}`,
  config: WORKERS,
  *judgeAlone(workload, settings) {
    if (HELM.has(workload.type)) {
      if (isChartOfWorkers(workload, settings) && usesHostNetwork(workload.props)) yield ON_HOST;
      return;
    }
    for (const pods of podsOf(workload)) {
      if (areWorkers(pods, settings) && pods.spec["hostNetwork"] === true) {
        yield ON_HOST;
      }
    }
  },
  *judge(workload, stack, settings) {
    if (HELM.has(workload.type)) {
      if (isChartOfWorkers(workload, settings)) yield cannotJudge(IN_A_CHART);
      return;
    }
    for (const pods of podsOf(workload)) {
      // Network policies do not apply to pods on the host's network; those are refused separately.
      const onHost = read(() => pods.spec["hostNetwork"]) === true;
      if (areWorkers(pods, settings) && !onHost) yield* egressFindings(pods, stack);
    }
  },
});

const ON_HOST: Finding = {
  text: "runs workers on the host's network",
  reason:
    "the metadata server gives out Google's tokens, and network policies do not apply to pods on the host's network.",
  fix: "leave hostNetwork out of the workers' pods",
};

/** Whether anything limits what workers may reach. */
export function* limitFindings(
  { certain, possible }: EgressPolicies,
  unread: readonly string[],
): Iterable<Finding | CannotJudge> {
  if (unread.length > 0 || certain.some(({ limits }) => limits === true)) return;
  const alone = certain.filter(({ limits }) => limits === undefined);
  const selecting = possible.filter(({ limits }) => limits === true);
  if (alone.length + selecting.length === 0) yield "runs workers whose egress no NetworkPolicy limits";
  for (const { kind, name } of alone) {
    yield cannotJudge(`the ${kind} ${name} alone may not limit what workers reach`);
  }
  for (const policy of selecting) yield cannotJudge(mayNotSelect(policy));
}

const mayNotSelect = ({ kind, name }: EgressPolicy): string =>
  `whether the ${kind} ${name} is of the workers' cluster and selects them is decided elsewhere: by labels that are added later, or by its provider`;

/** What keeps rules from judging: policies that may select workers or that refer elsewhere, and kinds that are not read. */
export function* unreadFindings(
  { certain, possible }: EgressPolicies,
  unread: readonly string[],
  isOpen: (policy: EgressPolicy) => boolean,
): Iterable<CannotJudge> {
  for (const policy of possible) if (isOpen(policy)) yield cannotJudge(mayNotSelect(policy));
  for (const { kind, name, unread: elsewhere } of [...certain, ...possible]) {
    if (elsewhere !== undefined) yield cannotJudge(`the ${kind} ${name} allows ${elsewhere}`);
  }
  for (const name of unread) {
    yield cannotJudge(`the ${name} is of a kind that this policy does not read`);
  }
}

/** Whether a release, its chart or a service account in its values has a worker's name. */
export function isChartOfWorkers(
  { name, props }: Pick<StackResource, "name" | "props">,
  { workers }: WorkerSettings,
): boolean {
  const ofAccounts = objectsOfChart(props).flatMap(({ object, path }) =>
    path.at(-1) === "serviceAccount" ? textsAt(object, "name").known : [],
  );
  const names = ["name", "chart"].flatMap((key) => textsAt(props, key).known);
  return (
    [name, ...names.map(lastSegment), ...ofAccounts].some((one) => matches(workers, one)) ||
    objectsOfChart(props).some(({ object }) => isWorkerValue(object))
  );
}

function usesHostNetwork(props: Properties): boolean {
  return objectsOfChart(props).some(({ object }) => read(() => object["hostNetwork"]) === true);
}

function* egressFindings(pods: Pods<StackResource>, stack: StackGraph): Iterable<Finding | CannotJudge> {
  const policies = egressPoliciesOf(pods, stack);
  const denied = new Set(policies.certain.flatMap(({ denies }) => denies));
  const isDenied = denied.has(METADATA_SERVER);
  const unread = isDenied ? [] : unreadPoliciesOf(pods, stack);
  if (!isDenied) yield* limitFindings(policies, unread);
  const allowedBy = ({ allows }: EgressPolicy) => allows.find((address) => !denied.has(address));
  for (const policy of policies.certain) {
    const { kind, name } = policy;
    const address = allowedBy(policy);
    if (address === undefined) continue;
    yield {
      text: `runs workers that the ${kind} ${name} lets reach ${address}`,
      fix: `leave ${address} out of what the ${kind} ${name} lets them reach, such as by except in its ipBlock`,
    };
  }
  yield* unreadFindings(policies, unread, (policy) => allowedBy(policy) !== undefined);
}
