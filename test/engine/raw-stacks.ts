import { policies } from "../../policy/policies.ts";
import { isOutputOf, outputOf } from "../../testing/values.ts";
import type { GivenResource } from "../../testing/index.ts";
import { cases } from "../unit/policy/cases/index.ts";

/** Stacks of somebody who uses none of our components: the same data for the testing kit and for a program on the engine. */
export interface RawStack {
  readonly resources: readonly GivenResource[];
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The packages whose resources the engine's tests can make. */
const PACKAGES = /^(aws|gcp|kubernetes|pulumi:providers):/;

/** The stack of a name. */
export function rawStacks(name: string): RawStack {
  const make = { good: goodStack, bad: badStack, first: firstStack }[name];
  if (make === undefined) throw new Error(`there is no stack ${name}`);
  return make();
}

/** Everything that the policies refuse, in one stack: a stack of each policy, kept apart by its resources' names. */
export function badStack(): RawStack {
  const chosen = policies.flatMap(
    ({ name }) => cases.find(({ policy, found }) => policy === name && found.length > 0) ?? [],
  );
  return {
    resources: chosen.flatMap(({ resources }, index) => resources.map((one) => renamed(one, `s${index}-`))),
    config: Object.fromEntries(
      chosen.flatMap(({ policy, config }) => (config === undefined ? [] : [[policy, config]])),
    ),
  };
}

function renamed(resource: GivenResource, prefix: string): GivenResource {
  const withPrefix = (typeAndName: string): string => typeAndName.replace(/::(?=[^:]+$)/, `::${prefix}`);
  return {
    ...resource,
    name: prefix + resource.name,
    props: mapOutputs(resource.props, (one) =>
      outputOf(withPrefix(one.resource), one.value),
    ) as GivenResource["props"],
    ...(resource.dependencies && { dependencies: resource.dependencies.map(withPrefix) }),
  };
}

/** A value with each output of another resource replaced. */
export function mapOutputs(
  value: unknown,
  replace: (output: ReturnType<typeof outputOf>) => unknown,
): unknown {
  if (isOutputOf(value)) return replace(value);
  if (Array.isArray(value)) return value.map((one) => mapOutputs(one, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) =>
      one === undefined ? [] : [[key, mapOutputs(one, replace)]],
    ),
  );
}

/** What the engine's tests can make of a stack. */
export function makeable({ resources, config }: RawStack): RawStack {
  return { resources: resources.filter(({ type }) => PACKAGES.test(type)), config };
}

const AGENT = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com";
const COORDINATOR =
  "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/media/sa/coordinator";
const SIGNER = "signer@p.iam.gserviceaccount.com";

const of = (type: string, name: string, props: GivenResource["props"]): GivenResource => ({
  type,
  name,
  props,
});

/** A stack that has something for nearly every policy to look at, and breaks none. */
export function goodStack(): RawStack {
  return { resources: GOOD, config: {} };
}

const pods = (
  name: string,
  env: Readonly<Record<string, string>>,
  spec: GivenResource["props"] = {},
): GivenResource =>
  of("kubernetes:apps/v1:Deployment", name, {
    metadata: { name, namespace: "media" },
    spec: {
      template: {
        metadata: { labels: { "app.kubernetes.io/name": name } },
        spec: {
          serviceAccountName: name,
          ...spec,
          containers: [{ name, env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }],
        },
      },
    },
  });

const REGIONS = ["us-central1", "us-east1"];
const PRINCIPAL =
  "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/media/sa/packager";

/** What goes into the cluster of a region: a first preview has no property of it, but its inputs. */
const into = (region: string, resource: GivenResource): GivenResource => ({
  ...resource,
  name: `${resource.name}-${region}`,
  withoutOutputs: true,
  provider: { type: "pulumi:providers:kubernetes", name: region },
});

/**
 * A program that makes clusters and what runs on them, before its first update: the provider of each cluster is configured by an
 * output of it. What runs there writes to one bucket from both regions, uses the host's network, and stands for a Google account.
 */
export function firstStack(): RawStack {
  const clusters = REGIONS.flatMap((region) => [
    of("gcp:container/cluster:Cluster", region, {
      location: region,
      enableAutopilot: true,
      privateClusterConfig: { enablePrivateNodes: true },
    }),
    of("pulumi:providers:kubernetes", region, {
      kubeconfig: outputOf(`gcp:container/cluster:Cluster::${region}`),
    }),
  ]);
  const account = (name: string): GivenResource =>
    of("kubernetes:core/v1:ServiceAccount", name, {
      metadata: {
        name,
        namespace: "media",
        annotations: {
          "iam.gke.io/gcp-service-account": outputOf("gcp:serviceaccount/account:Account::svc"),
        },
      },
    });
  return {
    resources: [
      of("gcp:storage/bucket:Bucket", "masters", {
        name: "masters",
        location: "US",
        labels: { "mpegflow-access-pattern": "single-writer" },
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
      }),
      of("gcp:storage/bucketIAMMember:BucketIAMMember", "writes", {
        bucket: "masters",
        role: "roles/storage.objectUser",
        member: PRINCIPAL,
      }),
      of("gcp:serviceaccount/account:Account", "svc", { accountId: "svc" }),
      ...clusters,
      ...REGIONS.flatMap((region) =>
        [pods("packager", {}), pods("encoder", {}, { hostNetwork: true }), account("encoder")].map((one) =>
          into(region, one),
        ),
      ),
      ...["late-reader", "late-writer"].map((name) =>
        of("gcp:storage/bucketIAMMember:BucketIAMMember", name, {
          bucket: "masters",
          role: "roles/storage.objectViewer",
          member: outputOf("gcp:container/cluster:Cluster::us-east1"),
        }),
      ),
    ],
    config: {},
  };
}

