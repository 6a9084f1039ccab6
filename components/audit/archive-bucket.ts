import type * as pulumi from "@pulumi/pulumi";
import { AccessPattern } from "../placement/index.ts";
import { MediaBucket, type MediaBucketArgs } from "../storage/index.ts";
import type { AuditArchiveBucket, AuditTrailArgs } from "./audit-trail-args.ts";

type Trail = Pick<AuditTrailArgs, "projectId" | "placement" | "labels" | "disposable"> & {
  readonly kmsKeyName: pulumi.Output<string> | undefined;
};

/** A bucket that is written once and read when something has to be proved. @returns its name */
export function archiveBucket(
  name: string,
  wanted: AuditArchiveBucket,
  trail: Trail,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return new MediaBucket(name, archiveBucketArguments(wanted, trail), { parent }).bucketName;
}

/** The bucket's arguments, its name and placement yet to be checked. */
export function archiveBucketArguments(wanted: AuditArchiveBucket, trail: Trail): MediaBucketArgs {
  return {
    projectId: trail.projectId,
    placement: wanted.placement ?? trail.placement,
    // Cloud Logging alone writes.
    accessPattern: AccessPattern.SingleWriter,
    ...(wanted.bucketName !== undefined && { bucketName: wanted.bucketName }),
    ...(trail.kmsKeyName !== undefined && { kmsKeyName: trail.kmsKeyName }),
    ...(trail.labels && { labels: trail.labels }),
    ...(trail.disposable !== undefined && { disposable: trail.disposable }),
  };
}
