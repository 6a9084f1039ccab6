import { boolean, integer, list, map, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, isObject, isUnknown, listOf, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";
import { logBucket } from "./log-bucket.ts";

/** Longest text of a filter. https://docs.cloud.google.com/logging/quotas */
const filter = string({ pattern: /^.{0,20000}$/s, rule: "a filter of at most 20000 characters" });
const description = string({ pattern: /^.{0,8000}$/s, rule: "at most 8000 characters" });

const destination = string({
  pattern:
    /^(storage\.googleapis\.com\/[^/]+|bigquery\.googleapis\.com\/projects\/[^/]+\/datasets\/\w+|pubsub\.googleapis\.com\/projects\/[^/]+\/topics\/[^/]+|logging\.googleapis\.com\/projects\/[^/]+(\/locations\/[^/]+\/buckets\/[^/]+)?)$/,
  rule: 'a destination such as "storage.googleapis.com/BUCKET" or "logging.googleapis.com/projects/P/locations/L/buckets/B"',
});

/**
 * The writer identity: one account for all sinks of a project; none for sinks to a log bucket of the same project, for
 * which Logging needs no permission.
 */
function writerOf(inputs: Properties, inProject: string, projectNumber: string): string {
  const where = textOf(inputs["destination"]) ?? "";
  if (where.startsWith(`logging.googleapis.com/projects/${inProject}/locations/`)) return "";
  if (inputs["uniqueWriterIdentity"] === false) return "serviceAccount:cloud-logs@system.gserviceaccount.com";
  return (
    textOf(inputs["customWriterIdentity"]) ??
    `serviceAccount:service-${projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`
  );
}

/** Recorded only: no entries are routed. https://www.pulumi.com/registry/packages/gcp/api-docs/logging/projectsink/ */
const projectSink: ResourceModel = withDeletionPolicy(
  recorded({
    type: "gcp:logging/projectSink:ProjectSink",
    fields: {
      name: string({
        pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/,
        rule: "1 to 100 letters, digits, _, - and .",
      }),
      project,
      destination,
      filter,
      description,
      disabled: boolean(),
      exclusions: list(
        object({
          name: string({
            pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
            rule: "1 to 100 letters, digits, _, - and ., starting with a letter or digit",
          }),
          description,
          filter,
          disabled: boolean(),
        }),
      ),
      uniqueWriterIdentity: boolean(),
      customWriterIdentity: string({
        pattern: /^serviceAccount:.+@.+$/,
        rule: '"serviceAccount:" and an e-mail',
      }),
      bigqueryOptions: object({ usePartitionedTables: boolean() }),
    },
    outputs: ["writerIdentity"],
    ...named("name", 100),
    problems: (inputs, config) => [
      ...projectProblems(inputs, config),
      ...("bigqueryOptions" in inputs && inputs["uniqueWriterIdentity"] === false
        ? ["uniqueWriterIdentity must be true when bigqueryOptions is given"]
        : []),
      ...(listOf(inputs["exclusions"]).length > 50 ? ["exclusions must be at most 50"] : []),
    ],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    idOf: (inputs, context) =>
      `projects/${cloudOf(inputs, context).project}/sinks/${textOf(inputs["name"]) ?? ""}`,
    report: (inputs, _id, context) => {
      const cloud = cloudOf(inputs, context);
      return {
        project: cloud.project,
        writerIdentity: writerOf(inputs, cloud.project, cloud.projectNumber),
      };
    },
  }),
);

function metricProblems(inputs: Properties): string[] {
  const descriptor = objectOf(inputs["metricDescriptor"]);
  const keys = listOf(descriptor["labels"]).flatMap((label) =>
    isObject(label) && !isUnknown(label["key"]) ? [textOf(label["key"]) ?? ""] : [],
  );
  const extracted = Object.keys(objectOf(inputs["labelExtractors"]));
  const isDistribution = descriptor["valueType"] === "DISTRIBUTION";
  return [
    ...keys
      .filter((key) => !extracted.includes(key))
      .map((key) => `the label ${key} has no entry in labelExtractors`),
    ...extracted
      .filter((key) => !keys.includes(key))
      .map((key) => `labelExtractors.${key} has no label in metricDescriptor.labels`),
    ...(isDistribution === "valueExtractor" in inputs
      ? []
      : [
          isDistribution
            ? "a DISTRIBUTION needs a valueExtractor"
            : "valueExtractor is for metrics of value type DISTRIBUTION",
        ]),
    ...("bucketOptions" in inputs && !isDistribution
      ? ["bucketOptions are for metrics of value type DISTRIBUTION"]
      : []),
  ];
}

/** Recorded only: nothing is counted. https://www.pulumi.com/registry/packages/gcp/api-docs/logging/metric/ */
const metric: ResourceModel = withDeletionPolicy(
  recorded({
    type: "gcp:logging/metric:Metric",
    fields: {
      name: string({
        pattern: /^(?!\/)[A-Za-z0-9_.,+!*'()%/-]{1,100}$/,
        rule: "1 to 100 letters, digits and _-.,+!*'()%/, not starting with /",
      }),
      project,
      filter,
      description,
      disabled: boolean(),
      bucketName: string(),
      metricDescriptor: object({
        metricKind: string({ allowed: ["DELTA", "GAUGE", "CUMULATIVE"] }),
        valueType: string({
          allowed: ["BOOL", "INT64", "DOUBLE", "STRING", "DISTRIBUTION", "MONEY"],
        }),
        unit: string(),
        displayName: string(),
        labels: list(
          object({
            key: string({ pattern: /^[A-Za-z]\w{0,99}$/, rule: "a label's name" }),
            description: string(),
            valueType: string({ allowed: ["BOOL", "INT64", "STRING"] }),
          }),
        ),
      }),
      labelExtractors: map(
        string({
          pattern: /^(EXTRACT|REGEXP_EXTRACT)\(.+\)$/s,
          rule: "EXTRACT(field) or REGEXP_EXTRACT(field, regex)",
        }),
      ),
      valueExtractor: string({
        pattern: /^(EXTRACT|REGEXP_EXTRACT)\(.+\)$/s,
        rule: "EXTRACT(field) or REGEXP_EXTRACT(field, regex)",
      }),
      bucketOptions: object({
        linearBuckets: object({
          numFiniteBuckets: integer({ min: 1 }),
          width: integer(),
          offset: integer(),
        }),
        explicitBuckets: object({ bounds: list(integer()) }),
      }),
    },
    outputs: [],
    ...named("name", 100),
    problems: (inputs, config) => [...projectProblems(inputs, config), ...metricProblems(inputs)],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    distinct: true,
    idOf: (inputs) => textOf(inputs["name"]) ?? "",
    report: (inputs, _id, context) => ({
      project: cloudOf(inputs, context).project,
      metricDescriptor: inputs["metricDescriptor"] ?? { metricKind: "DELTA", valueType: "INT64", unit: "1" },
    }),
  }),
);

export const loggingModels: ResourceModel[] = [logBucket, projectSink, metric];
