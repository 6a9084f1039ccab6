import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { JobMessaging } from "./events/index.ts";
import { BrokerIdentity, kubernetesPrincipal, projectNumberOf, SignerKind } from "./identity/index.ts";
import {
  brokerName,
  bucketArguments,
  platformProblems,
  type MpegFlowPlatformArgs,
} from "./platform-arguments.ts";
import { MediaBucket } from "./storage/index.ts";
import { problems, shown } from "./validation/index.ts";
import { signBlobShare, type CoordinatorSignerArgs } from "./workloads/coordinator-signer.ts";
import { LIMITS } from "./workloads/limits.ts";
import {
  Coordinator,
  COORDINATOR_SERVICE_ACCOUNT,
  EncoderPool,
  RESTRICTED_NAMESPACE_LABELS,
} from "./workloads/index.ts";

export type {
  MpegFlowPlatformArgs,
  PlatformCluster,
  PlatformEncoders,
  PlatformImages,
} from "./platform-arguments.ts";

/**
 * Everything wired: one bucket, one queue, one signing identity, and in each region a coordinator with its encoders.
 * Nothing in one region needs anything in the other. Google resources use the `gcp` provider of the options.
 *
 * @throws InvalidArguments naming every wrong argument
 */
export class MpegFlowPlatform extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  /** Short names of topics and subscriptions, as in {@link JobMessaging}. */
  readonly jobsTopic: pulumi.Output<string>;
  readonly jobsSubscription: pulumi.Output<string>;
  readonly jobEventsTopic: pulumi.Output<string>;
  readonly jobEventsSubscription: pulumi.Output<string>;
  readonly jobsDeadLetterTopic: pulumi.Output<string>;
  readonly jobsDeadLetterSubscription: pulumi.Output<string>;
  /** E-mail address of the account in whose name URLs are signed. */
  readonly signerEmail: pulumi.Output<string>;
  /** That of the account for reading: another one with `separateSigners` only. */
  readonly readSignerEmail: pulumi.Output<string>;
  /** With HMAC: resource name of the secret version that holds the signing key; reading it needs its own grant. */
  readonly signerSecretVersion: pulumi.Output<string> | undefined;
  /** By region: `NAMESPACE/SERVICE` of the coordinator. */
  readonly coordinatorServices: pulumi.Output<Record<string, string>>;
  /** By region: where workers of that cluster reach the coordinator. */
  readonly coordinatorUrls: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: MpegFlowPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    const regions = args.clusters.map(({ region }) => region);
    const found = problems();
    found.addAll(platformProblems(name, args));
    found.throwIfAny(`MpegFlowPlatform ${shown(name)}`);
    // Providers are resources, no values: of the clusters the state gets the regions.
    super("mpegflow-gcs:index:MpegFlowPlatform", name, { ...args, clusters: regions }, opts);

    const parent = { parent: this };
    const namespace = args.namespace ?? "mpegflow";
    const shared = {
      ...(args.disposable !== undefined && { disposable: args.disposable }),
      ...(args.labels && { labels: args.labels }),
    };
    const projectNumber = projectNumberOf(args, parent);
    // The workload identity pool is one per project, so one principal stands for the coordinators of all clusters.
    const coordinatorPrincipals = [
      projectNumber.apply((number) =>
        kubernetesPrincipal({
          projectId: args.projectId,
          projectNumber: number,
          namespace,
          serviceAccount: COORDINATOR_SERVICE_ACCOUNT,
        }),
      ),
    ];

    const media = new MediaBucket(`${name}-media`, bucketArguments(args), parent);
    const messaging = new JobMessaging(
      name,
      {
        projectId: args.projectId,
        projectNumber,
        regions: args.placement.regions,
        coordinatorPrincipals,
        ...(args.leaseSeconds !== undefined && { leaseSeconds: args.leaseSeconds }),
        ...shared,
      },
      parent,
    );
    const broker = new BrokerIdentity(
      brokerName(name),
      {
        projectId: args.projectId,
        bucket: media.bucketName,
        regions: args.placement.regions,
        coordinatorPrincipals,
        ...(args.signer && { signer: args.signer }),
        ...(args.separateSigners !== undefined && { separateSigners: args.separateSigners }),
        ...(args.hmacKeys && { hmacKeys: args.hmacKeys }),
        ...(args.activeKey !== undefined && { activeKey: args.activeKey }),
        ...shared,
      },
      parent,
    );

    const coordinators = args.clusters.map(({ region, provider }) => {
      const inCluster = { parent: this, provider };
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
          bucket: media.bucketName,
          jobsTopic: messaging.jobsTopic,
          jobsSubscription: messaging.jobsSubscription,
          jobEventsTopic: messaging.jobEventsTopic,
          ...signerOf(args, broker),
          leaseSecretVersion: broker.leaseSecretVersion,
          ...(args.leaseSeconds !== undefined && { leaseSeconds: args.leaseSeconds }),
          ...(args.urlTtlSeconds !== undefined && { urlTtlSeconds: args.urlTtlSeconds }),
          ...(args.maxAttempts !== undefined && { maxAttempts: args.maxAttempts }),
          ...(args.backlog !== undefined && { backlog: args.backlog }),
          ...(args.coordinatorReplicas !== undefined && { replicas: args.coordinatorReplicas }),
        },
        // It starts only when its secrets and its grants are there: names alone would let it start, and fail.
        { ...inCluster, dependsOn: [media, messaging, broker] },
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
      return { region, coordinator };
    });

    this.bucketName = media.bucketName;
    this.jobsTopic = messaging.jobsTopic;
    this.jobsSubscription = messaging.jobsSubscription;
    this.jobEventsTopic = messaging.jobEventsTopic;
    this.jobEventsSubscription = messaging.jobEventsSubscription;
    this.jobsDeadLetterTopic = messaging.jobsDeadLetterTopic;
    this.jobsDeadLetterSubscription = messaging.jobsDeadLetterSubscription;
    this.signerEmail = broker.signerEmail;
    this.readSignerEmail = broker.readSignerEmail;
    this.signerSecretVersion = broker.signerSecretVersion;
    this.coordinatorServices = pulumi.output(
      Object.fromEntries(
        coordinators.map(({ region, coordinator }) => [
          region,
          pulumi.interpolate`${namespace}/${coordinator.serviceName}`,
        ]),
      ),
    );
    this.coordinatorUrls = pulumi.output(
      Object.fromEntries(coordinators.map(({ region, coordinator }) => [region, coordinator.url])),
    );
    this.registerOutputs({
      bucketName: this.bucketName,
      jobsTopic: this.jobsTopic,
      jobsSubscription: this.jobsSubscription,
      jobEventsTopic: this.jobEventsTopic,
      jobEventsSubscription: this.jobEventsSubscription,
      jobsDeadLetterTopic: this.jobsDeadLetterTopic,
      jobsDeadLetterSubscription: this.jobsDeadLetterSubscription,
      signerEmail: this.signerEmail,
      readSignerEmail: this.readSignerEmail,
      signerSecretVersion: this.signerSecretVersion,
      coordinatorServices: this.coordinatorServices,
      coordinatorUrls: this.coordinatorUrls,
    });
  }
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
