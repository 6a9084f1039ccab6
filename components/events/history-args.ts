import type * as pulumi from "@pulumi/pulumi";

/** Permanent storage of job events; subscriptions keep them for a limited time. */
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
  /** Days after which a day's events are deleted, 1 to 36500. @default 36500, a hundred years */
  readonly deleteAfterDays?: number;
  /**
   * Full resource name of the CryptoKey of the table, in the data set's location; BigQuery's service agent needs
   * `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it first.
   * @default keys that Google manages
   */
  readonly kmsKeyName?: pulumi.Input<string>;
}

/** How history is written to a bucket. */
export const HistoryFormat = { Text: "text", Avro: "avro" } as const;
export type HistoryFormat = (typeof HistoryFormat)[keyof typeof HistoryFormat];

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
  readonly format?: HistoryFormat;
}
