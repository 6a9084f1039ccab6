import type * as pulumi from "@pulumi/pulumi";
import type { AuditTrailArgs } from "../audit/index.ts";
import type { CdnDeliveryArgs } from "../delivery/index.ts";
import type { KeyProtectionLevel } from "../encryption/index.ts";
import type { JobHistory, UploadTrigger, Webhook } from "../events/index.ts";
import type { BrokerHmacKey, SignerKind } from "../identity/index.ts";
import type { Placement } from "../placement/index.ts";
import type { MediaBucketArgs } from "../storage/index.ts";
import type { CoordinatorClients, CoordinatorTls } from "../workloads/index.ts";
import type {
  PlatformCluster,
  PlatformEgress,
  PlatformEncoders,
  PlatformKeda,
  PlatformOwnClusters,
} from "./cluster-arguments.ts";

/** Namespace of coordinators, unless another is asked for. */
export const DEFAULT_NAMESPACE = "mpegflow";

/** Images of the two programs, best by digest. */
export interface PlatformImages {
  /** The coordinators' image. */
  readonly coordinator: pulumi.Input<string>;
  /** The encoders' image. */
  readonly worker: pulumi.Input<string>;
}

/**
 * The key of a platform: see {@link Encryption}. What is there takes it in place, for what is written from then on. A
 * change to another key would take the grants of the one before, without which nothing old can be read, and is refused.
 */
export interface PlatformEncryption {
  /** Days after which Cloud KMS makes a new version of the key, 1 to 36500. @default 90 */
  readonly rotationPeriodDays?: number;
  /** Where the key material is. @default SOFTWARE */
  readonly protectionLevel?: KeyProtectionLevel;
  /** Name of the key ring, which can never be used again. @default made up from the platform's name */
  readonly keyRingName?: string;
  /** Name of the key, which can never be used again. @default made up from the platform's name */
  readonly keyName?: string;
  /**
   * Full name of a key that is there already, `projects/P/locations/L/keyRings/R/cryptoKeys/K`: only the grants on it
   * are made. @default a new key
   */
  readonly existingKeyName?: string;
  /**
   * Also encrypts the secrets of the signer, each replica by a key in its own region; `{}` for new keys. Versions of
   * secrets that are there stay as they are. Source: https://docs.cloud.google.com/secret-manager/docs/cmek
   * @default keys that Google manages
   */
  readonly secrets?: PlatformSecretKeys;
  /**
   * Also encrypts the log bucket of `audit`, with its own key in the log bucket's location, which must be a region.
   * Source: https://docs.cloud.google.com/logging/docs/routing/managed-encryption-storage
   * @default keys that Google manages
   */
  readonly auditLogBucket?: PlatformLogKey;
}

/** The keys of a platform's secrets. */
export interface PlatformSecretKeys {
  /**
   * Full names of keys that are there already, one for each region of the placement; only the grants on them are made.
   * @default new keys
   */
  readonly existingKeyNames?: Readonly<Record<string, string>>;
}

/** The key of a platform's log bucket. */
export interface PlatformLogKey {
  /** E-mail address with which Cloud Logging uses keys: see {@link EncryptionArgs}. @default looked up */
  readonly loggingServiceAccount?: string;
}

/**
 * What of the bucket a platform leaves to its user: see {@link MediaBucketArgs}. Neither a retention policy nor default
 * holds are among it, because coordinators replace the job records in the bucket.
 */
export type PlatformStorage = Readonly<
  Pick<
    MediaBucketArgs,
    | "archive"
    | "autoclass"
    | "softDeleteRetentionSeconds"
    | "versioning"
    | "temporaryPrefixes"
    | "objectRetention"
    | "cors"
    | "ipFilter"
    | "accessLogs"
    | "iamMembers"
  >
>;

/** Uploads to the platform's bucket that start jobs: see {@link UploadTrigger}. */
export type PlatformUploads = Omit<UploadTrigger, "bucket">;

/** The audit trail of a platform: see {@link AuditTrail}. The platform sets the other arguments. */
export type PlatformAudit = Pick<
  AuditTrailArgs,
  "manageDataAccessLogs" | "exemptedMembers" | "exclusions" | "destinations" | "alerts"
>;

/** Delivery of the platform's bucket to viewers: see {@link CdnDelivery}. */
export type PlatformDelivery = Pick<
  CdnDeliveryArgs,
  | "domains"
  | "access"
  | "signedRequests"
  | "servedPrefixes"
  | "caching"
  | "certificateMap"
  | "tls"
  | "ipv6"
  | "edgeSecurityPolicy"
  | "responseHeaders"
