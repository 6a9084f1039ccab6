export type { MessageRetention, RetryPolicy } from "./delivery.ts";
export { JobMessaging, type JobMessagingArgs } from "./job-messaging.ts";
