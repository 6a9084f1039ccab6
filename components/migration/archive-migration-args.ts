import type * as pulumi from "@pulumi/pulumi";
import type { CustomerSuppliedEncryption } from "../storage/encryption.ts";
import type { MigrationSchedule } from "./schedule.ts";
import type { MigrationWave } from "./waves.ts";

/** When an object that is in the sink already is copied again. */
export const Overwrite = {
  /** When it differs: what a repeated or resumed run needs. */
  Different: "DIFFERENT",
  /** Never, even when the source has changed. */
  Never: "NEVER",
  /** Always: each run copies, and costs, everything again. */
  Always: "ALWAYS",
} as const;
export type Overwrite = (typeof Overwrite)[keyof typeof Overwrite];

/** What a transfer job logs to Cloud Logging. */
export const MigrationLogging = {
  /** Each object that could not be found, copied or deleted. */
  Failures: "failures",
  /** Each object, with its outcome: billions of entries for a large archive. */
  Everything: "everything",
  /** Nothing. */
  Nothing: "nothing",
} as const;
export type MigrationLogging = (typeof MigrationLogging)[keyof typeof MigrationLogging];

/** Storage class of the copies. S3's own classes cannot be kept. */
export const ArrivalClass = {
  Standard: "STANDARD",
  Nearline: "NEARLINE",
  Coldline: "COLDLINE",
  Archive: "ARCHIVE",
} as const;
export type ArrivalClass = (typeof ArrivalClass)[keyof typeof ArrivalClass];

/** The source of the objects. */
export interface MigrationSource {
  /** Name of the bucket of S3. */
  bucketName: pulumi.Input<string>;
  /**
   * Beginning of object names to read below, ending in a slash: `archive/`. Object names in the sink, and in a
   * manifest, go on from there.
   * @default the whole bucket
   */
  path?: string;
  /**
   * Region of the bucket, for the queue of `follow`.
   * @default the AWS provider's
   */
  region?: string;
  /** ARNs of the KMS keys that encrypt the objects. @default none */
  kmsKeyArns?: pulumi.Input<string>[];
  /**
   * ARN of an existing role; the outputs `awsTrustPolicy` and `awsPermissions` say what it needs.
   * @default the component creates the role
   */
  roleArn?: pulumi.Input<string>;
  /**
   * Whether objects are encrypted with keys of the client (SSE-C). Those cannot be transferred, so true is refused.
   * @default false
   */
  customerSuppliedEncryption?: boolean;
}

/** The destination of the objects. */
export interface MigrationSink {
  /** Name of the bucket of Cloud Storage. */
  bucketName: pulumi.Input<string>;
  /** Prefix of the copies' names, ending in a slash: `archive/`. @default none */
  path?: string;
  /** Storage class of the copies. @default the bucket's own */
  storageClass?: ArrivalClass;
  /**
   * Keep the time of the source's last change as each copy's custom time, by which lifecycle rules can age it; a copy's
   * own age begins with its copying.
   * @default false
   */
  keepModificationTime?: boolean;
  /**
   * The bucket's setting for customer-supplied keys, as in `MediaBucket`. The transfer service does not support them,
   * so `CustomerSuppliedEncryption.Allowed` is refused.
   * @default not set
   */
  customerSuppliedEncryption?: CustomerSuppliedEncryption;
}

/**
 * Copies new objects of the source while the waves run, until all writers have moved to the sink. Deletions are not
 * copied.
 */
export interface MigrationFollow {
  /**
   * Whether the job runs. Off, the queue collects what arrives, for 14 days.
   * @default false
   */
  enabled?: boolean;
  /**
   * Prefixes of the objects to follow: up to 100, none a prefix of another.
   * @default all under the source's path
   */
  prefixes?: string[];
  /**
   * When it ends, in UTC.
   * @default never
   * @example "2027-06-30T00:00:00Z"
   */
  endsAt?: string;
  /**
   * Must be true: a bucket of S3 has one notification configuration, and this takes the place of what is there.
   */
  replaceBucketNotifications: boolean;
  /**
   * Account of the source bucket, whose notifications alone the queue takes.
   * @default the AWS provider's, which is looked up
   */
  awsAccountId?: string;
}

/** Arguments of {@link ArchiveMigration}. */
export interface ArchiveMigrationArgs {
  /** Id of the project that runs the jobs. */
  projectId: string;
  /**
   * Number of the project. With `transferSubjectId`, nothing is looked up.
   * @default looked up
   */
  projectNumber?: pulumi.Input<string>;
  /**
   * Unique id of the project's Storage Transfer account, which AWS is to trust: `subjectId` of
   * `gcp.storage.getTransferProjectServiceAccount`.
   * @default looked up
   */
  transferSubjectId?: pulumi.Input<string>;
  /** The source of the objects. */
  source: MigrationSource;
  /** Their destination. */
  sink: MigrationSink;
  /** The parts of the archive, each moved by its own job. */
  waves: MigrationWave[];
  /** Waves that may be enabled at the same time, 1 or more. @default 1 */
  wavesAtATime?: number;
  /** When waves run that have no schedule of their own. */
  schedule?: MigrationSchedule;
  /** Copies new objects during the migration. @default not copied */
  follow?: MigrationFollow;
  /** When an object that is in the sink already is copied again. @default Overwrite.Different */
  overwrite?: Overwrite;
  /**
   * The source bucket's name, once more: waves then delete from the source what they have copied. There is no way back
   * but from the copy.
   * @default nothing is deleted
   */
  deleteFromSource?: string;
  /**
   * Topic that hears of every run's end: `projects/PROJECT/topics/TOPIC`.
   * @default none
   */
  notificationTopic?: pulumi.Input<string>;
  /** What is logged to Cloud Logging. @default MigrationLogging.Failures */
  logging?: MigrationLogging;
  /** Tags of what is made at AWS. */
  tags?: Record<string, pulumi.Input<string>>;
}
