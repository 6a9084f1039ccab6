export { AuditTrail } from "./audit-trail.ts";
export type {
  AuditArchiveBucketResources,
  AuditDatasetResources,
  AuditLogBucketResources,
  AuditTrailResources,
} from "./audit-trail-resources.ts";
export type {
  AuditAlerts,
  AuditArchiveBucket,
  AuditDataset,
  AuditDestinations,
  AuditExclusion,
  AuditLogBucket,
  AuditTrailArgs,
} from "./audit-trail-args.ts";
