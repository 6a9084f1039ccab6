import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as k8s from "@pulumi/kubernetes";
import {
  bucket,
  deployment,
  logged,
  pod,
  privateCluster,
  project,
  safe,
  type OutsideStack,
} from "./common.ts";

export const GOOD: readonly OutsideStack[] = [
  {
    title: "one regional bucket",
    program: () => {
      logged();
      bucket("proxies");
    },
  },
  {
    title: "a multi-region bucket with readers only",
    program: () => {
      logged();
      bucket("press", { location: "US" });
    },
  },
  {
    title: "a predefined dual-region",
    program: () => {
      logged();
      bucket("masters", { location: "NAM4", rpo: "ASYNC_TURBO" });
    },
  },
  {
    title: "a pair of regions",
    program: () => {
      logged();
      bucket("pair", {
        location: "US",
        customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-WEST1"] },
      });
    },
  },
  {
    title: "a bucket with versions and a ladder",
    program: () => {
      logged();
      bucket("ladder", {
        versioning: { enabled: true },
        lifecycleRules: [
          ...safe.lifecycleRules,
          { action: { type: "SetStorageClass", storageClass: "NEARLINE" }, condition: { age: 30 } },
          { action: { type: "Delete" }, condition: { age: 400 } },
        ],
      });
    },
  },
  {
    title: "an archive that is retained and locked",
    program: () => {
      logged();
      bucket("vault", { retentionPolicy: { retentionPeriod: "31536000", isLocked: true } });
    },
  },
  {
    title: "a grant to a group",
    program: () => {
      logged();
      const media = bucket("media");
      new gcp.storage.BucketIAMMember("readers", {
        bucket: media.name,
        role: "roles/storage.objectViewer",
        member: "group:editors@example.com",
      });
    },
  },
  {
    title: "a service in one region that writes",
    program: () => {
      logged();
      const media = bucket("media");
      const account = new gcp.serviceaccount.Account("ingest", { accountId: "ingest-writer", project });
      new gcp.storage.BucketIAMMember("writes", {
        bucket: media.name,
        role: "roles/storage.objectUser",
        member: account.member,
      });
      new gcp.cloudrunv2.Service("ingest", {
        location: "us-central1",
        project,
        template: { serviceAccount: account.email, containers: [{ image: "registry/ingest:1" }] },
      });
    },
  },
  {
    title: "a topic and a subscription that never expires, without dead letters asked for",
    program: () => {
      const dead = new gcp.pubsub.Topic("dead", { name: "dead", project });
      new gcp.pubsub.Subscription("kept", {
        name: "kept",
        topic: dead.name,
        project,
        expirationPolicy: { ttl: "" },
      });
    },
  },
  {
    title: "a private Autopilot cluster",
    program: () => {
      privateCluster("autopilot", { enableAutopilot: true });
    },
  },
  {
    title: "a private Standard cluster with a pool",
    program: () => {
      const cluster = privateCluster("standard");
      new gcp.container.NodePool("pool", {
        project,
        cluster: cluster.name,
        location: "us-central1",
        nodeConfig: { workloadMetadataConfig: { mode: "GKE_METADATA" } },
      });
    },
  },
  {
    title: "a web application of no worker",
    program: () => {
      deployment("web", { serviceAccountName: "web" });
    },
  },
  {
    title: "an account of a web application that stands for a Google account",
    program: () => {
      new k8s.core.v1.ServiceAccount("web", {
        metadata: {
          name: "web",
          namespace: "media",
          annotations: { "iam.gke.io/gcp-service-account": "web@studio-dailies.iam.gserviceaccount.com" },
        },
      });
    },
  },
  {
    title: "a program that signs for a quarter of an hour",
    program: () => {
      deployment("broker", {
        containers: [
          {
            name: "main",
            image: "registry/broker:1",
            env: [{ name: "SIGNED_URL_TTL_SECONDS", value: "900" }],
          },
        ],
      });
    },
  },
  {
    title: "a program with the address of a database and a cache",
    program: () => {
      deployment("api", {
        containers: [
          {
            name: "main",
            image: "registry/api:1",
            env: [
              { name: "URL_CACHE_TTL_SECONDS", value: "604800" },
              { name: "SIGNUP_TOKEN_EXPIRY_DAYS", value: "30" },
            ],
          },
        ],
      });
    },
  },
  {
    title: "a CDN that keeps segments for a year",
    program: () => {
      logged();
      bucket("media");
      new gcp.compute.BackendBucket("cdn", {
        project,
        bucketName: "media",
        enableCdn: true,
        cdnPolicy: {
          cacheMode: "USE_ORIGIN_HEADERS",
          signedUrlCacheMaxAgeSec: 31_536_000,
          negativeCaching: true,
          negativeCachingPolicies: [{ code: 404, ttl: 1 }],
        },
      });
    },
  },
  {
    title: "a backend bucket without a CDN",
    program: () => {
      logged();
      bucket("site");
      new gcp.compute.BackendBucket("site", { project, bucketName: "site" });
    },
  },
  {
    title: "a transfer from S3 by a role",
    program: () => {
      logged();
      const sink = bucket("sink");
      new gcp.storage.TransferJob("move", {
        project,
        description: "move",
        transferSpec: {
          awsS3DataSource: { bucketName: "old", roleArn: "arn:aws:iam::123456789012:role/reader" },
          gcsDataSink: { bucketName: sink.name },
        },
      });
    },
  },
  {
    title: "an S3 bucket that is blocked to the public",
    program: () => {
      const old = new aws.s3.Bucket("old", { bucket: "old" });
      new aws.s3.BucketPublicAccessBlock("old", {
        bucket: old.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    },
  },
  {
    title: "a secret and its reader",
    program: () => {
      const secret = new gcp.secretmanager.Secret("token", {
        secretId: "token",
        project,
        replication: { auto: {} },
      });
      new gcp.secretmanager.SecretIamMember("reader", {
        project,
        secretId: secret.secretId,
        role: "roles/secretmanager.secretAccessor",
        member: "serviceAccount:api@studio-dailies.iam.gserviceaccount.com",
      });
    },
  },
  {
    title: "a key ring and a key that turns",
    program: () => {
      const ring = new gcp.kms.KeyRing("ring", { project, location: "us" });
      new gcp.kms.CryptoKey("key", { keyRing: ring.id, rotationPeriod: "7776000s" });
    },
  },
  {
    title: "a network with a private subnet",
    program: () => {
      const network = new gcp.compute.Network("vpc", { project, autoCreateSubnetworks: false });
      new gcp.compute.Subnetwork("nodes", {
        project,
        network: network.id,
        region: "us-central1",
        ipCidrRange: "10.0.0.0/20",
        privateIpGoogleAccess: true,
      });
    },
  },
  {
    title: "a policy that lets pods reach one namespace",
    program: () => {
      new k8s.networking.v1.NetworkPolicy("egress", {
        metadata: { namespace: "media" },
        spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ namespaceSelector: {} }] }] },
      });
    },
  },
  {
    title: "a sink to a dataset",
    program: () => {
      const dataset = new gcp.bigquery.Dataset("logs", { datasetId: "logs", project, location: "US" });
      new gcp.logging.ProjectSink("logs", { project, destination: dataset.id });
    },
  },
  {
    title: "a service account without a key",
    program: () => {
      new gcp.serviceaccount.Account("signer", { accountId: "url-signer", project });
    },
  },
  {
    title: "an HMAC key of a signer of its own",
    program: () => {
      const signer = new gcp.serviceaccount.Account("signer", { accountId: "url-signer", project });
      new gcp.storage.HmacKey("key", { project, serviceAccountEmail: signer.email });
    },
  },
  {
    title: "a job that ends, of no worker",
    program: () => {
      new k8s.batch.v1.Job("report", {
        metadata: { namespace: "media" },
        spec: { template: { spec: pod({ restartPolicy: "Never" }) } },
      });
    },
  },
  {
    title: "a log bucket of a year",
    program: () => {
      new gcp.logging.ProjectBucketConfig("logs", {
        project,
        location: "us-central1",
        bucketId: "logs",
        retentionDays: 365,
      });
    },
  },
  {
    title: "a bucket with soft delete of 30 days",
    program: () => {
      logged();
      bucket("soft", { softDeletePolicy: { retentionDurationSeconds: 2_592_000 } });
    },
  },
  {
    title: "a bucket that lets a studio's page upload",
    program: () => {
      logged();
      bucket("cors", {
        cors: [{ origins: ["https://studio.example.com"], methods: ["PUT"], maxAgeSeconds: 3600 }],
      });
    },
  },
];
