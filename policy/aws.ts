import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { cisAmazon } from "./model/frameworks.ts";
import {
  AWS_ACCESS_KEY,
  S3_ACCOUNT_PUBLIC_ACCESS_BLOCK,
  S3_BUCKET,
  S3_PUBLIC_ACCESS_BLOCK,
  TRANSFER_JOB,
} from "./model/kinds.ts";
import { block, text, type Properties } from "./model/known.ts";
import { sameAmazonAccount } from "./model/amazon-accounts.ts";
import { cannotJudge, resourceRule, stackRule } from "./model/rule.ts";

export const transfersHoldNoAccessKeys: ResourceValidationPolicy = resourceRule({
  name: "transfers-hold-no-access-keys",
  family: "aws",
  subject: "a transfer job or an access key",
  tokens: new Set([...TRANSFER_JOB, ...AWS_ACCESS_KEY]),
  displayName: "Transfers from Amazon S3 need no access key",
  description: "Transfer jobs must read Amazon S3 through a role, and no access key may be created for it.",
  severity: "critical",
  url: "https://docs.cloud.google.com/storage-transfer/docs/source-amazon-s3",
  reason:
    "an access key does not expire, and is in the state of the stack that declares it; a role that trusts Google's account needs none.",
  fix: "set awsS3DataSource.roleArn to a role that trusts accounts.google.com (ArchiveMigration of mpegflow-gcs does)",
  *judge({ type, props }) {
    if (AWS_ACCESS_KEY.has(type)) {
      yield {
        text: "is an access key, a credential that never expires",
        fix: "remove it; let whoever needs it assume a role, as transfer jobs do by awsS3DataSource.roleArn",
      };
      return;
    }
    const source = block(block(props, "transferSpec") ?? {}, "awsS3DataSource");
    if (source === undefined) return;
    if (source["awsAccessKey"] !== undefined) yield "reads Amazon S3 with an access key";
    if (text(source, "credentialsSecret") !== undefined)
      yield "reads Amazon S3 with an access key from Secret Manager";
  },
});

const SETTINGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const s3BucketsBlockPublicAccess: StackValidationPolicy = stackRule({
  name: "s3-buckets-block-public-access",
  family: "aws",
  subject: "an S3 bucket",
  tokens: S3_BUCKET,
  displayName: "S3 buckets block public access",
  description:
    "Every S3 bucket, or its whole account, must have a public access block with all four settings.",
  severity: "critical",
  framework: cisAmazon(
    "2.1.4",
    "Ensure that S3 Buckets are configured with 'Block public access (bucket settings)'",
  ),
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
  reason:
    "one wrong policy or access control list would open every object to the internet; the block refuses or ignores it.",
  fix: `add a BucketPublicAccessBlock or an AccountPublicAccessBlock with ${SETTINGS.join(", ")}: true (S3Bucket of mpegflow-gcs does)`,
  *judge(bucket, stack) {
    const own = block(bucket.props, "publicAccessBlockConfiguration");
    const [first = own] = stack.referring(bucket, S3_PUBLIC_ACCESS_BLOCK, "bucket").map(({ props }) => props);
    // Amazon applies the stricter of a bucket's and its account's settings.
    const ofAccounts = stack
      .ofKind(S3_ACCOUNT_PUBLIC_ACCESS_BLOCK)
      .map((one) => ({ props: one.props, sameAccount: sameAmazonAccount(one, bucket, stack) }));
    const withAccount = (which: readonly (boolean | undefined)[]): Properties[] =>
      ofAccounts.filter((one) => which.includes(one.sameAccount)).map(({ props }) => props);
    const all = [...(first === undefined ? [] : [first]), ...withAccount([true])];
    const missing = missingOf(all);
    if (missing.length === 0) return;
    if (missingOf([...all, ...withAccount([undefined])]).length === 0) {
      yield cannotJudge(
        "whether the AccountPublicAccessBlock is of the bucket's account is not in this stack",
      );
    } else if (all.length === 0) yield "has no public access block";
    else yield `does not set ${missing.join(", ")}`;
  },
});

function missingOf(blocks: readonly Properties[]): string[] {
  return SETTINGS.filter((setting) => blocks.every((one) => one[setting] !== true));
}
