import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Keda, POOL_KEY } from "../cluster/index.ts";
import { SYSTEM_POOL } from "../cluster/node-pools.ts";
import type { JobMessaging } from "../events/index.ts";
import { SignerKind, type BrokerIdentity } from "../identity/index.ts";
import { signBlobShare, type CoordinatorSignerArgs } from "../workloads/coordinator-signer.ts";
import type { PlatformRegionResources } from "./platform-resources.ts";
import { Coordinator, EncoderPool, isScaled, RESTRICTED_NAMESPACE_LABELS } from "../workloads/index.ts";
import { evenPaceShare } from "../workloads/encoder-transfers.ts";
import { LIMITS } from "../workloads/limits.ts";
import { mostEncoders } from "../workloads/scaling.ts";
import { maxWorkers } from "./component-arguments.ts";
import { DEFAULT_NAMESPACE, type MpegFlowPlatformArgs } from "./platform-args.ts";
import { scratchOf } from "./capacity.ts";
import { encoderPlacement, hasSystemPool, type ReadyCluster } from "./clusters.ts";
import { coordinatorEgress, encoderEgress } from "./egress.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Resources and arguments shared by all regions. */
interface Shared {
  readonly bucketName: pulumi.Output<string>;
  readonly messaging: JobMessaging;
  readonly broker: BrokerIdentity;
  readonly dependsOn: pulumi.Resource[];
}

/** A coordinator and its encoders in one cluster, each in its own namespace, with their scaling. */
export function regionalWorkloads(
  name: string,
  args: MpegFlowPlatformArgs,
  cluster: ReadyCluster,
  { bucketName, messaging, broker, dependsOn }: Shared,
  parent: pulumi.Resource,
): PlatformRegionResources {
  const { region } = cluster;
  const inCluster = { parent, provider: cluster.provider };
  const names = namespaceNames(args);
  const namespaceOf = (suffix: string, namespaceName: string) =>
    new kubernetes.core.v1.Namespace(
      `${name}-${region}${suffix}`,
      { metadata: { name: namespaceName, labels: { ...RESTRICTED_NAMESPACE_LABELS } } },
      inCluster,
    );
  const namespace = namespaceOf("", names.coordinators);
  const encoderNamespace = namespaceOf("-encoders", names.encoders);
  const keda = kedaOf(name, args, cluster, [namespace, encoderNamespace], parent);
  const priorities = prioritiesOf(name, args, cluster, parent);
  const coordinator = new Coordinator(
    `${name}-${region}-coordinator`,
    {
      region,
      namespace: namespace.metadata.name,
      encoderNamespace: encoderNamespace.metadata.name,
      image: args.images.coordinator,
      projectId: args.projectId,
      bucket: bucketName,
      jobsTopic: messaging.jobsTopic,
      jobsSubscription: messaging.jobsSubscription,
      jobEventsTopic: messaging.jobEventsTopic,
      deadLetterSubscription: messaging.jobsDeadLetterSubscription,
      ...signerOf(args, broker),
      leaseSecretVersion: broker.leaseSecretVersion,
      ...(args.uploads &&
        messaging.uploadsSubscription && {
          uploads: { ...args.uploads, subscription: messaging.uploadsSubscription },
        }),
      ...withoutUndefined({
        clients: args.clients,
        inputPrefixes: args.inputPrefixes,
        outputPrefixes: args.outputPrefixes,
        leaseSeconds: args.leaseSeconds,
        urlTtlSeconds: args.urlTtlSeconds,
        maxAttempts: args.maxAttempts,
      }),
      backlog: args.backlog ?? backlogShare(args),
      ...withoutUndefined({
        replicas: args.coordinatorReplicas,
        kedaNamespace: args.keda?.namespace,
        apiServerRange: cluster.apiServerRange,
      }),
      ...coordinatorEgress(args),
      ...(hasSystemPool(args) && { nodeSelector: { [POOL_KEY]: SYSTEM_POOL } }),
      ...withoutUndefined({ tls: args.coordinatorTls }),
      managedPrometheus: cluster.own !== undefined,
      priorityClassName: priorities.coordinators.metadata.name,
    },
    { ...inCluster, dependsOn },
  );
  const placement = encoderPlacement(args);
  const scratch = scratchOf(args);
  const encoders = new EncoderPool(
    `${name}-${region}-encoders`,
    {
      region,
      namespace: encoderNamespace.metadata.name,
      image: args.images.worker,
      coordinatorUrl: coordinator.url,
      coordinatorCa: coordinator.caCertificate,
      paceShare: evenPaceShare(maxWorkers(args)),
      ...args.encoders,
      ...withoutUndefined({ scratch, placement, kedaNamespace: args.keda?.namespace }),
      ...encoderEgress(args),
      priorityClassName: priorities.encoders.metadata.name,
    },
    { ...inCluster, ...withoutUndefined({ dependsOn: keda }) },
  );
  return {
    cluster: cluster.own,
    namespace,
    encoderNamespace,
    keda,
    coordinatorPriority: priorities.coordinators,
    encoderPriority: priorities.encoders,
    coordinator,
    encoders,
  };
}

/** Namespaces of a platform, the same in every cluster. */
function namespaceNames({ namespace = DEFAULT_NAMESPACE }: MpegFlowPlatformArgs) {
  return { coordinators: namespace, encoders: `${namespace}-encoders` };
}

/** KEDA, where it is needed and not there yet. */
function kedaOf(
  name: string,
  args: MpegFlowPlatformArgs,
  { region, provider, apiServerRange }: ReadyCluster,
  namespaces: pulumi.Resource[],
  parent: pulumi.Resource,
): Keda | undefined {
  const { installed = false, namespace, ...settings } = args.keda ?? {};
  if (installed || !isScaled(args.encoders?.scaling)) return undefined;
  return new Keda(
    `${name}-${region}-keda`,
    {
      ...withoutUndefined({ apiServerRange }),
      ...settings,
      ...withoutUndefined({ namespaceName: namespace }),
      watchedNamespaces: Object.values(namespaceNames(args)),
      onSystemPool: hasSystemPool(args),
    },
    { parent, provider, dependsOn: namespaces },
  );
}

/** Priorities: coordinators preempt encoders; encoders preempt nothing. */
function prioritiesOf(
  name: string,
  args: MpegFlowPlatformArgs,
  { region, provider }: ReadyCluster,
  parent: pulumi.Resource,
) {
  const names = namespaceNames(args);
  const priority = (suffix: string, namespace: string, value: number, description: string) =>
    new kubernetes.scheduling.v1.PriorityClass(
      `${name}-${region}-${suffix}`,
      // Of the whole cluster, so named by the namespace.
      { metadata: { name: namespace }, value, description },
      { parent, provider },
    );
  return {
    coordinators: priority("coordinator", names.coordinators, 100_000, "Coordinators of MpegFlow"),
    encoders: priority("encoders", names.encoders, -1, "Encoders of MpegFlow, who can begin again"),
  };
}

/**
 * What each replica may hold ready, so that the replicas of a region hold at most twice what its encoders could take:
 * more would only be kept from the other region.
 */
export function backlogShare({ encoders, coordinatorReplicas }: MpegFlowPlatformArgs): number {
  const { max, min } = LIMITS.backlog;
  const replicas = coordinatorReplicas ?? LIMITS.coordinatorReplicas.default;
  return Math.min(max, Math.max(min, Math.floor((2 * mostEncoders(encoders ?? {})) / replicas)));
}

/** The signer's settings for the coordinators. */
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
