export {
  ClusterMode,
  ReleaseChannel,
  type ClusterBackup,
  type EncoderClusterArgs,
  type EncoderGpu,
  type EncoderNodePool,
  type ImageRepository,
  type MaintenanceWindow,
  type SystemNodePool,
} from "./arguments.ts";
export { EncoderCluster } from "./encoder-cluster.ts";
export { POOL_KEY } from "./node-pools.ts";
