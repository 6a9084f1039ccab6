import type { StackValidationPolicy } from "@pulumi/policy";
import type { StackGraph } from "../model/graph.ts";
import { GRANT, grantsOf, kubernetesMember, type KubernetesMember } from "../model/iam.ts";
import { KUBERNETES_SERVICE_ACCOUNT } from "../model/kinds.ts";
import { block, text } from "../model/known.ts";
import { matches, stackRule } from "../model/rule.ts";
import { workersIn, WORKERS, type Pods, type WorkerSettings } from "../model/workloads.ts";

const REASON =
  "encoders parse hostile media, and whoever takes one over has what it holds. Workers need signed URLs from the coordinator, and nothing else.";

export const workersHoldNoRoles: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "workers-hold-no-roles",
  family: "strict-broker",
  subject: "a grant",
  tokens: GRANT,
  displayName: "Workers hold no role",
  description:
    "No IAM binding may name a worker's Kubernetes service account, nor a set of principals that contains workers.",
  severity: "critical",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity",
  reason: REASON,
  fix: "remove the member; let the coordinator sign URLs for what the worker needs",
  config: WORKERS,
  *judge(grant, stack, settings) {
    const workers = workersIn(stack, settings);
    for (const { role = "a role", members } of grantsOf(grant)) {
      for (const member of members) {
        const whom = kubernetesMember(member);
        if (whom !== undefined && includesWorkers(whom, workers, settings))
          yield `gives ${role} to ${member}`;
      }
    }
  },
});

function includesWorkers(
  member: KubernetesMember,
  workers: readonly Pods[],
  { workers: names }: WorkerSettings,
): boolean {
  switch (member.kind) {
    case "everyone":
      return true;
    case "namespace":
      return (
        workers.some(({ namespace }) => namespace === member.namespace) || matches(names, member.namespace)
      );
    case "account":
      return (
        matches(names, member.name) ||
        workers.some((pods) => pods.namespace === member.namespace && pods.serviceAccount === member.name)
      );
  }
}

/** What makes a Kubernetes service account stand for one of Google's. */
const ANNOTATION = "iam.gke.io/gcp-service-account";

export const workerAccountsAreUnbound: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "worker-accounts-are-unbound",
  family: "strict-broker",
  subject: "a Kubernetes service account",
  tokens: KUBERNETES_SERVICE_ACCOUNT,
  displayName: "Workers' service accounts stand for no Google account",
  description: `A worker's Kubernetes service account must not carry the annotation ${ANNOTATION}.`,
  severity: "critical",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  reason: REASON,
  fix: `remove the annotation ${ANNOTATION}`,
  config: WORKERS,
  *judge({ props, name }, stack, settings) {
    const metadata = block(props, "metadata") ?? {};
    const account = text(block(metadata, "annotations") ?? {}, ANNOTATION);
    if (account === undefined) return;
    const inCluster = text(metadata, "name") ?? name;
    if (matches(settings.workers, inCluster) || runsWorkers(metadata, inCluster, stack, settings)) {
      yield `is a worker's and stands for ${account}`;
    }
  },
});

function runsWorkers(
  metadata: Readonly<Record<string, unknown>>,
  name: string,
  stack: StackGraph,
  settings: WorkerSettings,
): boolean {
  const namespace = text(metadata, "namespace") ?? "default";
  return workersIn(stack, settings).some(
    (pods) => pods.namespace === namespace && pods.serviceAccount === name,
  );
}
