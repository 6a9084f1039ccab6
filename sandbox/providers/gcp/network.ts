import { boolean, integer, list, object, string, type Field } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { isList, isUnknown, objectOf, textOf, type Properties, type Value } from "../values.ts";
import { falseByDefault } from "./facts/with-facts.ts";
import { globalPath, nameOf, sameResource, selfLinkOf } from "./compute-names.ts";
import { computeResource } from "./compute-resource.ts";

const cidr = (traits: Parameters<typeof string>[0] = {}): Field =>
  string({ pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, rule: 'a range such as "10.0.0.0/20"', ...traits });
const network = string({ same: sameResource });
const description = string();

/**
 * CustomizeDiff: ForceNewIfChange("ip_cidr_range", IsShrinkageIpCidr), in resource_compute_subnetwork.go: a range can grow around what it
 * was, and not change otherwise.
 */
function shrinks(old: Value | undefined, value: Value | undefined): boolean {
  const [before, after] = [rangeOf(old), rangeOf(value)];
  return (
    before !== undefined && after !== undefined && (before.first < after.first || before.last > after.last)
  );
}

function rangeOf(cidrRange: Value | undefined): { first: number; last: number } | undefined {
  const [, address = "", length] = /^([\d.]+)\/(\d+)$/.exec(textOf(cidrRange) ?? "") ?? [];
  if (length === undefined) return undefined;
  const size = 2 ** (32 - Number(length));
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

const networkLink = (inputs: Properties, project: string): string =>
  selfLinkOf(globalPath(project, "networks", inputs["network"]));

const vpc = computeResource({
  type: "gcp:compute/network:Network",
  fields: {
    autoCreateSubnetworks: boolean(),
    deleteDefaultRoutesOnCreate: boolean({ local: true, ...falseByDefault }),
    description,
    mtu: integer({ min: 1300, max: 8896 }),
    routingMode: string({ allowed: ["REGIONAL", "GLOBAL"] }),
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
    ipCidrRange: cidr({
      exception: {
        because: "the schema allows reservedInternalRange for it, which is not modelled",
        says: { required: true },
      },
    }),
    privateIpGoogleAccess: boolean(),
    purpose: string({ allowed: ["PRIVATE", "REGIONAL_MANAGED_PROXY"] }),
    stackType: string({ allowed: ["IPV4_ONLY", "IPV4_IPV6"] }),
    secondaryIpRanges: list(
      object({
        rangeName: string(),
        ipCidrRange: cidr({
          exception: {
            because: "the schema allows reservedInternalRange for it, which is not modelled",
            says: { required: true },
          },
        }),
      }),
    ),
    logConfig: object({
      aggregationInterval: string(),
      flowSampling: { kind: "number", min: 0, max: 1 },
      metadata: string({
        allowed: ["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"],
      }),
      filterExpr: string(),
    }),
  },
  outputs: ["gatewayAddress"],
  replaces: (path, _config, old, inputs) =>
    path === "ipCidrRange" && shrinks(old["ipCidrRange"], inputs["ipCidrRange"]),
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
    destRange: cidr(),
    nextHopGateway: string({ same: sameResource }),
    nextHopIp: string(),
    nextHopIlb: string(),
    priority: integer({ min: 0, max: 65_535 }),
    tags: list(string()),
  },
  pathOf: (inputs, { project }) => `projects/${project}/global/routes/${nameOf(inputs)}`,
  report: (inputs, projectId) => ({ network: networkLink(inputs, projectId) }),
});

const portRules = list(
  object({
    protocol: string(),
    ports: list(string({ pattern: /^\d+(-\d+)?$/, rule: 'a port or a range of ports: "6443"' })),
  }),
);
const tags = list(string());

const SOURCES = ["sourceRanges", "sourceTags", "sourceServiceAccounts"];

const firewall = computeResource({
  type: "gcp:compute/firewall:Firewall",
  fields: {
    network,
    description: string(),
    direction: string({ allowed: ["INGRESS", "EGRESS"] }),
    priority: integer({ min: 0, max: 65_535 }),
    disabled: boolean(),
    allows: portRules,
    denies: portRules,
    sourceRanges: list(cidr()),
    destinationRanges: list(cidr()),
    sourceTags: tags,
    targetTags: tags,
    sourceServiceAccounts: tags,
    targetServiceAccounts: tags,
    logConfig: object({
      metadata: string({ allowed: ["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"] }),
    }),
  },
  pathOf: (inputs, { project }) => `projects/${project}/global/firewalls/${nameOf(inputs)}`,
  report: (inputs, projectId) => ({
    network: networkLink(inputs, projectId),
    direction: inputs["direction"] ?? "INGRESS",
    destinationRanges: inputs["destinationRanges"] ?? [],
    sourceRanges: inputs["sourceRanges"] ?? [],
  }),
  // CustomizeDiff: resourceComputeFirewallSourceFieldsCustomizeDiff, in resource_compute_firewall.go.
  problems: (inputs) => [
    ...(inputs["direction"] === "EGRESS" || SOURCES.some((source) => inputs[source] !== undefined)
      ? []
      : [`direction INGRESS needs one of ${SOURCES.join(", ")}`]),
    ...(inputs["direction"] === "EGRESS" && (inputs["sourceRanges"] ?? inputs["sourceTags"]) !== undefined
      ? ["direction EGRESS takes destinationRanges, not sourceRanges or sourceTags"]
      : []),
  ],
});

const router = computeResource({
  type: "gcp:compute/router:Router",
  regional: true,
  fields: {
    network: string({
      same: sameResource,
      exception: {
        because: "the schema allows nccGateway for it, which is not modelled",
        says: { required: true },
      },
    }),
    description: string(),
  },
  pathOf: (inputs, { project, region }) => `projects/${project}/regions/${region}/routers/${nameOf(inputs)}`,
  report: (inputs, projectId) => ({ network: networkLink(inputs, projectId) }),
});

const routerNat = computeResource({
  type: "gcp:compute/routerNat:RouterNat",
  regional: true,
  fields: {
    router: string({ same: sameResource }),
    natIpAllocateOption: string({ allowed: ["AUTO_ONLY", "MANUAL_ONLY"] }),
    natIps: list(string()),
    sourceSubnetworkIpRangesToNat: string({
      allowed: [
        "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
        "LIST_OF_SUBNETWORKS",
      ],
    }),
    enableDynamicPortAllocation: boolean(),
    minPortsPerVm: integer(),
    logConfig: object({
      enable: boolean(),
      filter: string({ allowed: ["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"] }),
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
