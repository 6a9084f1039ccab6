import type * as pulumi from "@pulumi/pulumi";
import type { NetworkSubnet } from "../network/index.ts";

/** Who runs the nodes. A change replaces the cluster. */
export const ClusterMode = {
  /** Node pools of your own: every kind of machine, Spot, GPUs, local SSDs, blue-green upgrades. */
  Standard: "STANDARD",
  /** Google runs the nodes and bills pods. Encoders ask for Spot by a node selector. */
  Autopilot: "AUTOPILOT",
} as const;
export type ClusterMode = (typeof ClusterMode)[keyof typeof ClusterMode];

/**
 * How early the cluster gets new versions. Source:
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/release-channels
 */
export const ReleaseChannel = {
  Rapid: "RAPID",
  Regular: "REGULAR",
  Stable: "STABLE",
  Extended: "EXTENDED",
} as const;
export type ReleaseChannel = (typeof ReleaseChannel)[keyof typeof ReleaseChannel];

/** When Google may upgrade. Automatic upgrades outside are put off, never refused for good. */
export interface MaintenanceWindow {
  /** Start of the first window, RFC 3339: `2026-01-03T02:00:00Z`. */
  readonly startTime: string;
  /** End of the first window, RFC 3339, 4 hours or more after its start. */
  readonly endTime: string;
  /** How it recurs, RFC 5545: `FREQ=WEEKLY;BYDAY=SA,SU`. */
  readonly recurrence: string;
}

/** GPUs of each node of a pool. */
export interface EncoderGpu {
  /** Accelerator type: `nvidia-l4` has NVENC. */
  readonly type: string;
  /** GPUs per node, 1 to 8. @default 1 */
  readonly count?: number;
}

/**
 * A pool of nodes for encoders, in Standard mode. Its name is fixed, so a replacement deletes the old pool first. To
 * keep capacity, add a pool with another name, then remove the old one.
 */
export interface EncoderNodePool {
  /** Name inside the cluster, 1 to 20 characters of a-z, 0-9 and -. Nodes carry it as label and taint `mpegflow-pool`. */
  readonly name: string;
  /** Machine type: `c3d-standard-16`, `c4a-standard-16` (Arm), `g2-standard-8` (for `nvidia-l4`). */
  readonly machineType: string;
  /**
   * Spot machines: far cheaper, but reclaimed at 30 seconds' notice. Other pools are upgraded blue-green, which lets an
   * encode finish within 24 hours. Source: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
   * @default true
   */
  readonly spot?: boolean;
  /**
   * Spot: seconds of notice that nodes give pods, 30 to 120, of which 15 are for system pods. More than 30 needs GKE
   * 1.35.0-gke.1171000 or later. Removing the argument leaves the pool unchanged: set 30 to return to the default.
   * Source: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
   * @default 30
   */
  readonly spotNoticeSeconds?: number;
  /** Fewest nodes in the region, 0 or more. @default 0 */
  readonly minNodes?: number;
  /** Most nodes in the region, 1 to 1000. */
  readonly maxNodes: number;
  /** Boot disk in GB, 20 or more. @default 100 */
  readonly diskSizeGb?: number;
  /**
   * Local SSDs that back `emptyDir`, for scratch space; families with a fixed number take that number only.
   * @default 0: scratch space is on the boot disk
   */
  readonly localSsdCount?: number;
  /**
   * GPUs of each node. A pool keeps those that it was made with: where none are wanted any more, declare a pool of
   * another name.
   * @default none
   */
  readonly gpu?: EncoderGpu;
  /** Runs pods in gVisor: one more wall around a decoder of hostile media. @default false */
  readonly gvisor?: boolean;
  /**
   * Zones of the region, where machine or GPU are not in all of them: `["us-central1-a"]`. A pool keeps its zones once
   * they are left out: name the cluster's to go back to them.
   * @default the cluster's
   */
  readonly zones?: string[];
}

/** The pool of everything that is no encoder: coordinators, KEDA, system pods. On-demand machines. */
export interface SystemNodePool {
  /**
   * Machine type of the nodes.
   * @default "e2-standard-4"
   */
  readonly machineType?: string;
  /** Fewest nodes per zone, 1 or more. @default 1 */
  readonly minNodesPerZone?: number;
  /** Most nodes per zone. @default 3 */
  readonly maxNodesPerZone?: number;
}

