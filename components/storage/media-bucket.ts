import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import {
  ACCESS_PATTERN_LABEL,
  ACCESS_PATTERN_LABEL_VALUES,
  type AccessPattern,
  type Placement,
  type Rpo,
} from "../placement/index.ts";
import type { ArchiveLadder } from "./archive.ts";
import { checkedArguments } from "./arguments.ts";
import { lifecycleRules, type TemporaryPrefix } from "./lifecycle.ts";

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
   */
  accessPattern: AccessPattern;
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
  project?: pulumi.Input<string>;
  /**
   * How objects move to colder classes as they age.
   * @default they stay in Standard
   */
  archive?: ArchiveLadder;
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
   * billed meanwhile.
   * Source: https://docs.cloud.google.com/storage/docs/soft-delete
   * @default 604800, or 0 when `disposable`
   */
  softDeleteRetentionSeconds?: number;
  /**
   * Keep the older versions of overwritten and deleted objects. They are billed at the full rate.
   * @default false
   */
  versioning?: boolean;
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

/**
 * A bucket for media: placed where its readers and writers can stand, private by construction, protected against
 * deletion.
 *
 * @example new MediaBucket("media", { placement: predefined("NAM4"), accessPattern: AccessPattern.ActiveActive })
 * @throws {InvalidArguments} naming every argument that is refused, before anything is registered
 */
export class MediaBucket extends pulumi.ComponentResource {
  /** The bucket's name. */
  readonly bucketName: pulumi.Output<string>;
  /** `gs://` and the bucket's name. */
  readonly url: pulumi.Output<string>;
  /** The bucket's location as Google spells it. */
  readonly location: pulumi.Output<string>;
  /** The regions that the bucket is in, for compute beside it, in lower case; empty for a multi-region. */
  readonly regions: pulumi.Output<string[]>;

  constructor(name: string, args: MediaBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const checked = checkedArguments(name, args);
    super("mpegflow-gcs:index:MediaBucket", name, args, opts);

    for (const warning of checked.warnings) void pulumi.log.warn(warning, this);

    const { disposable, placement } = checked;
    const bucket = new gcp.storage.Bucket(
      name,
      {
        ...(checked.bucketName !== undefined && { name: checked.bucketName }),
        ...(checked.project !== undefined && { project: checked.project }),
        location: placement.location.toUpperCase(),
        ...(placement.dataLocations && {
          customPlacementConfig: { dataLocations: placement.dataLocations.map((one) => one.toUpperCase()) },
        }),
        ...(checked.rpo && { rpo: checked.rpo }),
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        softDeletePolicy: { retentionDurationSeconds: checked.softDeleteRetentionSeconds },
        ...(checked.versioning !== undefined && { versioning: { enabled: checked.versioning } }),
        lifecycleRules: lifecycleRules(checked),
        labels: {
          ...checked.labels,
          [ACCESS_PATTERN_LABEL]: ACCESS_PATTERN_LABEL_VALUES[checked.accessPattern],
        },
        forceDestroy: disposable,
        deletionPolicy: disposable ? "DELETE" : "PREVENT",
      },
      { parent: this, protect: opts?.protect ?? !disposable },
    );

    this.bucketName = bucket.name;
    this.url = bucket.url;
    this.location = bucket.location;
    this.regions = pulumi.output(placement.regions);
    this.registerOutputs({
      bucketName: this.bucketName,
      url: this.url,
      location: this.location,
      regions: this.regions,
    });
  }
}
