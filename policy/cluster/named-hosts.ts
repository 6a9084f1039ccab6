import type { StackValidationPolicy } from "@pulumi/policy";
import { IN_A_CHART } from "../model/charts.ts";
import type { StackGraph } from "../model/graph.ts";
import { HELM, WORKLOAD } from "../model/kinds.ts";
import { read } from "../model/known.ts";
import { cannotJudge, stackRule, type CannotJudge, type Finding } from "../model/rule.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { areWorkers, podsOf, WORKERS, type Pods, type WorkerSettings } from "../model/workloads.ts";
import { addressesOf, countOf, within } from "./address-sets.ts";
import type { EgressPolicy } from "./egress-policy.ts";
import { egressPoliciesOf, unreadPoliciesOf } from "./egress.ts";
import { isChartOfWorkers, limitFindings, unreadFindings } from "./metadata-server.ts";
import { PRIVATE } from "./open-ranges.ts";

/**
 * Addresses that ranges may let workers reach in all: of IPv4 four /8, of IPv6 four /16, and of private ones a /16. More is
 * most of what answers, in small pieces.
 */
export const MOST_ADDRESSES = 2 ** 26;
export const MOST_PRIVATE_ADDRESSES = 2 ** 16;
const MOST_OF_IPV6 = 2n ** 114n;

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
  if (policies.certain.every(({ opens }) => opens.length === 0)) yield* inPieces(policies.certain);
  yield* unreadFindings(policies, unread, ({ opens }) => opens.length > 0);
}

/** What ranges add up to, whichever policies they are in. */
function* inPieces(policies: readonly EgressPolicy[]): Iterable<Finding> {
  const reached = addressesOf(policies.flatMap(({ ranges }) => ranges));
  const inPrivate = countOf(PRIVATE.flatMap((block) => within(reached[4], block)));
  const sums = [
    { kind: "addresses", count: countOf(reached[4]) - inPrivate, most: BigInt(MOST_ADDRESSES) },
    { kind: "private addresses", count: inPrivate, most: BigInt(MOST_PRIVATE_ADDRESSES) },
    { kind: "addresses of IPv6", count: countOf(reached[6]), most: MOST_OF_IPV6 },
  ];
  const blocks = PRIVATE.filter(
    (block) => countOf(within(reached[4], block)) === countOf(addressesOf([{ cidr: block }])[4]),
  );
  for (const block of blocks) {
    yield {
      text: `runs workers that ranges of network policies let reach all of ${block} in pieces`,
      fix: `name the hosts that workers need instead of the pieces of ${block}`,
    };
  }
  for (const { kind, count, most } of sums) {
    if (count <= most || (kind === "private addresses" && blocks.length > 0)) continue;
    yield {
      text: `runs workers that ranges of network policies let reach ${count} ${kind} in all`,
      fix: `name fewer hosts: ${most} ${kind} at most`,
    };
  }
}
