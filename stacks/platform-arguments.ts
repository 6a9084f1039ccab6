import type { MpegFlowPlatformArgs } from "../components/index.ts";
import type { StackConfig } from "./config.ts";

/** The platform's arguments from a stack's configuration; the clusters' providers are the program's to make. */
export function platformArguments(config: StackConfig): Omit<MpegFlowPlatformArgs, "clusters"> {
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
    ...(config.hmacKeys && { hmacKeys: config.hmacKeys }),
    ...(config.activeHmacKey !== undefined && { activeKey: config.activeHmacKey }),
    ...(config.archive && {
      archive: {
        steps: config.archive.map(({ prefixes, ...step }) => ({ ...step, ...(prefixes && { prefixes }) })),
      },
    }),
    ...(config.labels && { labels: config.labels }),
  };
}
