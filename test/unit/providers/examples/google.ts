import { secret } from "../../../../sandbox/providers/values.ts";
import { projectId, projectNumber } from "../local-cloud.ts";
import type { Example } from "./example.ts";

const email = `signer@${projectId}.iam.gserviceaccount.com`;
const signer = `serviceAccount:${email}`;
const storageAgent = `serviceAccount:service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;

/** In the order of their dependencies. */
export const googleExamples: Example[] = [
  {
    type: "gcp:serviceaccount/account:Account",
    inputs: { accountId: "signer", displayName: "Signer" },
    update: { displayName: "Signs URLs", description: "no other power" },
    id: `projects/${projectId}/serviceAccounts/${email}`,
    importIds: [email],
    outputs: { email, member: signer, project: projectId, deletionPolicy: "DELETE" },
  },
  {
    type: "gcp:storage/bucket:Bucket",
    inputs: {
      name: "mpegflow-media",
      location: "us",
      customPlacementConfig: { dataLocations: ["us-east4", "us-west1"] },
      rpo: "ASYNC_TURBO",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      labels: { team: "video" },
      lifecycleRules: [
        {
          action: { type: "SetStorageClass", storageClass: "NEARLINE" },
          condition: { age: 30, matchesPrefixes: ["outputs/"] },
        },
        {
          action: { type: "AbortIncompleteMultipartUpload" },
          condition: { age: 0, sendAgeIfZero: true },
        },
      ],
      cors: [{ origins: ["https://example.com"], methods: ["GET"], maxAgeSeconds: 3600 }],
    },
    update: {
      labels: { owner: "playout" },
      rpo: "DEFAULT",
      lifecycleRules: [{ action: { type: "Delete" }, condition: { daysSinceCustomTime: 7 } }],
      versioning: { enabled: true },
      cors: [],
    },
    id: "mpegflow-media",
    importIds: [`${projectId}/mpegflow-media`],
    outputs: {
      location: "US",
      customPlacementConfig: { dataLocations: ["US-EAST4", "US-WEST1"] },
      url: "gs://mpegflow-media",
      selfLink: "https://www.googleapis.com/storage/v1/b/mpegflow-media",
      project: projectId,
      projectNumber: Number(projectNumber),
      storageClass: "STANDARD",
      forceDestroy: false,
    },
  },
  {
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    inputs: { bucket: "mpegflow-media", role: "roles/storage.objectUser", member: signer },
    id: `b/mpegflow-media/roles/storage.objectUser/${signer}`,
    importIds: [`b/mpegflow-media roles/storage.objectUser ${signer}`],
    outputs: { bucket: "b/mpegflow-media" },
  },
  {
    type: "gcp:serviceaccount/iAMMember:IAMMember",
    inputs: {
      serviceAccountId: `projects/${projectId}/serviceAccounts/${email}`,
      role: "roles/iam.serviceAccountTokenCreator",
      member: "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s",
    },
    id: /serviceAccounts\/signer@.*\/roles\/iam\.serviceAccountTokenCreator\/principal:/,
    importIds: [
      `projects/${projectId}/serviceAccounts/${email} roles/iam.serviceAccountTokenCreator principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s`,
    ],
    outputs: {},
  },
  {
    type: "gcp:projects/iAMMember:IAMMember",
    inputs: { project: projectId, role: "roles/pubsub.viewer", member: signer },
    id: `${projectId}/roles/pubsub.viewer/${signer}`,
    importIds: [`${projectId} roles/pubsub.viewer ${signer}`],
    outputs: { project: projectId },
  },
  {
    type: "gcp:storage/transferJob:TransferJob",
    inputs: {
      description: "first wave",
      transferSpec: {
        awsS3DataSource: { bucketName: "archive", roleArn: "arn:aws:iam::123456789012:role/transfer" },
        gcsDataSink: { bucketName: "mpegflow-media", path: "archive/" },
        objectConditions: { includePrefixes: ["2019/"] },
        transferOptions: { overwriteWhen: "DIFFERENT" },
      },
      schedule: { scheduleStartDate: { year: 2026, month: 12, day: 1 } },
    },
    update: { status: "DISABLED", description: "first wave, paused" },
    id: new RegExp(`^${projectId}/\\d+$`),
    outputs: { project: projectId, status: "ENABLED" },
  },
  {
    type: "gcp:storage/hmacKey:HmacKey",
    inputs: { serviceAccountEmail: email },
    update: { state: "INACTIVE" },
    id: new RegExp(`^projects/${projectId}/hmacKeys/GOOG1E[A-Z2-7]{55}$`),
    outputs: { state: "ACTIVE", project: projectId },
  },
  {
    type: "gcp:secretmanager/secret:Secret",
    inputs: {
      secretId: "signer-key",
      labels: { team: "video" },
      replication: { userManaged: { replicas: [{ location: "us-east4" }, { location: "us-west1" }] } },
    },
    update: { labels: { team: "playout" }, annotations: { note: "rotated" } },
    id: `projects/${projectId}/secrets/signer-key`,
    importIds: ["signer-key", `${projectId}/signer-key`],
    outputs: { name: `projects/${projectNumber}/secrets/signer-key`, project: projectId },
  },
  {
    type: "gcp:secretmanager/secretVersion:SecretVersion",
    inputs: { secret: `projects/${projectId}/secrets/signer-key`, secretData: secret("a payload") },
    update: { enabled: false },
    id: `projects/${projectNumber}/secrets/signer-key/versions/1`,
    outputs: { version: "1", enabled: true, secret: `projects/${projectId}/secrets/signer-key` },
  },
  {
    type: "gcp:secretmanager/secretIamMember:SecretIamMember",
    inputs: { secretId: "signer-key", role: "roles/secretmanager.secretAccessor", member: signer },
    id: `projects/${projectId}/secrets/signer-key/roles/secretmanager.secretAccessor/${signer}`,
    importIds: [`projects/${projectId}/secrets/signer-key roles/secretmanager.secretAccessor ${signer}`],
    outputs: { secretId: `projects/${projectId}/secrets/signer-key`, project: projectId },
  },
  {
    type: "gcp:pubsub/topic:Topic",
    inputs: {
      name: "jobs",
      labels: { team: "video" },
      messageStoragePolicy: { allowedPersistenceRegions: ["us-west1", "us-east4"] },
    },
    update: { messageRetentionDuration: "86400s" },
    id: `projects/${projectId}/topics/jobs`,
    importIds: ["jobs", `${projectId}/jobs`],
    outputs: { project: projectId },
  },
  {
    type: "gcp:pubsub/subscription:Subscription",
    inputs: {
      name: "jobs-pull",
      topic: `projects/${projectId}/topics/jobs`,
      ackDeadlineSeconds: 60,
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: "10s" },
      deadLetterPolicy: { deadLetterTopic: `projects/${projectId}/topics/jobs`, maxDeliveryAttempts: 5 },
    },
    update: {
      ackDeadlineSeconds: 600,
      deadLetterPolicy: { deadLetterTopic: "jobs", maxDeliveryAttempts: 9 },
    },
    id: `projects/${projectId}/subscriptions/jobs-pull`,
    importIds: ["jobs-pull"],
    outputs: {
      topic: `projects/${projectId}/topics/jobs`,
      messageRetentionDuration: "604800s",
      retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
    },
  },
  {
    type: "gcp:pubsub/topicIAMMember:TopicIAMMember",
    // Cloud Storage's own account, without whose grant there is no notification.
    inputs: { topic: "jobs", role: "roles/pubsub.publisher", member: storageAgent },
    id: `projects/${projectId}/topics/jobs/roles/pubsub.publisher/${storageAgent}`,
    importIds: [`projects/${projectId}/topics/jobs roles/pubsub.publisher ${storageAgent}`],
    outputs: { topic: `projects/${projectId}/topics/jobs` },
  },
  {
    type: "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
    inputs: { subscription: "jobs-pull", role: "roles/pubsub.subscriber", member: signer },
    id: `projects/${projectId}/subscriptions/jobs-pull/roles/pubsub.subscriber/${signer}`,
    importIds: [`projects/${projectId}/subscriptions/jobs-pull roles/pubsub.subscriber ${signer}`],
    outputs: { subscription: `projects/${projectId}/subscriptions/jobs-pull` },
  },
  {
    type: "gcp:projects/service:Service",
    inputs: { service: "pubsub.googleapis.com", disableOnDestroy: true },
    id: `${projectId}/pubsub.googleapis.com`,
    outputs: { project: projectId },
  },
];
