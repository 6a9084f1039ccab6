import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import {
  any,
  auditConfig,
  backendBucket,
  bucket,
  bucketGrant,
  cluster,
  deployment,
  networkPolicy,
  nodePool,
  publicAccessBlock,
  s3Bucket,
  secret,
  sink,
  subscription,
  subscriptionGrant,
  topic,
  topicGrant,
  transferJob,
  type Case,
} from "./case.ts";

const KEY = "projects/p/locations/nam4/keyRings/r/cryptoKeys/k";
const everyKind = (key: string | undefined) => [
  bucket("media", { encryption: key && { defaultKmsKeyName: key } }),
  topic("jobs", { kmsKeyName: key }),
  secret("lease", {
    replication: {
      userManaged: {
        replicas: [{ location: "us-east1", customerManagedEncryption: key && { kmsKeyName: key } }],
      },
    },
  }),
  any("gcp:bigquery/dataset:Dataset")("history", {
    defaultEncryptionConfiguration: key && { kmsKeyName: key },
  }),
  any("gcp:logging/projectBucketConfig:ProjectBucketConfig")("logs", {
    cmekSettings: key && { kmsKeyName: key },
  }),
  cluster("encoders", { databaseEncryption: key && { keyName: key } }),
];
const KINDS = ["bucket", "topic", "secret", "dataset", "logBucket", "cluster"];
const TYPES = ["Bucket", "Topic", "Secret", "Dataset", "ProjectBucketConfig", "Cluster"];
const NAMES = ["media", "jobs", "lease", "history", "logs", "encoders"];

const open = bucket("media", {
  encryption: { customerSuppliedEncryptionEnforcementConfig: { restrictionMode: "NotRestricted" } },
});
const users = [
  backendBucket("cdn", { bucketName: "media" }),
  transferJob("in", { transferSpec: { gcsDataSink: { bucketName: "media" } } }),
  transferJob("out", { transferSpec: { gcsDataSource: { bucketName: "media" } } }),
];

export const encryption: readonly Case[] = [
  {
    policy: "customer-managed-keys-where-asked",
    title: "every kind without a key",
    config: { resources: KINDS },
    resources: everyKind(undefined),
    found: KINDS.map(
      (kind, at) => `${TYPES[at] ?? ""} "${NAMES[at] ?? ""}" is a ${kind} without a customer-managed key.`,
    ),
  },
  {
    policy: "customer-managed-keys-where-asked",
    title: "every kind with a key, one not known yet",
    config: { resources: KINDS },
    resources: [
      ...everyKind(KEY),
      secret("automatic", { replication: { auto: { customerManagedEncryption: { kmsKeyName: KEY } } } }),
    ],
    found: [],
  },
  {
    policy: "customer-managed-keys-where-asked",
    title: "kinds that are not asked for",
    config: { resources: ["bucket"] },
    resources: [topic("jobs"), cluster("encoders")],
    found: [],
  },
  {
    policy: "supplied-keys-stay-private",
    title: "a bucket with supplied keys behind a CDN and in transfers",
    resources: [open, ...users],
    found: [
      'Bucket "media" allows customer-supplied keys, and cdn serves it by Cloud CDN.',
      'Bucket "media" allows customer-supplied keys, and the transfer job out copies from it.',
      'Bucket "media" allows customer-supplied keys, and the transfer job in copies to it.',
    ],
  },
  {
    policy: "supplied-keys-stay-private",
    title: "the same by reference, before its name is known",
    resources: [
      bucket("media", { name: UNKNOWN.string, encryption: open.props["encryption"] }),
      backendBucket("cdn", { bucketName: outputOf("gcp:storage/bucket:Bucket::media") }),
    ],
    found: ['Bucket "media" allows customer-supplied keys, and cdn serves it by Cloud CDN.'],
  },
  {
    policy: "supplied-keys-stay-private",
    title: "supplied keys in a bucket of their own; a CDN and transfers of a bucket that forbids them",
    resources: [bucket("media"), ...users, { ...open, name: "own", props: { ...open.props, name: "own" } }],
    found: [],
  },
];

const AGENT = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com";
const deadLetter = topic("dead", { name: "dead" });
const jobs = subscription("jobs", {
  name: "jobs",
  topic: "projects/p/topics/jobs",
  deadLetterPolicy: { deadLetterTopic: "projects/p/topics/dead", maxDeliveryAttempts: 5 },
});
const kept = subscription("dead", { name: "dead-kept", topic: "projects/p/topics/dead" });
const publishes = topicGrant("publishes", { topic: "dead", role: "roles/pubsub.publisher", member: AGENT });
const takes = subscriptionGrant("takes", {
  subscription: "jobs",
  role: "roles/pubsub.subscriber",
  member: AGENT,
});

