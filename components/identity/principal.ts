import { problems, shown, type Problem } from "../validation/index.ts";

/** Identifies a Kubernetes service account in a project. */
export interface KubernetesPrincipalArgs {
  /** Project id: it names the workload identity pool, one per project and shared by all of its clusters. */
  readonly projectId: string;
  /** Project number, digits only. */
  readonly projectNumber: string;
  /** The Kubernetes namespace that it is in. */
  readonly namespace: string;
  /** The Kubernetes service account's name. */
  readonly serviceAccount: string;
}

const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PROJECT_ID = /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const PROJECT_NUMBER = /^[1-9][0-9]{0,18}$/;

const RULES = {
  projectId: [PROJECT_ID, "a project id: 6 to 30 characters of a-z, 0-9 and -, starting with a letter"],
  projectNumber: [PROJECT_NUMBER, "a project number: digits only"],
  namespace: [DNS_LABEL, "a Kubernetes namespace: 1 to 63 characters of a-z, 0-9 and -"],
  serviceAccount: [DNS_LABEL, "a Kubernetes service account: 1 to 63 characters of a-z, 0-9 and -"],
} as const satisfies Record<keyof KubernetesPrincipalArgs, readonly [RegExp, string]>;

const FIXES = {
  projectId: "use the id, as `gcloud projects list` shows it, neither the name nor the number",
  projectNumber: "use the number that `gcloud projects describe PROJECT_ID` shows",
  namespace: "use the name that `kubectl get namespaces` shows",
  serviceAccount: "use the name that `kubectl get serviceaccounts` shows",
} as const satisfies Record<keyof KubernetesPrincipalArgs, string>;

/** Problems of the given arguments. */
export function principalProblems(args: Partial<KubernetesPrincipalArgs>): Problem[] {
  return (["projectId", "projectNumber", "namespace", "serviceAccount"] as const).flatMap((path) => {
    const given = args[path];
    const [pattern, allowed] = RULES[path];
    if (given === undefined || pattern.test(given)) return [];
    return [{ path, given: shown(given), allowed, fix: FIXES[path] }];
  });
}

/**
 * The IAM member of one Kubernetes service account under Workload Identity Federation for GKE. Granting roles to it
 * needs no Google service account and no annotation. The pool is one per project, so the same namespace and service
 * account in two clusters of a project are the same principal.
 *
 * Source: https://docs.cloud.google.com/iam/docs/principal-identifiers
 *
 * @throws {@link InvalidArguments} when a part could not be one
 */
export function kubernetesPrincipal(args: KubernetesPrincipalArgs): string {
  const found = problems();
  found.addAll(principalProblems(args));
  found.throwIfAny("kubernetesPrincipal");
  const pool = `projects/${args.projectNumber}/locations/global/workloadIdentityPools/${args.projectId}.svc.id.goog`;
  return `principal://iam.googleapis.com/${pool}/subject/ns/${args.namespace}/sa/${args.serviceAccount}`;
}
