import type * as gcp from "@pulumi/gcp";
import type * as kubernetes from "@pulumi/kubernetes";

/** What an {@link EncoderCluster} made. */
export interface EncoderClusterResources {
  /** The cluster. */
  readonly cluster: gcp.container.Cluster;
  /** The node pools, by their names, `system` among them; empty with Autopilot. */
  readonly nodePools: Readonly<Record<string, gcp.container.NodePool>>;
  /** The nodes' service account. */
  readonly nodeAccount: gcp.serviceaccount.Account;
  /** Lets nodes write logs and metrics. */
  readonly nodeGrant: gcp.projects.IAMMember;
  /** Lets nodes pull images, for each of `imageRepositories` in their order. */
  readonly imageGrants: readonly gcp.artifactregistry.RepositoryIamMember[];
  /** When the cluster's objects are backed up; undefined without `backup`. */
  readonly backupPlan: gcp.gkebackup.BackupPlan | undefined;
  /** The cluster's provider: the component's `provider`. */
  readonly provider: kubernetes.Provider;
}

/** What a {@link Keda} made. */
export interface KedaResources {
  /** The namespace; undefined if `namespace` names one. */
  readonly namespace: kubernetes.core.v1.Namespace | undefined;
  /** The Helm release. */
  readonly release: kubernetes.helm.v3.Release;
  /** Lets the API server call metrics server and webhook. */
  readonly networkPolicy: kubernetes.networking.v1.NetworkPolicy;
}
