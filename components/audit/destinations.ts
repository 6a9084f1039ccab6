import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { keyRingLocation } from "../encryption/index.ts";
import { InvalidArguments } from "../validation/index.ts";
import { archiveBucket } from "./archive-bucket.ts";
import type { AuditArchiveBucket, AuditDataset, AuditLogBucket, AuditTrailArgs } from "./audit-trail-args.ts";
import { keyProblems } from "./destination-checks.ts";
import { logBucket } from "./log-bucket.ts";
import { datasetIdOf, datasetLocationOf, destinationsOf, logLocationOf } from "./settings.ts";
import { sink } from "./sink.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Names of a trail's destinations, each resolved when the sink may write there. */
export interface DestinationNames {
  /** `projects/P/locations/L/buckets/B`. */
  logBucket?: pulumi.Output<string>;
  /** Name of a bucket of Cloud Storage. */
  archiveBucket?: pulumi.Output<string>;
  /** `projects/P/datasets/D`. */
  dataset?: pulumi.Output<string>;
}

/** Makes every destination with its sink, and lets the sink's writer in. */
export function destinations(
  name: string,
  args: AuditTrailArgs,
  filter: pulumi.Input<string>,
  parent: pulumi.Resource,
): DestinationNames {
  const wanted = destinationsOf(args);
  const common = { name, args, filter, parent };
  return {
    ...(wanted.logBucket && { logBucket: toLogBucket(common, wanted.logBucket) }),
    ...(wanted.archiveBucket && { archiveBucket: toArchiveBucket(common, wanted.archiveBucket) }),
    ...(wanted.bigQuery && { dataset: toDataset(common, wanted.bigQuery) }),
  };
}

interface Common {
  readonly name: string;
  readonly args: AuditTrailArgs;
  readonly filter: pulumi.Input<string>;
  readonly parent: pulumi.Resource;
}

function toLogBucket({ name, args, filter, parent }: Common, wanted: AuditLogBucket): pulumi.Output<string> {
  const projectId = wanted.projectId ?? args.projectId;
  const location = wanted.location ?? logLocationOf(args.placement);
  const bucket = logBucket(
    `${name}-log-bucket`,
    {
      ...wanted,
      projectId,
      location,
      idPrefix: name,
      kmsKeyName: checkedKey({ name, args }, wanted, location),
      disposable: args.disposable === true,
    },
    parent,
  );
  return sink(`${name}-log-bucket`, {
    args,
    filter,
    parent,
    target: bucket.path,
    destination: pulumi.interpolate`logging.googleapis.com/${bucket.path}`,
    // In its own project Logging needs no permission, and the sink has no writer that one could be given to.
    ...(projectId !== args.projectId && {
      grant: (member: pulumi.Output<string>) =>
        new gcp.projects.IAMMember(
          `${name}-log-bucket-writer`,
          {
            project: projectId,
            role: "roles/logging.bucketWriter",
            member,
            condition: {
              title: "one-log-bucket",
              description: `Entries of ${args.projectId} go to this log bucket only.`,
              expression: pulumi.interpolate`resource.name.endsWith("locations/${location}/buckets/${bucket.bucketId}")`,
            },
          },
          { parent },
        ),
    }),
  });
}

function toArchiveBucket(
  { name, args, filter, parent }: Common,
  wanted: AuditArchiveBucket,
): pulumi.Output<string> {
  const location = keyRingLocation(wanted.placement ?? args.placement);
  const bucketName = archiveBucket(
    `${name}-archive`,
    wanted,
    { ...args, kmsKeyName: checkedKey({ name, args }, wanted, location) },
    parent,
  );
  return sink(`${name}-archive`, {
    args,
    filter,
    parent,
    target: bucketName,
    destination: pulumi.interpolate`storage.googleapis.com/${bucketName}`,
    grant: (member) =>
      new gcp.storage.BucketIAMMember(
        `${name}-archive-writer`,
        { bucket: bucketName, role: "roles/storage.objectCreator", member },
        { parent },
      ),
  });
}

function toDataset({ name, args, filter, parent }: Common, wanted: AuditDataset): pulumi.Output<string> {
  const kept = args.disposable !== true;
  const location = wanted.location ?? datasetLocationOf(args.placement);
  const kmsKeyName = checkedKey({ name, args }, wanted, location);
  const dataset = new gcp.bigquery.Dataset(
    `${name}-dataset`,
    {
      datasetId: wanted.datasetId ?? datasetIdOf(name),
      project: args.projectId,
      location,
      description: `Audit log entries that concern ${name}`,
      ...withoutUndefined({ labels: args.labels }),
      ...(wanted.retentionDays !== undefined && {
        defaultPartitionExpirationMs: wanted.retentionDays * MILLISECONDS_PER_DAY,
      }),
      ...(kmsKeyName !== undefined && { defaultEncryptionConfiguration: { kmsKeyName } }),
      deletionPolicy: kept ? "PREVENT" : "DELETE",
      deleteContentsOnDestroy: !kept,
    },
    { parent, ...(kept && { protect: true }) },
  );
  const path = pulumi.interpolate`projects/${args.projectId}/datasets/${dataset.datasetId}`;
  return sink(`${name}-dataset`, {
    args,
    filter,
    parent,
    target: path,
    destination: pulumi.interpolate`bigquery.googleapis.com/${path}`,
    bigqueryOptions: { usePartitionedTables: true },
    grant: (member) =>
      new gcp.bigquery.DatasetIamMember(
        `${name}-dataset-writer`,
        { datasetId: dataset.datasetId, project: args.projectId, role: "roles/bigquery.dataEditor", member },
        { parent },
      ),
  });
}

const MILLISECONDS_PER_DAY = 86_400_000;

/** The destination's key, or the trail's; where it is may become known only now. */
function checkedKey(
  { name, args }: Pick<Common, "name" | "args">,
  wanted: { readonly kmsKeyName?: pulumi.Input<string> },
  location: string,
): pulumi.Output<string> | undefined {
  const key = wanted.kmsKeyName ?? args.kmsKeyName;
  if (key === undefined) return undefined;
  return pulumi.output(key).apply((known) => {
    const found = keyProblems(known, location);
    if (found.length > 0) throw new InvalidArguments(`AuditTrail "${name}"`, found);
    return known;
  });
}
