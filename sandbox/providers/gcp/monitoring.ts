import { randomInt } from "node:crypto";
import { boolean, integer, list, map, object, string, type Field, type Fields } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { recorded } from "../recorded.ts";
import { defined, isObject, isUnknown, listOf, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, duration, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";

const number: Field = { kind: "number" };
/** Like labels, but without the provider's own. */
const userLabels = map(
  string({
    pattern: /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
    rule: "at most 63 lower-case letters, digits, _ and -",
  }),
);
const channel = string({
  pattern: /^projects\/[^/]+\/notificationChannels\/[^/]+$/,
  rule: 'a channel such as "projects/P/notificationChannels/ID"',
});

const aggregations = list(
  object({
    alignmentPeriod: duration(),
    perSeriesAligner: string({ pattern: /^ALIGN_\w+$/, rule: "an aligner such as ALIGN_SUM" }),
    crossSeriesReducer: string({ pattern: /^REDUCE_\w+$/, rule: "a reducer such as REDUCE_SUM" }),
    groupByFields: list(string()),
  }),
);

/** What a condition can be, one of each; kinds that are missing here are refused by name. */
const kinds: Fields = {
  conditionThreshold: object({
    filter: string({
      exception: { because: "the service refuses a condition that has none", says: { required: true } },
      pattern: /^.{1,2048}$/s,
      rule: "a filter of at most 2048 characters",
    }),
    comparison: string({ allowed: ["COMPARISON_GT", "COMPARISON_LT"] }),
    duration: duration(),
    thresholdValue: number,
    aggregations,
    evaluationMissingData: string({
      allowed: [
        "EVALUATION_MISSING_DATA_INACTIVE",
        "EVALUATION_MISSING_DATA_ACTIVE",
        "EVALUATION_MISSING_DATA_NO_OP",
      ],
    }),
    trigger: object({ count: integer({ min: 1 }), percent: number }),
  }),
  conditionAbsent: object({
    filter: string({
      exception: { because: "the service refuses a condition that has none", says: { required: true } },
    }),
    duration: duration(),
    aggregations,
    trigger: object({ count: integer({ min: 1 }), percent: number }),
  }),
  conditionMatchedLog: object({
    filter: string({
      pattern: /^.{1,20000}$/s,
      rule: "a filter of at most 20000 characters",
    }),
    labelExtractors: map(string()),
  }),
  conditionPrometheusQueryLanguage: object({
    query: string({ pattern: /\S/, rule: "a PromQL expression" }),
    duration: duration(),
    evaluationInterval: duration(),
    labels: map(string()),
    ruleGroup: string(),
    alertRule: string(),
    disableMetricValidation: boolean(),
  }),
};

function conditionProblems(inputs: Properties): string[] {
  const conditions = listOf(inputs["conditions"]).filter(isObject);
  const ofKind = (condition: Properties): string[] => Object.keys(kinds).filter((kind) => kind in condition);
  const matchesLogs = conditions.some((condition) => "conditionMatchedLog" in condition);
  const limited = "notificationRateLimit" in objectOf(inputs["alertStrategy"]);
  return [
    ...(conditions.length > 6 ? ["conditions must be 1 to 6"] : []),
    ...conditions.flatMap((condition, index) =>
      ofKind(condition).length === 1
        ? []
        : [`conditions[${index}] must have one of ${Object.keys(kinds).join(", ")}`],
    ),
    ...(matchesLogs && conditions.length > 1 ? ["conditionMatchedLog must be the only condition"] : []),
    ...(matchesLogs && !limited
      ? ["alertStrategy.notificationRateLimit is required with conditionMatchedLog"]
      : []),
    ...(!matchesLogs && limited
      ? ["alertStrategy.notificationRateLimit is for alert policies with conditionMatchedLog"]
      : []),
    ...conditions.flatMap((condition, index) => intervalProblems(condition, index)),
  ];
}

function intervalProblems(condition: Properties, index: number): string[] {
  const interval = textOf(objectOf(condition["conditionPrometheusQueryLanguage"])["evaluationInterval"]);
  const seconds = interval === undefined || isUnknown(interval) ? 30 : Number.parseFloat(interval);
  return seconds > 0 && seconds % 30 === 0
    ? []
    : [`conditions[${index}].conditionPrometheusQueryLanguage.evaluationInterval must be a multiple of 30s`];
}

const newId = (): string => String(randomInt(1e13, 1e14));

/** Recorded only: nothing is watched. https://www.pulumi.com/registry/packages/gcp/api-docs/monitoring/alertpolicy/ */
const alertPolicy: ResourceModel = withDeletionPolicy(
  recorded({
    type: "gcp:monitoring/alertPolicy:AlertPolicy",
    fields: {
      project,
      displayName: string({ pattern: /^.{1,512}$/su, rule: "1 to 512 characters" }),
      combiner: string({ allowed: ["AND", "OR", "AND_WITH_MATCHING_RESOURCE"] }),
      conditions: list(object({ displayName: string(), ...kinds }), {
        min: 1,
      }),
      documentation: object({
        content: string({ pattern: /^.{0,10240}$/su, rule: "at most 10240 characters" }),
        mimeType: string(),
        subject: string({ pattern: /^[^\n]{0,255}$/u, rule: "one line of at most 255 characters" }),
        links: list(object({ displayName: string(), url: string() })),
      }),
      enabled: boolean(),
      notificationChannels: list(channel),
      severity: string({ allowed: ["CRITICAL", "ERROR", "WARNING"] }),
      userLabels,
      alertStrategy: object({
        autoClose: duration(),
        notificationRateLimit: object({ period: duration() }),
        notificationPrompts: list(string({ allowed: ["OPENED", "CLOSED"] })),
        notificationChannelStrategies: list(
          object({ notificationChannelNames: list(channel), renotifyInterval: duration() }),
        ),
      }),
    },
    outputs: ["name", "creationRecords"],
    problems: (inputs, config) => [...projectProblems(inputs, config), ...conditionProblems(inputs)],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    idOf: (inputs, context) => `projects/${cloudOf(inputs, context).project}/alertPolicies/${newId()}`,
    report: (inputs, id, context, old) => ({
      project: cloudOf(inputs, context).project,
      name: id,
      creationRecords: old?.["creationRecords"] ?? [
        { mutateTime: new Date().toISOString(), mutatedBy: "deployer@example.com" },
      ],
    }),
  }),
);

/**
 * Recorded only: nothing is sent. https://www.pulumi.com/registry/packages/gcp/api-docs/monitoring/notificationchannel/
 */
const notificationChannel: ResourceModel = withDeletionPolicy(
  recorded({
    type: "gcp:monitoring/notificationChannel:NotificationChannel",
    fields: {
      project,
      type: string({ pattern: /^[a-z_]+$/, rule: 'a type such as "email" or "pubsub"' }),
      displayName: string(),
      description: string({ pattern: /^.{0,1024}$/su, rule: "at most 1024 characters" }),
      labels: map(string()),
      userLabels,
      enabled: boolean(),
      forceDelete: boolean({ local: true }),
    },
    outputs: ["name", "verificationStatus"],
    problems: (inputs, config) => [
      ...projectProblems(inputs, config),
      ...(inputs["type"] === "email" && !("email_address" in objectOf(inputs["labels"]))
        ? ["labels.email_address is required for the type email"]
        : []),
    ],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    idOf: (inputs, context) => `projects/${cloudOf(inputs, context).project}/notificationChannels/${newId()}`,
    report: (inputs, id, context) => ({
      project: cloudOf(inputs, context).project,
      name: id,
      verificationStatus: "",
    }),
  }),
);

export const monitoringModels: ResourceModel[] = [alertPolicy, notificationChannel];
