import { boolean, list, object, string, type Fields } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { recorded, type RecordedType } from "../recorded.ts";
import { defined, listOf, objectOf, textOf, type Properties } from "../values.ts";
import { knownRegion, region, regionOf, regionProblems } from "./common.ts";
import { bucketPolicyKind, policyField, policyProblems, policyText } from "./policy-document.ts";
import { existingBucket } from "./s3-bucket.ts";

/** A setting that exists once per bucket: its id is the bucket's name, and creating it replaces the existing one. */
export function bucketSetting(
  setting: Omit<RecordedType, "idOf" | "report" | "outputs"> & {
    outputs?: readonly string[];
    report?: (inputs: Properties) => Properties;
  },
): ResourceModel {
  const model = recorded({
    ...setting,
    fields: { bucket: string({ required: true, replaces: true }), region, ...setting.fields },
    outputs: setting.outputs ?? [],
    problems: (inputs, config) => [
      ...regionProblems(inputs, config),
      ...(setting.problems?.(inputs, config) ?? []),
    ],
    predict: (inputs, config) => defined({ region: regionOf(inputs, config) }),
    identity: (inputs) => inputs["bucket"],
    idOf: (inputs) => textOf(inputs["bucket"]) ?? "",
    report: (inputs, _id, { config }) => ({
      ...setting.report?.(inputs),
      region: knownRegion(inputs, config),
    }),
  });
  return {
    ...model,
    create: async (inputs, context) => {
      await existingBucket(textOf(inputs["bucket"]) ?? "", context);
      return model.create(inputs, context);
    },
  };
}

const flag = boolean({ default: false });

export const bucketPublicAccessBlock = bucketSetting({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  fields: {
    blockPublicAcls: flag,
    blockPublicPolicy: flag,
    ignorePublicAcls: flag,
    restrictPublicBuckets: flag,
    skipDestroy: boolean({ local: true }),
  },
});

export const bucketOwnershipControls = bucketSetting({
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  fields: {
    rule: object(
      {
        objectOwnership: string({
          required: true,
          allowed: ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
        }),
      },
      { required: true },
    ),
  },
});

const expectedBucketOwner: Fields = {
  expectedBucketOwner: string({ replaces: true, pattern: /^\d{12}$/, rule: "an account id of 12 digits" }),
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export const bucketServerSideEncryptionConfiguration = bucketSetting({
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  fields: {
    ...expectedBucketOwner,
    rules: list(
      object({
        applyServerSideEncryptionByDefault: object({
          sseAlgorithm: string({ required: true, allowed: ["AES256", "aws:kms", "aws:kms:dsse"] }),
          kmsMasterKeyId: string(),
        }),
        blockedEncryptionTypes: list(string({ allowed: ["SSE-C", "NONE"] }), { unordered: true }),
        bucketKeyEnabled: boolean(),
      }),
      { required: true, min: 1 },
    ),
  },
  problems: (inputs) =>
    listOf(inputs["rules"]).flatMap((rule, index) => {
      const { sseAlgorithm, kmsMasterKeyId } = objectOf(objectOf(rule)["applyServerSideEncryptionByDefault"]);
      return sseAlgorithm === "AES256" && kmsMasterKeyId !== undefined
        ? [`rules[${index}]: a KMS key does not go with AES256`]
        : [];
    }),
});

export const bucketVersioning = bucketSetting({
  type: "aws:s3/bucketVersioning:BucketVersioning",
  fields: {
    ...expectedBucketOwner,
    mfa: string({ local: true }),
    versioningConfiguration: object(
      {
        status: string({ required: true, allowed: ["Enabled", "Suspended", "Disabled"] }),
        mfaDelete: string({ computed: true, allowed: ["Enabled", "Disabled"] }),
      },
      { required: true },
    ),
  },
});

export const bucketPolicy = bucketSetting({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  fields: { policy: policyField },
  complete: (inputs) => policyText(inputs, "policy"),
  problems: (inputs) => policyProblems("policy", inputs["policy"], bucketPolicyKind),
});
