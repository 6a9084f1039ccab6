import type { StackValidationPolicy } from "@pulumi/policy";
import type { StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { WORKLOAD } from "../model/kinds.ts";
import { read } from "../model/known.ts";
import { cannotJudge, stackRule, type CannotJudge, type Finding } from "../model/rule.ts";
import { areWorkers, podsOf, WORKERS, type Pods, type WorkerSettings } from "../model/workloads.ts";
import { egressPoliciesOf, unreadPoliciesOf } from "./egress.ts";
import { METADATA_SERVER } from "./metadata-addresses.ts";

export const workersCannotReachMetadata: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "workers-cannot-reach-metadata",
  family: "cluster",
  subject: "a workload",
  tokens: WORKLOAD,
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
    for (const pods of podsOf(workload)) {
      if (areWorkers(pods, settings) && pods.spec["hostNetwork"] === true) {
        yield {
          text: "runs workers on the host's network",
          reason:
            "the metadata server gives out Google's tokens, and network policies do not apply to pods on the host's network.",
          fix: "leave hostNetwork out of the workers' pods",
        };
      }
    }
  },
  *judge(workload, stack, settings) {
    for (const pods of podsOf(workload)) {
      // No policy helps pods on the host's network, which are refused by themselves.
      const onHost = read(() => pods.spec["hostNetwork"]) === true;
      if (areWorkers(pods, settings) && !onHost) yield* egressFindings(pods, stack);
    }
  },
});

function* egressFindings(pods: Pods<StackResource>, stack: StackGraph): Iterable<Finding | CannotJudge> {
  const policies = egressPoliciesOf(pods, stack);
  if (policies.some(({ denies }) => denies)) return;
  const unread = unreadPoliciesOf(pods, stack);
  if (unread.length === 0 && policies.every(({ limits }) => !limits))
    yield "runs workers whose egress no NetworkPolicy limits";
  for (const { kind, name, allows } of policies) {
    if (allows === undefined) continue;
    yield {
      text: `runs workers that the ${kind} ${name} lets reach ${allows}`,
      fix: `leave ${allows} out of what the ${kind} ${name} lets them reach, such as by except in its ipBlock`,
    };
  }
  for (const name of unread) {
    yield cannotJudge(`the ${name} is of a kind that this policy does not read`);
  }
}
