import type * as gcp from "@pulumi/gcp";
import type * as random from "@pulumi/random";
import type { MediaBucket } from "../storage/index.ts";

/** A log bucket, and how entries get there. */
export interface AuditLogBucketResources {
  /** The log bucket. */
  readonly bucket: gcp.logging.ProjectBucketConfig;
  /** The random id of the log bucket; undefined if `bucketId` names one. */
  readonly bucketId: random.RandomId | undefined;
  /** What sends entries there. */
  readonly sink: gcp.logging.ProjectSink;
  /** Lets the sink write there; undefined in the trail's own project, where Logging needs no grant. */
  readonly writerGrant: gcp.projects.IAMMember | undefined;
}

/** A bucket of Cloud Storage for the entries, and how they get there. */
export interface AuditArchiveBucketResources {
  /** The bucket. */
  readonly bucket: MediaBucket;
  /** What sends entries there. */
  readonly sink: gcp.logging.ProjectSink;
  /** Lets the sink write there. */
  readonly writerGrant: gcp.storage.BucketIAMMember;
}

/** A dataset of BigQuery for the entries, and how they get there. */
export interface AuditDatasetResources {
  /** The dataset. */
  readonly dataset: gcp.bigquery.Dataset;
  /** What sends entries there. */
  readonly sink: gcp.logging.ProjectSink;
  /** Lets the sink write there. */
  readonly writerGrant: gcp.bigquery.DatasetIamMember;
}

/** What an {@link AuditTrail} made. */
export interface AuditTrailResources {
  /**
   * Which Data Access logs the project writes, by service: `storage`, `iam`, and with `signerSecrets` `secretmanager`. Empty if
   * `manageDataAccessLogs` is false.
   */
  readonly dataAccessLogs: Readonly<Record<string, gcp.projects.IAMAuditConfig>>;
  /** Undefined without `destinations.logBucket`. */
  readonly logBucket: AuditLogBucketResources | undefined;
  /** Undefined without `destinations.archiveBucket`. */
  readonly archiveBucket: AuditArchiveBucketResources | undefined;
  /** Undefined without `destinations.bigQuery`. */
  readonly dataset: AuditDatasetResources | undefined;
  /** The alert policies, by their headings in docs/runbooks/audit.md; empty without `alerts`. */
  readonly alertPolicies: Readonly<Record<string, gcp.monitoring.AlertPolicy>>;
  /** The log-based metrics of those policies that count entries, by the same headings. */
  readonly metrics: Readonly<Record<string, gcp.logging.Metric>>;
}
