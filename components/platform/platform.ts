import * as pulumi from "@pulumi/pulumi";
import { AuditTrail } from "../audit/index.ts";
import type { EncoderCluster } from "../cluster/index.ts";
import { CdnDelivery, type DnsRecord } from "../delivery/index.ts";
import { Encryption } from "../encryption/index.ts";
import { JobMessaging } from "../events/index.ts";
import { BrokerIdentity, kubernetesPrincipal, projectNumberOf } from "../identity/index.ts";
import { MediaBucket } from "../storage/index.ts";
import { problems, shown, requireArguments } from "../validation/index.ts";
import { COORDINATOR_SERVICE_ACCOUNT } from "../workloads/index.ts";
import { DEFAULT_NAMESPACE, type MpegFlowPlatformArgs } from "./platform-args.ts";
import {
  auditDestinations,
  encryptionArguments,
  keyName,
  logKeyArguments,
  secretKeyArguments,
} from "./keys.ts";
import { auditName, brokerName, bucketArguments, deliveryArguments } from "./component-arguments.ts";
import type { MpegFlowPlatformResources } from "./platform-resources.ts";
import { platformWarnings } from "./platform-warnings.ts";
import { readyClusters, sortedClusters } from "./clusters.ts";
import { platformProblems } from "./platform-checks.ts";
import { regionalWorkloads } from "./region.ts";
import { madeResources } from "../properties/made-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const made = madeResources<MpegFlowPlatformResources>();

/**
 * Everything wired: one bucket, one queue, one signing identity, and in each region a coordinator with its encoders.
 * Nothing in one region needs anything in the other. Google resources use the `gcp` provider of the options.
 *
 * @throws InvalidArguments naming every wrong argument
 */
