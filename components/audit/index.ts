export { AuditTrail } from "./audit-trail.ts";
export type {
  AuditAlerts,
  AuditArchiveBucket,
  AuditDataset,
  AuditDestinations,
  AuditExclusion,
  AuditLogBucket,
  AuditTrailArgs,
} from "./audit-trail-args.ts";
