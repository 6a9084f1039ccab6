import type * as pulumi from "@pulumi/pulumi";

/** Settings that exist once per bucket: declaring one replaces the existing one. */
export const S3Setting = {
  /** Blocks public access by lists and by policies. */
  PublicAccess: "public-access",
  /** The bucket's owner owns every object; access control lists are off. */
  Ownership: "ownership",
  /** The default encryption; keys of the client (SSE-C) are blocked, which no transfer could read. */
  Encryption: "encryption",
  /** Keeps older versions, where `versioning` is true. */
  Versioning: "versioning",
  /** Aborts unfinished uploads, and expires older versions. */
  Lifecycle: "lifecycle",
  /** Refuses requests without TLS. */
  Policy: "policy",
} as const;
export type S3Setting = (typeof S3Setting)[keyof typeof S3Setting];

/** Arguments of `S3Bucket`. */
export interface S3BucketArgs {
  /**
   * Name of the bucket to make, unique in all of S3.
   * @default the component's name with a random suffix
   */
  bucketName?: pulumi.Input<string>;
  /**
   * Name of an existing bucket. The component never creates, replaces or deletes it, and changes only the settings in
   * `manage`.
   * @default none: a new bucket
   */
  existingBucketName?: string;
  /**
   * Settings of the existing bucket that the component declares. Each replaces the bucket's own: `policy` replaces the
   * whole bucket policy.
   * @default none of an existing bucket, all of a new one
   */
  manage?: S3Setting[];
  /**
   * Region of AWS, e.g. `eu-central-1`.
   * @default the provider's
   */
  region?: string;
  /**
   * ARN of the KMS key that encrypts new objects. Readers need `kms:Decrypt` on it.
   * @default S3's own keys (AES256)
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Keep the older versions of overwritten and deleted objects. They are billed at the full rate.
   * @default false
   */
  versioning?: boolean;
  /**
   * Days after which older versions are deleted, 1 or more; only with `versioning`.
   * @default they stay
   */
  expireOldVersionsAfterDays?: number;
  /**
   * Days after which unfinished multipart uploads are aborted, 1 or more. Their parts are billed until then.
   * @default 7
   */
  abortIncompleteUploadsAfterDays?: number;
  /** Tags of the bucket. */
  tags?: Record<string, pulumi.Input<string>>;
  /**
   * Lets `pulumi destroy` delete a bucket that the component has made, with everything in it; for development only.
   * @default false: the bucket is protected
   */
  disposable?: boolean;
}
