import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { wholeNumberProblems } from "../identity/argument-checks.ts";
import { below, shown, type Problem } from "../validation/index.ts";
import { seconds } from "./delivery.ts";
import type { Parts } from "./parts.ts";

/** Where job events are kept for good, beside the subscriptions that forget. */
export interface JobHistory {
  /** One row an event, for questions in SQL. @default none */
  readonly bigQuery?: BigQueryHistory;
  /** Files of events in a bucket. @default none */
  readonly storage?: StorageHistory;
}

/** A data set with one table, `job_events`, to which Pub/Sub itself writes. */
export interface BigQueryHistory {
  /** Region or multi-region of the data set; a change replaces it, which its protection refuses. @example "US" */
  readonly location: string;
  /** Id of the data set: letters, digits and _. @default the component's name with _history */
  readonly datasetId?: string;
  /** Days after which a day's events are deleted, 1 or more. @default never */
  readonly deleteAfterDays?: number;
  /**
   * Full resource name of the CryptoKey of the table, in the data set's location; BigQuery's service agent needs
   * `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it first.
   * @default keys that Google manages
   */
  readonly kmsKeyName?: pulumi.Input<string>;
}

/** Files of events, each closed when it is old, large or full enough. */
export interface StorageHistory {
  /** Name of an existing bucket. */
  readonly bucket: pulumi.Input<string>;
  /** Beginning of the files' names. @default "job-events/" */
  readonly prefix?: string;
  /** End of the files' names, not with /. @default ".jsonl", or ".avro" */
  readonly suffix?: string;
  /** Seconds until a file is closed, 60 to 600. @default 300 */
  readonly maxDurationSeconds?: number;
  /** Bytes at which a file is closed, 1000 to 10737418240. @default no limit but time */
  readonly maxBytes?: number;
  /**
   * `text` for one event a line; `avro` for the message with its id, time and attributes.
   * @default "text"
   */
  readonly format?: "text" | "avro";
}

/** Source: https://docs.cloud.google.com/pubsub/docs/cloudstorage */
const MAX_DURATION = { min: 60, max: 600, default: 300 } as const;
/** 1 KB to 10 GiB. */
const MAX_BYTES = { min: 1000, max: 10_737_418_240 } as const;
const DAYS = { min: 1, max: 36_500 } as const;
const DAY_MS = 86_400_000;

/**
 * Columns that Pub/Sub fills when it writes metadata and follows no schema: the event as JSON, whatever its revision,
 * so that a new field of events needs no new column and can never hold rows up.
 * Source: https://docs.cloud.google.com/pubsub/docs/bigquery
 */
const COLUMNS = [
  { name: "subscription_name", type: "STRING", mode: "NULLABLE" },
  { name: "message_id", type: "STRING", mode: "NULLABLE" },
  { name: "publish_time", type: "TIMESTAMP", mode: "NULLABLE" },
  { name: "data", type: "JSON", mode: "NULLABLE" },
  { name: "attributes", type: "JSON", mode: "NULLABLE" },
] as const;

export function makeHistory(
  parts: Parts,
  jobEvents: gcp.pubsub.Topic,
  history: JobHistory,
  keepSeconds: number,
) {
  if (history.storage !== undefined) writeToStorage(parts, jobEvents, history.storage, keepSeconds);
  return history.bigQuery && writeToBigQuery(parts, jobEvents, history.bigQuery, keepSeconds);
}

