/** The Kubernetes service accounts that a member names through Workload Identity. */
export type KubernetesMember = (
  | { readonly kind: "account"; readonly namespace: string; readonly name: string }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "cluster"; readonly project: string; readonly location: string; readonly name: string }
  | { readonly kind: "everyone" }
) & {
  /** The project of GKE's pool, `P.svc.id.goog`; absent for pools of other makers. */
  readonly project?: string | undefined;
};

const ACCOUNTS = [
  /\/subject\/ns\/([^/]+)\/sa\/([^/]+)$/,
  // A pool that trusts another cluster, such as EKS, keeps Kubernetes' own name of the account.
  /\/subject\/system:serviceaccount:([^:/]+):([^:/]+)$/,
  /\.svc\.id\.goog\[([^/]+)\/([^\]]+)\]$/,
];
const GKE_POOL = /[/:]([a-z][a-z0-9.:-]*)\.svc\.id\.goog(?=[/[])/;
const CLUSTER =
  /\/kubernetes\.cluster\/.*\/projects\/([^/]+)\/(?:locations|zones)\/([^/]+)\/clusters\/([^/]+)$/;

/**
 * Reads a member that names pods. The forms: `principal://…/subject/ns/NS/sa/KSA`,
 * `principal://…/subject/system:serviceaccount:NS:KSA`, `principalSet://…/namespace/NS`, a set by cluster or the whole
 * pool, and `serviceAccount:P.svc.id.goog[NS/KSA]`.
 *
 * Sources: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity,
 * https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes
 */
export function kubernetesMember(member: string): KubernetesMember | undefined {
  const project = GKE_POOL.exec(member)?.[1];
  for (const form of ACCOUNTS) {
    const [, namespace, name] = form.exec(member) ?? [];
    if (namespace !== undefined && name !== undefined) return { kind: "account", namespace, name, project };
  }
  if (!member.startsWith("principalSet://")) return undefined;
  const namespace = /\/(?:namespace|attribute\.(?:kubernetes_)?namespace)\/([^/]+)$/.exec(member)?.[1];
  if (namespace !== undefined) return { kind: "namespace", namespace, project };
  const [, ofCluster, location, name] = CLUSTER.exec(member) ?? [];
  if (ofCluster !== undefined && location !== undefined && name !== undefined)
    return { kind: "cluster", project: ofCluster, location, name };
  if (project !== undefined) return { kind: "everyone", project };
  return KUBERNETES_LIKE.test(poolOfSet(member) ?? "") ? { kind: "everyone" } : undefined;
}

/** Names of pools that trust clusters outside of GKE. */
const KUBERNETES_LIKE = /eks|aks|k8s|kube|cluster|anthos|openshift/i;

/** The pool that a member includes as a whole, other than GKE's own pools. */
export function poolOfSet(member: string): string | undefined {
  return /^principalSet:\/\/.*\/workloadIdentityPools\/([^/]+)\/\*$/.exec(member)?.[1];
}