export const messaging: readonly Case[] = [
  {
    policy: "subscriptions-never-expire",
    title: "subscriptions that expire, by default and as said",
    resources: [subscription("silent"), subscription("said", { expirationPolicy: { ttl: "86400s" } })],
    found: [
      'Subscription "silent" expires after 31 days without a subscriber.',
      'Subscription "said" expires after 86400s without a subscriber.',
    ],
  },
  {
    policy: "subscriptions-never-expire",
    title: "one that does not",
    resources: [subscription("jobs", { expirationPolicy: { ttl: "" } })],
    found: [],
  },
  {
    policy: "subscriptions-have-dead-letters",
    title: "subscriptions that retry or push without dead letters",
    resources: [
      subscription("works", { retryPolicy: { minimumBackoff: "10s" } }),
      subscription("pushes", { pushConfig: { pushEndpoint: "https://hooks.example.com" } }),
    ],
    found: [
      'Subscription "works" retries messages and has no dead letters.',
      'Subscription "pushes" pushes messages and has no dead letters.',
    ],
  },
  {
    policy: "subscriptions-have-dead-letters",
    title: "with dead letters, and one that only collects",
    resources: [
      subscription("works", { ...jobs.props, retryPolicy: { minimumBackoff: "10s" } }),
      subscription("collects", {}),
    ],
    found: [],
  },
  {
    policy: "dead-letters-are-complete",
    title: "dead letters without grants, without a subscription, after too few attempts",
    resources: [
      {
        ...jobs,
        props: { ...jobs.props, deadLetterPolicy: { deadLetterTopic: "dead", maxDeliveryAttempts: 3 } },
      },
      deadLetter,
    ],
    found: [
      'Subscription "jobs" gives up after 3 attempts; Pub/Sub takes 5 to 100.',
      'Subscription "jobs" sends dead letters to dead, where Pub/Sub\'s service agent may not publish.',
      'Subscription "jobs" sends dead letters to dead, which has no subscription.',
      'Subscription "jobs" has dead letters, but Pub/Sub\'s service agent may not take messages from it.',
    ],
  },
  {
    policy: "dead-letters-are-complete",
    title: "grants of other roles, to others, on other topics",
    resources: [
      jobs,
      deadLetter,
      kept,
      { ...publishes, props: { ...publishes.props, member: "user:someone@example.com" } },
      { ...takes, props: { ...takes.props, role: "roles/pubsub.viewer" } },
    ],
    found: [
      'Subscription "jobs" sends dead letters to dead, where Pub/Sub\'s service agent may not publish.',
      'Subscription "jobs" has dead letters, but Pub/Sub\'s service agent may not take messages from it.',
    ],
  },
  {
    policy: "dead-letters-are-complete",
    title: "complete dead letters, and those of a topic of another stack",
    resources: [
      jobs,
      deadLetter,
      kept,
      publishes,
      takes,
      subscription("foreign", {
        name: "foreign",
        deadLetterPolicy: { deadLetterTopic: "projects/q/topics/elsewhere" },
      }),
      subscriptionGrant("takes-foreign", {
        subscription: outputOf("gcp:pubsub/subscription:Subscription::foreign", "foreign"),
        role: "roles/pubsub.subscriber",
        member: UNKNOWN.string,
      }),
    ],
    found: [],
  },
];

const private_ = { privateClusterConfig: { enablePrivateNodes: true } };
const identity = { workloadIdentityConfig: { workloadPool: "p.svc.id.goog" } };
const denies = (egress: readonly object[], more: object = {}) =>
  networkPolicy("egress", {
    metadata: { namespace: "media" },
    spec: { podSelector: {}, policyTypes: ["Egress"], egress, ...more },
  });
const dns = { to: [{ namespaceSelector: {} }], ports: [{ port: 53 }] };
const google = { to: [{ ipBlock: { cidr: "199.36.153.8/30" } }] };

