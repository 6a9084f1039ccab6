import type * as kubernetes from "@pulumi/kubernetes";
import type { AuditTrail } from "../audit/index.ts";
import type { EncoderCluster, Keda } from "../cluster/index.ts";
import type { CdnDelivery } from "../delivery/index.ts";
import type { Encryption } from "../encryption/index.ts";
import type { JobMessaging } from "../events/index.ts";
import type { BrokerIdentity } from "../identity/index.ts";
import type { Network } from "../network/index.ts";
import type { MediaBucket } from "../storage/index.ts";
import type { Coordinator, EncoderPool } from "../workloads/index.ts";

/** What a platform made in the cluster of one region. */
export interface PlatformRegionResources {
  /** The cluster; undefined if a provider of one is given. */
  readonly cluster: EncoderCluster | undefined;
  /** The coordinators' namespace. */
  readonly namespace: kubernetes.core.v1.Namespace;
  /** The encoders' namespace. */
  readonly encoderNamespace: kubernetes.core.v1.Namespace;
  /** KEDA; undefined where nothing is scaled, or with `keda.installed`. */
  readonly keda: Keda | undefined;
  /** The coordinators' priority. */
  readonly coordinatorPriority: kubernetes.scheduling.v1.PriorityClass;
  /** The encoders' priority. */
  readonly encoderPriority: kubernetes.scheduling.v1.PriorityClass;
  /** The coordinator. */
  readonly coordinator: Coordinator;
  /** The encoders. */
  readonly encoders: EncoderPool;
}

/** What an {@link MpegFlowPlatform} made: components, each with its own `resources`. */
export interface MpegFlowPlatformResources {
  /** The bucket. */
  readonly media: MediaBucket;
  /** The queue, and events about jobs. */
  readonly messaging: JobMessaging;
  /** The signing identity. */
  readonly broker: BrokerIdentity;
  /** The key of bucket and topics; undefined without `encryption`. */
  readonly encryption: Encryption | undefined;
  /** The keys of the secrets, by region; empty without `encryption.secrets`. */
  readonly secretEncryption: Readonly<Record<string, Encryption>>;
  /** The key of the audit trail's log bucket; undefined without `encryption.auditLogBucket`. */
  readonly logEncryption: Encryption | undefined;
  /** Undefined without `audit`. */
  readonly audit: AuditTrail | undefined;
  /** Undefined without `delivery`. */
  readonly delivery: CdnDelivery | undefined;
  /** The clusters' network; undefined without `ownClusters`. */
  readonly network: Network | undefined;
  /** What is in the cluster of each region, by region. */
  readonly regions: Readonly<Record<string, PlatformRegionResources>>;
}
