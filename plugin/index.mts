// .mts, because Pulumi registers an old ts-node for .ts before it requires a plugin, and that knows no ES modules.
/**
 * The components for programs in other languages: `pulumi package add <this directory>` makes an SDK from their types.
 * `MpegFlowPlatform` is not among them yet: one of its arguments has a type that Pulumi's analyzer does not take.
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
