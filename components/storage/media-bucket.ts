import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { ACCESS_PATTERN_LABEL, ACCESS_PATTERN_LABEL_VALUES } from "../placement/index.ts";
import { checkedArguments } from "./arguments.ts";
import { encryptionOf } from "./encryption.ts";
import { lifecycleRules } from "./lifecycle.ts";
import type { MediaBucketArgs } from "./media-bucket-args.ts";

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
        ...(checked.projectId !== undefined && { project: checked.projectId }),
        location: placement.location.toUpperCase(),
        ...(placement.dataLocations && {
          customPlacementConfig: { dataLocations: placement.dataLocations.map((one) => one.toUpperCase()) },
        }),
        ...(checked.rpo && { rpo: checked.rpo }),
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        ...encryptionOf(checked),
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
