export type { JobMessagingArgs } from "./job-messaging-args.ts";
export { jobMessagingProblems } from "./job-messaging-checks.ts";
export type { MessageRetention, RetryPolicy } from "./delivery.ts";
export { HistoryFormat, type BigQueryHistory, type JobHistory, type StorageHistory } from "./history-args.ts";
export { JobMessaging } from "./job-messaging.ts";
export type {
  BigQueryHistoryResources,
  CoordinatorGrantResources,
  DeadLetterResources,
  JobMessagingResources,
  StorageHistoryResources,
  UploadResources,
  WebhookResources,
} from "./job-messaging-resources.ts";
export { JOB_EVENT_SCHEMA, JOB_REQUEST_SCHEMA } from "./schemas.ts";
export type { UploadTrigger } from "./upload-trigger.ts";
export type { Webhook } from "./webhook-args.ts";
