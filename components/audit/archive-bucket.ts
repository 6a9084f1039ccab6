import type * as pulumi from "@pulumi/pulumi";
import { AccessPattern } from "../placement/index.ts";
import { MediaBucket, StorageClass, type MediaBucketArgs } from "../storage/index.ts";
import type { AuditArchiveBucket, AuditTrailArgs } from "./audit-trail-args.ts";
import { LIMITS } from "./settings.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

type Trail = Pick<AuditTrailArgs, "projectId" | "placement" | "labels" | "disposable"> & {
  readonly kmsKeyName: pulumi.Output<string> | undefined;
};

/** A bucket that is written once and read when something has to be proved. */
export function archiveBucket(
  name: string,
  wanted: AuditArchiveBucket,
  trail: Trail,
  parent: pulumi.Resource,
): MediaBucket {
  return new MediaBucket(name, archiveBucketArguments(name, wanted, trail), { parent });
}

/** The bucket's arguments, its name and placement yet to be checked. */
export function archiveBucketArguments(
  name: string,
  wanted: AuditArchiveBucket,
  trail: Trail,
): MediaBucketArgs {
  return {
    ...retentionOf(name, wanted, trail),
    projectId: trail.projectId,
    placement: wanted.placement ?? trail.placement,
    // Cloud Logging alone writes.
    accessPattern: AccessPattern.SingleWriter,
    storageClass: StorageClass.Archive,
    ...withoutUndefined({
      bucketName: wanted.bucketName,
      kmsKeyName: trail.kmsKeyName,
      labels: trail.labels,
      disposable: trail.disposable,
    }),
  };
}

/** A disposable bucket has none, or it could not be deleted. */
function retentionOf(
  name: string,
  { retentionDays, locked }: AuditArchiveBucket,
  { disposable }: Trail,
): Pick<MediaBucketArgs, "retention"> {
  if (disposable === true) return {};
  return {
    retention: {
      retentionPeriodSeconds: (retentionDays ?? LIMITS.archiveRetentionDays.default) * SECONDS_PER_DAY,
      // The trail has asked for the user's confirmation already.
      ...(locked === true && { locked, confirmLock: name }),
    },
  };
}

const SECONDS_PER_DAY = 86_400;
