import { isIPv4, isIPv6 } from "node:net";
import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { shown, sorted, type Problem } from "../validation/index.ts";

/** A VPC network from which requests are let in. */
export interface IpFilterNetwork {
  /** Full name of the network: `projects/PROJECT/global/networks/NETWORK`. */
  network: pulumi.Input<string>;
  /** Ranges of addresses in it, in CIDR notation. */
  allowedIpCidrRanges: string[];
}

/**
 * Networks from which requests are allowed, for all users. It applies to Pulumi too: include the address that you
 * deploy from, or the next update is locked out. A filter cannot be removed once set; turn it off with `enabled:
 * false`.
 *
 * Source: https://docs.cloud.google.com/storage/docs/ip-filtering-overview
 */
export interface IpFilter {
  /** Ranges of public addresses, in CIDR notation, IPv4 or IPv6. @default none */
  publicIpCidrRanges?: string[];
  /** VPC networks, for requests over Private Google Access. @default none */
  networks?: IpFilterNetwork[];
  /**
   * Lets Google's own service agents in from anywhere: Storage Transfer and others act through them.
   * @default false
   */
  allowServiceAgents?: boolean;
  /** Lets networks of other organizations be named; takes `networks` beside it. @default false */
  allowCrossOrganizationNetworks?: boolean;
  /**
   * Whether the filter is enforced; `false` allows all networks again.
   * @default true
   */
  enabled?: boolean;
}

/** The bucket's filter, where there is one. */
export function ipFilterOf(filter: IpFilter | undefined): {
  ipFilter?: gcp.types.input.storage.BucketIpFilter;
} {
  if (filter === undefined) return {};
  const { publicIpCidrRanges: ranges, networks = [] } = filter;
  return {
    ipFilter: {
      mode: filter.enabled === false ? "Disabled" : "Enabled",
      allowAllServiceAgentAccess: filter.allowServiceAgents ?? false,
      ...(ranges && { publicNetworkSource: { allowedIpCidrRanges: sorted(ranges) } }),
      // The provider refuses the switch without a network, even where it is off.
      ...(networks.length > 0 && {
        allowCrossOrgVpcs: filter.allowCrossOrganizationNetworks ?? false,
        vpcNetworkSources: sortedNetworks(networks),
      }),
    },
  };
}

/** By their names, which may be outputs. */
const sortedNetworks = (networks: readonly IpFilterNetwork[]) =>
  pulumi
    .all(
      networks.map(({ network, allowedIpCidrRanges }) => ({
        network,
        allowedIpCidrRanges: sorted(allowedIpCidrRanges),
      })),
    )
    .apply((known) => sorted(known, ({ network }) => network));

/** Problems of the filter; paths begin with `ipFilter`. */
export function ipFilterProblems(filter: IpFilter): Problem[] {
  const { publicIpCidrRanges = [], networks = [], enabled } = filter;
  const problems: Problem[] = [];
  if (enabled !== false && publicIpCidrRanges.length === 0 && networks.length === 0) {
    problems.push({
      path: "ipFilter",
      given: "no range and no network",
      allowed: "one range or network, or more",
      because: "a filter that allows no network locks out Pulumi as well.",
      fix: "name the networks that may reach the bucket, that of your deployments among them",
    });
  }
  if (filter.allowCrossOrganizationNetworks === true && networks.length === 0) {
    problems.push({
      path: "ipFilter.allowCrossOrganizationNetworks",
      given: "true without networks",
      allowed: "true with networks",
      because: "no other organization's network is listed.",
      fix: "name the other organization's networks in ipFilter.networks, or leave it out",
    });
  }
  problems.push(...rangeProblems("ipFilter.publicIpCidrRanges", publicIpCidrRanges));
  networks.forEach(({ network, allowedIpCidrRanges }, index) => {
    const path = `ipFilter.networks[${index}]`;
    if (typeof network === "string" && !NETWORK.test(network)) {
      problems.push({
        path: `${path}.network`,
        given: shown(network),
        allowed: "projects/PROJECT/global/networks/NETWORK",
        fix: "pass the id of the gcp.compute.Network",
      });
    }
    if (allowedIpCidrRanges.length === 0) {
      problems.push({
        path: `${path}.allowedIpCidrRanges`,
        given: "[]",
        allowed: "a range or more",
        fix: "name the ranges of the network's subnetworks, or 0.0.0.0/0 for all of them",
      });
    }
    problems.push(...rangeProblems(`${path}.allowedIpCidrRanges`, allowedIpCidrRanges));
  });
  return problems;
}

const NETWORK = /^projects\/[^/]+\/global\/networks\/[^/]+$/;

function rangeProblems(path: string, ranges: readonly string[]): Problem[] {
  return ranges.flatMap((range, index) => {
    if (isTruncatedRange(range)) return [];
    return [
      {
        path: `${path}[${index}]`,
        given: shown(range),
        allowed:
          "a range in CIDR notation whose address has no bit behind the mask: 192.0.2.0/24, 2001:db8::/32",
        because: "Google takes 192.0.2.1/24 for a mistake.",
        fix: "write the first address of the range, a slash, and the number of bits",
      },
    ];
  });
}

/** Whether a text is a range in CIDR notation with all bits behind the mask at zero. */
function isTruncatedRange(range: string): boolean {
  const [address = "", mask = "", ...rest] = range.split("/");
  const bits = isIPv4(address) ? ipv4Bits(address) : isIPv6(address) ? ipv6Bits(address) : undefined;
  if (bits === undefined || rest.length > 0 || !/^\d{1,3}$/.test(mask)) return false;
  return Number(mask) <= bits.length && !bits.slice(Number(mask)).includes("1");
}

const binary = (value: number, width: number): string => value.toString(2).padStart(width, "0");

function ipv4Bits(address: string): string {
  return address
    .split(".")
    .map((part) => binary(Number(part), 8))
    .join("");
}

/** An address that `isIPv6` found good; URLs write each in one way, with 16-bit groups only. */
function ipv6Bits(address: string): string | undefined {
  if (address.includes("%")) return undefined;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const groups = (text: string): string[] => text.split(":").filter((group) => group !== "");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const missing = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...missing, ...after].map((group) => binary(Number.parseInt(group, 16), 16)).join("");
}
