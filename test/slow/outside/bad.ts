import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as k8s from "@pulumi/kubernetes";
import { bucket, deployment, logged, privateCluster, project, safe, type OutsideStack } from "./common.ts";

const breaks = (title: string, policy: string, resource: string, program: () => void): OutsideStack => ({
  title,
  program,
  refused: [policy, resource],
});
const badBucket = (title: string, policy: string, more: Partial<gcp.storage.BucketArgs>): OutsideStack =>
  breaks(title, policy, "media", () => {
    logged();
    bucket("media", more);
  });

export const BAD: readonly OutsideStack[] = [
  badBucket("access lists", "buckets-have-uniform-access", { uniformBucketLevelAccess: false }),
  badBucket("public access that is inherited", "buckets-prevent-public-access", {
    publicAccessPrevention: "inherited",
  }),
  badBucket("objects that go with the bucket", "buckets-are-not-force-destroyed", { forceDestroy: true }),
  badBucket("no soft delete", "buckets-keep-deleted-objects", {
    softDeletePolicy: { retentionDurationSeconds: 0 },
  }),
  badBucket("a pair that Google does not offer", "bucket-placement-is-valid", {
    location: "US",
    customPlacementConfig: { dataLocations: ["US-CENTRAL1", "EUROPE-WEST1"] },
  }),
  badBucket("a pair of one", "bucket-placement-is-valid", {
    location: "US",
    customPlacementConfig: { dataLocations: ["US-CENTRAL1"] },
  }),
  badBucket("turbo in one region", "bucket-placement-is-valid", { rpo: "ASYNC_TURBO" }),
  badBucket("two writers of a continent", "active-active-requires-dual-region", {
    location: "US",
    labels: { "mpegflow-access-pattern": "active-active" },
  }),
  badBucket("a rule that deletes what is retained", "bucket-retention-holds", {
    retentionPolicy: { retentionPeriod: "31536000" },
    lifecycleRules: [...safe.lifecycleRules, { action: { type: "Delete" }, condition: { age: 30 } }],
  }),
  badBucket("a rule back to a warmer class", "lifecycle-rules-make-sense", {
    lifecycleRules: [
      ...safe.lifecycleRules,
      { action: { type: "SetStorageClass", storageClass: "COLDLINE" }, condition: { age: 30 } },
      { action: { type: "SetStorageClass", storageClass: "NEARLINE" }, condition: { age: 90 } },
    ],
  }),
  breaks("a bucket for everybody", "grants-are-not-public", "open", () => {
    logged();
    const media = bucket("media");
    new gcp.storage.BucketIAMMember("open", {
      bucket: media.name,
      role: "roles/storage.objectViewer",
      member: "allUsers",
    });
  }),
  breaks("a binding for everybody with an account", "grants-are-not-public", "open", () => {
    logged();
    const media = bucket("media");
    new gcp.storage.BucketIAMBinding("open", {
      bucket: media.name,
      role: "roles/storage.objectViewer",
      members: ["allAuthenticatedUsers"],
    });
  }),
  breaks("reads that leave no trace", "data-access-is-logged", "media", () => {
    bucket("media");
  }),
  breaks("a key in a file", "no-service-account-keys", "key", () => {
    const account = new gcp.serviceaccount.Account("ci", { accountId: "ci-runner", project });
    new gcp.serviceaccount.Key("key", { serviceAccountId: account.name });
  }),
  breaks("an HMAC key of the default account", "hmac-keys-belong-to-signers", "key", () => {
    new gcp.storage.HmacKey("key", {
      project,
      serviceAccountEmail: "123456789012-compute@developer.gserviceaccount.com",
    });
  }),
  breaks("URLs of a week", "signed-urls-are-short-lived", "broker", () => {
    deployment("broker", {
      containers: [
        { name: "main", image: "registry/broker:1", env: [{ name: "SIGNED_URL_EXPIRY_DAYS", value: "7" }] },
      ],
    });
  }),
  breaks("a worker that stands for a Google account", "worker-accounts-are-unbound", "ffmpeg-worker", () => {
    new k8s.core.v1.ServiceAccount("ffmpeg-worker", {
      metadata: {
        name: "ffmpeg-worker",
        namespace: "media",
        annotations: { "iam.gke.io/gcp-service-account": "enc@studio-dailies.iam.gserviceaccount.com" },
      },
    });
  }),
  breaks("a subscription that expires", "subscriptions-never-expire", "jobs", () => {
    const jobs = new gcp.pubsub.Topic("jobs", { name: "jobs", project });
    new gcp.pubsub.Subscription("jobs", { name: "jobs", topic: jobs.name, project });
  }),
  breaks("retries without an end", "subscriptions-have-dead-letters", "jobs", () => {
    const jobs = new gcp.pubsub.Topic("jobs", { name: "jobs", project });
    new gcp.pubsub.Subscription("jobs", {
      name: "jobs",
      topic: jobs.name,
      project,
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: "10s" },
    });
  }),
  breaks("dead letters that nobody may write", "dead-letters-are-complete", "jobs", () => {
    const jobs = new gcp.pubsub.Topic("jobs", { name: "jobs", project });
    const dead = new gcp.pubsub.Topic("dead", { name: "dead", project });
    new gcp.pubsub.Subscription("jobs", {
      name: "jobs",
      topic: jobs.name,
      project,
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: "10s" },
      deadLetterPolicy: { deadLetterTopic: dead.id },
    });
  }),
  breaks("nodes with public addresses", "nodes-are-private", "open", () => {
    privateCluster("open", { privateClusterConfig: undefined });
  }),
  breaks("a cluster that anybody may delete", "clusters-are-protected", "open", () => {
    privateCluster("open", { deletionProtection: false });
  }),
  breaks("a cluster whose policies nobody enforces", "clusters-enforce-network-policies", "open", () => {
    privateCluster("open", { datapathProvider: undefined });
  }),
  breaks("nodes that show their credentials", "nodes-hide-their-credentials", "pool", () => {
    const cluster = privateCluster("encoders");
    new gcp.container.NodePool("pool", {
      project,
      cluster: cluster.name,
      location: "us-central1",
      nodeConfig: { workloadMetadataConfig: { mode: "GCE_METADATA" } },
    });
  }),
  breaks("a private bucket cached by force", "private-buckets-are-not-force-cached", "cdn", () => {
    logged();
    bucket("media");
    new gcp.compute.BackendBucket("cdn", {
      project,
      bucketName: "media",
      enableCdn: true,
      cdnPolicy: { cacheMode: "FORCE_CACHE_ALL", negativeCaching: false },
    });
  }),
  breaks("misses that are kept", "misses-are-forgotten-soon", "cdn", () => {
    logged();
    bucket("media");
    new gcp.compute.BackendBucket("cdn", {
      project,
      bucketName: "media",
      enableCdn: true,
      cdnPolicy: { cacheMode: "USE_ORIGIN_HEADERS", negativeCaching: true },
    });
  }),
  breaks("an archive of traces that can be shortened", "audit-archives-are-locked", "audit-sink", () => {
    logged();
    const archive = bucket("traces", { retentionPolicy: { retentionPeriod: "31536000" } });
    new gcp.logging.ProjectSink("audit-sink", {
      project,
      destination: archive.name.apply((name) => `storage.googleapis.com/${name}`),
    });
  }),
  breaks("a transfer by an access key", "transfers-hold-no-access-keys", "move", () => {
    logged();
    const sink = bucket("sink");
    new gcp.storage.TransferJob("move", {
      project,
      description: "move",
      transferSpec: {
        awsS3DataSource: {
          bucketName: "old",
          awsAccessKey: { accessKeyId: "AKIA", secretAccessKey: "secret" },
        },
        gcsDataSink: { bucketName: sink.name },
      },
    });
  }),
  breaks("an S3 bucket that may become public", "s3-buckets-block-public-access", "old", () => {
    new aws.s3.Bucket("old", { bucket: "old" });
  }),
  breaks(
    "a service of two regions that writes to a continent",
    "two-region-writers-require-dual-region",
    "media",
    () => {
      logged();
      const media = bucket("media", { location: "US" });
      const account = new gcp.serviceaccount.Account("ingest", { accountId: "ingest-writer", project });
      new gcp.storage.BucketIAMMember("writes", {
        bucket: media.name,
        role: "roles/storage.objectUser",
        member: account.member,
      });
      for (const region of ["us-central1", "us-east1"])
        new gcp.cloudrunv2.Service(`ingest-${region}`, {
          location: region,
          project,
          template: { serviceAccount: account.email, containers: [{ image: "registry/ingest:1" }] },
        });
    },
  ),
];
