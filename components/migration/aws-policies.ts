import * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** One statement of a policy of AWS. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The text of a policy; the same statements always make the same text. */
export const policyText = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** The commercial partition: AWS trusts Google's tokens, and Google transfers from S3, nowhere else. */
export const bucketArn = (bucketName: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.interpolate`arn:aws:s3:::${bucketName}`;

/**
 * Trust in one Google service account. `accounts.google.com` is built in at AWS: a provider made for it would break
 * the federation. The audience of Google's token is the key `oaud`; `aud` is who asked for the token.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export function googleTrust(subjectId: string, audience: string | undefined): Statement[] {
  return [
    {
      Sid: "GoogleServiceAccount",
      Effect: "Allow",
      Principal: { Federated: "accounts.google.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "accounts.google.com:sub": subjectId,
          ...withoutUndefined({ "accounts.google.com:oaud": audience }),
        },
      },
    },
  ];
}

/** Permissions on a bucket. */
export interface BucketPermissions {
  /** Beginnings of object names; every object without. */
  readonly prefixes?: readonly string[];
  /** Older versions too. */
  readonly objectVersions?: boolean;
  readonly write?: boolean;
  readonly delete?: boolean;
  /** Keys that encrypt the objects. */
  readonly kmsKeyArns?: readonly string[];
}

/** Source: https://docs.cloud.google.com/storage-transfer/docs/source-amazon-s3 */
export function bucketStatements(arn: string, permissions: BucketPermissions): Statement[] {
  const { objectVersions, write } = permissions;
  const [prefixes, kmsKeyArns] = [sorted(permissions.prefixes ?? []), sorted(permissions.kmsKeyArns ?? [])];
  const objects = prefixes.length === 0 ? `${arn}/*` : prefixes.map((prefix) => `${arn}/${prefix}*`);
  return [
    { Sid: "Locate", Effect: "Allow", Action: "s3:GetBucketLocation", Resource: arn },
    {
      Sid: "List",
      Effect: "Allow",
      Action: write === true ? ["s3:ListBucket", "s3:ListBucketMultipartUploads"] : "s3:ListBucket",
      Resource: arn,
      ...(prefixes.length > 0 && {
        Condition: { StringLike: { "s3:prefix": prefixes.map((prefix) => `${prefix}*`) } },
      }),
    },
    {
      Sid: "Read",
      Effect: "Allow",
      Action: objectVersions === true ? ["s3:GetObject", "s3:GetObjectVersion"] : "s3:GetObject",
      Resource: objects,
    },
    ...when(write === true, {
      Sid: "Write",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      Resource: objects,
    }),
    ...when(permissions.delete === true, {
      Sid: "Delete",
      Effect: "Allow",
      Action: "s3:DeleteObject",
      Resource: objects,
    }),
    ...when(kmsKeyArns.length > 0, {
      Sid: "Decrypt",
      Effect: "Allow",
      Action: write === true ? ["kms:Decrypt", "kms:GenerateDataKey"] : "kms:Decrypt",
      Resource: kmsKeyArns,
    }),
  ];
}

/** Source: https://docs.cloud.google.com/storage-transfer/docs/event-driven-aws */
export const queueReaderStatement = (queueArn: string): Statement => ({
  Sid: "TakeNotifications",
  Effect: "Allow",
  Action: [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
  ],
  Resource: queueArn,
});

/** Only one bucket of one account may send, and only with TLS. */
export function queueStatements(queueArn: string, sourceArn: string, accountId: string): Statement[] {
  return [
    {
      Sid: "NotificationsOfTheBucket",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: {
        StringEquals: { "aws:SourceAccount": accountId },
        ArnLike: { "aws:SourceArn": sourceArn },
      },
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: queueArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}

/** Refuses requests without TLS, and with TLS below 1.2. */
export function tlsOnlyStatements(arn: string): Statement[] {
  const everyone = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [arn, `${arn}/*`] } as const;
  return [
    { Sid: "TlsOnly", ...everyone, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "Tls12OrNewer", ...everyone, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
}

const when = (condition: boolean, statement: Statement): Statement[] => (condition ? [statement] : []);
