import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { prefixPaths, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { seconds } from "./delivery.ts";
import type { BigQueryHistoryResources, JobMessagingResources } from "./job-messaging-resources.ts";
import type { MessagingResources } from "./messaging-resources.ts";
import { storageProblems, writeToStorage } from "./storage-history.ts";
import type { BigQueryHistory, JobHistory } from "./history-args.ts";

const DAYS = { min: 1, max: 36_500 } as const;
const DAY_MS = 86_400_000;

/**
 * Columns that Pub/Sub fills when it writes metadata without a schema. The event is one JSON column, so that a new
 * field needs no new column and never blocks rows. Source: https://docs.cloud.google.com/pubsub/docs/bigquery
 */
const COLUMNS = [
  { name: "subscription_name", type: "STRING", mode: "NULLABLE" },
  { name: "message_id", type: "STRING", mode: "NULLABLE" },
  { name: "publish_time", type: "TIMESTAMP", mode: "NULLABLE" },
  { name: "data", type: "JSON", mode: "NULLABLE" },
  { name: "attributes", type: "JSON", mode: "NULLABLE" },
] as const;

export function makeHistory(
  parts: MessagingResources,
  jobEvents: gcp.pubsub.Topic,
  history: JobHistory,
  keepSeconds: number,
): Pick<JobMessagingResources, "bigQueryHistory" | "storageHistory"> {
  return {
    storageHistory: history.storage && writeToStorage(parts, jobEvents, history.storage, keepSeconds),
    bigQueryHistory: history.bigQuery && writeToBigQuery(parts, jobEvents, history.bigQuery, keepSeconds),
  };
}

/** The table as SQL names it: `PROJECT.DATASET.job_events`. */
export const tablePath = (
  { args }: MessagingResources,
  { dataset, table }: Pick<BigQueryHistoryResources, "dataset" | "table">,
): pulumi.Output<string> => pulumi.interpolate`${args.projectId}.${dataset.datasetId}.${table.tableId}`;

function writeToBigQuery(
  parts: MessagingResources,
  jobEvents: gcp.pubsub.Topic,
  history: BigQueryHistory,
  keepSeconds: number,
): BigQueryHistoryResources {
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
        // Left out, the provider would keep the days before, and events would go on being deleted.
        expirationMs: (history.deleteAfterDays ?? DAYS.max) * DAY_MS,
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
  const writerGrant = new gcp.bigquery.DatasetIamMember(
    `${name}-history-writer`,
    {
      datasetId: dataset.datasetId,
      project: args.projectId,
      role: "roles/bigquery.dataEditor",
      member: parts.pubsubAgent,
    },
    parent,
  );
  const subscription = parts.subscription(
    "history-bigquery",
    jobEvents,
    {
      messageRetentionDuration: seconds(keepSeconds),
      bigqueryConfig: { table: tablePath(parts, { dataset, table }), writeMetadata: true },
    },
    // Pub/Sub tries the table when the subscription is made.
    [table, writerGrant],
  );
  return { dataset, table, writerGrant, subscription };
}

function datasetIdOf(name: string, history: BigQueryHistory): string {
  return history.datasetId ?? `${name.replaceAll(/\W/g, "_")}_history`;
}

export function historyProblems({ bigQuery, storage }: JobHistory): Problem[] {
  return [
    ...(bigQuery === undefined ? [] : prefixPaths("bigQuery", bigQueryProblems(bigQuery))),
    ...(storage === undefined ? [] : prefixPaths("storage", storageProblems(storage))),
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