export const clusters: readonly Case[] = [
  {
    policy: "nodes-hide-their-credentials",
    title: "pools and clusters that give out the node's credentials",
    resources: [
      nodePool("silent", {}),
      nodePool("said", { nodeConfig: { workloadMetadataConfig: { mode: "GCE_METADATA" } } }),
      cluster("bare", {}),
      cluster("own", { ...identity, nodeConfig: { machineType: "c4" } }),
    ],
    found: [
      'NodePool "silent" has metadata mode GCE_METADATA (the default).',
      'NodePool "said" has metadata mode GCE_METADATA.',
      'Cluster "bare" has no Workload Identity.',
      'Cluster "own" has metadata mode GCE_METADATA (the default).',
    ],
  },
  {
    policy: "nodes-hide-their-credentials",
    title: "pools with the metadata server, a cluster with Workload Identity, and Autopilot",
    resources: [
      nodePool("pool", { nodeConfig: { workloadMetadataConfig: { mode: "GKE_METADATA" } } }),
      cluster("standard", identity),
      cluster("autopilot", { enableAutopilot: true }),
    ],
    found: [],
  },
  {
    policy: "nodes-are-private",
    title: "clusters and a pool with public addresses",
    resources: [
      cluster("silent", {}),
      cluster("said", { privateClusterConfig: { enablePrivateNodes: false } }),
      nodePool("pool", { networkConfig: { enablePrivateNodes: false } }),
    ],
    found: [
      'Cluster "silent" has nodes with public addresses.',
      'Cluster "said" has nodes with public addresses.',
      'NodePool "pool" turns private nodes off.',
    ],
  },
  {
    policy: "nodes-are-private",
    title: "private nodes, and pools that inherit",
    resources: [
      cluster("c", private_),
      nodePool("said", { networkConfig: { enablePrivateNodes: true } }),
      nodePool("silent"),
    ],
    found: [],
  },
  {
    policy: "clusters-are-protected",
    title: "a cluster of prod without protection",
    resources: [cluster("c", { deletionProtection: false })],
    found: ['Cluster "c" turns deletionProtection off.'],
  },
  {
    policy: "clusters-are-protected",
    title: "a protected one",
    resources: [cluster("silent"), cluster("said", { deletionProtection: true })],
    found: [],
  },
  {
    policy: "clusters-are-protected",
    title: "one of dev",
    stack: "dev",
    resources: [cluster("c", { deletionProtection: false })],
    found: [],
  },
  {
    policy: "clusters-enforce-network-policies",
    title: "clusters on which network policies do nothing",
    resources: [cluster("silent"), cluster("off", { networkPolicy: { enabled: false } })],
    found: ["silent", "off"].map((name) => `Cluster "${name}" does not enforce network policies.`),
  },
  {
    policy: "clusters-enforce-network-policies",
    title: "Dataplane V2, Calico and Autopilot",
    resources: [
      cluster("v2", { datapathProvider: "ADVANCED_DATAPATH" }),
      cluster("calico", { networkPolicy: { enabled: true } }),
      cluster("autopilot", { enableAutopilot: true }),
    ],
    found: [],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "workers on the host's network, whose egress nothing limits",
    resources: [deployment("encoder", { spec: { hostNetwork: true } })],
    found: [
      'Deployment "encoder" runs workers on the host\'s network.',
      'Deployment "encoder" runs workers whose egress no NetworkPolicy limits.',
    ],
  },
  ...[
    ["everyone", {}],
    ["every address", { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
    ["every address but another", { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }],
    ["the address", { to: [{ ipBlock: { cidr: "169.254.169.254/32" } }] }],
  ].map(([to, rule]): Case => ({
    policy: "workers-cannot-reach-metadata",
    title: `a policy that lets workers reach ${to as string}`,
    resources: [deployment("encoder"), denies([dns, rule as object])],
    found: ['Deployment "encoder" runs workers that the NetworkPolicy egress lets reach 169.254.169.254.'],
  })),
  {
    policy: "workers-cannot-reach-metadata",
    title: "a second policy that undoes the first",
    resources: [deployment("encoder"), denies([dns]), { ...denies([{}]), name: "second" }],
    found: ['Deployment "encoder" runs workers that the NetworkPolicy second lets reach 169.254.169.254.'],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title: "policies of another namespace, for other pods, for ingress only, and of another cluster",
    resources: [
      deployment("encoder"),
      networkPolicy("elsewhere", {
        metadata: { namespace: "other" },
        spec: { podSelector: {}, policyTypes: ["Egress"] },
      }),
      denies([], { podSelector: { matchLabels: { "app.kubernetes.io/name": "coordinator" } } }),
      {
        ...denies([], { podSelector: { matchExpressions: [{ key: "gpu", operator: "Exists" }] } }),
        name: "gpu",
      },
      { ...denies([], { policyTypes: ["Ingress"], egress: undefined }), name: "ingress" },
      {
        ...denies([]),
        name: "other-cluster",
        provider: { type: "pulumi:providers:kubernetes", name: "other" },
      },
    ],
    found: ['Deployment "encoder" runs workers whose egress no NetworkPolicy limits.'],
  },
  {
    policy: "workers-cannot-reach-metadata",
    title:
      "workers that may reach names and Google's private addresses only, and programs that are no workers",
    resources: [
      deployment("encoder"),
      denies([dns, google, { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }] }], {
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": "encoder" },
          matchExpressions: [
            { key: "app.kubernetes.io/name", operator: "In", values: ["encoder"] },
            { key: "gpu", operator: "DoesNotExist" },
            { key: "gpu", operator: "NotIn", values: ["yes"] },
          ],
        },
      }),
      deployment("coordinator"),
    ],
    found: [],
  },
];

