import { AccessPattern } from "../placement/index.ts";
import { DeliveryAccess, type CdnDeliveryArgs } from "../delivery/index.ts";
import type { MediaBucketArgs } from "../storage/index.ts";
import { mostEncoders } from "../workloads/scaling.ts";
import type { MpegFlowPlatformArgs, PlatformDelivery, PlatformStorage } from "./platform-args.ts";

/** What of the arguments the parts are made of; providers are the program's to make. */
export type PlainArguments = Omit<MpegFlowPlatformArgs, "clusters" | "images"> & {
  readonly clusters: readonly unknown[];
};

/** Workers of all regions that there can be at once: they share the bucket's request rates. */
export const workersOf = ({ encoders, clusters }: Pick<PlainArguments, "encoders" | "clusters">): number =>
  clusters.length * mostEncoders(encoders ?? {});

/** Name of the platform's {@link BrokerIdentity}; the signer's account id is made of it. */
export function brokerName(name: string): string {
  return `${name}-broker`;
}

/** Name of the platform's {@link AuditTrail}. */
export function auditName(name: string): string {
  return `${name}-audit`;
}

/** The arguments of the platform's bucket. */
export function bucketArguments(args: PlainArguments): MediaBucketArgs {
  return {
    placement: args.placement,
    projectId: args.projectId,
    accessPattern: args.clusters.length === 2 ? AccessPattern.ActiveActive : AccessPattern.SingleWriter,
    ...storageOf(args),
    ...(args.bucketName !== undefined && { bucketName: args.bucketName }),
    ...(args.labels && { labels: args.labels }),
    ...(args.disposable !== undefined && { disposable: args.disposable }),
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

/** The arguments that are the bucket's own, as they are given. */
const storageOf = (args: PlatformStorage): PlatformStorage =>
  Object.fromEntries(STORAGE.flatMap((key) => (args[key] === undefined ? [] : [[key, args[key]]])));

/** The arguments of the platform's delivery, but for what only other parts know. */
export function deliveryArguments(
  args: PlainArguments,
  delivery: PlatformDelivery,
): Omit<CdnDeliveryArgs, "projectNumber" | "bucket"> {
  const signed = delivery.access !== DeliveryAccess.Everyone;
  return {
    projectId: args.projectId,
    ...(signed && { regions: args.placement.regions }),
    ...delivery,
    ...(args.labels && { labels: args.labels }),
    ...(args.disposable !== undefined && { disposable: args.disposable }),
  };
}
