import { found, type Call } from "../cloud.ts";
import { any, boolean, integer, list, map, object, string, type Fields } from "../fields.ts";
import { type Context, type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { defined, isObject, objectOf, pick, textOf, type Properties, type Value } from "../values.ts";
import {
  cloudOf,
  duration,
  effectiveLabels,
  labelOutputs,
  labels,
  liveLabels,
  predictedLabels,
  project,
  projectOf,
  projectProblems,
  sameShortName,
  withDeletionPolicy,
} from "./common.ts";
import { requireKey } from "./key-use.ts";

export const pubsubName = string({
  pattern: /^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
  rule: "3 to 255 letters, digits, -, _, ., ~, + and %, starting with a letter and not with goog",
});
const tags = map(string(), { local: true });

type Kind = "schemas" | "topics" | "subscriptions";

export const call = (
  control: Call,
  kind: Kind,
  method: "GET" | "PUT" | "DELETE",
  shortName: string,
  rest: { body?: Properties; query?: Record<string, string> } = {},
): Promise<Properties> => control({ method, path: ["pubsub", kind, shortName], ...rest });

/** What topics and subscriptions have in common. */
function messagingModel(
  kind: Kind,
  model: Pick<ResourceModel, "type" | "fields" | "outputs"> & {
    toApi: (inputs: Properties) => Properties;
    fromApi: (body: Properties, context: Pick<Context, "config">, inProject: string) => Properties;
    /** Why an effect is refused. */
    refusal: (inputs: Properties) => string | undefined;
    predict?: (inputs: Properties) => Properties;
    problems?: (inputs: Properties) => string[];
  },
): ResourceModel {
  const idOf = (inProject: string, shortName: string): string => `projects/${inProject}/${kind}/${shortName}`;
  const shortOf = (id: string): string => id.replace(/^.*\//, "");
  const put = async (inputs: Properties, context: Context, old?: Properties) => {
    const refusal = model.refusal(inputs);
    if (refusal !== undefined) throw new Refusal(refusal);
    const cloud = cloudOf(inputs, context);
    await requireKey(inputs["kmsKeyName"], "pubsub", cloud);
    const shortName = textOf(inputs["name"]) ?? "";
    const allLabels = effectiveLabels(inputs, context.config, old);
    const body = defined({
      ...model.toApi(inputs),
      labels: Object.keys(allLabels).length > 0 ? allLabels : undefined,
    });
    await call(cloud.control, kind, "PUT", shortName, {
      body,
      ...(old === undefined && { query: { create: "true" } }),
    });
    return propertiesOf(shortName, body, inputs, context, cloud.project);
  };
  const propertiesOf = (
    shortName: string,
    body: Properties,
    inputs: Properties,
    context: Context,
    inProject: string,
  ) => ({
    id: idOf(inProject, shortName),
    properties: defined({
      ...model.fromApi(body, context, inProject),
      ...liveLabels(body["labels"], inputs),
      name: shortName,
      project: inProject,
    }),
  });
  return withDeletionPolicy({
    type: model.type,
    fields: { name: pubsubName, project, labels, tags, ...model.fields },
    outputs: [...labelOutputs, ...model.outputs],
    secrets: labelOutputs,
    ...named("name", 255),
    problems: (inputs, config) => [...projectProblems(inputs, config), ...(model.problems?.(inputs) ?? [])],
    predict: (inputs, config, old) => ({
      ...predictedLabels(inputs, config, old),
      ...defined({ project: projectOf(inputs, config) }),
      ...model.predict?.(inputs),
    }),
    create: (inputs, context) => put(inputs, context),
    read: async (id, { inputs }, context) => {
      const cloud = context.cloud();
      const body = await found(call(cloud.control, kind, "GET", shortOf(id)));
      return body && propertiesOf(shortOf(id), body, inputs, context, cloud.projectId);
    },
    update: (_id, inputs, old, context) => put(inputs, context, old.state),
    delete: async (id, _old, context) => {
      await found(call(context.cloud().control, kind, "DELETE", shortOf(id)));
    },
  });
}

const topicKeys = ["kmsKeyName", "messageRetentionDuration", "messageStoragePolicy", "schemaSettings"];

/** https://www.pulumi.com/registry/packages/gcp/api-docs/pubsub/topic/#inputs */
export const topic = messagingModel("topics", {
  type: "gcp:pubsub/topic:Topic",
  fields: {
    kmsKeyName: string(),
    messageRetentionDuration: duration(),
    messageStoragePolicy: object({
      allowedPersistenceRegions: list(string()),
      enforceInTransit: boolean(),
    }),
    schemaSettings: object({
      schema: string({
        pattern: /^(projects\/[^/]+\/schemas\/[^/]+|_deleted-schema_)$/,
        rule: 'a schema\'s full name, "projects/PROJECT/schemas/SCHEMA"',
      }),
      encoding: string({ allowed: ["JSON", "BINARY", "ENCODING_UNSPECIFIED"] }),
      firstRevisionId: string(),
      lastRevisionId: string(),
    }),
  },
  outputs: [],
  toApi: (inputs) => pick(inputs, topicKeys),
  fromApi: (body) => pick(body, topicKeys),
  refusal: (inputs) => {
    const settings = objectOf(inputs["schemaSettings"]);
    if ("firstRevisionId" in settings || "lastRevisionId" in settings) {
      return "the local Pub/Sub accepts every revision of a schema: leave out firstRevisionId and lastRevisionId here";
    }
    return settings["encoding"] === "ENCODING_UNSPECIFIED"
      ? "schemaSettings.encoding must be JSON or BINARY"
      : undefined;
  },
});

const subscriptionKeys = [
  "ackDeadlineSeconds",
  "messageRetentionDuration",
  "retainAckedMessages",
  "enableMessageOrdering",
  "enableExactlyOnceDelivery",
  "filter",
  "expirationPolicy",
  "retryPolicy",
  "deadLetterPolicy",
  "pushConfig",
  "bigqueryConfig",
  "cloudStorageConfig",
];
/** Ways of delivery other than pull: the local cloud pushes to loopback, writes text files, and only records BigQuery. */

const subscriptionFields: Fields = {
  topic: string({ same: sameShortName }),
  ackDeadlineSeconds: integer({ min: 0, max: 600 }),
  messageRetentionDuration: duration(),
  retainAckedMessages: boolean(),
  enableMessageOrdering: boolean(),
  enableExactlyOnceDelivery: boolean(),
  filter: string({ pattern: /^.{0,256}$/s, rule: "at most 256 bytes" }),
  expirationPolicy: object({
    ttl: string({
      pattern: /^$|^\d+(\.\d{1,9})?s$/,
      rule: 'a duration in seconds such as "2678400s", or "" for never',
    }),
  }),
  retryPolicy: object({
    minimumBackoff: duration(),
    maximumBackoff: duration(),
  }),
  deadLetterPolicy: object({
    deadLetterTopic: string({ same: sameShortName }),
    maxDeliveryAttempts: integer({ min: 5, max: 100 }),
  }),
  pushConfig: object({
    pushEndpoint: string({
      pattern: /^(https:\/\/|http:\/\/(127\.|localhost|\[::1\]))/,
      rule: "an https address, or http at loopback",
    }),
    attributes: map(string()),
    oidcToken: object({ serviceAccountEmail: string(), audience: string() }),
    noWrapper: object({ writeMetadata: boolean() }),
  }),
  bigqueryConfig: object({
    table: string(),
    useTopicSchema: boolean(),
    useTableSchema: boolean(),
    writeMetadata: boolean(),
    dropUnknownFields: boolean(),
    serviceAccountEmail: string(),
  }),
  cloudStorageConfig: object({
    bucket: string(),
    filenamePrefix: string(),
    filenameSuffix: string({ pattern: /(^|[^/])$/, rule: "an end that is not /" }),
    filenameDatetimeFormat: string(),
    maxBytes: integer({ min: 1000, max: 10_737_418_240 }),
    maxDuration: duration(),
    maxMessages: integer({ min: 1000 }),
    serviceAccountEmail: string(),
    avroConfig: object({ useTopicSchema: boolean(), writeMetadata: boolean() }),
    textConfig: any(),
  }),
};

const topicPath = (topicName: Value | undefined, inProject: string): string | undefined => {
  const text = textOf(topicName);
  return text === undefined || text.includes("/") || text === "_deleted-topic_"
    ? text
    : `projects/${inProject}/topics/${text}`;
};

function exportProblems(inputs: Properties): string[] {
  const { useTopicSchema, useTableSchema } = objectOf(inputs["bigqueryConfig"]);
  const maxDuration = Number.parseFloat(textOf(objectOf(inputs["cloudStorageConfig"])["maxDuration"]) ?? "");
  return [
    ...(useTopicSchema === true && useTableSchema === true
      ? ["bigqueryConfig: only one of useTopicSchema and useTableSchema can be true"]
      : []),
    ...(maxDuration < 60 || maxDuration > 600
      ? [`cloudStorageConfig.maxDuration must be from 60s to 600s, not ${maxDuration}s`]
      : []),
  ];
}

/** https://www.pulumi.com/registry/packages/gcp/api-docs/pubsub/subscription/#inputs */
export const subscription = messagingModel("subscriptions", {
  type: "gcp:pubsub/subscription:Subscription",
  fields: subscriptionFields,
  outputs: [],
  toApi: (inputs) =>
    defined({
      ...pick(inputs, subscriptionKeys),
      ackDeadlineSeconds: Number(inputs["ackDeadlineSeconds"] ?? 0) || 10,
      expirationPolicy: inputs["expirationPolicy"] ?? { ttl: "2678400s" },
      topic: (textOf(inputs["topic"]) ?? "").replace(/^.*\//, ""),
    }),
  fromApi: (body, _context, inProject) =>
    defined({
      ...pick(body, subscriptionKeys),
      topic: topicPath(body["topic"], inProject),
      retryPolicy: isObject(body["retryPolicy"])
        ? { minimumBackoff: "10s", maximumBackoff: "600s", ...body["retryPolicy"] }
        : undefined,
      deadLetterPolicy: isObject(body["deadLetterPolicy"])
        ? defined({
            ...body["deadLetterPolicy"],
            deadLetterTopic: topicPath(objectOf(body["deadLetterPolicy"])["deadLetterTopic"], inProject),
          })
        : undefined,
    }),
  problems: (inputs) => {
    const seconds = inputs["ackDeadlineSeconds"];
    return [
      ...exportProblems(inputs),
      ...(typeof seconds === "number" && seconds > 0 && seconds < 10
        ? [`ackDeadlineSeconds must be 0 or from 10 to 600, not ${seconds}`]
        : []),
    ];
  },
  refusal: (inputs) => {
    const push = URL.parse(textOf(objectOf(inputs["pushConfig"])["pushEndpoint"]) ?? "");
    if (push !== null && !/^(127(\.\d+){3}|localhost|\[::1\])$/.test(push.hostname)) {
      return `the local Pub/Sub pushes to this machine's loopback address only: a subscription with the endpoint ${push.origin} can be previewed, not created`;
    }
    return "avroConfig" in objectOf(inputs["cloudStorageConfig"])
      ? "the local Pub/Sub writes text files only: leave out the field cloudStorageConfig.avroConfig here"
      : undefined;
  },
});
