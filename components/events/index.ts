export type { JobMessagingArgs } from "./job-messaging-args.ts";
export { jobMessagingProblems } from "./job-messaging-checks.ts";
export type { MessageRetention, RetryPolicy } from "./delivery.ts";
export type { BigQueryHistory, JobHistory } from "./history.ts";
export { JobMessaging } from "./job-messaging.ts";
export { JOB_EVENT_SCHEMA, JOB_REQUEST_SCHEMA } from "./schemas.ts";
export { HistoryFormat, type StorageHistory } from "./storage-history.ts";
export type { UploadTrigger } from "./uploads.ts";
export type { Webhook } from "./webhooks.ts";
