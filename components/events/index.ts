export { JobMessaging, type JobMessagingArgs } from "./job-messaging.ts";