const GOOD: readonly GivenResource[] = [
  of("gcp:storage/bucket:Bucket", "media", {
    name: "media",
    location: "US",
    customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-WEST1"] },
    rpo: "ASYNC_TURBO",
    labels: { "mpegflow-access-pattern": "active-active" },
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    softDeletePolicy: { retentionDurationSeconds: 604800 },
    lifecycleRules: [
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
      { action: { type: "SetStorageClass", storageClass: "COLDLINE" }, condition: { age: 30 } },
      { action: { type: "Delete" }, condition: { age: 365 } },
    ],
  }),
  of("gcp:storage/bucket:Bucket", "archive", {
    name: "archive",
    location: "US-CENTRAL1",
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    retentionPolicy: { retentionPeriod: "31536000", isLocked: true },
    lifecycleRules: [{ action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } }],
  }),
  of("gcp:logging/projectSink:ProjectSink", "audit", { destination: "storage.googleapis.com/archive" }),
  of("gcp:projects/iAMAuditConfig:IAMAuditConfig", "storage", {
    service: "storage.googleapis.com",
    auditLogConfigs: [{ logType: "DATA_READ" }, { logType: "DATA_WRITE" }],
  }),
  of("gcp:storage/hmacKey:HmacKey", "key", { serviceAccountEmail: SIGNER }),
  of("gcp:secretmanager/secret:Secret", "hmac", { secretId: "hmac" }),
  of("gcp:secretmanager/secretVersion:SecretVersion", "hmac", {
    secret: outputOf("gcp:secretmanager/secret:Secret::hmac"),
    secretData: outputOf("gcp:storage/hmacKey:HmacKey::key"),
  }),
  of("gcp:secretmanager/secretIamMember:SecretIamMember", "reader", {
    secretId: "hmac",
    role: "roles/secretmanager.secretAccessor",
    member: COORDINATOR,
  }),
  of("gcp:storage/bucketIAMMember:BucketIAMMember", "signer", {
    bucket: "media",
    role: "roles/storage.objectUser",
    member: `serviceAccount:${SIGNER}`,
  }),
  of("gcp:pubsub/topic:Topic", "jobs", { name: "jobs" }),
  of("gcp:pubsub/topic:Topic", "dead", { name: "dead" }),
  of("gcp:pubsub/subscription:Subscription", "jobs", {
    name: "jobs",
    topic: "jobs",
    expirationPolicy: { ttl: "" },
    retryPolicy: { minimumBackoff: "10s" },
    deadLetterPolicy: { deadLetterTopic: outputOf("gcp:pubsub/topic:Topic::dead"), maxDeliveryAttempts: 5 },
  }),
  of("gcp:pubsub/subscription:Subscription", "dead", {
    name: "dead-kept",
    topic: outputOf("gcp:pubsub/topic:Topic::dead"),
    expirationPolicy: { ttl: "" },
  }),
  of("gcp:pubsub/topicIAMMember:TopicIAMMember", "publishes", {
    topic: outputOf("gcp:pubsub/topic:Topic::dead"),
    role: "roles/pubsub.publisher",
    member: AGENT,
  }),
  of("gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember", "takes", {
    subscription: "jobs",
    role: "roles/pubsub.subscriber",
    member: AGENT,
  }),
  of("gcp:container/cluster:Cluster", "encoders", {
    location: "us-central1",
    datapathProvider: "ADVANCED_DATAPATH",
    workloadIdentityConfig: { workloadPool: "p.svc.id.goog" },
    privateClusterConfig: { enablePrivateNodes: true },
  }),
  of("gcp:container/nodePool:NodePool", "pool", {
    cluster: "encoders",
    nodeConfig: { workloadMetadataConfig: { mode: "GKE_METADATA" } },
  }),
  pods("coordinator", { SIGNED_URL_TTL_SECONDS: "900" }),
  pods("encoder", {}),
  of("kubernetes:core/v1:ServiceAccount", "encoder", { metadata: { name: "encoder", namespace: "media" } }),
  of("kubernetes:networking.k8s.io/v1:NetworkPolicy", "egress", {
    metadata: { namespace: "media" },
    spec: {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: { matchLabels: { app: "coordinator" } } }] }],
    },
  }),
  of("gcp:compute/backendBucket:BackendBucket", "cdn", {
    bucketName: "media",
    enableCdn: true,
    cdnPolicy: {
      cacheMode: "USE_ORIGIN_HEADERS",
      negativeCaching: true,
      negativeCachingPolicies: [{ code: 404, ttl: 1 }],
    },
  }),
  of("gcp:storage/transferJob:TransferJob", "move", {
    transferSpec: { awsS3DataSource: { bucketName: "old", roleArn: "arn:aws:iam::1:role/r" } },
  }),
  of("aws:s3/bucket:Bucket", "old", { bucket: "old" }),
  of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "old", {
    bucket: "old",
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }),
];
