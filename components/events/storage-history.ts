import * as gcp from "@pulumi/gcp";
import { shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { seconds } from "./delivery.ts";
import type { StorageHistoryResources } from "./job-messaging-resources.ts";
import type { MessagingResources } from "./messaging-resources.ts";
import type { StorageHistory } from "./history-args.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Source: https://docs.cloud.google.com/pubsub/docs/cloudstorage */
const MAX_DURATION = { min: 60, max: 600, default: 300 } as const;
/** 1 KB to 10 GiB. */
const MAX_BYTES = { min: 1000, max: 10_737_418_240 } as const;
export function writeToStorage(
  parts: MessagingResources,
  jobEvents: gcp.pubsub.Topic,
  history: StorageHistory,
  keepSeconds: number,
): StorageHistoryResources {
  const { name, parent } = parts;
  const settings = storageSettings(history);
  // To write files, and to look whether the bucket is there.
  const grant = (role: "objectCreator" | "legacyBucketReader") =>
    new gcp.storage.BucketIAMMember(
      `${name}-history-${role}`,
      { bucket: history.bucket, role: `roles/storage.${role}`, member: parts.pubsubAgent },
      parent,
    );
  const creatorGrant = grant("objectCreator");
  const readerGrant = grant("legacyBucketReader");
  const subscription = parts.subscription(
    "history-storage",
    jobEvents,
    {
      messageRetentionDuration: seconds(keepSeconds),
      // A file's messages are acknowledged when it is closed, which must not be later than their deadline.
      ackDeadlineSeconds: settings.maxDurationSeconds,
      cloudStorageConfig: {
        bucket: history.bucket,
        filenamePrefix: settings.prefix,
        filenameSuffix: settings.suffix,
        maxDuration: seconds(settings.maxDurationSeconds),
        ...withoutUndefined({ maxBytes: history.maxBytes }),
        ...(settings.format === "avro" ? { avroConfig: { writeMetadata: true } } : { textConfig: {} }),
      },
    },
    [creatorGrant, readerGrant],
  );
  return { creatorGrant, readerGrant, subscription };
}

function storageSettings(history: StorageHistory) {
  const format = history.format ?? "text";
  return {
    format,
    prefix: history.prefix ?? "job-events/",
    suffix: history.suffix ?? (format === "avro" ? ".avro" : ".jsonl"),
    maxDurationSeconds: history.maxDurationSeconds ?? MAX_DURATION.default,
  };
}

export function storageProblems(history: StorageHistory): Problem[] {
  const { suffix, prefix, maxDurationSeconds } = storageSettings(history);
  const found: Problem[] = [];
  if (suffix.endsWith("/")) {
    found.push({
      path: "suffix",
      given: shown(suffix),
      allowed: "an end of file names that is not /",
      fix: "use one such as .jsonl, and prefix for folders",
    });
  }
  if (prefix.startsWith("/")) {
    found.push({
      path: "prefix",
      given: shown(prefix),
      allowed: "a beginning of object names that is not /",
      because: "Cloud Storage takes the slash for a folder without a name.",
      fix: "leave out the slash",
    });
  }
  found.push(...wholeNumberProblems("maxDurationSeconds", maxDurationSeconds, MAX_DURATION));
  if (history.maxBytes !== undefined)
    found.push(...wholeNumberProblems("maxBytes", history.maxBytes, MAX_BYTES));
  return found;
}
