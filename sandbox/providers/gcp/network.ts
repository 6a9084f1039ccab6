import { boolean, integer, list, object, string, type Field } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { isList, isUnknown, objectOf, textOf, type Properties, type Value } from "../values.ts";
import { globalPath, nameOf, sameResource, selfLinkOf } from "./compute-names.ts";
import { computeResource } from "./compute-resource.ts";

const cidr = (traits: Parameters<typeof string>[0] = {}): Field =>
  string({ pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, rule: 'a range such as "10.0.0.0/20"', ...traits });
const network = string({ required: true, replaces: true, same: sameResource });
const description = string({ replaces: true });

const networkLink = (inputs: Properties, project: string): string =>
  selfLinkOf(globalPath(project, "networks", inputs["network"]));

const vpc = computeResource({
  type: "gcp:compute/network:Network",
  fields: {
    autoCreateSubnetworks: boolean({ default: true, replaces: true }),
    deleteDefaultRoutesOnCreate: boolean({ default: false, local: true, replaces: true }),
    description,
    mtu: integer({ computed: true, min: 1300, max: 8896 }),
    routingMode: string({ computed: true, allowed: ["REGIONAL", "GLOBAL"] }),
  },
  outputs: ["networkId", "numericId", "gatewayIpv4"],
  pathOf: (inputs, { project }) => `projects/${project}/global/networks/${nameOf(inputs)}`,
  report: (inputs) => ({
    mtu: inputs["mtu"] ?? 1460,
    routingMode: inputs["routingMode"] ?? "REGIONAL",
    gatewayIpv4: "",
    networkId: "1",
    numericId: "1",
  }),
});

const subnetwork = computeResource({
  type: "gcp:compute/subnetwork:Subnetwork",
  regional: true,
  fields: {
    network,
    description,
    ipCidrRange: cidr({ required: true }),
    privateIpGoogleAccess: boolean({ computed: true }),
    purpose: string({ computed: true, replaces: true, allowed: ["PRIVATE", "REGIONAL_MANAGED_PROXY"] }),
    stackType: string({ computed: true, allowed: ["IPV4_ONLY", "IPV4_IPV6"] }),
    secondaryIpRanges: list(
      object({ rangeName: string({ required: true }), ipCidrRange: cidr({ required: true }) }),
    ),
    logConfig: object({
      aggregationInterval: string({ default: "INTERVAL_5_SEC" }),
      flowSampling: { kind: "number", min: 0, max: 1, default: 0.5 },
      metadata: string({
        allowed: ["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"],
        default: "INCLUDE_ALL_METADATA",
      }),
      filterExpr: string({ default: "true" }),
    }),
  },
  outputs: ["gatewayAddress"],
  pathOf: (inputs, { project, region }) =>
    `projects/${project}/regions/${region}/subnetworks/${nameOf(inputs)}`,
  report: (inputs, projectId) => ({
    network: networkLink(inputs, projectId),
    privateIpGoogleAccess: inputs["privateIpGoogleAccess"] ?? false,
    purpose: inputs["purpose"] ?? "PRIVATE",
    stackType: inputs["stackType"] ?? "IPV4_ONLY",
    gatewayAddress: (textOf(inputs["ipCidrRange"]) ?? "").replace(/\d+\/\d+$/, "1"),
  }),
  problems: (inputs) => repeated(inputs["secondaryIpRanges"], "rangeName", "secondaryIpRanges"),
});

function repeated(items: Value | undefined, key: string, path: string): string[] {
  const names = isList(items ?? null) ? (items as readonly Value[]).map((item) => objectOf(item)[key]) : [];
  return names.some((name, index) => !isUnknown(name) && names.indexOf(name) !== index)
    ? [`${path}: two have the same ${key}`]
    : [];
}

