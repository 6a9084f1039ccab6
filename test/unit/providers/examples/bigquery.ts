import { projectId } from "../local-cloud.ts";
import type { Example } from "./example.ts";

const writer = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com";
const schema = (...columns: string[]): string =>
  JSON.stringify(columns.map((name) => ({ name, type: name === "at" ? "TIMESTAMP" : "STRING" })));

/** In the order of their dependencies. */
export const bigQueryExamples: Example[] = [
  {
    type: "gcp:bigquery/dataset:Dataset",
    inputs: {
      datasetId: "history",
      location: "us",
      description: "what happened",
      labels: { team: "video" },
      defaultTableExpirationMs: 86_400_000,
    },
    update: { description: "what happened to jobs", defaultTableExpirationMs: 172_800_000 },
    id: `projects/${projectId}/datasets/history`,
    outputs: {
      project: projectId,
      location: "us",
      selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${projectId}/datasets/history`,
      maxTimeTravelHours: "168",
    },
  },
  {
    type: "gcp:bigquery/table:Table",
    inputs: {
      datasetId: "history",
      tableId: "events",
      schema: schema("data", "at"),
      timePartitioning: { type: "DAY", field: "at" },
      clusterings: ["data"],
      deletionProtection: false,
    },
    update: { schema: schema("data", "at", "more"), description: "one row an event" },
    id: `projects/${projectId}/datasets/history/tables/events`,
    outputs: { project: projectId, type: "TABLE" },
  },
  {
    type: "gcp:bigquery/datasetIamMember:DatasetIamMember",
    inputs: { datasetId: "history", role: "roles/bigquery.dataEditor", member: writer },
    id: `projects/${projectId}/datasets/history/roles/bigquery.dataEditor/${writer}`,
    importIds: [`projects/${projectId}/datasets/history roles/bigquery.dataEditor ${writer}`],
    outputs: { project: projectId },
  },
];
