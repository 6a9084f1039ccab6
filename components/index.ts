export {
  AccessPattern,
  checkPlacement,
  dualRegion,
  formatPlacement,
  InvalidPlacement,
  multiRegion,
  parsePlacement,
  PlacementKind,
  predefined,
  region,
  Rpo,
  type Placement,
  type PlacementText,
  type PlacementToCheck,
  type PlacementVerdict,
} from "./placement/index.ts";
export { InvalidArguments, type Problem } from "./validation/index.ts";
export {
  ArchiveClass,
  ArchiveClock,
  archivePresets,
  CustomerSuppliedEncryption,
  MediaBucket,
  type ArchiveLadder,
  type ArchiveStep,
  type MediaBucketArgs,
  type TemporaryPrefix,
} from "./storage/index.ts";
export {
  customerSuppliedKeyProblems,
  EncryptedService,
  Encryption,
  KeyProtectionLevel,
  keyRingLocation,
  type CustomerSuppliedKeyUse,
  type EncryptionArgs,
} from "./encryption/index.ts";
export {
  BrokerIdentity,
  HmacKeyState,
  kubernetesPrincipal,
  SignerKind,
  type BrokerHmacKey,
  type BrokerIdentityArgs,
  type KubernetesPrincipalArgs,
} from "./identity/index.ts";
export {
  ClusterMode,
  EncoderCluster,
  POOL_KEY,
  ReleaseChannel,
  type ClusterBackup,
  type EncoderClusterArgs,
  type EncoderGpu,
  type EncoderNodePool,
  type ImageRepository,
  type MaintenanceWindow,
  type SystemNodePool,
} from "./cluster/index.ts";
export {
  GoogleApis,
  Network,
  type NetworkArgs,
  type NetworkRegion,
  type NetworkSubnet,
} from "./network/index.ts";
export {
  JobMessaging,
  type JobMessagingArgs,
  type MessageRetention,
  type RetryPolicy,
} from "./events/index.ts";
export {
  Coordinator,
  EncoderPool,
  RESTRICTED_NAMESPACE_LABELS,
  type ContainerResources,
  type CoordinatorArgs,
  type EncoderPoolArgs,
} from "./workloads/index.ts";
export {
  MpegFlowPlatform,
  type MpegFlowPlatformArgs,
  type PlatformCluster,
  type PlatformEncoders,
  type PlatformImages,
} from "./platform.ts";
