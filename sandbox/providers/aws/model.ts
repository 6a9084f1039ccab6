import aws from "@pulumi/aws/package.json" with { type: "json" };
import { any, string } from "../fields.ts";
import type { ProviderModel } from "../provider.ts";
import { functions } from "./functions.ts";
import { eks } from "./eks.ts";
import { role, rolePolicy, rolePolicyAttachment } from "./iam.ts";
import { bucketLifecycleConfiguration } from "./s3-lifecycle.ts";
import { bucketNotification } from "./s3-notification.ts";
import {
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock,
  bucketServerSideEncryptionConfiguration,
  bucketVersioning,
} from "./s3-settings.ts";
import { bucket } from "./s3-bucket.ts";
import { queue, queuePolicy } from "./sqs.ts";

/** Amazon Web Services as far as a migration and clusters of EKS need them. No call reaches AWS: there is a record of each resource. */
export const awsModel: ProviderModel = {
  name: "aws",
  version: aws.version,
  configuration: {
    region: string({ pattern: /^[a-z]{2}(-[a-z]+)+-\d$/, rule: 'a region such as "eu-central-1"' }),
    allowedAccountIds: any(),
    forbiddenAccountIds: any(),
    assumeRoles: any(),
    defaultTags: any(),
    // Provider settings for reaching AWS, which the local account does not need.
    accessKey: string(),
    secretKey: string(),
    token: string(),
    profile: string(),
    assumeRoleWithWebIdentity: any(),
    sharedConfigFiles: any(),
    sharedCredentialsFiles: any(),
    endpoints: any(),
    maxRetries: any(),
    retryMode: string(),
    s3UsePathStyle: any(),
    stsRegion: string(),
    skipCredentialsValidation: any(),
    skipMetadataApiCheck: any(),
    skipRegionValidation: any(),
    skipRequestingAccountId: any(),
    useDualstackEndpoint: any(),
    useFipsEndpoint: any(),
    version: string(),
  },
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
  ambient: [{ key: "region", variables: ["AWS_REGION", "AWS_DEFAULT_REGION"] }],
  resources: [
    bucket,
    bucketPublicAccessBlock,
    bucketOwnershipControls,
    bucketServerSideEncryptionConfiguration,
    bucketVersioning,
    bucketLifecycleConfiguration,
    bucketPolicy,
    role,
    rolePolicy,
    rolePolicyAttachment,
    ...eks,
    queue,
    queuePolicy,
    bucketNotification,
  ],
  functions,
};
