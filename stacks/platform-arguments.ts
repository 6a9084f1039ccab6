import type * as pulumi from "@pulumi/pulumi";
import {
  AccessPattern,
  type MediaBucketArgs,
  type MpegFlowPlatformArgs,
  type PlatformStorage,
} from "../components/index.ts";
import type { ArchiveMigrationArgs } from "../components/migration/archive-migration-args.ts";
import { bucketArguments } from "../components/platform/component-arguments.ts";
import type { ArchiveConfig, PlatformConfig, StackConfig } from "./config.ts";

/** The platform's arguments from a stack's configuration; clusters' providers and images are the program's to make. */
export function platformArguments(config: PlatformConfig): Omit<MpegFlowPlatformArgs, "clusters" | "images"> {
  const { worker } = config;
  return {
    placement: config.placement,
    projectId: config.projectId,
    disposable: config.disposable,
    encoders: {
      ...(config.workerReplicas !== undefined && { replicas: config.workerReplicas }),
      ...(worker && { resources: { cpu: worker.cpu, memory: worker.memory } }),
      ...(worker?.scratch !== undefined && { scratch: worker.scratch }),
      ...(worker?.scratchStorageClass !== undefined && { scratchStorageClass: worker.scratchStorageClass }),
      ...(worker?.input && { input: worker.input }),
      ...(worker?.paceShare !== undefined && { paceShare: worker.paceShare }),
      ...(worker?.isolation && { isolation: worker.isolation }),
      ...(config.scaling && { scaling: config.scaling }),
      ...(config.profiles && { profiles: config.profiles }),
      ...(config.workerPlacement && { placement: config.workerPlacement }),
    },
    ...(config.ownClusters && { ownClusters: config.ownClusters }),
    ...(config.keda && { keda: config.keda }),
    ...(config.clients && { clients: config.clients }),
    ...(config.inputPrefixes && { inputPrefixes: config.inputPrefixes }),
    ...(config.outputPrefixes && { outputPrefixes: config.outputPrefixes }),
    ...(config.projectNumber !== undefined && { projectNumber: config.projectNumber }),
    ...(config.bucketName !== undefined && { bucketName: config.bucketName }),
    ...(config.coordinatorReplicas !== undefined && { coordinatorReplicas: config.coordinatorReplicas }),
    ...(config.leaseSeconds !== undefined && { leaseSeconds: config.leaseSeconds }),
    ...(config.urlTtlSeconds !== undefined && { urlTtlSeconds: config.urlTtlSeconds }),
    ...(config.maxAttempts !== undefined && { maxAttempts: config.maxAttempts }),
    ...(config.backlog !== undefined && { backlog: config.backlog }),
    ...(config.coordinatorTls && { coordinatorTls: config.coordinatorTls }),
    ...(config.signer && { signer: config.signer }),
    separateSigners: config.separateSigners,
    ...(config.hmacKeys && { hmacKeys: config.hmacKeys }),
    ...(config.activeHmacKey !== undefined && { activeKey: config.activeHmacKey }),
    ...(config.webhooks && { webhooks: config.webhooks }),
    ...(config.history && { history: config.history }),
    ...(config.uploads && { uploads: config.uploads }),
    ...(config.encryption && { encryption: config.encryption }),
    ...(config.audit && { audit: config.audit }),
    ...(config.delivery && { delivery: config.delivery }),
    ...storageArguments(config),
    ...(config.labels && { labels: config.labels }),
  };
}

/** The arguments of an archive's bucket: whoever moves media there is the only writer. */
export function archiveArguments(config: ArchiveConfig): MediaBucketArgs {
  return {
    placement: config.placement,
    accessPattern: AccessPattern.SingleWriter,
    projectId: config.projectId,
    disposable: config.disposable,
    ...(config.bucketName !== undefined && { bucketName: config.bucketName }),
    ...(config.projectNumber !== undefined && { projectNumber: config.projectNumber }),
    ...storageArguments(config),
    ...(config.retention && { retention: config.retention }),
    ...(config.defaultEventBasedHold !== undefined && {
      defaultEventBasedHold: config.defaultEventBasedHold,
    }),
    ...(config.labels && { labels: config.labels }),
  };
}

/** The arguments of the bucket that a stack of any kind has. */
export function stackBucketArguments(config: StackConfig): MediaBucketArgs {
  if (config.kind === "archive") return archiveArguments(config);
  return bucketArguments({ ...platformArguments(config), clusters: config.clusters });
}

/** What the bucket of a stack of any kind can be told. */
function storageArguments(config: StackConfig): PlatformStorage {
  const { softDeleteRetentionSeconds, versioning, objectRetention } = config;
  return {
    ...(config.archive && { archive: { steps: config.archive } }),
    ...(config.autoclass && { autoclass: config.autoclass }),
    ...(softDeleteRetentionSeconds !== undefined && { softDeleteRetentionSeconds }),
    ...(versioning !== undefined && { versioning }),
    ...(config.temporaryPrefixes && { temporaryPrefixes: config.temporaryPrefixes }),
    ...(objectRetention !== undefined && { objectRetention }),
    ...(config.cors && { cors: config.cors }),
    ...(config.ipFilter && { ipFilter: config.ipFilter }),
    ...(config.accessLogs && { accessLogs: config.accessLogs }),
    ...(config.iamMembers && { iamMembers: config.iamMembers }),
  };
}

/**
 * The arguments of an archive's migration, where it has one.
 *
 * @param bucketName where the media goes
 */
export function migrationArguments(
  { projectId, projectNumber, migration }: ArchiveConfig,
  bucketName: pulumi.Input<string>,
): ArchiveMigrationArgs | undefined {
  if (migration === undefined) return undefined;
  return {
    projectId,
    ...(projectNumber !== undefined && { projectNumber }),
    ...migration,
    sink: { ...migration.sink, bucketName },
  };
}
