import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { keyRingLocation } from "../encryption/index.ts";
import { InvalidArguments } from "../validation/index.ts";
import type {
  AuditArchiveBucketResources,
  AuditDatasetResources,
  AuditLogBucketResources,
} from "./audit-trail-resources.ts";
import { archiveBucket } from "./archive-bucket.ts";
import type { AuditArchiveBucket, AuditDataset, AuditLogBucket, AuditTrailArgs } from "./audit-trail-args.ts";
import { keyProblems } from "./destination-checks.ts";
import { logBucket } from "./log-bucket.ts";
import { datasetIdOf, datasetLocationOf, destinationsOf, logLocationOf } from "./settings.ts";
import { sink } from "./sink.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** A trail's destinations. */
export interface Destinations {
  readonly logBucket: Destination<AuditLogBucketResources> | undefined;
  readonly archiveBucket: Destination<AuditArchiveBucketResources> | undefined;
  readonly dataset: Destination<AuditDatasetResources> | undefined;
}

interface Destination<Resources> {
  /** Its name, resolved when the sink may write there. */
  readonly ready: pulumi.Output<string>;
  readonly resources: Resources;
}

/** Makes every destination with its sink, and lets the sink's writer in. */
export function destinations(
  name: string,
  args: AuditTrailArgs,
  filter: pulumi.Input<string>,
  parent: pulumi.Resource,
): Destinations {
  const wanted = destinationsOf(args);
  const common = { name, args, filter, parent };
  return {
    logBucket: wanted.logBucket && toLogBucket(common, wanted.logBucket),
    archiveBucket: wanted.archiveBucket && toArchiveBucket(common, wanted.archiveBucket),
    dataset: wanted.bigQuery && toDataset(common, wanted.bigQuery),
  };
}

interface Common {
  readonly name: string;
  readonly args: AuditTrailArgs;
  readonly filter: pulumi.Input<string>;
  readonly parent: pulumi.Resource;
}

function toLogBucket(
  { name, args, filter, parent }: Common,
  wanted: AuditLogBucket,
): Destination<AuditLogBucketResources> {
  const projectId = wanted.projectId ?? args.projectId;
  const location = wanted.location ?? logLocationOf(args.placement);
  const made = logBucket(
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
  const { ready, ...sent } = sink(`${name}-log-bucket`, {
    args,
    filter,
    parent,
    target: made.path,
    destination: pulumi.interpolate`logging.googleapis.com/${made.path}`,
    // In its own project Logging needs no permission, and the sink has no writer that one could be given to.
    grant: (member) =>
      projectId === args.projectId
        ? undefined
        : new gcp.projects.IAMMember(
            `${name}-log-bucket-writer`,
            {
              project: projectId,
              role: "roles/logging.bucketWriter",
              member,
              condition: {
                title: "one-log-bucket",
                description: `Entries of ${args.projectId} go to this log bucket only.`,
                expression: pulumi.interpolate`resource.name.endsWith("locations/${location}/buckets/${made.bucketId}")`,
              },
            },
            { parent },
          ),
  });
  return { ready, resources: { bucket: made.bucket, bucketId: made.generatedId, ...sent } };
}

function toArchiveBucket(
  { name, args, filter, parent }: Common,
  wanted: AuditArchiveBucket,
): Destination<AuditArchiveBucketResources> {
  const location = keyRingLocation(wanted.placement ?? args.placement);
  const bucket = archiveBucket(
    `${name}-archive`,
    wanted,
    { ...args, kmsKeyName: checkedKey({ name, args }, wanted, location) },
    parent,
  );
  const { bucketName } = bucket;
  const { ready, ...sent } = sink(`${name}-archive`, {
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
  return { ready, resources: { bucket, ...sent } };
}

function toDataset(
  { name, args, filter, parent }: Common,
  wanted: AuditDataset,
): Destination<AuditDatasetResources> {
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
  const { ready, ...sent } = sink(`${name}-dataset`, {
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
  return { ready, resources: { dataset, ...sent } };
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
