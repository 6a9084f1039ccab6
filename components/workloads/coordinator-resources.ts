import type * as kubernetes from "@pulumi/kubernetes";
import type * as tls from "@pulumi/tls";

/** An authority that vouches for the coordinator. */
export interface CoordinatorAuthorityResources {
  /** Its key. What it holds is a secret output. */
  readonly key: tls.PrivateKey;
  /** Its certificate, which workers and clients trust. */
  readonly certificate: tls.SelfSignedCert;
}

/** What a {@link Coordinator} made. */
export interface CoordinatorResources {
  /** The pods. */
  readonly deployment: kubernetes.apps.v1.Deployment;
  /** Where workers and clients reach them. */
  readonly service: kubernetes.core.v1.Service;
  /** The pods' service account. */
  readonly serviceAccount: kubernetes.core.v1.ServiceAccount;
  /** How many pods may be drained at a time. */
  readonly disruptionBudget: kubernetes.policy.v1.PodDisruptionBudget;
  /** Who may call the pods, and whom they may call. */
  readonly networkPolicy: kubernetes.networking.v1.NetworkPolicy;
  /** Google's APIs, by names; undefined without `googleHosts`. */
  readonly googlePolicy: kubernetes.apiextensions.CustomResource | undefined;
  /** The right to ask the API server whose a token is. */
  readonly tokenReviewRole: kubernetes.rbac.v1.ClusterRole;
  /** What gives the service account that right. */
  readonly tokenReviewBinding: kubernetes.rbac.v1.ClusterRoleBinding;
  /** What has Google collect metrics; undefined without `managedPrometheus`. */
  readonly podMonitoring: kubernetes.apiextensions.CustomResource | undefined;
  /** The authorities of `tls.authorities`, by their names; empty with `tls.certManager`. */
  readonly authorities: Readonly<Record<string, CoordinatorAuthorityResources>>;
  /** The Secret with the first authority's certificate and key; undefined with `tls.certManager`. */
  readonly tlsSecret: kubernetes.core.v1.Secret | undefined;
  /** What cert-manager issues an authority by; undefined without `tls.certManager`. */
  readonly issuedCertificate: kubernetes.apiextensions.CustomResource | undefined;
}
