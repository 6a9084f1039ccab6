export type {
  MpegFlowPlatformArgs,
  PlatformAudit,
  PlatformCluster,
  PlatformDelivery,
  PlatformEncoders,
  PlatformEncryption,
  PlatformImages,
  PlatformLogKey,
  PlatformSecretKeys,
  PlatformStorage,
  PlatformUploads,
} from "./arguments.ts";
export { MpegFlowPlatform } from "./platform.ts";
