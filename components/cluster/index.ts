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
} from "./encoder-cluster-args.ts";
export type { EncoderClusterResources, KedaResources } from "./cluster-resources.ts";
export { EncoderCluster } from "./encoder-cluster.ts";
export type { ServiceAccountName } from "./keda-values.ts";
export { Keda, type KedaArgs } from "./keda.ts";
export { POOL_KEY } from "./pool-labels.ts";
