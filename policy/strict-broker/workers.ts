import type { StackValidationPolicy } from "@pulumi/policy";
import { lastSegment, type StackGraph } from "../model/graph.ts";
import { GRANT, grantsOf, mayNameOthers } from "../model/iam.ts";
import { IDENTITY_POOL_PROVIDER, KUBERNETES_SERVICE_ACCOUNT } from "../model/kinds.ts";
import { block, read, text, UNKNOWN, type Properties } from "../model/known.ts";
import { kubernetesMember, poolOfSet } from "../model/kubernetes-members.ts";
import { matches } from "../model/patterns.ts";
import { ACCOUNT_ANNOTATION } from "../model/charts.ts";
import { identitiesOfMember } from "../model/members.ts";
import { runningPrograms, type RunningPods } from "../model/running.ts";
import { cannotJudge, stackRule, type CannotJudge } from "../model/rule.ts";
import type { StackResource } from "../model/stack-resource.ts";
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
        if (isCalledWorker(member, settings)) continue;
        const trusts = trustsClusters(member, stack);
        if (trusts === true || runsWorkers(member, workers) || isClusterOfWorkers(member, workers, stack))
          yield `gives ${role} to ${member}`;
        else if (typeof trusts === "object" && workers.length > 0) yield trusts;
      }
    }
    if (mayNameOthers(grant, stack)) yield cannotJudge(NOT_KNOWN_YET);
  },
});

/** Whether a member is a worker by its name, or includes all workers. */
function isCalledWorker(member: string, { workers }: WorkerSettings): boolean {
  const whom = kubernetesMember(member);
  switch (whom?.kind) {
    case "everyone":
      return true;
    case "namespace":
      return matches(workers, whom.namespace);
    case "account":
      return matches(workers, whom.name);
    // Which pods a cluster runs is known for the whole stack only.
    case "cluster":
    case undefined:
      return false;
  }
}

/** Whether a member includes every pod of a cluster that runs workers, or of one whose pods are not in this stack. */
function isClusterOfWorkers(member: string, workers: readonly Pods[], stack: StackGraph): boolean {
  if (kubernetesMember(member)?.kind !== "cluster") return false;
  const identities = new Set(identitiesOfMember(member, stack));
  const pods = runningPrograms(stack).flatMap((one) =>
    identities.has(one.identity) && one.pods !== undefined ? [one.pods] : [],
  );
  const areWorkers = (one: RunningPods): boolean =>
    workers.some(
      ({ namespace, serviceAccount }) => namespace === one.namespace && serviceAccount === one.account,
    );
  return pods.length === 0 || pods.some(areWorkers);
}

/**
 * Whether a member includes a whole pool that trusts clusters; cannot be judged if this stack does not determine it.
 */
function trustsClusters(member: string, stack: StackGraph): boolean | CannotJudge {
  const pool = poolOfSet(member);
  if (pool === undefined || pool.endsWith(".svc.id.goog")) return false;
  const providers = stack.ofKind(IDENTITY_POOL_PROVIDER).filter(({ props }) => {
    const id = read(() => text(props, "workloadIdentityPoolId"));
    return id === UNKNOWN || id === undefined || lastSegment(id) === pool;
  });
  if (providers.length === 0) return cannotJudge(`whom the pool ${pool} trusts is not in this stack`);
  return providers.some(isOfCluster);
}

/** Pools trust clusters by their issuer, or by uploaded keys if the issuer is not public. */
const CLUSTER_ISSUER = /eks|aks|kubernetes|container\.googleapis|cluster/i;

function isOfCluster({ props }: StackResource): boolean {
  const oidc = block(props, "oidc") ?? {};
  const issuer = read(() => text(oidc, "issuerUri"));
  return issuer === UNKNOWN || oidc["jwksJson"] !== undefined || CLUSTER_ISSUER.test(issuer ?? "");
}

/** Whether workers of this stack run as a member. */
function runsWorkers(member: string, workers: readonly Pods[]): boolean {
  const whom = kubernetesMember(member);
  if (whom?.kind !== "account" && whom?.kind !== "namespace") return false;
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
  displayName: "Workers' service accounts are bound to no Google service account",
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
  /** The address of the Google service account, or a description while it is not known. */
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
