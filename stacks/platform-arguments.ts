import type * as pulumi from "@pulumi/pulumi";
import {
  type MediaBucketArgs,
  type MpegFlowPlatformArgs,
  type PlatformStorage,
} from "../components/index.ts";
import type { ArchiveMigrationArgs } from "../components/migration/archive-migration-args.ts";
import { bucketArguments } from "../components/platform/component-arguments.ts";
import type { ArchiveConfig, PlatformConfig, StackConfig } from "./config.ts";
import { withoutUndefined } from "../components/properties/without-undefined.ts";

/** The platform's arguments from a stack's configuration; clusters' providers and images are the program's to make. */
export function platformArguments(config: PlatformConfig): Omit<MpegFlowPlatformArgs, "clusters" | "images"> {
  const { worker } = config;
  return {
    placement: config.placement,
    projectId: config.projectId,
    disposable: config.disposable,
    encoders: {
      ...withoutUndefined({ replicas: config.workerReplicas }),
      ...(worker && { resources: { cpu: worker.cpu, memory: worker.memory } }),
      ...withoutUndefined({
        scratch: worker?.scratch,
        scratchStorageClass: worker?.scratchStorageClass,
        input: worker?.input,
        paceShare: worker?.paceShare,
        isolation: worker?.isolation,
        scaling: config.scaling,
        profiles: config.profiles,
        placement: config.workerPlacement,
      }),
    },
    ...withoutUndefined({
      ownClusters: config.ownClusters,
      egress: config.egress,
      keda: config.keda,
      clients: config.clients,
      inputPrefixes: config.inputPrefixes,
      outputPrefixes: config.outputPrefixes,
      projectNumber: config.projectNumber,
      bucketName: config.bucketName,
      coordinatorReplicas: config.coordinatorReplicas,
      leaseSeconds: config.leaseSeconds,
      urlTtlSeconds: config.urlTtlSeconds,
      maxAttempts: config.maxAttempts,
      backlog: config.backlog,
      coordinatorTls: config.coordinatorTls,
      signer: config.signer,
    }),
    separateSigners: config.separateSigners,
    ...withoutUndefined({
      hmacKeys: config.hmacKeys,
      activeKey: config.activeHmacKey,
      webhooks: config.webhooks,
      history: config.history,
      uploads: config.uploads,
      encryption: config.encryption,
      audit: config.audit,
      delivery: config.delivery,
    }),
    ...storageArguments(config),
    ...withoutUndefined({ labels: config.labels }),
  };
}

/** The arguments of an archive's bucket: whoever moves media there is the only writer. */
export function archiveArguments(config: ArchiveConfig): MediaBucketArgs {
  return {
    placement: config.placement,
    projectId: config.projectId,
    disposable: config.disposable,
    ...withoutUndefined({ bucketName: config.bucketName, projectNumber: config.projectNumber }),
    ...storageArguments(config),
    ...withoutUndefined({
      retention: config.retention,
      defaultEventBasedHold: config.defaultEventBasedHold,
      labels: config.labels,
    }),
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
    ...withoutUndefined({
      autoclass: config.autoclass,
      softDeleteRetentionSeconds,
      versioning,
      temporaryPrefixes: config.temporaryPrefixes,
      objectRetention,
      cors: config.cors,
      ipFilter: config.ipFilter,
      accessLogs: config.accessLogs,
      iamMembers: config.iamMembers,
    }),
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
    ...withoutUndefined({ projectNumber }),
    ...migration,
    sink: { ...migration.sink, bucketName },
  };
}
