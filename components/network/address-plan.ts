import { regionProblems, shown, type Problem } from "../validation/index.ts";
import { contains, overlaps, parseIpv4Range, PRIVATE_RANGES } from "./ipv4.ts";

/** One region of a {@link Network}: its subnet and what a GKE cluster in it needs. */
export interface NetworkRegion {
  /** The region, in lower case: `us-central1`. */
  readonly region: string;
  /**
   * Block from which ranges are assigned that are not given: 0 to 15, different for each region. A change replaces the
   * region's subnet and cluster. Required for each of several regions, because list positions change when the list is
   * sorted.
   * @default 0 for the only region
   */
  readonly block?: number;
  /** Addresses of nodes, CIDR notation, /29 or larger. @default "10.B.0.0/20", B the region's block */
  readonly nodeRange?: string;
  /**
   * Addresses of pods, a secondary range, /21 or larger. A node takes a /24 of it at the usual 110 pods per node.
   * @default "10.J.0.0/14", J = 64 + 4 · B: 1,024 nodes of 110 pods
   */
  readonly podRange?: string;
  /** Addresses of Services, a secondary range, /27 or larger. @default "10.B.16.0/20" */
  readonly serviceRange?: string;
  /** Addresses of the cluster's control plane, exactly /28. @default "10.B.32.0/28" */
  readonly controlPlaneRange?: string;
}

/** A region with every range settled. */
export type PlannedRegion = Required<Omit<NetworkRegion, "block">>;

/** More would make the default pod ranges run out of 10.64.0.0 to 10.127.255.255. */
const MOST_REGIONS = 16;

/**
 * Smallest and largest subnets that GKE takes, as prefix lengths.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/alias-ips
 */
const PREFIXES = {
  nodeRange: { longest: 29, allowed: "a subnet of /29 or larger" },
  podRange: { longest: 21, allowed: "a range of /21 or larger" },
  serviceRange: { longest: 27, allowed: "a range of /27 or larger" },
  controlPlaneRange: { longest: 28, allowed: "a range of exactly /28" },
} as const;
type RangeName = keyof typeof PREFIXES;
const RANGE_NAMES = Object.keys(PREFIXES) as RangeName[];

const PRIVATE = PRIVATE_RANGES.flatMap((text) => parseIpv4Range(text) ?? []);

/** Assigns the ranges that are not given, in alphabetical order of regions. */
export function planned(regions: readonly NetworkRegion[]): PlannedRegion[] {
  return regions.map(settled).toSorted((one, other) => (one.region < other.region ? -1 : 1));
}

function settled({ block = 0, ...given }: NetworkRegion): PlannedRegion {
  return {
    nodeRange: `10.${block}.0.0/20`,
    serviceRange: `10.${block}.16.0/20`,
    controlPlaneRange: `10.${block}.32.0/28`,
    podRange: `10.${64 + 4 * block}.0.0/14`,
    ...given,
  };
}

/** Problems of an address plan; paths begin with `regions`. */
export function addressPlanProblems(regions: readonly NetworkRegion[]): Problem[] {
  if (regions.length === 0 || regions.length > MOST_REGIONS) {
    return [
      {
        path: "regions",
        given: `${regions.length} regions`,
        allowed: `1 to ${MOST_REGIONS}`,
        fix: "name the regions in which clusters are to stand",
      },
    ];
  }
  const blocks = blockProblems(regions);
  if (blocks.length > 0)
    return [...regions.flatMap((one, index) => placeProblems(regions, one, index)), ...blocks];
  const ranges = regions
    .map(settled)
    .flatMap((region, index) =>
      RANGE_NAMES.map((name) => ({ name, text: region[name], path: `regions[${index}].${name}` })),
    );
  const problems = [
    ...regions.flatMap((region, index) => placeProblems(regions, region, index)),
    ...ranges.flatMap(({ name, text, path }) => rangeProblems(name, text, path)),
  ];
  return problems.length > 0 ? problems : overlapProblems(ranges);
}

/** A region's addresses depend only on that region's arguments. */
function blockProblems(regions: readonly NetworkRegion[]): Problem[] {
  return regions.flatMap(({ region, block, ...ranges }, index): Problem[] => {
    const path = `regions[${index}].block`;
    if (block === undefined) {
      if (regions.length === 1 || RANGE_NAMES.every((name) => ranges[name] !== undefined)) return [];
      const example = regions.map((one, place) => `${one.region}: ${one.block ?? place}`).join(", ");
      return [
        {
          path,
          given: `nothing for ${region}`,
          allowed: `a whole number from 0 to ${MOST_REGIONS - 1}, another one for each region`,
          because: "addresses that followed the order of the list would move when the list is sorted.",
          fix: `give each region its block; as the list stands, these keep the addresses that a network had: ${example}`,
        },
      ];
    }
    const known = Number.isInteger(block) && block >= 0 && block < MOST_REGIONS;
    if (known && regions.findIndex((one) => one.block === block) === index) return [];
    return [
      {
        path,
        given: shown(block),
        allowed: `a whole number from 0 to ${MOST_REGIONS - 1}, another one for each region`,
        fix: "choose another block",
      },
    ];
  });
}

function placeProblems(
  regions: readonly NetworkRegion[],
  { region }: NetworkRegion,
  index: number,
): Problem[] {
  const path = `regions[${index}].region`;
  const problems = regionProblems(path, region);
  if (problems.length > 0) return problems;
  if (regions.findIndex((one) => one.region === region) === index) return [];
  return [{ path, given: shown(region), allowed: "each region once", fix: "remove the repeated region" }];
}

function rangeProblems(name: RangeName, text: string, path: string): Problem[] {
  const { longest, allowed } = PREFIXES[name];
  const range = parseIpv4Range(text);
  const fits =
    range !== undefined &&
    (name === "controlPlaneRange" ? range.prefix === longest : range.prefix <= longest) &&
    PRIVATE.some((outer) => contains(outer, range));
  if (fits) return [];
  return [
    {
      path,
      given: shown(text),
      allowed: `${allowed} of private IPv4 addresses, in CIDR notation with no bits behind the prefix: 10.0.0.0/${Math.min(longest, 20)}`,
      fix: "choose another range",
    },
  ];
}

function overlapProblems(ranges: readonly { readonly text: string; readonly path: string }[]): Problem[] {
  const parsed = ranges.flatMap(({ text, path }) => {
    const range = parseIpv4Range(text);
    return range === undefined ? [] : [{ text, path, range }];
  });
  return parsed.flatMap(({ text, path, range }, index) => {
    const other = parsed.slice(0, index).find((one) => overlaps(one.range, range));
    if (other === undefined) return [];
    return [
      {
        path,
        given: text,
        allowed: `a range apart from ${other.path}, ${other.text}`,
        because: "addresses in one network have to be distinct.",
        fix: "choose another range",
      },
    ];
  });
}
