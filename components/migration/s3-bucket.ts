import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown } from "../validation/index.ts";
import { bucketArn, policyText, tlsOnlyStatements } from "./aws-policies.ts";
import { S3Setting, type S3BucketArgs } from "./s3-bucket-args.ts";
import { s3BucketProblems } from "./s3-bucket-checks.ts";
import type { S3BucketResources } from "./migration-resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const made = madeResources<S3BucketResources>();

/**
 * An Amazon S3 bucket, as the source of a migration or the target of a mirror: a new one, private, encrypted and
 * reachable by TLS only, or an existing one, left unchanged.
 *
 * @example new S3Bucket("archive", { existingBucketName: "studio-archive" })
 * @throws {InvalidArguments} naming every argument that is refused, before anything is registered
 */
export class S3Bucket extends pulumi.ComponentResource {
  /** The bucket's name. */
  readonly bucketName: pulumi.Output<string>;
  /** The bucket's ARN. */
  readonly bucketArn: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): S3BucketResources {
    return made.of(this);
  }

  constructor(name: string, args: S3BucketArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const found = problems();
    found.addAll(s3BucketProblems(args));
    found.throwIfAny(`S3Bucket ${shown(name)}`);
    super("mpegflow-gcs:index:S3Bucket", name, args, opts);

    const parent = { parent: this };
    const region = args.region === undefined ? {} : { region: args.region };
    let bucket: aws.s3.Bucket | undefined;
    if (args.existingBucketName === undefined) {
      const disposable = args.disposable ?? false;
      bucket = new aws.s3.Bucket(
        name,
        {
          ...withoutUndefined({ bucket: args.bucketName }),
          ...region,
          ...withoutUndefined({ tags: args.tags }),
          forceDestroy: disposable,
        },
        { ...parent, protect: opts?.protect ?? !disposable },
      );
      this.bucketName = bucket.bucket;
      this.bucketArn = bucket.arn;
    } else {
      this.bucketName = pulumi.output(args.existingBucketName);
      this.bucketArn = bucketArn(args.existingBucketName);
    }
    const settings = this.declareSettings(name, args, { bucket: this.bucketName, ...region });
    made.keep(this, { bucket, ...settings });
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }

  /** S3 refuses changes of access that meet each other, so those come one after another. */
  private declareSettings(
    name: string,
    args: S3BucketArgs,
    common: { bucket: pulumi.Output<string>; region?: string },
  ): Omit<S3BucketResources, "bucket"> {
    // What an existing bucket was given stays when the component goes: without it, the bucket would stand open.
    const parent = { parent: this, retainOnDelete: args.existingBucketName !== undefined };
    const managed = new Set(args.existingBucketName === undefined ? Object.values(S3Setting) : args.manage);
    const declared = <Resource>(setting: S3Setting, make: () => Resource): Resource | undefined =>
      managed.has(setting) ? make() : undefined;
    const there = (...resources: (pulumi.Resource | undefined)[]): pulumi.Resource[] =>
      resources.filter((one) => one !== undefined);
    const publicAccessBlock = declared(
      S3Setting.PublicAccess,
      () =>
        new aws.s3.BucketPublicAccessBlock(
          name,
          {
            ...common,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
          },
          parent,
        ),
    );
    const ownershipControls = declared(
      S3Setting.Ownership,
      () =>
        new aws.s3.BucketOwnershipControls(
          name,
          { ...common, rule: { objectOwnership: "BucketOwnerEnforced" } },
          { ...parent, dependsOn: there(publicAccessBlock) },
        ),
    );
    const policy = declared(
      S3Setting.Policy,
      () =>
        new aws.s3.BucketPolicy(
          name,
          { ...common, policy: this.bucketArn.apply((arn) => policyText(tlsOnlyStatements(arn))) },
          { ...parent, dependsOn: there(publicAccessBlock, ownershipControls) },
        ),
    );
    const encryption = declared(
      S3Setting.Encryption,
      () =>
        new aws.s3.BucketServerSideEncryptionConfiguration(
          name,
          {
            ...common,
            rules: [
              {
                applyServerSideEncryptionByDefault:
                  args.kmsKeyArn === undefined
                    ? { sseAlgorithm: "AES256" }
                    : { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.kmsKeyArn },
                ...(args.kmsKeyArn !== undefined && { bucketKeyEnabled: true }),
                blockedEncryptionTypes: ["SSE-C"],
              },
            ],
          },
          parent,
        ),
    );
    const versioning =
      args.versioning === true
        ? declared(
            S3Setting.Versioning,
            () =>
              new aws.s3.BucketVersioning(
                name,
                { ...common, versioningConfiguration: { status: "Enabled" } },
                parent,
              ),
          )
        : undefined;
    const lifecycle = declared(
      S3Setting.Lifecycle,
      () =>
        new aws.s3.BucketLifecycleConfiguration(
          name,
          { ...common, rules: lifecycleRules(args) },
          { ...parent, dependsOn: there(versioning) },
        ),
    );
    return { publicAccessBlock, ownershipControls, policy, encryption, versioning, lifecycle };
  }
}

function lifecycleRules({ abortIncompleteUploadsAfterDays, expireOldVersionsAfterDays }: S3BucketArgs) {
  const everyObject = { status: "Enabled", filter: { prefix: "" } } as const;
  return [
    {
      id: "abort-incomplete-uploads",
      ...everyObject,
      abortIncompleteMultipartUpload: { daysAfterInitiation: abortIncompleteUploadsAfterDays ?? 7 },
    },
    ...(expireOldVersionsAfterDays === undefined
      ? []
      : [
          {
            id: "expire-old-versions",
            ...everyObject,
            noncurrentVersionExpiration: { noncurrentDays: expireOldVersionsAfterDays },
          },
        ]),
  ];
}
