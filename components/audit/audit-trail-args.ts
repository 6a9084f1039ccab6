import type * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../placement/index.ts";

/** Arguments of {@link AuditTrail}. */
export interface AuditTrailArgs {
  /** Project id of the platform: its audit logs are meant, and sinks, metrics and alerts are made there. */
  readonly projectId: string;
  /** Location of the platform's bucket, and default location of the destinations. */
  readonly placement: Placement;
  /** Names of the platform's buckets, at least one. */
  readonly bucketNames: pulumi.Input<string>[];
  /** E-mail addresses of the accounts in whose name URLs are signed, at least one. */
  readonly signerEmails: pulumi.Input<string>[];
  /**
   * Resource names of the secrets that hold signing keys, or of their versions. None where `signBlob` signs.
   * @default none
   * @example ["projects/studio/secrets/studio-broker-hmac-a/versions/latest"]
   */
  readonly signerSecrets?: pulumi.Input<string>[];
  /**
   * IAM members of the coordinators, as returned by `kubernetesPrincipal`; no principal sets. A signature, or access to a
   * signing key, by anyone else raises an alert.
   * @default none; no such alert
   */
  readonly coordinatorPrincipals?: pulumi.Input<string>[];
  /**
   * Whether this component says which Data Access logs the project writes. Such a configuration is authoritative for a
   * service in a project, so only one stack may: a second platform in the project, or an organisation that sets them
   * for all of its projects, passes false.
   * @default true
   */
  readonly manageDataAccessLogs?: boolean;
  /**
   * Members whose requests Cloud Storage does not log, to save volume: `user:`, `serviceAccount:` or `group:` and an
   * e-mail address. Never a signer.
   * @default none
   */
  readonly exemptedMembers?: string[];
  /**
   * Entries that the sinks leave out although they concern the platform. Up to 50.
   * @default none
   */
  readonly exclusions?: AuditExclusion[];
  /**
   * Where entries are kept, one or more.
   * @default a log bucket
   */
  readonly destinations?: AuditDestinations;
  /**
   * Alerts, and whom they reach.
   * @default no metrics and no alerts
   */
  readonly alerts?: AuditAlerts;
  /** Labels of archive bucket and dataset, and user labels of alert policies. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets everything be deleted with all it holds: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
  /**
   * Full resource name of the Cloud KMS key for destinations without a key of their own. It must be in the location of
   * each of them, and their services need `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it.
   * @default Google's own keys
   */
  readonly kmsKeyName?: pulumi.Input<string>;
}

/** Entries to leave out of the sinks. */
export interface AuditExclusion {
  /** 1 to 100 letters, digits, `_`, `-` and `.`, starting with a letter or digit. */
  readonly name: string;
  /** Filter of the Logging query language. @example 'protoPayload.methodName="storage.objects.list"' */
  readonly filter: string;
  /** Why, for people. */
  readonly description?: string;
}

/** Where audit log entries are kept. Each destination gets its own sink. */
export interface AuditDestinations {
  /** To look at, and to query within seconds of the event. */
  readonly logBucket?: AuditLogBucket;
  /** For evidence: hourly files in Cloud Storage, class Archive, that cannot be changed before their retention ends. */
  readonly archiveBucket?: AuditArchiveBucket;
  /** To analyse by SQL together with other tables. */
  readonly bigQuery?: AuditDataset;
}

