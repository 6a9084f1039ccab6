export type {
  MpegFlowPlatformArgs,
  PlatformAudit,
  PlatformDelivery,
  PlatformEncryption,
  PlatformImages,
  PlatformLogKey,
  PlatformSecretKeys,
  PlatformStorage,
  PlatformUploads,
} from "./platform-args.ts";
export type { MpegFlowPlatformResources, PlatformRegionResources } from "./platform-resources.ts";
export { MpegFlowPlatform } from "./platform.ts";
export type {
  PlatformCluster,
  PlatformClusterBackup,
  PlatformEgress,
  PlatformEncoders,
  PlatformKeda,
  PlatformNetwork,
  PlatformOwnClusters,
} from "./cluster-arguments.ts";
