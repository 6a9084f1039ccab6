export type {
  MpegFlowPlatformArgs,
  PlatformAudit,
  PlatformCluster,
  PlatformEncoders,
  PlatformEncryption,
  PlatformImages,
  PlatformUploads,
} from "./arguments.ts";
export { MpegFlowPlatform } from "./platform.ts";
