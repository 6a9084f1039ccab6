/**
 * The components for programs in other languages: `pulumi package add <this directory>` makes an SDK from their types.
 *
 * Not among them: `MpegFlowPlatform`, whose clusters are Kubernetes providers of the program, which no schema can hold, and whose
 * arguments are parts of other components' (`Pick`), which Pulumi's analyzer does not read; `Images`, which needs Docker where the plugin
 * runs; and what needs Amazon's provider.
 */
export {
  AuditTrail,
  BrokerIdentity,
  CdnDelivery,
  Coordinator,
  EncoderCluster,
  EncoderPool,
  Encryption,
  JobMessaging,
  Keda,
  MediaBucket,
  Network,
} from "../components/index.ts";
