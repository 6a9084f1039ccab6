export type {
  MpegFlowPlatformArgs,
  PlatformCluster,
  PlatformEncoders,
  PlatformEncryption,
  PlatformImages,
} from "./arguments.ts";
export { MpegFlowPlatform } from "./platform.ts";
