export { Coordinator, COORDINATOR_SERVICE_ACCOUNT, type CoordinatorArgs } from "./coordinator.ts";
export { EncoderPool, type EncoderPoolArgs } from "./encoder-pool.ts";
export { RESTRICTED_NAMESPACE_LABELS } from "./pod-security.ts";
export type { ContainerResources } from "./resources.ts";
export type { UploadJobs } from "./upload-jobs.ts";
