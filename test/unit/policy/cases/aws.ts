import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import { any, publicAccessBlock, s3Bucket, transferJob, type Case } from "./case.ts";

const whole = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

const AMAZON = "pulumi:providers:aws";
const accountBlock = any("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock");
const through = (name: string) => ({ provider: { type: AMAZON, name } });
const providersOf = (configs: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
  Object.entries(configs).map(([name, props]) => any(AMAZON)(name, props));

export const aws: readonly Case[] = [
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
  {
    policy: "s3-buckets-block-public-access",
    title: "buckets under a block of the whole account, by itself and with half of one of their own",
    resources: [
      any("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")("account", whole),
      s3Bucket("bare", { bucket: "bare" }),
      s3Bucket("half", { bucket: "half" }),
      publicAccessBlock("half", { bucket: "half", blockPublicAcls: true }),
    ],
    found: [],
  },
  {
    policy: "s3-buckets-block-public-access",
    title: "half a block of the account",
    resources: [
      any("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")("account", {
        ...whole,
        restrictPublicBuckets: false,
      }),
      s3Bucket("bare", { bucket: "bare" }),
    ],
    found: ['Bucket "bare" does not set restrictPublicBuckets.'],
  },
  {
    policy: "s3-buckets-block-public-access",
    title: "a block of another account, by its role, and by its id beside the provider's only account",
    resources: [
      ...providersOf({
        ours: { assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::111111111111:role/r" }]) },
        theirs: { assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::222222222222:role/r" }]) },
        bound: { allowedAccountIds: JSON.stringify(["333333333333"]) },
      }),
      accountBlock("account", whole, through("ours")),
      accountBlock("told", { ...whole, accountId: "444444444444" }),
      s3Bucket("ours", { bucket: "ours" }, through("ours")),
      s3Bucket("theirs", { bucket: "theirs" }, through("theirs")),
      s3Bucket("bound", { bucket: "bound" }, through("bound")),
    ],
    found: ['Bucket "theirs" has no public access block.', 'Bucket "bound" has no public access block.'],
  },
  {
    policy: "s3-buckets-block-public-access",
    title: "a block of the same account through the provider of another region",
    resources: [
      ...providersOf({
        virginia: { region: "us-east-1", profile: "media" },
        ireland: { region: "eu-west-1", profile: "media" },
      }),
      accountBlock("account", whole, through("virginia")),
      s3Bucket("media", { bucket: "media" }, through("ireland")),
    ],
    found: [],
  },
  {
    policy: "s3-buckets-block-public-access",
    title: "a block through a provider that works as somebody else, of an account that nobody tells",
    resources: [
      ...providersOf({ other: { assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::2:role/r" }]) } }),
      accountBlock("account", whole),
      s3Bucket("media", { bucket: "media" }, through("other")),
    ],
    found: [],
    undecided: true,
  },
];
