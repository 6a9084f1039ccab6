import type * as pulumi from "@pulumi/pulumi";
import type { AccessPattern, Placement, Rpo } from "../placement/index.ts";
import type { AccessLogs } from "./access-logs.ts";
import type { AdoptedBucket } from "./adopted-bucket.ts";
import type { ArchiveLadder } from "./archive.ts";
import type { Autoclass } from "./autoclass.ts";
import type { CorsRule } from "./cors.ts";
import type { CustomerSuppliedEncryption } from "./encryption.ts";
import type { BucketGrant } from "./grants.ts";
import type { IpFilter } from "./ip-filter.ts";
import type { TemporaryPrefix } from "./lifecycle.ts";
import type { BucketNotification } from "./bucket-notification.ts";
import type { Retention } from "./retention.ts";
import type { StorageClass } from "./storage-class.ts";

/** Arguments of {@link MediaBucket}. */
export interface MediaBucketArgs {
  /**
   * Where the bucket lives; a change replaces the bucket, which its protection refuses.
   * @example predefined("NAM4")
   */
  placement: Placement;
  /**
   * Who writes. `ActiveActive` is for writers in two regions at the same time and accepts only a dual-region with
   * `rpo` `ASYNC_TURBO`.
   * @default "SingleWriter"
   */
  accessPattern?: AccessPattern;
  /**
   * Replication of a dual-region; always asynchronous. `DEFAULT` aims at 12 hours, `ASYNC_TURBO` at 15 minutes and
   * costs more for every GiB written.
   * Source: https://docs.cloud.google.com/storage/docs/availability-durability
   * @default `ASYNC_TURBO` on a dual-region, nothing elsewhere
   */
  rpo?: Rpo;
  /**
   * The bucket's name, unique in all of Cloud Storage.
   * @default the component's name with a random suffix
   */
  bucketName?: pulumi.Input<string>;
  /**
   * Project id.
   * @default the provider's project
   */
  projectId?: pulumi.Input<string>;
  /**
   * Project number, after which Storage's service agent is named; only notifications need it.
   * @default looked up where there are notifications
   */
  projectNumber?: pulumi.Input<string>;
  /**
   * Takes a bucket that exists under management instead of making one.
   * @default a new bucket is made
   */
  adopt?: AdoptedBucket;
  /**
   * Full resource name of the Cloud KMS key that encrypts new objects whose request names no other key. It must be in
   * the bucket's location. Storage's service agent needs `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it before the
   * bucket is created, so pass an output that waits for that grant. Source:
   * https://docs.cloud.google.com/storage/docs/encryption/customer-managed-keys
   * @default Google's own keys
   * @example "projects/studio/locations/nam4/keyRings/media/cryptoKeys/objects"
   */
  kmsKeyName?: pulumi.Input<string>;
  /**
   * Whether new objects may be encrypted with keys that come with each request (CSEK); objects that exist stay as they
   * are.
   * Source: https://docs.cloud.google.com/storage/docs/encryption/customer-supplied-keys
   * @default nothing is set, and Google allows it
   */
  customerSuppliedEncryption?: CustomerSuppliedEncryption;
  /**
   * Class of new objects for which a request names none: `STANDARD`, `NEARLINE`, `COLDLINE` or `ARCHIVE`.
   * @default StorageClass.Standard
   */
  storageClass?: StorageClass;
  /**
   * How objects move to colder classes as they age.
   * @default they stay in the class that they start in
   * @example archivePresets.mezzanine("mezzanines/")
   */
  archive?: ArchiveLadder;
  /**
   * Lets Google choose each object's class by its use; instead of `archive`.
   * @default off
   */
  autoclass?: Autoclass;
  /**
   * Days after which unfinished multipart uploads are aborted, 1 or more. Their parts are billed until then.
   * @default 7
   */
  abortIncompleteUploadsAfterDays?: number;
  /**
   * Prefixes whose objects are deleted at an age.
   * @default none
   */
  temporaryPrefixes?: TemporaryPrefix[];
  /**
   * Seconds for which deleted objects can be restored: 0 (off), or 604800 (7 days) to 7776000 (90 days). They are
   * billed until then. Source: https://docs.cloud.google.com/storage/docs/soft-delete
   * @default 604800, or 0 when `disposable`
   */
  softDeleteRetentionSeconds?: number;
  /**
   * Keep the older versions of overwritten and deleted objects. They are billed at the full rate.
   * @default false
   */
  versioning?: boolean;
  /**
   * Retention period, during which no object can be deleted or replaced.
   * @default none
   */
  retention?: Retention;
  /**
   * Lets writers set retention on each object. A change replaces the bucket, which its protection refuses. Source:
   * https://docs.cloud.google.com/storage/docs/object-lock
   * @default false
   */
  objectRetention?: boolean;
  /**
   * Holds each new object until the hold is released: held objects cannot be deleted or replaced. Source:
   * https://docs.cloud.google.com/storage/docs/object-holds
   * @default false
   */
  defaultEventBasedHold?: boolean;
  /**
   * Real folders, renamed at once, and up to 8 times the initial request rates; operations cost 1.3 times as much, and
   * there is neither versioning nor a retention lock. Decided when the bucket is made: a change replaces the bucket,
   * which its protection refuses.
   * Source: https://docs.cloud.google.com/storage/docs/request-rate
   * @default false
   */
  hierarchicalNamespace?: boolean;
  /**
   * Origins of web pages that may read or write objects.
   * @default no other origins
   */
  cors?: CorsRule[];
  /**
   * Which networks requests may come from.
   * @default any
   */
  ipFilter?: IpFilter;
  /**
   * Where usage and storage logs are written.
   * @default nowhere
   */
  accessLogs?: AccessLogs;
  /**
   * Roles on the bucket. They add to what others grant, and take nothing away.
   * @default none
   */
  iamMembers?: BucketGrant[];
  /**
   * Messages about objects to Pub/Sub.
   * @default none
   */
  notifications?: BucketNotification[];
  /**
   * Labels beside `mpegflow-access-pattern`, which the component sets. Keys are checked.
   * @default none
   */
  labels?: Record<string, pulumi.Input<string>>;
  /**
   * Lets `pulumi destroy` delete the bucket with everything in it; for development only. Before a bucket that was not
   * disposable can be destroyed, set this and run `pulumi up`.
   * @default false: the bucket is protected, by Pulumi and by the provider's deletion policy `PREVENT`
   */
  disposable?: boolean;
}
