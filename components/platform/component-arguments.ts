import { AccessPattern } from "../placement/index.ts";
import { DeliveryAccess, type CdnDeliveryArgs } from "../delivery/index.ts";
import type { MediaBucketArgs } from "../storage/index.ts";
import { mostEncoders } from "../workloads/scaling.ts";
import type { MpegFlowPlatformArgs, PlatformDelivery, PlatformStorage } from "./platform-args.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** The platform's arguments without providers and images: all that the arguments of its components are derived from. */
export type ComponentArguments = Omit<MpegFlowPlatformArgs, "clusters" | "images"> & {
  readonly clusters: readonly unknown[];
};

/** The largest number of workers in all regions. They share the bucket's request rate. */
export const maxWorkers = ({
  encoders,
  clusters,
}: Pick<ComponentArguments, "encoders" | "clusters">): number =>
  clusters.length * mostEncoders(encoders ?? {});

/** Name of the platform's {@link BrokerIdentity}; the signer's account id is derived from it. */
export function brokerName(name: string): string {
  return `${name}-broker`;
}

/** Name of the platform's {@link AuditTrail}. */
export function auditName(name: string): string {
  return `${name}-audit`;
}

/** The arguments of the platform's bucket. */
export function bucketArguments(args: ComponentArguments): MediaBucketArgs {
  return {
    placement: args.placement,
    projectId: args.projectId,
    accessPattern: args.clusters.length === 2 ? AccessPattern.ActiveActive : AccessPattern.SingleWriter,
    ...storageOf(args),
    ...withoutUndefined({ bucketName: args.bucketName, labels: args.labels, disposable: args.disposable }),
  };
}

const STORAGE = [
  "archive",
  "autoclass",
  "softDeleteRetentionSeconds",
  "versioning",
  "temporaryPrefixes",
  "objectRetention",
  "cors",
  "ipFilter",
  "accessLogs",
  "iamMembers",
] as const satisfies (keyof PlatformStorage)[];

/** The bucket's own arguments, unchanged. */
const storageOf = (args: PlatformStorage): PlatformStorage =>
  Object.fromEntries(STORAGE.flatMap((key) => (args[key] === undefined ? [] : [[key, args[key]]])));

/** The arguments of the platform's CDN delivery, except those that come from other components. */
export function deliveryArguments(
  args: ComponentArguments,
  delivery: PlatformDelivery,
): Omit<CdnDeliveryArgs, "projectNumber" | "bucket"> {
  const signed = delivery.access !== DeliveryAccess.Everyone;
  return {
    projectId: args.projectId,
    ...(signed && { regions: args.placement.regions }),
    ...delivery,
    ...withoutUndefined({ labels: args.labels, disposable: args.disposable }),
  };
}
