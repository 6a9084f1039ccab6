import type * as kubernetes from "@pulumi/kubernetes";
import type { EncoderClusterArgs, KedaArgs } from "../cluster/index.ts";
import type { NetworkArgs, NetworkRegion } from "../network/index.ts";
import type { EncoderPoolArgs } from "../workloads/index.ts";

/** One cluster of the platform. */
export interface PlatformCluster {
  /** A region of the placement, in lower case: `us-central1`. */
  readonly region: string;
  /** Provider of that cluster. @default the platform makes the cluster, as `ownClusters` says */
  readonly provider?: kubernetes.Provider;
}

/** The VPC of the clusters that a platform makes: see {@link Network}. */
export interface PlatformNetwork extends Pick<NetworkArgs, "googleApis" | "cloudNat" | "flowLogSampling"> {
  /**
   * Ranges of addresses, for regions of the clusters.
   * @default those of `Network`; a region's block is its place in the placement: 0 for the first, 1 for the second
   */
  readonly ranges?: NetworkRegion[];
}

/** When the clusters' objects are backed up; each cluster's backups are in the other region. */
export interface PlatformClusterBackup {
  /** In cron format, UTC: `0 3 * * *`. */
  readonly schedule: string;
  /** Days to keep each backup, 1 to 365. @default 14 */
  readonly retainDays?: number;
}

/** The clusters that a platform makes, in every region alike: see {@link EncoderCluster}. */
export interface PlatformOwnClusters extends Pick<
  EncoderClusterArgs,
  | "mode"
  | "encoderPools"
  | "systemPool"
  | "releaseChannel"
  | "maintenanceWindow"
  | "reachableFromOutside"
  | "binaryAuthorization"
  | "imageRepositories"
> {
  /** Two clusters. @default none: everything in them the platform can make again */
  readonly backup?: PlatformClusterBackup;
  /**
   * The network that the clusters are in.
   * @default a VPC without a way to the internet
   */
  readonly network?: PlatformNetwork;
}

/** KEDA in the platform's clusters, where encoders are scaled: see {@link Keda}. */
export interface PlatformKeda extends Pick<
  KedaArgs,
  "chartVersion" | "chartRepository" | "imageRegistry" | "replicas" | "apiServerRange"
> {
  /** KEDA runs in the clusters already, and has rights in the platform's namespaces. @default false */
  readonly installed?: boolean;
  /** The namespace that it runs in. @default "keda" */
  readonly namespace?: string;
}

/** The encoders of each region: see {@link EncoderPool}. */
export type PlatformEncoders = Pick<
  EncoderPoolArgs,
  | "replicas"
  | "scaling"
  | "resources"
  | "scratch"
  | "scratchStorageClass"
  | "profiles"
  | "input"
  | "paceShare"
  | "isolation"
  | "placement"
  | "terminationGraceSeconds"
  | "storageHosts"
>;
