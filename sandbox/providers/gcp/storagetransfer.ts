import { randomInt } from "node:crypto";
import { boolean, integer, list, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { recorded } from "../recorded.ts";
import { defined, isUnknown, listOf, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, duration, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";

const path = string({
  pattern: /^([^/].*\/)?$/,
  rule: 'a prefix that ends with "/" and does not start with it',
});
/** https://docs.cloud.google.com/storage-transfer/docs/reference/rest/v1/TransferSpec#ObjectConditions */
const prefixes = list(
  string({
    pattern: /^[^/\r\n][^\r\n]*$/u,
    rule: "the beginning of an object name, without a leading slash or a line break",
  }),
);
const timestamp = string({
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/,
  rule: 'a time in UTC such as "2026-12-01T08:00:00Z"',
});
const date = object({
  year: integer({ min: 1, max: 9999 }),
  month: integer({ min: 1, max: 12 }),
  day: integer({ min: 1, max: 31 }),
});

/** Transfers from Amazon S3 by role only: access keys are not modelled. */
const transferSpec = object({
  awsS3DataSource: object({
    bucketName: string(),
    path,
    roleArn: string({
      pattern: /^arn:[^:]+:iam::\d{12}:role\/.+$/,
      rule: "a role's ARN",
    }),
    cloudfrontDomain: string(),
    managedPrivateNetwork: boolean(),
  }),
  gcsDataSource: object({ bucketName: string(), path }),
  gcsDataSink: object({ bucketName: string(), path }),
  objectConditions: object({
    includePrefixes: prefixes,
    excludePrefixes: prefixes,
    lastModifiedBefore: timestamp,
    lastModifiedSince: timestamp,
    maxTimeElapsedSinceLastModification: duration(),
    minTimeElapsedSinceLastModification: duration(),
  }),
  transferOptions: object({
    overwriteWhen: string({ allowed: ["ALWAYS", "DIFFERENT", "NEVER"] }),
    overwriteObjectsAlreadyExistingInSink: boolean(),
    deleteObjectsUniqueInSink: boolean(),
    deleteObjectsFromSourceAfterTransfer: boolean(),
    metadataOptions: object({
      storageClass: string({
        allowed: [
          "STORAGE_CLASS_DESTINATION_BUCKET_DEFAULT",
          "STORAGE_CLASS_PRESERVE",
          "STORAGE_CLASS_STANDARD",
          "STORAGE_CLASS_NEARLINE",
          "STORAGE_CLASS_COLDLINE",
          "STORAGE_CLASS_ARCHIVE",
        ],
      }),
      timeCreated: string({ allowed: ["TIME_CREATED_SKIP", "TIME_CREATED_PRESERVE_AS_CUSTOM_TIME"] }),
    }),
  }),
  transferManifest: object({
    location: string({
      pattern: /^gs:\/\/[a-z0-9][a-z0-9._-]+\/\P{Cc}+$/u,
      rule: "the gs:// address of a manifest",
    }),
  }),
});

function timing(inputs: Properties): string[] {
  if ((inputs["schedule"] ?? inputs["eventStream"]) === undefined)
    return ["give one of the fields schedule and eventStream"];
  const interval = textOf(objectOf(inputs["schedule"])["repeatInterval"]);
  return interval === undefined || isUnknown(interval) || Number.parseFloat(interval) >= 3600
    ? []
    : ["schedule.repeatInterval must be 3600s or more"];
}

function options(inputs: Properties): string[] {
  const { deleteObjectsUniqueInSink, deleteObjectsFromSourceAfterTransfer } = objectOf(
    objectOf(inputs["transferSpec"])["transferOptions"],
  );
  return deleteObjectsUniqueInSink === true && deleteObjectsFromSourceAfterTransfer === true
    ? ["transferSpec.transferOptions: delete either what is unique in the sink or from the source, not both"]
    : [];
}

const mostPrefixes = 1000;
const longestPrefix = 1024;

function conditions(inputs: Properties): string[] {
  const given = objectOf(objectOf(inputs["transferSpec"])["objectConditions"]);
  return ["includePrefixes", "excludePrefixes"].flatMap((key) => {
    const path = `transferSpec.objectConditions.${key}`;
    const texts = listOf(given[key]).filter((prefix) => typeof prefix === "string" && !isUnknown(prefix));
    const all = texts.map(String);
    return [
      ...(all.length > mostPrefixes
        ? [`${path}: ${all.length} prefixes; up to ${mostPrefixes} are taken`]
        : []),
      ...all
        .filter((prefix) => Buffer.byteLength(prefix) > longestPrefix)
        .map(
          (prefix) => `${path}: a prefix has ${Buffer.byteLength(prefix)} bytes, more than ${longestPrefix}`,
        ),
      ...all
        .filter((prefix, index) => all.some((other, at) => at !== index && prefix.startsWith(other)))
        .map((prefix) => `${path}: ${JSON.stringify(prefix)} is covered by another prefix`),
    ];
  });
}

function source(inputs: Properties): string[] {
  const { awsS3DataSource, transferOptions } = objectOf(inputs["transferSpec"]);
  const { storageClass } = objectOf(objectOf(transferOptions)["metadataOptions"]);
  return awsS3DataSource !== undefined && storageClass === "STORAGE_CLASS_PRESERVE"
    ? [
        "transferSpec.transferOptions.metadataOptions.storageClass: only Cloud Storage's classes can be preserved",
      ]
    : [];
}

/** Recorded only: nothing is transferred. https://www.pulumi.com/registry/packages/gcp/api-docs/storage/transferjob/ */
export const transferJob: ResourceModel = withDeletionPolicy(
  recorded({
    type: "gcp:storage/transferJob:TransferJob",
    fields: {
      name: string({
        pattern: /^transferJobs\/.+$/,
        rule: 'a name below "transferJobs/"',
      }),
      description: string({ pattern: /^.{0,1024}$/su, rule: "at most 1024 characters" }),
      project,
      transferSpec,
      schedule: object({
        scheduleStartDate: date,
        scheduleEndDate: date,
        startTimeOfDay: object({
          hours: integer({ min: 0, max: 24 }),
          minutes: integer({ min: 0, max: 59 }),
          seconds: integer({ min: 0, max: 60 }),
          nanos: integer({ min: 0, max: 999_999_999 }),
        }),
        repeatInterval: duration(),
      }),
      eventStream: object({
        name: string({
          pattern: /^(arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}|projects\/[^/]+\/subscriptions\/[^/]+)$/,
          rule: "a queue's ARN, or projects/PROJECT/subscriptions/SUBSCRIPTION",
        }),
        eventStreamStartTime: timestamp,
        eventStreamExpirationTime: timestamp,
      }),
      notificationConfig: object({
        pubsubTopic: string({
          pattern: /^projects\/[^/]+\/topics\/[^/]+$/,
          rule: "projects/PROJECT/topics/TOPIC",
        }),
        eventTypes: list(
          string({
            allowed: [
              "TRANSFER_OPERATION_SUCCESS",
              "TRANSFER_OPERATION_FAILED",
              "TRANSFER_OPERATION_ABORTED",
            ],
          }),
        ),
        payloadFormat: string({ allowed: ["NONE", "JSON"] }),
      }),
      loggingConfig: object({
        logActions: list(string({ allowed: ["FIND", "DELETE", "COPY"] })),
        logActionStates: list(string({ allowed: ["SUCCEEDED", "FAILED"] })),
      }),
      serviceAccount: string(),
      status: string({ allowed: ["ENABLED", "DISABLED", "DELETED"] }),
    },
    outputs: ["creationTime", "deletionTime", "lastModificationTime"],
    changing: ["lastModificationTime"],
    problems: (inputs, config) => [
      ...projectProblems(inputs, config),
      ...timing(inputs),
      ...options(inputs),
      ...conditions(inputs),
      ...source(inputs),
    ],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    identity: (inputs) => inputs["name"],
    distinct: true,
    idOf: (inputs, context) =>
      `${cloudOf(inputs, context).project}/${nameOf(inputs).replace(/^transferJobs\//, "")}`,
    report: (inputs, id, context, old) => {
      const now = new Date().toISOString();
      return {
        project: cloudOf(inputs, context).project,
        name: `transferJobs/${id.slice(id.indexOf("/") + 1)}`,
        creationTime: old?.["creationTime"] ?? now,
        deletionTime: "",
        lastModificationTime: now,
      };
    },
  }),
);

const nameOf = (inputs: Properties): string =>
  textOf(inputs["name"]) ?? `transferJobs/${String(randomInt(1e12, 1e14))}`;