/** @returns the table as SQL names it: `PROJECT.DATASET.job_events` */
function writeToBigQuery(
  parts: Parts,
  jobEvents: gcp.pubsub.Topic,
  history: BigQueryHistory,
  keepSeconds: number,
): pulumi.Output<string> {
  const { name, args, parent, guarded, kept, deletionPolicy } = parts;
  const labels = args.labels && { labels: args.labels };
  const dataset = new gcp.bigquery.Dataset(
    `${name}-history`,
    {
      datasetId: datasetIdOf(name, history),
      project: args.projectId,
      location: history.location,
      description: "What happened to MpegFlow's jobs.",
      ...labels,
      deletionPolicy,
    },
    guarded,
  );
  const table = new gcp.bigquery.Table(
    `${name}-history`,
    {
      datasetId: dataset.datasetId,
      tableId: "job_events",
      project: args.projectId,
      description: "One row a job event, as Pub/Sub delivers it: at least once.",
      schema: JSON.stringify(COLUMNS),
      timePartitioning: {
        type: "DAY",
        field: "publish_time",
        ...(history.deleteAfterDays !== undefined && { expirationMs: history.deleteAfterDays * DAY_MS }),
      },
      ...(history.kmsKeyName !== undefined && {
        encryptionConfiguration: { kmsKeyName: history.kmsKeyName },
      }),
      ...labels,
      deletionProtection: kept,
      deletionPolicy,
    },
    guarded,
  );
  const writes = new gcp.bigquery.DatasetIamMember(
    `${name}-history-writer`,
    {
      datasetId: dataset.datasetId,
      project: args.projectId,
      role: "roles/bigquery.dataEditor",
      member: parts.pubsubAgent,
    },
    parent,
  );
  const path = pulumi.interpolate`${args.projectId}.${dataset.datasetId}.${table.tableId}`;
  parts.subscription(
    "history-bigquery",
    jobEvents,
    {
      messageRetentionDuration: seconds(keepSeconds),
      bigqueryConfig: { table: path, writeMetadata: true },
    },
    // Pub/Sub tries the table when the subscription is made.
    [table, writes],
  );
  return path;
}

function writeToStorage(
  parts: Parts,
  jobEvents: gcp.pubsub.Topic,
  history: StorageHistory,
  keepSeconds: number,
): void {
  const { name, parent } = parts;
  const settings = storageSettings(history);
  // To write files, and to look whether the bucket is there.
  const grants = (["objectCreator", "legacyBucketReader"] as const).map(
    (role) =>
      new gcp.storage.BucketIAMMember(
        `${name}-history-${role}`,
        { bucket: history.bucket, role: `roles/storage.${role}`, member: parts.pubsubAgent },
        parent,
      ),
  );
  parts.subscription(
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
        ...(history.maxBytes !== undefined && { maxBytes: history.maxBytes }),
        ...(settings.format === "avro" ? { avroConfig: { writeMetadata: true } } : { textConfig: {} }),
      },
    },
    grants,
  );
}

function datasetIdOf(name: string, history: BigQueryHistory): string {
  return history.datasetId ?? `${name.replaceAll(/\W/g, "_")}_history`;
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

export function historyProblems({ bigQuery, storage }: JobHistory): Problem[] {
  return [
    ...(bigQuery === undefined ? [] : below("bigQuery", bigQueryProblems(bigQuery))),
    ...(storage === undefined ? [] : below("storage", storageProblems(storage))),
  ];
}

function bigQueryProblems(history: BigQueryHistory): Problem[] {
  const { datasetId, location, deleteAfterDays } = history;
  const found: Problem[] = [];
  if (!/^[A-Za-z]+(?:-[a-z]+\d+)?$/.test(location)) {
    found.push({
      path: "location",
      given: shown(location),
      allowed: "US, EU or a region",
      fix: "use a location of BigQuery near the events' readers",
    });
  }
  if (datasetId !== undefined && !/^\w{1,1024}$/.test(datasetId)) {
    found.push({
      path: "datasetId",
      given: shown(datasetId),
      allowed: "1 to 1024 letters, digits and _",
      fix: "use _ for anything else",
    });
  }
  if (deleteAfterDays !== undefined)
    found.push(...wholeNumberProblems("deleteAfterDays", deleteAfterDays, DAYS));
  return found;
}

function storageProblems(history: StorageHistory): Problem[] {
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
