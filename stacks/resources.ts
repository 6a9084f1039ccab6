import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import { MediaBucket, MpegFlowPlatform, type MpegFlowPlatformArgs } from "../components/index.ts";
import type { ArchiveConfig, PlatformConfig, StackConfig } from "./config.ts";
import { archiveArguments, migrationArguments, platformArguments } from "./platform-arguments.ts";
import { withoutUndefined } from "../components/properties/without-undefined.ts";

/** Sources of the images: the project's root, as seen from this program. */
const SOURCE = "..";

/**
 * Declares everything that a stack's configuration asks for, in the program that calls it.
 *
 * @returns the stack's outputs
 * @throws {InvalidArguments} where the components refuse the configuration
 */
export async function stackResources(config: StackConfig): Promise<Readonly<Record<string, unknown>>> {
  const [region] = config.placement.regions;
  const google = new gcp.Provider("google", {
    project: config.projectId,
    ...withoutUndefined({ region }),
  });
  return config.kind === "platform" ? platform(config, google) : archive(config, google);
}

async function platform(config: PlatformConfig, google: gcp.Provider) {
  const images = await imagesOf(config, google);
  const {
    bucketName,
    jobsTopic,
    jobsSubscription,
    jobEventsTopic,
    jobEventsSubscription,
    jobsDeadLetterTopic,
    jobsDeadLetterSubscription,
    signerEmail,
    readSignerEmail,
    signerSecretVersion,
    coordinatorServices,
    coordinatorUrls,
    coordinatorCaCertificates,
    clusterNames,
    kubeconfigs,
    kmsKeyName,
    auditLogBucket,
    deliveryUrl,
    deliveryDnsRecords,
  } = new MpegFlowPlatform(
    config.name,
    {
      ...platformArguments(config),
      ...images,
      clusters: config.clusters.map(({ region, context, apiServerRange }) => ({
        region,
        ...withoutUndefined({ apiServerRange }),
        // The context names the cluster: without the identifier, another one would not be noticed.
        ...(context !== undefined && {
          provider: new kubernetes.Provider(region, { context, clusterIdentifier: context }),
        }),
      })),
    },
    { providers: [google] },
  );
  return {
    projectId: config.projectId,
    bucketName,
    jobsTopic,
    jobsSubscription,
    jobEventsTopic,
    jobEventsSubscription,
    jobsDeadLetterTopic,
    jobsDeadLetterSubscription,
    signerEmail,
    readSignerEmail,
    ...(signerSecretVersion && { signerSecretVersion }),
    coordinatorServices,
    coordinatorUrls,
    coordinatorCaCertificates,
    ...(config.ownClusters && { clusterNames, kubeconfigs }),
    ...(kmsKeyName && { kmsKeyName }),
    ...(auditLogBucket && { auditLogBucket }),
    ...(deliveryUrl && { deliveryUrl, deliveryDnsRecords }),
  };
}

/** Images as they are given, or built, and what else of the platform's arguments that changes. */
async function imagesOf(
  config: PlatformConfig,
  google: gcp.Provider,
): Promise<Pick<MpegFlowPlatformArgs, "images" | "ownClusters" | "keda">> {
  const { buildImages, ownClusters, keda } = config;
  if (buildImages === undefined) {
    // One of the two is there: the configuration was checked.
    return { images: config.images ?? { coordinator: "", worker: "" } };
  }
  // Docker's provider may not be installed: only a program that builds loads it.
  const { Images, mirrorRegistryOf } = await import("../components/images/index.ts");
  const args = {
    projectId: config.projectId,
    source: SOURCE,
    disposable: config.disposable,
    ...buildImages,
    ...withoutUndefined({ labels: config.labels }),
  };
  const name = `${config.name}-images`;
  const { coordinator, worker, repositoryId, mirrorRepositoryId } = new Images(name, args, {
    providers: [google],
  });
  const { location } = buildImages;
  const repositories = [repositoryId, ...(mirrorRepositoryId ? [mirrorRepositoryId] : [])];
  return {
    images: { coordinator, worker },
    ...(ownClusters && {
      ownClusters: {
        ...ownClusters,
        imageRepositories: [
          ...(ownClusters.imageRepositories ?? []),
          ...repositories.map((repository) => ({ location, repository })),
        ],
      },
    }),
    ...(mirrorRepositoryId && { keda: { imageRegistry: mirrorRegistryOf(name, args), ...keda } }),
  };
}

async function archive(config: ArchiveConfig, google: gcp.Provider) {
  const options = { providers: [google] };
  const { bucketName, url, location } = new MediaBucket(config.name, archiveArguments(config), options);
  const migration = migrationArguments(config, bucketName);
  const outputs = { projectId: config.projectId, bucketName, url, location };
  if (migration === undefined) return outputs;
  // Amazon's provider is large, and may not be installed: only a program that needs it loads it.
  const { ArchiveMigration } = await import("../components/migration/index.ts");
  const { jobNames, followJobName, roleArn, awsTrustPolicy, awsPermissions } = new ArchiveMigration(
    `${config.name}-migration`,
    migration,
    options,
  );
  return {
    ...outputs,
    migrationJobNames: jobNames,
    migrationFollowJobName: followJobName,
    migrationRoleArn: roleArn,
    awsTrustPolicy,
    awsPermissions,
  };
}
