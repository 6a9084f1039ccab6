import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";

/** What an {@link S3Bucket} made: of an existing bucket, what `manage` names. */
export interface S3BucketResources {
  /** The bucket; undefined if `existingBucketName` names one. */
  readonly bucket: aws.s3.Bucket | undefined;
  /** What keeps it from the public; undefined if not managed. */
  readonly publicAccessBlock: aws.s3.BucketPublicAccessBlock | undefined;
  /** What turns access lists off; undefined if not managed. */
  readonly ownershipControls: aws.s3.BucketOwnershipControls | undefined;
  /** What refuses requests without TLS; undefined if not managed. */
  readonly policy: aws.s3.BucketPolicy | undefined;
  /** How objects are encrypted; undefined if not managed. */
  readonly encryption: aws.s3.BucketServerSideEncryptionConfiguration | undefined;
  /** Whether old versions are kept; undefined if not managed, or without `versioning`. */
  readonly versioning: aws.s3.BucketVersioning | undefined;
  /** What removes incomplete uploads and old versions; undefined if not managed. */
  readonly lifecycle: aws.s3.BucketLifecycleConfiguration | undefined;
}

/** What an {@link S3AccessRole} made. */
export interface S3AccessRoleResources {
  /** The role. */
  readonly role: aws.iam.Role;
  /** What the role allows. */
  readonly policy: aws.iam.RolePolicy;
}

/** The role that the jobs of a migration read with. */
export interface MigrationRoleResources extends S3AccessRoleResources {
  /** Lets the role read the queue of arrivals; undefined without `follow`. */
  readonly queuePolicy: aws.iam.RolePolicy | undefined;
}

/** The queue of new objects. */
export interface ArrivalsQueueResources {
  /** The queue. */
  readonly queue: aws.sqs.Queue;
  /** Lets S3 send to the queue. */
  readonly policy: aws.sqs.QueuePolicy;
  /** What the source bucket sends to the queue. */
  readonly notification: aws.s3.BucketNotification;
}

/** The rights of Storage Transfer's account in Google Cloud. */
export interface MigrationGrantResources {
  /** To see the target bucket. */
  readonly listsSink: gcp.storage.BucketIAMMember;
  /** To write to the target bucket. */
  readonly writesSink: gcp.storage.BucketIAMMember;
  /** To read manifests in other buckets, by the bucket's name. */
  readonly readsManifests: Readonly<Record<string, gcp.storage.BucketIAMMember>>;
  /** To notify; undefined without `notificationTopic`. */
  readonly notifies: gcp.pubsub.TopicIAMMember | undefined;
}

/** What an {@link ArchiveMigration} made. */
export interface ArchiveMigrationResources {
  /** The waves' jobs, by the waves' names. */
  readonly jobs: Readonly<Record<string, gcp.storage.TransferJob>>;
  /** The job that follows arrivals; undefined without `follow`. */
  readonly followJob: gcp.storage.TransferJob | undefined;
  /** The role in AWS; undefined if `source.roleArn` names one. */
  readonly role: MigrationRoleResources | undefined;
  /** The queue of arrivals; undefined without `follow`. */
  readonly arrivals: ArrivalsQueueResources | undefined;
  /** What Storage Transfer's account may do. */
  readonly grants: MigrationGrantResources;
}