>;

/** Arguments of {@link MpegFlowPlatform}. */
export interface MpegFlowPlatformArgs extends PlatformStorage {
  /** Where the bucket lives. Two clusters need a dual-region. */
  readonly placement: Placement;
  /** Project id. */
  readonly projectId: string;
  /** Project number. @default looked up */
  readonly projectNumber?: pulumi.Input<string>;
  /** One cluster, or two in the two regions of a dual-region. */
  readonly clusters: PlatformCluster[];
  /** Makes the clusters and their network; those of `clusters` are then regions only. @default they are there */
  readonly ownClusters?: PlatformOwnClusters;
  /** Where coordinators and encoders may connect to beside Google's APIs and buckets. @default nowhere */
  readonly egress?: PlatformEgress;
  /** KEDA, which is put into every cluster where encoders are scaled. */
  readonly keda?: PlatformKeda;
  /** The images of both programs, best by digest. */
  readonly images: PlatformImages;
  /** Namespace of coordinators; encoders live in `${namespace}-encoders`. @default "mpegflow" */
  readonly namespace?: string;
  /** Coordinator replicas per region, 1 to 100. @default 2 */
  readonly coordinatorReplicas?: number;
  /** How coordinators prove who they are; each region has authorities of its own. @default an authority that the stack makes */
  readonly coordinatorTls?: CoordinatorTls;
  /** Encoders, the same in every region. */
  readonly encoders?: PlatformEncoders;
  /** Seconds without a heartbeat until a job goes to another worker, 10 to 600. @default 60 */
  readonly leaseSeconds?: number;
  /** Validity of signed URLs in seconds, 60 to 43200. @default 900 */
  readonly urlTtlSeconds?: number;
  /** Attempts to encode a job before it fails, 1 to 100. @default 5 */
  readonly maxAttempts?: number;
  /**
   * Jobs that each coordinator holds ready for workers, 1 to 1000: what it holds the other region cannot take.
   * @default twice the most encoders of a region, shared by its coordinators
   */
  readonly backlog?: number;
  /** Who may submit jobs over HTTP, in addition to publishers of the topic. @default nobody */
  readonly clients?: CoordinatorClients;
  /**
   * Prefixes that jobs may read, for all clients: `FOLDER/` of the platform's bucket, `/` for all of it, or
   * `gs://BUCKET/FOLDER/`, `s3://…`, `r2://…`; each ends in /. `clients.access` narrows it for a client.
   * @default all of the buckets that the coordinators serve
   */
  readonly inputPrefixes?: string[];
  /** Prefixes that jobs may write to, in the same form. @default all of the buckets that the coordinators serve */
  readonly outputPrefixes?: string[];
  /** How URLs are signed, SIGN_BLOB or HMAC: see {@link BrokerIdentity}. @default "SIGN_BLOB" */
  readonly signer?: SignerKind;
  /** Signs URLs for reading and for writing in the names of two accounts. @default false */
  readonly separateSigners?: boolean;
  /** HMAC keys of the signer by name. @default [{ name: "a", state: "ACTIVE" }] with HMAC, none with SIGN_BLOB */
  readonly hmacKeys?: BrokerHmacKey[];
  /** Name of the HMAC key that signs. @default the first ACTIVE one */
  readonly activeKey?: string;
  /** Endpoints that job events are pushed to. @default none */
  readonly webhooks?: Webhook[];
  /** Permanent storage of job events. @default none */
  readonly history?: JobHistory;
  /** Uploads to the platform's bucket that start jobs. @default none */
  readonly uploads?: PlatformUploads;
  /** Audit logs, their destinations, and alerts. `{}` for the defaults. @default none */
  readonly audit?: PlatformAudit;
  /** Cloud CDN in front of the bucket. @default none */
  readonly delivery?: PlatformDelivery;
  /** Name of the bucket, unique in all of Cloud Storage. @default made up from the component's name */
  readonly bucketName?: pulumi.Input<string>;
  /** A key of the platform's own for bucket, topics and the archive bucket of `audit`; `{}` for the defaults. @default keys that Google manages */
  readonly encryption?: PlatformEncryption;
  /** Labels of bucket, topics, subscriptions and secrets. */
  readonly labels?: Record<string, string>;
  /** Lets everything be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}
