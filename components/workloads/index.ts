export { COORDINATOR_AUDIENCE, COORDINATOR_SERVICE_ACCOUNT } from "./accounts.ts";
export type {
  ClientAccess,
  CoordinatorArgs,
  CoordinatorClients,
  WorkloadAccount,
} from "./coordinator-args.ts";
export type { CoordinatorAuthorityResources, CoordinatorResources } from "./coordinator-resources.ts";
export { Coordinator } from "./coordinator.ts";
export type { CertManagerIssuer, CoordinatorTls } from "./coordinator-tls-args.ts";
export type { GoogleCredentials, SecretVariable } from "./credentials.ts";
export type { EncoderPlacement, EncoderPoolArgs, Toleration } from "./encoder-pool-args.ts";
export type {
  EncoderPolicyResources,
  EncoderPoolResources,
  QueueAccessResources,
  QueueTrustResources,
} from "./encoder-pool-resources.ts";
export { EncoderPool } from "./encoder-pool.ts";
export { EncoderInput } from "./encoder-input.ts";
export { EncoderIsolation } from "./encoder-isolation.ts";
export { RESTRICTED_NAMESPACE_LABELS } from "../kubernetes/pod-security.ts";
export type { ContainerResources } from "../kubernetes/resources.ts";
export { EncoderScalingKind, isScaled, type EncoderScaling } from "./scaling.ts";
export type { UploadJobs } from "./upload-jobs.ts";
