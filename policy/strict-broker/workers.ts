import type { StackValidationPolicy } from "@pulumi/policy";
import { GRANT, grantsOf, kubernetesMember, mayNameOthers } from "../model/iam.ts";
import { KUBERNETES_SERVICE_ACCOUNT } from "../model/kinds.ts";
import { block, read, text, UNKNOWN, type Properties } from "../model/known.ts";
import { matches } from "../model/patterns.ts";
import { ACCOUNT_ANNOTATION } from "../model/running.ts";
import { cannotJudge, stackRule } from "../model/rule.ts";
import { NOT_KNOWN_YET } from "../model/unjudged.ts";
import { workersIn, WORKERS, type Pods, type WorkerSettings } from "../model/workloads.ts";

const REASON =
  "encoders parse hostile media, and whoever takes one over gets its credentials. Workers need signed URLs from the coordinator, and nothing else.";

export const workersHoldNoRoles: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "workers-hold-no-roles",
  family: "strict-broker",
  subject: "a grant",
  tokens: GRANT,
  displayName: "Workers hold no role",
  description:
    "No IAM binding may name a worker's Kubernetes service account, or a set of principals that contains workers.",
  severity: "critical",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity",
  reason: REASON,
  fix: "remove the member; let the coordinator sign URLs for what the worker needs",
  config: WORKERS,
  *judgeAlone(grant, settings) {
    for (const { role = "a role", members } of grantsOf(grant)) {
      for (const member of members) {
        if (isCalledWorker(member, settings)) yield `gives ${role} to ${member}`;
      }
    }
  },
  *judge(grant, stack, settings) {
    const workers = workersIn(stack, settings);
    for (const { role = "a role", members } of grantsOf(grant)) {
      for (const member of members) {
        if (!isCalledWorker(member, settings) && runsWorkers(member, workers))
          yield `gives ${role} to ${member}`;
      }
    }
    if (mayNameOthers(grant, stack)) yield cannotJudge(NOT_KNOWN_YET);
  },
});

/** Whether a member is a worker by what it is called, or contains all there are. */
function isCalledWorker(member: string, { workers }: WorkerSettings): boolean {
  const whom = kubernetesMember(member);
  switch (whom?.kind) {
    case "everyone":
      return true;
    case "namespace":
      return matches(workers, whom.namespace);
    case "account":
      return matches(workers, whom.name);
    case undefined:
      return false;
  }
}

/** Whether workers of this stack run as a member. */
function runsWorkers(member: string, workers: readonly Pods[]): boolean {
  const whom = kubernetesMember(member);
  if (whom === undefined || whom.kind === "everyone") return false;
  return workers.some(
    ({ namespace, serviceAccount }) =>
      namespace === whom.namespace && (whom.kind === "namespace" || serviceAccount === whom.name),
  );
}

export const workerAccountsAreUnbound: StackValidationPolicy = stackRule<WorkerSettings>({
  name: "worker-accounts-are-unbound",
  family: "strict-broker",
  subject: "a Kubernetes service account",
  tokens: KUBERNETES_SERVICE_ACCOUNT,
  displayName: "Workers' service accounts stand for no Google account",
  description: `A worker's Kubernetes service account must not carry the annotation ${ACCOUNT_ANNOTATION}.`,
  severity: "critical",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  reason: REASON,
  fix: `remove the annotation ${ACCOUNT_ANNOTATION}`,
  config: WORKERS,
  *judgeAlone(account, settings) {
    const bound = boundAccountOf(account);
    if (bound !== undefined && matches(settings.workers, bound.name)) {
      yield `is a worker's and stands for ${bound.standsFor}`;
    }
  },
  *judge(account, stack, settings) {
    const bound = boundAccountOf(account);
    if (bound === undefined || matches(settings.workers, bound.name)) return;
    const runs = workersIn(stack, settings).some(
      ({ namespace, serviceAccount }) => namespace === bound.namespace && serviceAccount === bound.name,
    );
    if (runs) yield `is a worker's and stands for ${bound.standsFor}`;
  },
});

interface BoundAccount {
  readonly namespace: string;
  readonly name: string;
  /** The address of Google's account, in words where it is not known yet. */
  readonly standsFor: string;
}

function boundAccountOf({ name, props }: { name: string; props: Properties }): BoundAccount | undefined {
  const metadata = block(props, "metadata") ?? {};
  const annotations = block(metadata, "annotations") ?? {};
  const standsFor = read(() => text(annotations, ACCOUNT_ANNOTATION));
  if (standsFor === undefined) return undefined;
  return {
    namespace: text(metadata, "namespace") ?? "default",
    name: text(metadata, "name") ?? name,
    standsFor: standsFor === UNKNOWN ? "one that is not known yet" : standsFor,
  };
}