export class MpegFlowPlatform extends pulumi.ComponentResource {
  /** The bucket's name. */
  readonly bucketName: pulumi.Output<string>;
  /** The topic of jobs: its short name, as all of these are. */
  readonly jobsTopic: pulumi.Output<string>;
  /** The subscription that coordinators take jobs from. */
  readonly jobsSubscription: pulumi.Output<string>;
  /** The topic of news about jobs. */
  readonly jobEventsTopic: pulumi.Output<string>;
  /** The subscription that keeps those events for audits. */
  readonly jobEventsSubscription: pulumi.Output<string>;
  /** The topic of jobs that were given up. */
  readonly jobsDeadLetterTopic: pulumi.Output<string>;
  /** The subscription that keeps them for inspection. */
  readonly jobsDeadLetterSubscription: pulumi.Output<string>;
  /** E-mail address of the account in whose name URLs are signed. */
  readonly signerEmail: pulumi.Output<string>;
  /** That of the account for reading: another one with `separateSigners` only. */
  readonly readSignerEmail: pulumi.Output<string>;
  /** With HMAC: resource name of the secret version that holds the signing key; reading it needs its own grant. */
  readonly signerSecretVersion: pulumi.Output<string> | undefined;
  /** With `encryption`: full name of the key. */
  readonly kmsKeyName: pulumi.Output<string> | undefined;
  /** With `audit`: `projects/P/locations/L/buckets/B` of the log bucket, where it has one. */
  readonly auditLogBucket: pulumi.Output<string | undefined> | undefined;
  /** With `delivery`: where viewers reach the bucket, `https://` and the first domain. */
  readonly deliveryUrl: pulumi.Output<string> | undefined;
  /** With `delivery`: the DNS records to make, for addresses and certificates. */
  readonly deliveryDnsRecords: pulumi.Output<DnsRecord[]> | undefined;
  /** By region, of clusters that the platform makes: the cluster's name. */
  readonly clusterNames: pulumi.Output<Record<string, string>>;
  /** By region, of clusters that the platform makes: a kubeconfig without a credential, a secret all the same. */
  readonly kubeconfigs: pulumi.Output<Record<string, string>>;
  /** By region: `NAMESPACE/SERVICE` of the coordinator. */
  readonly coordinatorServices: pulumi.Output<Record<string, string>>;
  /** By region: where workers of that cluster reach the coordinator. */
  readonly coordinatorUrls: pulumi.Output<Record<string, string>>;
  /** By region: certificates of those who vouch for the coordinator, in PEM, for its clients. */
  readonly coordinatorCaCertificates: pulumi.Output<Record<string, string>>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): MpegFlowPlatformResources {
    return made.of(this);
  }

  constructor(name: string, args: MpegFlowPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`MpegFlowPlatform ${shown(name)}`, args, {
      placement: "object",
      projectId: "value",
      clusters: "list",
      images: "object",
    });
    const regions = sortedClusters(args).map(({ region }) => region);
    const found = problems();
    found.addAll(platformProblems(name, args));
    found.throwIfAny(`MpegFlowPlatform ${shown(name)}`);
    // Providers are resources, no values: of the clusters the state gets the regions.
    super("mpegflow-gcs:index:MpegFlowPlatform", name, { ...args, clusters: regions }, opts);

    for (const warning of platformWarnings(args)) void pulumi.log.warn(warning, this);
    const parent = { parent: this };
    const namespace = args.namespace ?? DEFAULT_NAMESPACE;
    const shared = {
      ...withoutUndefined({ disposable: args.disposable, labels: args.labels }),
    };
    const projectNumber = projectNumberOf(args, parent);
    const { clusters, network } = readyClusters(name, args, this);
    const ownClusters = clusters.flatMap(({ own }) => own ?? []);
    // The workload identity pool is one per project, so one principal stands for the coordinators of all clusters. It is
    // refused until the project has its first cluster: every grant waits for that.
    const pools = ownClusters.map(({ workloadPool }) => workloadPool);
    const coordinatorPrincipals = [
      pulumi.all([projectNumber, ...pools]).apply(([number = ""]) =>
        kubernetesPrincipal({
          projectId: args.projectId,
          projectNumber: number,
          namespace,
          serviceAccount: COORDINATOR_SERVICE_ACCOUNT,
        }),
      ),
    ];

    const encryption =
      args.encryption &&
      new Encryption(keyName(name), { ...encryptionArguments(args), projectNumber }, parent);
    const key = encryption && { kmsKeyName: encryption.kmsKeyName };
    const secretKeys = Object.entries(secretKeyArguments(args)).map(
      ([region, wanted]) =>
        [region, new Encryption(`${keyName(name)}-${region}`, { ...wanted, projectNumber }, parent)] as const,
    );
    const logKeyWanted = logKeyArguments(args);
    const logKey =
      logKeyWanted && new Encryption(`${keyName(name)}-logs`, { ...logKeyWanted, projectNumber }, parent);
    const media = new MediaBucket(`${name}-media`, { ...bucketArguments(args), ...key }, parent);
    const messaging = new JobMessaging(
      name,
      {
        projectId: args.projectId,
        projectNumber,
        regions: args.placement.regions,
        coordinatorPrincipals,
        ...withoutUndefined({
          leaseSeconds: args.leaseSeconds,
          webhooks: args.webhooks,
          history: args.history,
        }),
        ...(args.uploads && { uploads: { ...args.uploads, bucket: media.bucketName } }),
        ...key,
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
        waitFor: ownClusters,
        ...withoutUndefined({
          signer: args.signer,
          separateSigners: args.separateSigners,
          hmacKeys: args.hmacKeys,
          activeKey: args.activeKey,
        }),
        ...(secretKeys.length > 0 && {
          kmsKeyNames: Object.fromEntries(secretKeys.map(([region, { kmsKeyName }]) => [region, kmsKeyName])),
        }),
        ...shared,
      },
      parent,
    );

    const destinations = auditDestinations(args, {
      bucket: encryption?.kmsKeyName,
      logs: logKey?.kmsKeyName,
    });
    const audit =
      args.audit &&
      new AuditTrail(
        auditName(name),
        {
          projectId: args.projectId,
          placement: args.placement,
          bucketNames: [media.bucketName],
          signerEmails: [broker.signerEmail, broker.readSignerEmail],
          signerSecrets: [broker.signerSecretVersion, broker.readSignerSecretVersion].filter(
            (secret) => secret !== undefined,
          ),
          coordinatorPrincipals,
          ...args.audit,
          ...withoutUndefined({ destinations }),
          ...shared,
        },
        parent,
      );

    const delivery =
      args.delivery &&
      new CdnDelivery(
        `${name}-cdn`,
        {
          ...deliveryArguments(args, args.delivery),
          projectNumber,
          bucket: media.bucketName,
          coordinatorPrincipals,
        },
        parent,
      );

    const regional = clusters.map((cluster) => ({
      region: cluster.region,
      resources: regionalWorkloads(
        name,
        args,
        cluster,
        // They start only when secrets and grants are there: names alone would let them start, and fail.
        { bucketName: media.bucketName, messaging, broker, dependsOn: [media, messaging, broker] },
        this,
      ),
    }));

    const coordinators = regional.map(({ region, resources }) => ({
      region,
      coordinator: resources.coordinator,
    }));
    made.keep(this, {
      media,
      messaging,
      broker,
      encryption,
      secretEncryption: Object.fromEntries(secretKeys),
      logEncryption: logKey,
      audit,
      delivery,
      network,
      regions: Object.fromEntries(regional.map(({ region, resources }) => [region, resources])),
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
    this.kmsKeyName = encryption?.kmsKeyName;
    this.auditLogBucket = audit?.logBucket;
    this.deliveryUrl = delivery?.url;
    this.deliveryDnsRecords = delivery?.dnsRecords;
    const byRegion = <T>(of: (cluster: EncoderCluster) => T) =>
      Object.fromEntries(clusters.flatMap(({ region, own }) => (own ? [[region, of(own)] as const] : [])));
    this.clusterNames = pulumi.output(byRegion((cluster) => cluster.clusterName));
    this.kubeconfigs = pulumi.output(byRegion((cluster) => cluster.kubeconfig));
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
    this.coordinatorCaCertificates = pulumi.output(
      Object.fromEntries(coordinators.map(({ region, coordinator }) => [region, coordinator.caCertificate])),
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
      kmsKeyName: this.kmsKeyName,
      auditLogBucket: this.auditLogBucket,
      deliveryUrl: this.deliveryUrl,
      deliveryDnsRecords: this.deliveryDnsRecords,
      clusterNames: this.clusterNames,
      kubeconfigs: this.kubeconfigs,
      coordinatorServices: this.coordinatorServices,
      coordinatorUrls: this.coordinatorUrls,
      coordinatorCaCertificates: this.coordinatorCaCertificates,
    });
  }
}
