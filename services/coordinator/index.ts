/** The coordinator as a library: what tests and tools start or drive. */
export * from "./auth/index.ts";
export { type Backlog, type BacklogOptions, startBacklog } from "./backlog.ts";
export { accessRulesSchema, sightOf } from "./access.ts";
export { claimNext } from "./claim.ts";
export { type Config, ConfigError, readConfig } from "./config.ts";
export { type Coordinator, startCoordinator } from "./coordinator.ts";
export { cancel, list, lookUp, submit } from "./jobs.ts";
export { complete, fail, heartbeat, release, urls } from "./leases.ts";
export { loadKeys, type Keys } from "./keys.ts";
export { limiter, type Limiter } from "./limiter.ts";
export { encryptionKeys } from "./encryption-keys.ts";
export * from "./ports.ts";
export { s3Store, type S3StoreOptions } from "./s3-store.ts";
export { presence, type Presence } from "./presence.ts";
export { Problem } from "./problem.ts";
export { connectMessaging, type Messaging, type MessagingOptions } from "./queue.ts";
export type { ServerState } from "./server-state.ts";
export { createServer } from "./server.ts";
export {
  iamCredentials,
  signBlobBy,
  SignBlobError,
  signBlobRetries,
  type CallSignBlob,
} from "./sign-blob.ts";
export { endpointFor, parseSigningKey, signerFor } from "./signer.ts";
export { cleanUp, removeLeftovers } from "./clean-up.ts";
export type { Consumer } from "./consumer.ts";
export { takeDeadLetter } from "./dead-letters.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export { abortMultipart, completeMultipart, signParts, startMultipart } from "./multipart.ts";
export { openApi } from "./openapi.ts";
export { remindersIn } from "./reminders.ts";
export { startUploads } from "./uploads.ts";
export { objectsIn, openBucket, recordsIn } from "./storage.ts";
