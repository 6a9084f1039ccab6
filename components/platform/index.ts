export type {
  MpegFlowPlatformArgs,
  PlatformAudit,
  PlatformCluster,
  PlatformDelivery,
  PlatformEncoders,
  PlatformEncryption,
  PlatformImages,
  PlatformUploads,
} from "./arguments.ts";
export { MpegFlowPlatform } from "./platform.ts";