const ALL = [{ logType: "DATA_READ" }, { logType: "DATA_WRITE" }];

export const others: readonly Case[] = [
  {
    policy: "private-buckets-are-not-force-cached",
    title: "a private bucket, and one of another stack",
    resources: [
      bucket("media"),
      backendBucket("cdn", { bucketName: "media", cdnPolicy: { cacheMode: "FORCE_CACHE_ALL" } }),
      backendBucket("foreign", { bucketName: "elsewhere", cdnPolicy: { cacheMode: "FORCE_CACHE_ALL" } }),
    ],
    found: ["cdn", "foreign"].map((name) => `BackendBucket "${name}" caches everything of a private bucket.`),
  },
  {
    policy: "private-buckets-are-not-force-cached",
    title: "a public bucket, and a private one in another mode",
    resources: [
      bucket("open"),
      bucketGrant("everybody", { bucket: "open", role: "roles/storage.objectViewer", member: "allUsers" }),
      backendBucket("public", { bucketName: "open", cdnPolicy: { cacheMode: "FORCE_CACHE_ALL" } }),
      bucket("media"),
      backendBucket("private", { bucketName: "media", cdnPolicy: { cacheMode: "USE_ORIGIN_HEADERS" } }),
    ],
    found: [],
  },
  {
    policy: "misses-are-forgotten-soon",
    title: "Google's default, and a long time",
    resources: [
      backendBucket("silent", { enableCdn: true, cdnPolicy: { negativeCaching: true } }),
      backendBucket("said", {
        enableCdn: true,
        cdnPolicy: { negativeCachingPolicies: [{ code: 404, ttl: 11 }] },
      }),
    ],
    found: [
      'BackendBucket "silent" caches a 404 for 120 seconds; at most 10.',
      'BackendBucket "said" caches a 404 for 11 seconds; at most 10.',
    ],
  },
  {
    policy: "misses-are-forgotten-soon",
    title: "a second, no negative caching, and no CDN",
    resources: [
      backendBucket("second", {
        enableCdn: true,
        cdnPolicy: {
          negativeCaching: true,
          negativeCachingPolicies: [
            { code: 410, ttl: 120 },
            { code: 404, ttl: 1 },
          ],
        },
      }),
      backendBucket("none", { enableCdn: true, cdnPolicy: { negativeCaching: false } }),
      backendBucket("off", { enableCdn: false }),
    ],
    found: [],
  },
  {
    policy: "data-access-is-logged",
    title: "a production stack that logs nothing: once, not for each bucket",
    resources: [
      bucket("media"),
      bucket("other"),
      auditConfig("iam", { service: "iam.googleapis.com", auditLogConfigs: ALL }),
    ],
    found: [
      'Bucket "media" is in a project whose DATA_READ and DATA_WRITE logs this stack does not turn on.',
    ],
  },
  {
    policy: "data-access-is-logged",
    title: "one that exempts somebody",
    config: { exemptedMembers: ["user:robot@example.com"] },
    resources: [
      bucket(),
      auditConfig("storage", {
        service: "storage.googleapis.com",
        auditLogConfigs: [
          { logType: "DATA_READ", exemptedMembers: ["user:me@example.com", "user:robot@example.com"] },
          { logType: "DATA_WRITE" },
        ],
      }),
    ],
    found: ['Bucket "media" is not logged for user:me@example.com.'],
  },
  {
    policy: "data-access-is-logged",
    title: "one that logs reads and writes, by two resources",
    resources: [
      bucket(),
      auditConfig("reads", { service: "storage.googleapis.com", auditLogConfigs: [ALL[0]] }),
      auditConfig("writes", { service: "allServices", auditLogConfigs: [ALL[1]] }),
    ],
    found: [],
  },
  {
    policy: "data-access-is-logged",
    title: "a stack that is none of production's",
    stack: "dev",
    resources: [bucket()],
    found: [],
  },
  {
    policy: "audit-archives-are-locked",
    title: "an archive whose retention can be shortened",
    resources: [
      bucket("archive", { retentionPolicy: { retentionPeriod: 31536000 } }),
      sink("audit", { destination: "storage.googleapis.com/archive" }),
    ],
    found: ['ProjectSink "audit" writes to the bucket archive, whose retention is not locked.'],
  },
  {
    policy: "audit-archives-are-locked",
    title: "the same, while its name is not known",
    resources: [
      bucket("archive", { name: UNKNOWN.string }),
      sink("audit", { destination: outputOf("gcp:storage/bucket:Bucket::archive") }),
    ],
    found: ['ProjectSink "audit" writes to the bucket archive, whose retention is not locked.'],
  },
  {
    policy: "audit-archives-are-locked",
    title: "a locked archive, one of another stack, and other destinations",
    resources: [
      bucket("archive", { retentionPolicy: { retentionPeriod: 31536000, isLocked: true } }),
      sink("audit", { destination: "storage.googleapis.com/archive" }),
      sink("foreign", { destination: "storage.googleapis.com/elsewhere" }),
      bucket("dataset"),
      sink("table", { destination: "bigquery.googleapis.com/projects/p/datasets/dataset" }),
    ],
    found: [],
  },
  {
    policy: "audit-archives-are-locked",
    title: "an archive of staging",
    stack: "staging",
    resources: [bucket("archive"), sink("audit", { destination: "storage.googleapis.com/archive" })],
    found: [],
  },
  {
    policy: "transfers-hold-no-access-keys",
    title: "access keys in a job, by a secret, and by themselves",
    resources: [
      transferJob("inline", {
        transferSpec: { awsS3DataSource: { bucketName: "b", awsAccessKey: { accessKeyId: "AKIA" } } },
      }),
      transferJob("secret", {
        transferSpec: { awsS3DataSource: { bucketName: "b", credentialsSecret: "projects/1/secrets/s" } },
      }),
      any("aws:iam/accessKey:AccessKey")("key", { user: "mover" }),
    ],
    found: [
      'TransferJob "inline" reads Amazon S3 with an access key.',
      'TransferJob "secret" reads Amazon S3 with an access key from Secret Manager.',
      'AccessKey "key" is an access key, a credential that never expires.',
    ],
  },
  {
    policy: "transfers-hold-no-access-keys",
    title: "a job with a role, and one between buckets of Google",
    resources: [
      transferJob("role", {
        transferSpec: { awsS3DataSource: { bucketName: "b", roleArn: "arn:aws:iam::1:role/r" } },
      }),
      transferJob("google", { transferSpec: { gcsDataSource: { bucketName: "b" } } }),
    ],
    found: [],
  },
  {
    policy: "s3-buckets-block-public-access",
    title: "buckets without a block, with half of one, and with half of one inside",
    resources: [
      s3Bucket("bare", { bucket: "bare" }),
      s3Bucket("half", { bucket: "half" }),
      publicAccessBlock("half", { bucket: "half", blockPublicAcls: true, blockPublicPolicy: true }),
      any("aws-native:s3:Bucket")("native", {
        publicAccessBlockConfiguration: {
          blockPublicAcls: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        },
      }),
    ],
    found: [
      'Bucket "bare" has no public access block.',
      'Bucket "half" does not set ignorePublicAcls, restrictPublicBuckets.',
      'Bucket "native" does not set blockPublicPolicy.',
    ],
  },
  {
    policy: "s3-buckets-block-public-access",
    title: "a bucket with a whole block, by reference",
    resources: [
      any("aws:s3/bucketV2:BucketV2")("media", { bucket: UNKNOWN.string }),
      publicAccessBlock("media", {
        bucket: outputOf("aws:s3/bucketV2:BucketV2::media"),
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
    ],
    found: [],
  },
];
