import type * as gcp from "@pulumi/gcp";

/** What a {@link MediaBucket} made. */
export interface MediaBucketResources {
  /** The bucket. */
  readonly bucket: gcp.storage.Bucket;
  /** The grants of `iamMembers`, by their names. */
  readonly grants: Readonly<Record<string, gcp.storage.BucketIAMMember>>;
  /** The notifications, by their names. */
  readonly notifications: Readonly<Record<string, gcp.storage.Notification>>;
  /**
   * By the name of a notification, the grant that lets Cloud Storage publish to its topic. Notifications to one topic
   * share one.
   */
  readonly publisherGrants: Readonly<Record<string, gcp.pubsub.TopicIAMMember>>;
}
