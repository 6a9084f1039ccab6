import { boolean, integer, list, map, object, string, type Fields } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { listOf, objectOf, textOf, type Properties } from "../values.ts";
import { accountOf, allTags, knownRegion, region, regionOf, regionProblems, tags } from "./common.ts";

/** Amazon EKS on paper: no cluster runs. https://www.pulumi.com/registry/packages/aws/api-docs/eks/ */

const at = (inputs: Properties, key: string): string => textOf(inputs[key]) ?? "";
const arn = string({ pattern: /^arn:aws[\w-]*:/, rule: "an ARN" });
const clusterName = string({
  replaces: true,
  pattern: /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/,
  rule: "1 to 100 letters, digits, - and _",
});

const inRegion = (inputs: Properties, config: Properties, path: string): string =>
  `arn:aws:eks:${knownRegion(inputs, config)}:${accountOf(config)}:${path}`;
const predicted = (inputs: Properties, config: Properties): Properties => ({
  region: regionOf(inputs, config) ?? "",
  tagsAll: allTags(inputs, config),
});

const cluster = recorded({
  type: "aws:eks/cluster:Cluster",
  fields: {
    name: clusterName,
    region,
    roleArn: { ...arn, required: true, replaces: true },
    version: string({ computed: true }),
    accessConfig: object({
      authenticationMode: string({ allowed: ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"], computed: true }),
      bootstrapClusterCreatorAdminPermissions: boolean({ replaces: true }),
    }),
    vpcConfig: object(
      {
        subnetIds: list(string(), { required: true, min: 2, unordered: true }),
        securityGroupIds: list(string(), { unordered: true }),
        endpointPrivateAccess: boolean(),
        endpointPublicAccess: boolean(),
        publicAccessCidrs: list(string(), { computed: true, unordered: true }),
      },
      { required: true },
    ),
    enabledClusterLogTypes: list(string(), { unordered: true }),
    tags,
  },
  outputs: ["arn", "certificateAuthority", "createdAt", "endpoint", "identities", "status", "tagsAll"],
  ...named("name", 100),
  problems: regionProblems,
  predict: predicted,
  distinct: true,
  idOf: (inputs) => at(inputs, "name"),
  report: (inputs, id, { config }, old) => {
    const host = `${id}.${knownRegion(inputs, config)}.eks.invalid`;
    return {
      region: knownRegion(inputs, config),
      arn: inRegion(inputs, config, `cluster/${id}`),
      createdAt: old?.["createdAt"] ?? new Date().toISOString(),
      endpoint: `https://${host}`,
      certificateAuthority: { data: "" },
      identities: [{ oidcs: [{ issuer: `https://oidc.${host}/id/${id}` }] }],
      status: "ACTIVE",
      tagsAll: allTags(inputs, config),
    };
  },
});

const groupFields: Fields = {
  nodeGroupName: clusterName,
  region,
  clusterName: string({ required: true, replaces: true }),
  nodeRoleArn: { ...arn, required: true, replaces: true },
  subnetIds: list(string(), { required: true, min: 1, unordered: true, replaces: true }),
  capacityType: string({ allowed: ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"], computed: true, replaces: true }),
  instanceTypes: list(string(), { computed: true, replaces: true }),
  amiType: string({ computed: true, replaces: true }),
  diskSize: integer({ computed: true, replaces: true, min: 1 }),
  labels: map(string()),
  taints: list(
    object({
      key: string({ required: true }),
      value: string(),
      effect: string({ required: true, allowed: ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"] }),
    }),
    { unordered: true },
  ),
  scalingConfig: object(
    {
      minSize: integer({ required: true, min: 0 }),
      desiredSize: integer({ required: true, min: 0 }),
      maxSize: integer({ required: true, min: 1 }),
    },
    { required: true },
  ),
  tags,
};

const nodeGroup = recorded({
  type: "aws:eks/nodeGroup:NodeGroup",
  fields: groupFields,
  outputs: ["arn", "status", "tagsAll"],
  ...named("nodeGroupName", 63),
  problems: (inputs, config) => {
    const { minSize, desiredSize, maxSize } = objectOf(inputs["scalingConfig"]);
    const sizes = [minSize, desiredSize, maxSize].filter((size) => typeof size === "number");
    const sorted = sizes.every((size, index) => index === 0 || size >= (sizes[index - 1] ?? 0));
    return [
      ...regionProblems(inputs, config),
      ...(sorted ? [] : ["scalingConfig: minSize ≤ desiredSize ≤ maxSize does not hold"]),
    ];
  },
  predict: predicted,
  distinct: true,
  idOf: (inputs) => `${at(inputs, "clusterName")}:${at(inputs, "nodeGroupName")}`,
  report: (inputs, id, { config }) => ({
    region: knownRegion(inputs, config),
    arn: inRegion(inputs, config, `nodegroup/${id.replace(":", "/")}`),
    capacityType: inputs["capacityType"] ?? "ON_DEMAND",
    instanceTypes: listOf(inputs["instanceTypes"]),
    amiType: inputs["amiType"] ?? "AL2023_x86_64_STANDARD",
    diskSize: inputs["diskSize"] ?? 20,
    status: "ACTIVE",
    tagsAll: allTags(inputs, config),
  }),
});

const addon = recorded({
  type: "aws:eks/addon:Addon",
  fields: {
    clusterName: string({ required: true, replaces: true }),
    addonName: string({ required: true, replaces: true }),
    addonVersion: string({ computed: true }),
    configurationValues: string({ computed: true }),
    region,
    resolveConflictsOnCreate: string({ allowed: ["NONE", "OVERWRITE"], local: true }),
    resolveConflictsOnUpdate: string({ allowed: ["NONE", "OVERWRITE", "PRESERVE"], local: true }),
    tags,
  },
  outputs: ["arn", "createdAt", "tagsAll"],
  problems: regionProblems,
  predict: predicted,
  distinct: true,
  identity: (inputs) => `${at(inputs, "clusterName")}:${at(inputs, "addonName")}`,
  idOf: (inputs) => `${at(inputs, "clusterName")}:${at(inputs, "addonName")}`,
  report: (inputs, id, { config }, old) => ({
    region: knownRegion(inputs, config),
    arn: inRegion(inputs, config, `addon/${id.replace(":", "/")}`),
    addonVersion: inputs["addonVersion"] ?? "",
    configurationValues: inputs["configurationValues"] ?? "",
    createdAt: old?.["createdAt"] ?? new Date().toISOString(),
    tagsAll: allTags(inputs, config),
  }),
});

export const eks: ResourceModel[] = [cluster, nodeGroup, addon];