const route = computeResource({
  type: "gcp:compute/route:Route",
  fields: {
    network,
    description,
    destRange: cidr({ required: true, replaces: true }),
    nextHopGateway: string({ replaces: true, same: sameResource }),
    nextHopIp: string({ replaces: true }),
    nextHopIlb: string({ replaces: true }),
    priority: integer({ default: 1000, min: 0, max: 65_535, replaces: true }),
    tags: list(string(), { unordered: true, replaces: true }),
  },
  pathOf: (inputs, { project }) => `projects/${project}/global/routes/${nameOf(inputs)}`,
  report: (inputs, projectId) => ({ network: networkLink(inputs, projectId) }),
});

const portRules = list(
  object({
    protocol: string({ required: true }),
    ports: list(string({ pattern: /^\d+(-\d+)?$/, rule: 'a port or a range of ports: "6443"' })),
  }),
  { replaces: false },
);
const tags = list(string(), { unordered: true });

const firewall = computeResource({
  type: "gcp:compute/firewall:Firewall",
  fields: {
    network,
    description: string(),
    direction: string({ computed: true, replaces: true, allowed: ["INGRESS", "EGRESS"] }),
    priority: integer({ default: 1000, min: 0, max: 65_535 }),
    disabled: boolean(),
    allows: portRules,
    denies: portRules,
    sourceRanges: list(cidr(), { unordered: true, computed: true }),
    destinationRanges: list(cidr(), { unordered: true, computed: true }),
    sourceTags: tags,
    targetTags: tags,
    sourceServiceAccounts: tags,
    targetServiceAccounts: tags,
    logConfig: object({
      metadata: string({ required: true, allowed: ["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"] }),
    }),
  },
  pathOf: (inputs, { project }) => `projects/${project}/global/firewalls/${nameOf(inputs)}`,
  report: (inputs, projectId) => ({
    network: networkLink(inputs, projectId),
    direction: inputs["direction"] ?? "INGRESS",
    destinationRanges: inputs["destinationRanges"] ?? [],
    sourceRanges: inputs["sourceRanges"] ?? [],
  }),
  problems: (inputs) => [
    ...(inputs["direction"] === "EGRESS" && (inputs["sourceRanges"] ?? inputs["sourceTags"]) !== undefined
      ? ["direction EGRESS takes destinationRanges, not sourceRanges or sourceTags"]
      : []),
  ],
});

const router = computeResource({
  type: "gcp:compute/router:Router",
  regional: true,
  fields: { network, description: string() },
  pathOf: (inputs, { project, region }) => `projects/${project}/regions/${region}/routers/${nameOf(inputs)}`,
  report: (inputs, projectId) => ({ network: networkLink(inputs, projectId) }),
});

const routerNat = computeResource({
  type: "gcp:compute/routerNat:RouterNat",
  regional: true,
  fields: {
    router: string({ required: true, replaces: true, same: sameResource }),
    natIpAllocateOption: string({ allowed: ["AUTO_ONLY", "MANUAL_ONLY"] }),
    natIps: list(string(), { unordered: true }),
    sourceSubnetworkIpRangesToNat: string({
      required: true,
      allowed: [
        "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
        "LIST_OF_SUBNETWORKS",
      ],
    }),
    enableDynamicPortAllocation: boolean({ computed: true }),
    minPortsPerVm: integer({ computed: true }),
    logConfig: object({
      enable: boolean({ required: true }),
      filter: string({ required: true, allowed: ["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"] }),
    }),
  },
  pathOf: (inputs, { project, region }) =>
    `projects/${project}/regions/${region}/routers/${(textOf(inputs["router"]) ?? "").replace(/^.*\//, "")}/${nameOf(inputs)}`,
  report: (inputs) => ({
    enableDynamicPortAllocation: inputs["enableDynamicPortAllocation"] ?? false,
    minPortsPerVm: inputs["minPortsPerVm"] ?? 0,
  }),
});

/** VPC networks. https://www.pulumi.com/registry/packages/gcp/api-docs/compute/ */
export const networking: ResourceModel[] = [vpc, subnetwork, route, firewall, router, routerNat];
