import { AccessPattern } from "../placement/index.ts";
import { DeliveryAccess, type CdnDeliveryArgs } from "../delivery/index.ts";
import type { EncryptionArgs } from "../encryption/index.ts";
import type { MediaBucketArgs } from "../storage/index.ts";
import type { MpegFlowPlatformArgs, PlatformDelivery } from "./arguments.ts";

/** What of the arguments the parts are made of; providers are the program's to make. */
export type PlainArguments = Omit<MpegFlowPlatformArgs, "clusters"> & {
  readonly clusters: readonly unknown[];
};

/** Name of the platform's {@link BrokerIdentity}; the signer's account id is made of it. */
export function brokerName(name: string): string {
  return `${name}-broker`;
}

/** Name of the platform's {@link Encryption}. */
export function keyName(name: string): string {
  return `${name}-key`;
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
    ...(args.archive && { archive: args.archive }),
    ...(args.bucketName !== undefined && { bucketName: args.bucketName }),
    ...(args.labels && { labels: args.labels }),
    ...(args.disposable !== undefined && { disposable: args.disposable }),
  };
}

/** The arguments of the platform's key. */
export function encryptionArguments(args: PlainArguments): EncryptionArgs {
  return {
    placement: args.placement,
    projectId: args.projectId,
    ...(args.projectNumber !== undefined && { projectNumber: args.projectNumber }),
    ...args.encryption,
    ...(args.labels && args.encryption?.existingKeyName === undefined && { labels: args.labels }),
    ...(args.disposable !== undefined && { disposable: args.disposable }),
  };
}

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