/** Backup of the cluster's objects, no secrets and no volumes: encoders keep nothing. */
export interface ClusterBackup {
  /** Another region than the cluster's: what is lost with the region is no backup. */
  readonly region: string;
  /** When, in cron format, UTC: `0 3 * * *`. */
  readonly schedule: string;
  /** Days to keep each backup, 1 to 365. @default 14 */
  readonly retainDays?: number;
}

/** An Artifact Registry repository that nodes may pull from. */
export interface ImageRepository {
  /** Its location: `us-central1`, `us`. */
  readonly location: pulumi.Input<string>;
  /** Its name. */
  readonly repository: pulumi.Input<string>;
  /** Its project. @default the cluster's */
  readonly projectId?: pulumi.Input<string>;
  /**
   * What the grant on it is called: 1 to 63 characters of a-z, 0-9 and -, starting with a letter, not ending with -. It
   * is of use where one of the other properties is an output, and there are several repositories.
   * @default by location, repository and project; by the place in the list where one of them is an output
   */
  readonly name?: string;
}

/** Arguments of {@link EncoderCluster}. */
export interface EncoderClusterArgs {
  /** Project id. */
  readonly projectId: string;
  /** Region, in lower case: one of the bucket's. A change replaces the cluster. */
  readonly region: string;
  /**
   * The cluster's name, 2 to 40 characters of a-z, 0-9 and -: unique in its region. A change replaces the cluster.
   * @default the component's name
   */
  readonly clusterName?: string;
  /**
   * Id of the nodes' service account, 6 to 30 characters: unique in the project.
   * @default the cluster's name, a dash and `nodes`
   */
  readonly nodeAccountId?: string;
  /** Self link or id of the VPC, as `Network.networkSelfLink`. */
  readonly network: pulumi.Input<string>;
  /** The region's part of the VPC, as in `Network.subnets`. */
  readonly subnet: pulumi.Input<NetworkSubnet>;
  /** Network tag of nodes, as `Network.nodeTag`. */
  readonly nodeTag: pulumi.Input<string>;
  /**
   * Whether the node pools are declared here, or Google runs the nodes. A change replaces the cluster.
   * @default `STANDARD`
   */
  readonly mode?: ClusterMode;
  /** Pools for encoders: one or more in Standard mode, none in Autopilot. */
  readonly encoderPools?: EncoderNodePool[];
  /** The pool of everything else, in Standard mode. */
  readonly systemPool?: SystemNodePool;
  /**
   * How soon the cluster gets new versions of Kubernetes.
   * @default `REGULAR`
   */
  readonly releaseChannel?: ReleaseChannel;
  /**
   * When Google may upgrade the cluster.
   * @default whenever Google likes
   */
  readonly maintenanceWindow?: MaintenanceWindow;
  /**
   * Lets the control plane's DNS endpoint be reached from outside the VPC, with IAM as its guard: what `pulumi up` in
   * CI needs. There is no IP endpoint.
   * @default true
   */
  readonly reachableFromOutside?: boolean;
  /**
   * Has Binary Authorization admit those images alone that the project's policy lets in
   * (`gcp.binaryauthorization.Policy`, which is yours): say there which attestors have to have signed what a build made.
   * `false` turns it off.
   * Source: https://docs.cloud.google.com/binary-authorization/docs/overview
   * @default as the cluster has it: a new one admits every image
   */
  readonly binaryAuthorization?: boolean;
  /** Repositories that nodes pull images from. @default none */
  readonly imageRepositories?: ImageRepository[];
  /** Key that encrypts Kubernetes secrets in etcd. @default Google's */
  readonly kmsKeyName?: pulumi.Input<string>;
  /**
   * Backup for GKE of the cluster's resources.
   * @default none
   */
  readonly backup?: ClusterBackup;
  /** Labels of the cluster and its nodes. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets `pulumi destroy` delete the cluster. To let go one that was not, set this and run `pulumi up` first. @default false */
  readonly disposable?: boolean;
}
