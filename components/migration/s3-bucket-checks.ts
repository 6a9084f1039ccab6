import { shown, type Problem } from "../validation/index.ts";
import { awsRegionProblems, kmsKeyArnProblems, s3BucketNameProblems } from "./aws-names.ts";
import { S3Setting, type S3BucketArgs } from "./s3-bucket-args.ts";

/** Problems of the arguments, as far as they are known in advance. */
export function s3BucketProblems(args: S3BucketArgs): Problem[] {
  const { existingBucketName, manage } = args;
  const days = [
    ["abortIncompleteUploadsAfterDays", args.abortIncompleteUploadsAfterDays],
    ["expireOldVersionsAfterDays", args.expireOldVersionsAfterDays],
  ] as const;
  return [
    ...s3BucketNameProblems("bucketName", args.bucketName, false),
    ...s3BucketNameProblems("existingBucketName", existingBucketName, true),
    ...(existingBucketName === undefined ? newBucketProblems(manage) : existingBucketProblems(args)),
    ...awsRegionProblems("region", args.region),
    ...kmsKeyArnProblems("kmsKeyArn", args.kmsKeyArn),
    ...days.flatMap(([path, value]): Problem[] =>
      value === undefined || (Number.isSafeInteger(value) && value >= 1)
        ? []
        : [{ path, given: shown(value), allowed: "whole days, 1 or more", fix: "give a number of days" }],
    ),
    ...(args.expireOldVersionsAfterDays !== undefined && args.versioning !== true
      ? [
          {
            path: "expireOldVersionsAfterDays",
            given: `${shown(args.expireOldVersionsAfterDays)} without versioning`,
            allowed: "with versioning: true only",
            because: "a bucket without versioning has no older versions.",
            fix: "set versioning: true, or leave it out",
          },
        ]
      : []),
  ];
}

function newBucketProblems(manage: readonly S3Setting[] | undefined): Problem[] {
  if (manage === undefined) return [];
  return [
    {
      path: "manage",
      given: shown(manage),
      allowed: "with existingBucketName only",
      because: "a bucket that the component makes gets all of the settings.",
      fix: "remove it, or name the bucket in existingBucketName",
    },
  ];
}

function existingBucketProblems(args: S3BucketArgs): Problem[] {
  const settings: readonly string[] = Object.values(S3Setting);
  const unknownSettings = (args.manage ?? []).filter((setting) => !settings.includes(setting));
  const managed = new Set<string>(args.manage);
  const needs = [
    ["kmsKeyArn", S3Setting.Encryption],
    ["versioning", S3Setting.Versioning],
    ["expireOldVersionsAfterDays", S3Setting.Lifecycle],
    ["abortIncompleteUploadsAfterDays", S3Setting.Lifecycle],
  ] as const;
  return [
    ...(args.bucketName === undefined
      ? []
      : [
          {
            path: "bucketName, existingBucketName",
            given: "both",
            allowed: "one of them",
            because: "the first makes a bucket, and the second uses one that is there.",
            fix: "keep the one that is meant",
          },
        ]),
    ...(args.disposable === undefined && args.tags === undefined
      ? []
      : [
          {
            path: args.disposable === undefined ? "tags" : "disposable",
            given: "a value, for an existing bucket",
            allowed: "nothing",
            because: "the component neither tags nor deletes a bucket that it has not made.",
            fix: "remove it",
          },
        ]),
    ...unknownSettings.map((setting) => ({
      path: "manage",
      given: shown(setting),
      allowed: settings.join(", "),
      fix: "use one of S3Setting",
    })),
    ...needs
      .filter(([path, setting]) => args[path] !== undefined && !managed.has(setting))
      .map(([path, setting]) => ({
        path,
        given: "a value, for an existing bucket",
        allowed: `nothing, unless manage has ${shown(setting)}`,
        because: "the component does not manage that setting of the bucket.",
        fix: `remove it, or add ${shown(setting)} to manage`,
      })),
  ];
}
