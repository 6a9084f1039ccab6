import { AccessPattern, type MediaBucketArgs, type MpegFlowPlatformArgs } from "../components/index.ts";
import { bucketArguments } from "../components/platform/parts.ts";
import type { ArchiveConfig, PlatformConfig, StackConfig } from "./config.ts";

/** The platform's arguments from a stack's configuration; the clusters' providers are the program's to make. */
export function platformArguments(config: PlatformConfig): Omit<MpegFlowPlatformArgs, "clusters"> {
  const { worker } = config;
  return {
    placement: config.placement,
    projectId: config.projectId,
    images: config.images,
    disposable: config.disposable,
    encoders: {
      ...(config.workerReplicas !== undefined && { replicas: config.workerReplicas }),
      ...(worker && { resources: { cpu: worker.cpu, memory: worker.memory } }),
      ...(worker?.scratch !== undefined && { scratch: worker.scratch }),
    },
    ...(config.projectNumber !== undefined && { projectNumber: config.projectNumber }),
    ...(config.bucketName !== undefined && { bucketName: config.bucketName }),
    ...(config.coordinatorReplicas !== undefined && { coordinatorReplicas: config.coordinatorReplicas }),
    ...(config.leaseSeconds !== undefined && { leaseSeconds: config.leaseSeconds }),
    ...(config.urlTtlSeconds !== undefined && { urlTtlSeconds: config.urlTtlSeconds }),
    ...(config.maxAttempts !== undefined && { maxAttempts: config.maxAttempts }),
    ...(config.backlog !== undefined && { backlog: config.backlog }),
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
    ...ladder(config),
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
    ...ladder(config),
    ...(config.labels && { labels: config.labels }),
  };
}

/** The arguments of the bucket that a stack of any kind has. */
export function stackBucketArguments(config: StackConfig): MediaBucketArgs {
  if (config.kind === "archive") return archiveArguments(config);
  return bucketArguments({ ...platformArguments(config), clusters: config.clusters });
}

function ladder({ archive }: StackConfig): Pick<MediaBucketArgs, "archive"> {
  if (archive === undefined) return {};
  return {
    archive: {
      steps: archive.map(({ prefixes, ...step }) => ({ ...step, ...(prefixes && { prefixes }) })),
    },
  };
}
