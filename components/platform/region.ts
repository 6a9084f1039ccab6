import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { JobMessaging } from "../events/index.ts";
import { SignerKind, type BrokerIdentity } from "../identity/index.ts";
import { signBlobShare, type CoordinatorSignerArgs } from "../workloads/coordinator-signer.ts";
import { Coordinator, EncoderPool, RESTRICTED_NAMESPACE_LABELS } from "../workloads/index.ts";
import { LIMITS } from "../workloads/limits.ts";
import { DEFAULT_NAMESPACE, type MpegFlowPlatformArgs, type PlatformCluster } from "./arguments.ts";

/** What all regions share. */
interface Shared {
  readonly bucketName: pulumi.Output<string>;
  readonly messaging: JobMessaging;
  readonly broker: BrokerIdentity;
  readonly dependsOn: pulumi.Resource[];
}

/** A coordinator and its encoders in one cluster, each in a namespace of its own. */
export function regionalWorkloads(
  name: string,
  args: MpegFlowPlatformArgs,
  { region, provider }: PlatformCluster,
  { bucketName, messaging, broker, dependsOn }: Shared,
  parent: pulumi.Resource,
): Coordinator {
  const inCluster = { parent, provider };
  const namespace = args.namespace ?? DEFAULT_NAMESPACE;
  const namespaceOf = (suffix: string, namespaceName: string) =>
    new kubernetes.core.v1.Namespace(
      `${name}-${region}${suffix}`,
      { metadata: { name: namespaceName, labels: { ...RESTRICTED_NAMESPACE_LABELS } } },
      inCluster,
    ).metadata.name;
  const coordinator = new Coordinator(
    `${name}-${region}-coordinator`,
    {
      region,
      namespace: namespaceOf("", namespace),
      image: args.images.coordinator,
      projectId: args.projectId,
      bucket: bucketName,
      jobsTopic: messaging.jobsTopic,
      jobsSubscription: messaging.jobsSubscription,
      jobEventsTopic: messaging.jobEventsTopic,
      ...signerOf(args, broker),
      leaseSecretVersion: broker.leaseSecretVersion,
      ...(args.uploads &&
        messaging.uploadsSubscription && {
          uploads: { ...args.uploads, subscription: messaging.uploadsSubscription },
        }),
      ...(args.leaseSeconds !== undefined && { leaseSeconds: args.leaseSeconds }),
      ...(args.urlTtlSeconds !== undefined && { urlTtlSeconds: args.urlTtlSeconds }),
      ...(args.maxAttempts !== undefined && { maxAttempts: args.maxAttempts }),
      ...(args.backlog !== undefined && { backlog: args.backlog }),
      ...(args.coordinatorReplicas !== undefined && { replicas: args.coordinatorReplicas }),
    },
    { ...inCluster, dependsOn },
  );
  new EncoderPool(
    `${name}-${region}-encoders`,
    {
      region,
      namespace: namespaceOf("-encoders", `${namespace}-encoders`),
      image: args.images.worker,
      coordinatorUrl: coordinator.url,
      ...args.encoders,
    },
    inCluster,
  );
  return coordinator;
}

/** What the coordinators need to know of the signer. */
function signerOf(args: MpegFlowPlatformArgs, broker: BrokerIdentity): CoordinatorSignerArgs {
  const separate = args.separateSigners === true;
  if (broker.signerSecretVersion === undefined) {
    return {
      signer: SignerKind.SignBlob,
      signerEmail: broker.signerEmail,
      ...(separate && { readSignerEmail: broker.readSignerEmail }),
      signBlobPerSecond: signBlobShare(
        args.clusters.length,
        args.coordinatorReplicas ?? LIMITS.coordinatorReplicas.default,
      ),
    };
  }
  return {
    signer: SignerKind.Hmac,
    signerSecretVersion: broker.signerSecretVersion,
    ...(separate &&
      broker.readSignerSecretVersion && { readSignerSecretVersion: broker.readSignerSecretVersion }),
  };
}
