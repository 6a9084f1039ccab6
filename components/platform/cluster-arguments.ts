import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { EncoderClusterArgs, KedaArgs } from "../cluster/index.ts";
import type { NetworkArgs, NetworkRegion } from "../network/index.ts";
import type { EncoderPoolArgs } from "../workloads/index.ts";

/** One cluster of the platform. */
export interface PlatformCluster {
  /** A region of the placement, in lower case: `us-central1`. */
  readonly region: string;
  /** Provider of that cluster. @default the platform makes the cluster, as `ownClusters` says */
  readonly provider?: kubernetes.Provider;
  /**
   * Range of its API server's addresses, CIDR notation: those of the endpoints of the Service `kubernetes`. Coordinators and
   * KEDA reach it there. @default private addresses
   */
  readonly apiServerRange?: pulumi.Input<string>;
}

/**
 * Where coordinators and encoders may connect to, at port 443, beside Google's APIs and buckets at their private
 * addresses: those of the network that the platform makes, both of `private.googleapis.com` and
 * `restricted.googleapis.com` in clusters that are there.
 */
export interface PlatformEgress {
  /**
   * Ranges of addresses, CIDR notation: each a /8 or smaller, together at most a /16 of private and a /6 of public
   * addresses. @default none
   */
  readonly ranges?: string[];
  /**
   * Names of hosts, `*.` in front for any one label. They need GKE's Dataplane V2 with policies by domain name, which
   * clusters that the platform makes have. @default none
   */
  readonly hosts?: string[];
  /**
   * Every public address, for stores whose addresses nobody can name; neither metadata servers nor private addresses.
   * The policy `workers-reach-named-hosts` reports it. @default false
   */
  readonly publicAddresses?: boolean;
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
  | "storageRanges"
  | "storageHosts"
>;
