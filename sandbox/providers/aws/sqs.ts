import { boolean, integer, string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { found } from "../cloud.ts";
import { recorded } from "../recorded.ts";
import { defined, textOf } from "../values.ts";
import { accountOf, allTags, knownRegion, region, regionOf, regionProblems, tags } from "./common.ts";
import { policyField, policyProblems, policyText, queuePolicyKind } from "./policy-document.ts";

const queueType = "aws:sqs/queue:Queue";
export const queuePolicyType = "aws:sqs/queuePolicy:QueuePolicy";

const names = named("name", 80);

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export const queue: ResourceModel = recorded({
  type: queueType,
  fields: {
    name: string({
      replaces: true,
      pattern: /^[\w-]{1,80}$/,
      rule: "1 to 80 letters, digits, - and _; queues in first-in-first-out order are not modelled",
    }),
    region,
    delaySeconds: integer({ default: 0, min: 0, max: 900 }),
    maxMessageSize: integer({ default: 262_144, min: 1024, max: 1_048_576 }),
    messageRetentionSeconds: integer({ default: 345_600, min: 60, max: 1_209_600 }),
    receiveWaitTimeSeconds: integer({ default: 0, min: 0, max: 20 }),
    visibilityTimeoutSeconds: integer({ default: 30, min: 0, max: 43_200 }),
    kmsMasterKeyId: string(),
    kmsDataKeyReusePeriodSeconds: integer({ computed: true, min: 60, max: 86_400 }),
    sqsManagedSseEnabled: boolean({ computed: true }),
    redrivePolicy: string({ computed: true }),
    tags,
  },
  outputs: ["arn", "tagsAll", "url"],
  complete: names.complete,
  identity: names.identity,
  problems: (inputs, config) => [
    ...regionProblems(inputs, config),
    ...(inputs["kmsMasterKeyId"] !== undefined && inputs["sqsManagedSseEnabled"] === true
      ? ["give either kmsMasterKeyId or sqsManagedSseEnabled"]
      : []),
  ],
  predict: (inputs, config) =>
    defined({ region: regionOf(inputs, config), tagsAll: allTags(inputs, config) }),
  distinct: true,
  idOf: (inputs, { config }) =>
    `https://sqs.${knownRegion(inputs, config)}.amazonaws.com/${accountOf(config)}/${textOf(inputs["name"]) ?? ""}`,
  report: (inputs, id, { config }) => {
    const where = knownRegion(inputs, config);
    return {
      arn: `arn:aws:sqs:${where}:${accountOf(config)}:${textOf(inputs["name"]) ?? ""}`,
      url: id,
      region: where,
      sqsManagedSseEnabled: inputs["sqsManagedSseEnabled"] ?? inputs["kmsMasterKeyId"] === undefined,
      kmsDataKeyReusePeriodSeconds: inputs["kmsDataKeyReusePeriodSeconds"] ?? 300,
      tagsAll: allTags(inputs, config),
    };
  },
});

/** `arn:aws:sqs:REGION:ACCOUNT:NAME` as the queue's address. */
export function queueUrlOf(arn: string): string {
  const [, , , where = "", account = "", name = ""] = arn.split(":");
  return `https://sqs.${where}.amazonaws.com/${account}/${name}`;
}

const policy = recorded({
  type: queuePolicyType,
  fields: {
    queueUrl: string({
      required: true,
      replaces: true,
      pattern: /^https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com\/\d{12}\/[\w-]+$/,
      rule: "a queue's URL",
    }),
    region,
    policy: policyField,
  },
  outputs: [],
  complete: (inputs) => policyText(inputs, "policy"),
  problems: (inputs, config) => [
    ...regionProblems(inputs, config),
    ...policyProblems("policy", inputs["policy"], queuePolicyKind),
  ],
  predict: (inputs, config) => defined({ region: regionOf(inputs, config) }),
  identity: (inputs) => inputs["queueUrl"],
  idOf: (inputs) => textOf(inputs["queueUrl"]) ?? "",
  report: (inputs, _id, { config }) => ({ region: knownRegion(inputs, config) }),
});

export const queuePolicy: ResourceModel = {
  ...policy,
  create: async (inputs, context) => {
    const url = textOf(inputs["queueUrl"]) ?? "";
    const path = ["registry", queueType, url];
    if ((await found(context.cloud().control({ method: "GET", path }))) === undefined) {
      throw new Refusal(`AWS.SimpleQueueService.NonExistentQueue: there is no queue ${url}`);
    }
    return policy.create(inputs, context);
  },
};
