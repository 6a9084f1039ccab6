import type { Scheme } from "./scheme.ts";
import type { Endpoint, UrlToSign } from "./types.ts";

/** Whose rules apply. `gcs` is spoken to by GOOG4 keys, or by AWS4 keys through its S3 interoperability. */
export type StoreKind = "gcs" | "s3" | "r2";
export interface OperationContext {
  readonly store: StoreKind;
  readonly bucket: string;
  /** @default https://storage.googleapis.com, path style */
  readonly endpoint?: Endpoint | undefined;
  readonly ttlSeconds: number;
  readonly at: Date;
  /**
   * Cloud Storage copies these into its Data Access log: names of a-z 0-9 and -, sent as `x-goog-custom-audit-NAME`.
   * https://docs.cloud.google.com/storage/docs/audit-logging#add-custom-metadata
   */
  readonly audit?: Readonly<Record<string, string>> | undefined;
}

/** What an operation adds to a request; problems are collected beside it. */
export interface OperationParts {
  readonly method: UrlToSign["method"];
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
}

/** For whom parts are made, and where to say what is wrong. */
export interface PartsContext {
  readonly scheme: Scheme;
  readonly store: StoreKind;
  readonly problems: string[];
}
