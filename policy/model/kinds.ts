/** The type tokens that one kind of resource can have: a program may use any of Pulumi's providers for it. */
export type Tokens = ReadonlySet<string>;

/** Tells whether a resource is of a kind by its type token. */
export type Kind = Pick<Tokens, "has">;

/**
 * Tokens of a Google Cloud resource: of `@pulumi/gcp`, of Terraform's provider and its beta taken by
 * `pulumi package add terraform-provider hashicorp/google`, and of `google-native`.
 */
function google(classic: string, terraform: string, ...native: readonly string[]): Tokens {
  const type = terraform.charAt(0).toUpperCase() + terraform.slice(1);
  return new Set([
    `gcp:${classic}`,
    `google:index/${terraform}:${type}`,
    `google-beta:index/${terraform}:${type}`,
    ...native.map((token) => `google-native:${token}`),
  ]);
}

export const BUCKET = google("storage/bucket:Bucket", "storageBucket", "storage/v1:Bucket");
export const HMAC_KEY = google("storage/hmacKey:HmacKey", "storageHmacKey", "storage/v1:HmacKey");
export const TRANSFER_JOB = google(
  "storage/transferJob:TransferJob",
  "storageTransferJob",
  "storagetransfer/v1:TransferJob",
);
export const SERVICE_ACCOUNT = google(
  "serviceaccount/account:Account",
  "serviceAccount",
  "iam/v1:ServiceAccount",
);
export const SERVICE_ACCOUNT_KEY = google("serviceaccount/key:Key", "serviceAccountKey", "iam/v1:Key");
export const SECRET = google("secretmanager/secret:Secret", "secretManagerSecret", "secretmanager/v1:Secret");
export const SECRET_VERSION = google(
  "secretmanager/secretVersion:SecretVersion",
  "secretManagerSecretVersion",
);
export const TOPIC = google("pubsub/topic:Topic", "pubsubTopic", "pubsub/v1:Topic");
export const SUBSCRIPTION = google(
  "pubsub/subscription:Subscription",
  "pubsubSubscription",
  "pubsub/v1:Subscription",
);
export const CLUSTER = google("container/cluster:Cluster", "containerCluster", "container/v1:Cluster");
export const NODE_POOL = google("container/nodePool:NodePool", "containerNodePool", "container/v1:NodePool");
export const BACKEND_BUCKET = google(
  "compute/backendBucket:BackendBucket",
  "computeBackendBucket",
  "compute/v1:BackendBucket",
);
export const KEY_RING = google("kms/keyRing:KeyRing", "kmsKeyRing", "cloudkms/v1:KeyRing");
export const DATASET = google("bigquery/dataset:Dataset", "bigqueryDataset", "bigquery/v2:Dataset");
export const LOG_BUCKET = google(
  "logging/projectBucketConfig:ProjectBucketConfig",
  "loggingProjectBucketConfig",
);
export const AUDIT_CONFIG = google("projects/iAMAuditConfig:IAMAuditConfig", "projectIamAuditConfig");
export const LOG_SINK: Tokens = new Set([
  ...google("logging/projectSink:ProjectSink", "loggingProjectSink"),
  ...google("logging/folderSink:FolderSink", "loggingFolderSink"),
  ...google("logging/organizationSink:OrganizationSink", "loggingOrganizationSink"),
]);
/** What runs on Compute Engine or Cloud Run with a service account of its own, beside clusters and node pools. */
export const COMPUTE: Tokens = new Set([
  ...google("compute/instance:Instance", "computeInstance"),
  ...google("compute/instanceTemplate:InstanceTemplate", "computeInstanceTemplate"),
  ...google("cloudrunv2/service:Service", "cloudRunV2Service"),
  ...google("cloudrunv2/job:Job", "cloudRunV2Job"),
]);

export const S3_BUCKET: Tokens = new Set([
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws-native:s3:Bucket",
]);
export const S3_PUBLIC_ACCESS_BLOCK: Tokens = new Set([
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
]);
export const AWS_ACCESS_KEY: Tokens = new Set(["aws:iam/accessKey:AccessKey", "aws-native:iam:AccessKey"]);

export const KUBERNETES_SERVICE_ACCOUNT: Tokens = new Set(["kubernetes:core/v1:ServiceAccount"]);
export const KUBERNETES_SECRET: Tokens = new Set(["kubernetes:core/v1:Secret"]);
export const NETWORK_POLICY: Tokens = new Set(["kubernetes:networking.k8s.io/v1:NetworkPolicy"]);
/** What makes pods. */
export const WORKLOAD: Tokens = new Set([
  "kubernetes:apps/v1:DaemonSet",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:ReplicaSet",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:batch/v1:CronJob",
  "kubernetes:batch/v1:Job",
  "kubernetes:core/v1:Pod",
  "kubernetes:keda.sh/v1alpha1:ScaledJob",
]);
