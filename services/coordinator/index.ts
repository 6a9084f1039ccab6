/** The coordinator as a library: what tests and tools start or drive. */
export * from "./auth/index.ts";
export { type Backlog, type BacklogOptions, startBacklog } from "./backlog.ts";
export { claimNext } from "./claim.ts";
export { type Config, ConfigError, readConfig } from "./config.ts";
export { type Coordinator, startCoordinator } from "./coordinator.ts";
export { submit, lookUp } from "./jobs.ts";
export { complete, fail, heartbeat, release, urls } from "./leases.ts";
export { loadKeys, type Keys } from "./keys.ts";
export { limiter, type Limiter } from "./limiter.ts";
export { createLog } from "./log.ts";
export * from "./ports.ts";
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
export { startUploads, type Uploads } from "./uploads.ts";
export { objectsIn, openBucket, recordsIn } from "./storage.ts";
