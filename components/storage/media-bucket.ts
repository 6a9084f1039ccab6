import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { adoptedName } from "./adoption.ts";
import { checkedArguments } from "./media-bucket-checks.ts";
import { bucketInputs } from "./bucket-inputs.ts";
import type { MediaBucketArgs } from "./media-bucket-args.ts";
import { declareNotifications } from "./notifications.ts";
import type { MediaBucketResources } from "./media-bucket-resources.ts";
import { requireArguments, shown } from "../validation/index.ts";
import { madeResources } from "../properties/made-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const made = madeResources<MediaBucketResources>();

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

  /** The resources that it made, for programs in TypeScript. */
  get resources(): MediaBucketResources {
    return made.of(this);
  }

  constructor(name: string, args: MediaBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`MediaBucket ${shown(name)}`, args, { placement: "object" });
    const checked = checkedArguments(name, args);
    super("mpegflow-gcs:index:MediaBucket", name, args, opts);

    for (const warning of checked.warnings) void pulumi.log.warn(warning, this);

    const parent = { parent: this };
    const { adopt, disposable } = checked;
    const bucketName = adopt ? adoptedName(name, adopt.bucketName, args, parent) : checked.bucketName;
    const bucket = new gcp.storage.Bucket(
      name,
      { ...bucketInputs(checked), ...withoutUndefined({ name: bucketName }) },
      {
        ...parent,
        protect: opts?.protect ?? !disposable,
        ...(adopt && { import: adopt.bucketName }),
      },
    );
    const grants = (checked.iamMembers ?? []).map(({ name: grantName, role, member, condition }) => {
      const grant = new gcp.storage.BucketIAMMember(
        `${name}-${grantName}`,
        { bucket: bucket.name, role, member, ...withoutUndefined({ condition }) },
        parent,
      );
      return [grantName, grant] as const;
    });
    const notifications = declareNotifications(name, bucket, checked, parent);
    made.keep(this, { bucket, grants: Object.fromEntries(grants), ...notifications });

    this.bucketName = bucket.name;
    this.url = bucket.url;
    this.location = bucket.location;
    this.regions = pulumi.output(checked.placement.regions);
    this.registerOutputs({
      bucketName: this.bucketName,
      url: this.url,
      location: this.location,
      regions: this.regions,
    });
  }
}
