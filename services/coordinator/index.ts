/** The coordinator as a library: what tests and tools start or drive. */
export * from "./auth/index.ts";
export { type Backlog, type BacklogOptions, startBacklog } from "./queue/backlog.ts";
export { accessRulesSchema, accessScopeOf } from "./auth/access.ts";
export { claimNext } from "./leases/claim.ts";
export { type Config, ConfigError, readConfig } from "./config.ts";
export { type Coordinator, startCoordinator } from "./coordinator.ts";
export { cancel, lookUp, submit } from "./jobs/jobs.ts";
export { list } from "./jobs/list.ts";
export { complete, fail, heartbeat, release, urls } from "./leases/leases.ts";
export { loadKeys, type Keys } from "./signing/keys.ts";
export { limiter, type Limiter } from "./limiter.ts";
export { encryptionKeys } from "./signing/encryption-keys.ts";
export * from "./ports.ts";
export { s3Store, type S3StoreOptions } from "./stores/s3-store.ts";
export { presence, type Presence } from "./queue/presence.ts";
export { Problem } from "./problem.ts";
export { connectMessaging, type Messaging, type MessagingOptions } from "./queue/queue.ts";
export type { ServerState } from "./http/server-state.ts";
export { createServer } from "./http/server.ts";
export {
  iamCredentials,
  signBlobBy,
  SignBlobError,
  signBlobRetries,
  type CallSignBlob,
} from "./signing/sign-blob.ts";
export { endpointFor, parseSigningKey, signerFor } from "./signing/signer.ts";
export { cleanUp, removeLeftovers } from "./jobs/clean-up.ts";
export type { Consumer } from "./queue/consumer.ts";
export { takeDeadLetter } from "./queue/dead-letters.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export { abortMultipart, completeMultipart, signParts, startMultipart } from "./uploads/multipart.ts";
export { apiDocument } from "./http/api-document.ts";
export { remindersIn } from "./queue/reminders.ts";
export { startUploads } from "./uploads/uploads.ts";
export { slotsIn } from "./stores/slots.ts";
export { freeSlot, sweepSlots, takeSlot } from "./slots/slots.ts";
export { inputsIn } from "./stores/input-index.ts";
export { objectsIn, openBucket, recordsIn } from "./stores/storage.ts";
