import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../validation/index.ts";
import { bucketNameProblems } from "./naming.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * Hourly usage logs and a daily storage log of the bucket, as CSV objects in another one. Google's group
 * `cloud-storage-analytics@google.com` needs `roles/storage.objectCreator` on that bucket. For who did what, Cloud Audit
 * Logs say more.
 *
 * Source: https://docs.cloud.google.com/storage/docs/access-logs
 */
export interface AccessLogs {
  /** Name of the bucket that gets the logs; not this one, which would log its own logs. */
  bucketName: pulumi.Input<string>;
  /**
   * Beginning of the logs' object names. Where the bucket's name is made from the component's, a beginning that was set
   * stays until another is.
   * @default this bucket's name
   */
  objectNamePrefix?: string;
}

/** The bucket's logging, where it is asked for. Without a prefix the provider would keep the one before. */
export function accessLogsOf(
  logs: AccessLogs | undefined,
  loggedBucket: pulumi.Input<string> | undefined,
): { logging?: gcp.types.input.storage.BucketLogging } {
  if (logs === undefined) return {};
  const logObjectPrefix = logs.objectNamePrefix ?? loggedBucket;
  return {
    logging: { logBucket: logs.bucketName, ...withoutUndefined({ logObjectPrefix }) },
  };
}

/** Problems of the logs' destination; paths begin with `accessLogs`. */
export function accessLogsProblems(
  { bucketName, objectNamePrefix }: AccessLogs,
  loggedBucket: pulumi.Input<string> | undefined,
): Problem[] {
  const problems = bucketNameProblems(bucketName).map((problem) => ({
    ...problem,
    path: "accessLogs.bucketName",
    fix: "pass the name of the bucket that gets the logs",
  }));
  if (typeof bucketName === "string" && bucketName === loggedBucket) {
    problems.push({
      path: "accessLogs.bucketName",
      given: shown(bucketName),
      allowed: "another bucket",
      because: "the logs of a bucket that holds them would be logged in turn.",
      fix: "create a separate bucket for logs",
    });
  }
  if (objectNamePrefix === "" || objectNamePrefix?.startsWith("/") === true) {
    problems.push({
      path: "accessLogs.objectNamePrefix",
      given: shown(objectNamePrefix),
      allowed: "the beginning of an object name, without a leading slash",
      fix: "leave it out to use the bucket's name, or name a prefix",
    });
  }
  return problems;
}
