import type { StackValidationPolicy } from "@pulumi/policy";
import type { StackGraph } from "../model/graph.ts";
import { HELM, WORKLOAD } from "../model/kinds.ts";
import { read } from "../model/known.ts";
import { cannotJudge, stackRule, type CannotJudge, type Finding } from "../model/rule.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { areWorkers, podsOf, WORKERS, type Pods, type WorkerSettings } from "../model/workloads.ts";
import { egressPoliciesOf, unreadPoliciesOf } from "./egress.ts";
import { IN_A_CHART, isChartOfWorkers, limitFindings, unreadFindings } from "./metadata-server.ts";

/** Addresses of IPv4 that ranges may let workers reach in all: four /8. More is most of what answers, in small pieces. */
const MOST_ADDRESSES = 2 ** 26;

export const workersReachNamedHosts: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "workers-reach-named-hosts",
  family: "cluster",
  enforcementLevel: "advisory",
  subject: "a workload",
  tokens: { has: (type) => WORKLOAD.has(type) || HELM.has(type) },
  displayName: "Workers reach named hosts only",
  description:
    "Network policies must let workers' pods reach hosts that are named, by ranges or names, and neither every public nor every " +
    "private address.",
  severity: "medium",
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  reason:
    "workers parse hostile media: a file that takes one over could call home, carry media away or look around in the network.",
  fix: "name the ranges or hosts of the stores, and leave out what is wider; Google's APIs are at 199.36.153.8/30 where the network's DNS says so",
  config: WORKERS,
  *judge(workload, stack, settings) {
    if (HELM.has(workload.type)) {
      if (isChartOfWorkers(workload, settings)) yield cannotJudge(IN_A_CHART);
      return;
    }
    for (const pods of podsOf(workload)) {
      // Network policies do not apply to pods on the host's network; workers-cannot-reach-metadata refuses those.
      const onHost = read(() => pods.spec["hostNetwork"]) === true;
      if (areWorkers(pods, settings) && !onHost) yield* egressFindings(pods, stack);
    }
  },
});

function* egressFindings(pods: Pods<StackResource>, stack: StackGraph): Iterable<Finding | CannotJudge> {
  const policies = egressPoliciesOf(pods, stack);
  const unread = unreadPoliciesOf(pods, stack);
  yield* limitFindings(policies, unread);
  for (const { kind, name, opens } of policies.certain) {
    for (const open of new Set(opens)) {
      yield {
        text: `runs workers that the ${kind} ${name} lets reach ${open}`,
        fix: `name the hosts that workers need in the ${kind} ${name} instead of ${open}`,
      };
    }
  }
  const addresses = policies.certain.reduce((sum, policy) => sum + policy.addresses, 0);
  if (addresses > MOST_ADDRESSES && policies.certain.every(({ opens }) => opens.length === 0)) {
    yield {
      text: `runs workers that ranges of network policies let reach ${addresses} addresses in all`,
      fix: `name fewer hosts: ${MOST_ADDRESSES} addresses at most`,
    };
  }
  yield* unreadFindings(policies, unread, ({ opens }) => opens.length > 0);
}
