import { mayMakePods } from "./pod-templates.ts";

/** The type tokens that one kind of resource can have: a program may use any of Pulumi's providers for it. */
export type Tokens = ReadonlySet<string>;

/** Tells whether a resource is of a kind by its type token. */
export type Kind = Pick<Tokens, "has">;

/**
 * Tokens of a Google Cloud resource: of `@pulumi/gcp`, of Terraform's provider and its beta taken by
 * `pulumi package add terraform-provider hashicorp/google`, and of `google-native`.
 */
export function google(classic: string, terraform: string, ...native: readonly string[]): Tokens {
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
export const SECRET: Tokens = new Set([
  ...google("secretmanager/secret:Secret", "secretManagerSecret", "secretmanager/v1:Secret"),
  ...google("secretmanager/regionalSecret:RegionalSecret", "secretManagerRegionalSecret"),
]);
export const SECRET_VERSION: Tokens = new Set([
  ...google("secretmanager/secretVersion:SecretVersion", "secretManagerSecretVersion"),
  ...google(
    "secretmanager/regionalSecretVersion:RegionalSecretVersion",
    "secretManagerRegionalSecretVersion",
  ),
]);
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
export const AUDIT_CONFIG: Tokens = new Set([
  ...google("projects/iAMAuditConfig:IAMAuditConfig", "projectIamAuditConfig"),
  ...google("folder/iamAuditConfig:IamAuditConfig", "folderIamAuditConfig"),
  ...google("organizations/iamAuditConfig:IamAuditConfig", "organizationIamAuditConfig"),
]);
export const LOG_SINK: Tokens = new Set([
  ...google("logging/projectSink:ProjectSink", "loggingProjectSink"),
  ...google("logging/folderSink:FolderSink", "loggingFolderSink"),
  ...google("logging/organizationSink:OrganizationSink", "loggingOrganizationSink"),
  ...google("logging/billingAccountSink:BillingAccountSink", "loggingBillingAccountSink"),
]);
/** Resources that return the address of a service agent. */
export const SERVICE_IDENTITY = google("projects/serviceIdentity:ServiceIdentity", "projectServiceIdentity");
export const CUSTOM_ROLE: Tokens = new Set([
  ...google("projects/iAMCustomRole:IAMCustomRole", "projectIamCustomRole", "iam/v1:Role"),
  ...google(
    "organizations/iAMCustomRole:IAMCustomRole",
    "organizationIamCustomRole",
    "iam/v1:OrganizationRole",
  ),
]);
export const IDENTITY_POOL_PROVIDER = google(
  "iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
  "iamWorkloadIdentityPoolProvider",
  "iam/v1:Provider",
);
export const GROUP = google("cloudidentity/group:Group", "cloudIdentityGroup", "cloudidentity/v1:Group");
export const GROUP_MEMBERSHIP = google(
  "cloudidentity/groupMembership:GroupMembership",
  "cloudIdentityGroupMembership",
  "cloudidentity/v1:Membership",
);
export const APP_ENGINE = google(
  "appengine/application:Application",
  "appEngineApplication",
  "appengine/v1:App",
);
/** Helm releases. Their objects are in the chart, which is not in the stack. */
export const HELM: Tokens = new Set(["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"]);
export const INSTANCE_TEMPLATE: Tokens = new Set([
  ...google(
    "compute/instanceTemplate:InstanceTemplate",
    "computeInstanceTemplate",
    "compute/v1:InstanceTemplate",
  ),
  ...google("compute/regionInstanceTemplate:RegionInstanceTemplate", "computeRegionInstanceTemplate"),
]);

export const S3_BUCKET: Tokens = new Set([
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws-native:s3:Bucket",
]);
export const S3_PUBLIC_ACCESS_BLOCK: Tokens = new Set([
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
]);
export const S3_ACCOUNT_PUBLIC_ACCESS_BLOCK: Tokens = new Set([
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
]);
export const AWS_ACCESS_KEY: Tokens = new Set(["aws:iam/accessKey:AccessKey", "aws-native:iam:AccessKey"]);

export const KUBERNETES_SERVICE_ACCOUNT: Tokens = new Set([
  "kubernetes:core/v1:ServiceAccount",
  "kubernetes:core/v1:ServiceAccountPatch",
]);
export const KUBERNETES_SECRET: Tokens = new Set([
  "kubernetes:core/v1:Secret",
  "kubernetes:core/v1:SecretPatch",
]);
export const CONFIG_MAP: Tokens = new Set([
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:ConfigMapPatch",
]);
export const NETWORK_POLICY: Tokens = new Set([
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:networking.k8s.io/v1:NetworkPolicyList",
  "kubernetes:networking.k8s.io/v1:NetworkPolicyPatch",
  "kubernetes:extensions/v1beta1:NetworkPolicy",
  "kubernetes:extensions/v1beta1:NetworkPolicyList",
  "kubernetes:extensions/v1beta1:NetworkPolicyPatch",
]);
/** Cilium's network policies, of one namespace and of the whole cluster. */
export const CILIUM_POLICY: Kind = {
  has: (type) => /^kubernetes:cilium\.io\/v\w+:Cilium(Clusterwide)?NetworkPolicy(Patch|List)?$/.test(type),
};
/** Policies by hosts' names of GKE's Dataplane V2. */
export const FQDN_POLICY: Kind = {
  has: (type) => /^kubernetes:networking\.gke\.io\/v\w+:FQDNNetworkPolicy(Patch|List)?$/.test(type),
};
/** Network policies of other makers: Calico's, AdminNetworkPolicy. */
export const OTHER_NETWORK_POLICY: Kind = {
  has: (type) =>
    type.startsWith("kubernetes:") &&
    /NetworkPolicy(Patch|List)?$/.test(type) &&
    !NETWORK_POLICY.has(type) &&
    !FQDN_POLICY.has(type) &&
    !CILIUM_POLICY.has(type),
};
/** Kinds that create pods, or may create them. */
export const WORKLOAD: Kind = { has: mayMakePods };
