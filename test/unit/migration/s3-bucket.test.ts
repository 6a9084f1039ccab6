import { beforeEach, describe, expect, it } from "vitest";
import { S3Bucket, S3Setting } from "../../../components/migration/index.ts";
import { recordPulumi, valueOf, type Recorder } from "../pulumi-mocks.ts";

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi({
    outputs: ({ type, name }) =>
      type === "aws:s3/bucket:Bucket" ? { arn: `arn:aws:s3:::${name}`, bucket: name } : {},
  });
});

const kinds = (): string[] =>
  program.resources.filter(({ custom }) => custom).map(({ type }) => type.replace(/^.*:/, ""));
const policyOf = (): { Statement: { Effect: string; Condition: object }[] } =>
  JSON.parse(String(program.only("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])) as never;

describe("a new bucket", () => {
  beforeEach(async () => {
    new S3Bucket("archive");
    await program.settled();
  });

  it("is protected, and never emptied by a destroy", () => {
    expect(program.only("aws:s3/bucket:Bucket")).toMatchObject({
      protect: true,
      inputs: { forceDestroy: false },
    });
  });

  it("lets nobody in from outside the account", () => {
    expect(program.only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  });

  it("belongs with all of its objects to its owner", () => {
    expect(program.only("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs).toMatchObject({
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
  });

  it("refuses requests without TLS 1.2", () => {
    expect(policyOf().Statement).toMatchObject([
      { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Effect: "Deny", Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
    ]);
  });

  it("encrypts, and takes no keys from clients", () => {
    const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
    expect(program.only(type).inputs).toMatchObject({
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    });
  });

  it("aborts uploads that are unfinished after a week", () => {
    const type = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    expect(program.only(type).inputs).toMatchObject({
      rules: [{ status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }],
    });
  });

  it("changes access one setting after another, because S3 refuses them side by side", () => {
    expect(program.only("aws:s3/bucketPolicy:BucketPolicy").dependencies).toEqual(
      expect.arrayContaining([
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls::archive",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::archive",
      ]),
    );
  });
});

it("keeps versions, and expires them, where it is asked to", async () => {
  new S3Bucket("archive", { versioning: true, expireOldVersionsAfterDays: 30 });
  await program.settled();
  expect(program.only("aws:s3/bucketVersioning:BucketVersioning").inputs).toMatchObject({
    versioningConfiguration: { status: "Enabled" },
  });
  const { inputs } = program.only("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
  expect(inputs["rules"]).toContainEqual(
    expect.objectContaining({ noncurrentVersionExpiration: { noncurrentDays: 30 } }),
  );
});

it("encrypts by a key of KMS with one request for many objects", async () => {
  const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  new S3Bucket("archive", { kmsKeyArn });
  await program.settled();
  const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
  expect(program.only(type).inputs).toMatchObject({
    rules: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
        bucketKeyEnabled: true,
      },
    ],
  });
});

it("gives its region to the bucket and to every setting", async () => {
  new S3Bucket("archive", { region: "us-west-2", versioning: true });
  await program.settled();
  const made = program.resources.filter(({ custom }) => custom);
  expect(made).toHaveLength(7);
  expect(made.map(({ inputs }) => inputs["region"])).toEqual(made.map(() => "us-west-2"));
});

describe("an existing bucket", () => {
  it("is neither made nor touched", async () => {
    const archive = new S3Bucket("archive", { existingBucketName: "studio.archive" });
    await program.settled();
    expect(kinds()).toEqual([]);
    expect(await valueOf(archive.bucketArn)).toBe("arn:aws:s3:::studio.archive");
  });

  it("gets the settings that it is to have, and keeps them when the component goes", async () => {
    new S3Bucket("archive", {
      existingBucketName: "studio-archive",
      manage: [S3Setting.PublicAccess, S3Setting.Policy],
    });
    await program.settled();
    expect(kinds().sort()).toEqual(["BucketPolicy", "BucketPublicAccessBlock"]);
    expect(
      program.resources.filter(({ custom }) => custom).map(({ retainOnDelete }) => retainOnDelete),
    ).toEqual([true, true]);
  });
});