/** A log bucket of Cloud Logging. */
export interface AuditLogBucket {
  /**
   * Project that holds it, as one that only auditors enter.
   * @default the platform's project
   */
  readonly projectId?: string;
  /**
   * A region in lower case, `us`, `eu` or `global`; a change makes another log bucket.
   * @default the first region of `placement`, `global` where it has none
   */
  readonly location?: string;
  /**
   * Id of the log bucket. The provider takes over one that exists, and Google keeps the id of a deleted one for 7 days.
   * @default the component's name with a random suffix
   */
  readonly bucketId?: string;
  /**
   * Days that entries are kept, 1 to 3650.
   * Source: https://docs.cloud.google.com/logging/docs/buckets#create_bucket
   * @default 400, as long as Google keeps Admin Activity logs
   */
  readonly retentionDays?: number;
  /**
   * Locks the retention, for ever: it can never be changed again, and the log bucket can be deleted only when it is
   * empty. Needs `confirmLock`.
   * @default false
   */
  readonly locked?: boolean;
  /** Confirms `locked`: the trail's component name, letter by letter. */
  readonly confirmLock?: string;
  /** SQL by Log Analytics; cannot be turned off again. @default false */
  readonly analytics?: boolean;
  /** Key in the log bucket's location, full resource name. @default the trail's `kmsKeyName` */
  readonly kmsKeyName?: pulumi.Input<string>;
}

/** A bucket of Cloud Storage that is written once. */
export interface AuditArchiveBucket {
  /** Location, best a dual-region: a copy in each region. @default the trail's `placement` */
  readonly placement?: Placement;
  /** The bucket's name, unique in all of Cloud Storage. @default the component's name with a random suffix */
  readonly bucketName?: pulumi.Input<string>;
  /**
   * Days during which no file can be changed or deleted, 1 to 36500. Class Archive bills 365 days of every file anyway.
   * Source: https://docs.cloud.google.com/storage/docs/bucket-lock
   * @default 365, and none in a disposable trail
   */
  readonly retentionDays?: number;
  /**
   * Locks the retention, for ever: it can be made longer, never shorter, and the bucket cannot be deleted before its
   * last file is old enough. Unlocked, an administrator can take the retention away. Needs `confirmLock`.
   * @default false
   */
  readonly locked?: boolean;
  /** Confirms `locked`: the trail's component name, letter by letter. */
  readonly confirmLock?: string;
  /** Key in the bucket's location, full resource name. @default the trail's `kmsKeyName` */
  readonly kmsKeyName?: pulumi.Input<string>;
}

/** A dataset of BigQuery. */
export interface AuditDataset {
  /** 1 to 1024 letters, digits and `_`. @default the component's name, with `_` for `-` */
  readonly datasetId?: string;
  /** A region, or `US` or `EU`. @default the first region of `placement`, or its multi-region */
  readonly location?: string;
  /** Days that rows are kept, 1 to 3650. @default for ever */
  readonly retentionDays?: number;
  /** Key in the dataset's location, full resource name. @default the trail's `kmsKeyName` */
  readonly kmsKeyName?: pulumi.Input<string>;
}

/** Thresholds count log entries in a sliding window; an alert is raised by more than so many. */
export interface AuditAlerts {
  /** Names of notification channels, `projects/P/notificationChannels/ID`, at least one. */
  readonly notificationChannels: pulumi.Input<string>[];
  /** Seconds of the window, 60 to 86400, a multiple of 60. @default 300 */
  readonly windowSeconds?: number;
  /**
   * Signatures by `signBlob` in a window, 1 or more.
   * Source of the quota: https://docs.cloud.google.com/iam/quotas
   * @default 30000: over 300 seconds a tenth of the quota, 60000 a minute
   */
  readonly signatures?: number;
  /** Requests in a signer's name that are refused in a window, 0 or more. @default 20 */
  readonly deniedRequests?: number;
  /**
   * Networks that send signed requests, in CIDR notation: those of coordinators and encoders, their NAT, and other
   * users of signed URLs.
   * @default none; no alert on unknown addresses
   */
  readonly trustedRanges?: string[];
  /** Requests in a signer's name from other addresses in a window, 0 or more. @default 0 */
  readonly untrustedRequests?: number;
  /** Shortest time in seconds between two notifications about single log entries, 300 to 172800. @default 300 */
  readonly notificationIntervalSeconds?: number;
  /**
   * Address of your copy of docs/runbooks/audit.md, named in every alert.
   * @default the file's name
   */
  readonly runbookUrl?: string;
}
