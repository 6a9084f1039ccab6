import { PlacementKind, type Placement } from "../placement/index.ts";
import { sorted } from "../validation/index.ts";
import type { AuditAlerts, AuditDestinations, AuditTrailArgs } from "./audit-trail-args.ts";

/** Limits of numbers, both included, with their defaults. */
export const LIMITS = {
  logRetentionDays: { min: 1, max: 3650, default: 400 },
  /** Cloud Storage takes up to 100 years. Source: https://docs.cloud.google.com/storage/docs/bucket-lock */
  archiveRetentionDays: { min: 1, max: 36_500, default: 365 },
  datasetRetentionDays: { min: 1, max: 3650 },
  windowSeconds: { min: 60, max: 86_400, default: 300 },
  signatures: { min: 1, max: 100_000_000, default: 30_000 },
  deniedRequests: { min: 0, max: 100_000_000, default: 20 },
  untrustedRequests: { min: 0, max: 100_000_000, default: 0 },
  notificationIntervalSeconds: { min: 300, max: 172_800, default: 300 },
} as const;

export const RUNBOOK = "docs/runbooks/audit.md";

export const destinationsOf = ({ destinations }: Pick<AuditTrailArgs, "destinations">): AuditDestinations =>
  destinations ?? { logBucket: {} };

/** Log buckets are in one region, or nowhere in particular. */
export const logLocationOf = (placement: Placement): string => placement.regions[0] ?? "global";

/** Datasets are in one region, or in one of two multi-regions. */
export function datasetLocationOf(placement: Placement): string {
  if (placement.kind === PlacementKind.MultiRegion) return placement.location;
  return placement.regions[0] ?? placement.location;
}

export const datasetIdOf = (name: string): string => name.replaceAll("-", "_");

/** Alert settings with their defaults. */
export const alertSettings = (alerts: AuditAlerts) => ({
  windowSeconds: alerts.windowSeconds ?? LIMITS.windowSeconds.default,
  signatures: alerts.signatures ?? LIMITS.signatures.default,
  deniedRequests: alerts.deniedRequests ?? LIMITS.deniedRequests.default,
  untrustedRequests: alerts.untrustedRequests ?? LIMITS.untrustedRequests.default,
  notificationIntervalSeconds:
    alerts.notificationIntervalSeconds ?? LIMITS.notificationIntervalSeconds.default,
  trustedRanges: sorted(alerts.trustedRanges ?? []),
  runbookUrl: alerts.runbookUrl ?? RUNBOOK,
});
export type AlertSettings = ReturnType<typeof alertSettings>;
