import type { Properties } from "../../../../sandbox/providers/values.ts";
import type { Example } from "./example.ts";

const region = "eu-central-1";
const account = "111122223333";
const queueUrl = `https://sqs.${region}.amazonaws.com/${account}/arrivals`;
const queueArn = `arn:aws:sqs:${region}:${account}:arrivals`;

const policy = (...statements: Properties[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const tlsOnly = {
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::archive", "arn:aws:s3:::archive/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const trust = {
  Effect: "Allow",
  Principal: { Federated: "accounts.google.com" },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { "accounts.google.com:sub": "100000000123456789012" } },
};
const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::archive/*" };
const send = {
  Effect: "Allow",
  Principal: { Service: "s3.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: queueArn,
};

const namedBucket = (bucket: string): Example => ({
  type: "aws:s3/bucket:Bucket",
  inputs: { bucket, tags: { team: "video" } },
  update: { tags: { team: "playout" }, forceDestroy: true },
  id: bucket,
  outputs: {
    arn: `arn:aws:s3:::${bucket}`,
    region,
    bucketRegion: region,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
    tagsAll: { team: "video" },
  },
});
const namedQueue = (name: string): Example => ({
  type: "aws:sqs/queue:Queue",
  inputs: { name, messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true },
  update: { visibilityTimeoutSeconds: 300, tags: { team: "video" } },
  id: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
  outputs: {
    arn: `arn:aws:sqs:${region}:${account}:${name}`,
    url: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    delaySeconds: 0,
    region,
  },
});

const nodeGroup = {
  clusterName: "encoders",
  nodeRoleArn: `arn:aws:iam::${account}:role/transfer`,
  subnetIds: ["subnet-1"],
  scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 4 },
};

/** In the order of their dependencies; those named `other-…` are what the copies stand on that a test deletes. */
export const awsExamples: Example[] = [
  namedBucket("archive"),
  namedBucket("other-archive"),
  {
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    inputs: { bucket: "archive", blockPublicAcls: true, blockPublicPolicy: true },
    update: { ignorePublicAcls: true, restrictPublicBuckets: true },
    id: "archive",
    outputs: { restrictPublicBuckets: false, region },
  },
  {
    type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    inputs: { bucket: "archive", rule: { objectOwnership: "BucketOwnerEnforced" } },
    update: { rule: { objectOwnership: "BucketOwnerPreferred" } },
    id: "archive",
    outputs: { region },
  },
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    inputs: {
      bucket: "archive",
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    update: {
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true }],
    },
    id: "archive",
    outputs: { region },
  },
  {
    type: "aws:s3/bucketVersioning:BucketVersioning",
    inputs: { bucket: "archive", versioningConfiguration: { status: "Enabled" } },
    update: { versioningConfiguration: { status: "Suspended" } },
    id: "archive",
    outputs: { region },
  },
  {
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    inputs: {
      bucket: "archive",
      rules: [
        { id: "uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
      ],
    },
    update: {
      rules: [
        { id: "uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 3 } },
        {
          id: "versions",
          status: "Enabled",
          filter: { prefix: "raw/" },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
        },
      ],
    },
    id: "archive",
    outputs: { transitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
  },
  {
    type: "aws:s3/bucketPolicy:BucketPolicy",
    inputs: { bucket: "archive", policy: policy(tlsOnly) },
    update: { policy: policy({ ...tlsOnly, Sid: "EncryptedOnly" }) },
    id: "archive",
    outputs: { policy: policy(tlsOnly) },
  },
  {
    type: "aws:iam/role:Role",
    inputs: { name: "transfer", assumeRolePolicy: policy(trust), description: "Reads the archive" },
    update: { description: "Reads the archive's objects", maxSessionDuration: 7200 },
    id: "transfer",
    outputs: {
      arn: `arn:aws:iam::${account}:role/transfer`,
      path: "/",
      maxSessionDuration: 3600,
    },
  },
  {
    type: "aws:iam/rolePolicy:RolePolicy",
    inputs: { name: "read", role: "transfer", policy: policy(read) },
    update: { policy: policy({ ...read, Action: ["s3:GetObject", "s3:GetObjectVersion"] }) },
    id: "transfer:read",
    outputs: {},
  },
  {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    inputs: { role: "transfer", policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy" },
    another: { role: "transfer", policyArn: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" },
    id: "transfer/arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    outputs: {},
  },
  {
    type: "aws:eks/cluster:Cluster",
    inputs: {
      name: "encoders",
      roleArn: `arn:aws:iam::${account}:role/transfer`,
      vpcConfig: { subnetIds: ["subnet-1", "subnet-2"] },
    },
    update: { accessConfig: { authenticationMode: "API" } },
    id: "encoders",
    outputs: { status: "ACTIVE" },
  },
  {
    type: "aws:eks/addon:Addon",
    inputs: { clusterName: "encoders", addonName: "vpc-cni" },
    another: { clusterName: "encoders", addonName: "coredns" },
    update: { configurationValues: '{"enableNetworkPolicy":"true"}' },
    id: "encoders:vpc-cni",
    outputs: {},
  },
  {
    type: "aws:eks/nodeGroup:NodeGroup",
    inputs: { nodeGroupName: "spot", ...nodeGroup },
    another: { nodeGroupName: "other", ...nodeGroup },
    update: { scalingConfig: { minSize: 0, desiredSize: 1, maxSize: 4 } },
    id: "encoders:spot",
    outputs: { status: "ACTIVE" },
  },
  namedQueue("arrivals"),
  namedQueue("other-arrivals"),
  {
    type: "aws:sqs/queuePolicy:QueuePolicy",
    inputs: { queueUrl, policy: policy(send) },
    update: { policy: policy({ ...send, Sid: "FromTheArchive" }) },
    id: queueUrl,
    outputs: { region },
  },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    inputs: {
      bucket: "archive",
      queues: [{ queueArn, events: ["s3:ObjectCreated:*"], filterPrefix: "2025/", id: "arrivals" }],
    },
    update: {
      queues: [
        { queueArn, events: ["s3:ObjectCreated:*"], filterPrefix: "2025/", id: "arrivals" },
        { queueArn, events: ["s3:ObjectCreated:*"], filterPrefix: "2026/", id: "arrivals-2" },
      ],
    },
    id: "archive",
    outputs: { region },
  },
];
