import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { machineTypeOf } from "../capacity/index.ts";
import {
  ClusterMode,
  EncoderCluster,
  type EncoderClusterArgs,
  type EncoderNodePool,
} from "../cluster/index.ts";
import { encoderClusterProblems } from "../cluster/encoder-cluster-checks.ts";
import { Network, type NetworkArgs } from "../network/index.ts";
import { zoneProblems } from "../cluster/zones.ts";
import { networkProblems } from "../network/network.ts";
import { prefixPaths, shown, type Problem } from "../validation/index.ts";
import { isScaled, type EncoderPlacement } from "../workloads/index.ts";
import type { MpegFlowPlatformArgs } from "./platform-args.ts";
import type { PlatformCluster, PlatformOwnClusters } from "./cluster-arguments.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** A cluster to put workloads into. */
export interface ReadyCluster extends Pick<PlatformCluster, "apiServerRange"> {
  readonly region: string;
  readonly provider: kubernetes.Provider;
  /** Undefined where it is not the platform's own. */
  readonly own: EncoderCluster | undefined;
}

/** Whether the platform makes its clusters. */
export const makesClusters = (args: Pick<MpegFlowPlatformArgs, "ownClusters">): boolean =>
  args.ownClusters !== undefined;

const networkName = (name: string): string => `${name}-network`;
const clusterName = (name: string, region: string): string => `${name}-${region}`;

/** The clusters by the alphabet of their regions: the order that they are written in decides nothing. */
export const sortedClusters = ({ clusters }: MpegFlowPlatformArgs): MpegFlowPlatformArgs["clusters"] =>
  clusters.toSorted((one, other) => (one.region < other.region ? -1 : 1));

function networkArguments(args: MpegFlowPlatformArgs, own: PlatformOwnClusters): NetworkArgs {
  const { ranges = [], ...network } = own.network ?? {};
  return {
    projectId: args.projectId,
    regions: sortedClusters(args).map(({ region }) => ({
      // By the region's place in the placement, which never changes.
      block: Math.max(0, args.placement.regions.indexOf(region)),
      ...ranges.find((one) => one.region === region),
      region,
    })),
    ...network,
  };
}

type OwnArguments = Omit<EncoderClusterArgs, "network" | "subnet" | "nodeTag">;

function clusterArguments(
  name: string,
  args: MpegFlowPlatformArgs,
  own: PlatformOwnClusters,
  region: string,
): OwnArguments {
  const { backup, ...settings } = own;
  const other = args.clusters.find((one) => one.region !== region)?.region;
  return {
    projectId: args.projectId,
    region,
    // Accounts' ids are short: by the region's place in the placement, which never changes.
    nodeAccountId: `${name}-nodes-${args.placement.regions.indexOf(region) + 1}`,
    ...settings,
    ...(backup && other !== undefined && { backup: { ...backup, region: other } }),
    ...withoutUndefined({ labels: args.labels, disposable: args.disposable }),
  };
}

/** The clusters by their providers, made where they are the platform's own, with the network of those. */
export function readyClusters(
  name: string,
  args: MpegFlowPlatformArgs,
  parent: pulumi.Resource,
): { readonly clusters: ReadyCluster[]; readonly network: Network | undefined } {
  const own = args.ownClusters;
  const network = own && new Network(networkName(name), networkArguments(args, own), { parent });
  const clusters = sortedClusters(args).map(({ region, provider, apiServerRange }): ReadyCluster => {
    const known = { region, ...withoutUndefined({ apiServerRange }) };
    if (provider !== undefined) return { ...known, provider, own: undefined };
    if (own === undefined || network === undefined) throw new Error(`no provider of a cluster in ${region}`);
    const cluster = new EncoderCluster(
      clusterName(name, region),
      {
        ...clusterArguments(name, args, own, region),
        network: network.networkSelfLink,
        subnet: network.subnetIn(region),
        nodeTag: network.nodeTag,
      },
      { parent },
    );
    return { ...known, provider: cluster.provider, own: cluster };
  });
  return { clusters, network };
}

/** Encoders run in the node pools that are made for them, the first pool first, unless told otherwise. */
export function encoderPlacement({
  ownClusters,
  encoders,
}: Pick<MpegFlowPlatformArgs, "ownClusters" | "encoders">): EncoderPlacement | undefined {
  const pools = ownClusters?.encoderPools ?? [];
  const given = encoders?.placement;
  if (pools.length === 0) return given;
  if (given?.nodePools) {
    return { ...nature(pools.filter(({ name }) => given.nodePools?.includes(name))), ...given };
  }
  const spot = pools.filter((pool) => pool.spot ?? true);
  const notices = spot.map(({ spotNoticeSeconds = 30 }) => spotNoticeSeconds);
  const shortest = Math.min(...notices);
  return {
    ...nature(pools),
    nodePools: pools.map(({ name }) => name),
    spot: spot.length > 0,
    ...(spot.length > 0 && shortest > 30 && { spotNoticeSeconds: shortest }),
    ...given,
  };
}

/** Requirements that pods must state because all of these nodes have them and refuse other pods. */
function nature(pools: readonly EncoderNodePool[]): EncoderPlacement {
  const all = (is: (pool: EncoderNodePool) => boolean): boolean => pools.length > 0 && pools.every(is);
  return {
    ...(all(({ gvisor }) => gvisor === true) && { gvisor: true }),
    ...(all(({ machineType }) => machineTypeOf(machineType)?.architecture === "arm64") && { arm: true }),
  };
}

/** Problems of the clusters to create. */
export function ownClustersProblems(name: string, args: MpegFlowPlatformArgs): Problem[] {
  const { ownClusters: own, clusters, keda = {} } = args;
  const given = clusters.flatMap(({ provider }, index) => (provider === undefined ? [] : [index]));
  if (own === undefined) {
    return clusters.flatMap(({ provider }, index) =>
      provider === undefined
        ? [
            {
              path: `clusters[${index}].provider`,
              given: "nothing",
              allowed: "a provider of the cluster",
              because: "the platform creates clusters only with ownClusters.",
              fix: "pass the provider, or set ownClusters",
            },
          ]
        : [],
    );
  }
  const network = networkArguments(args, own);
  const unused = (own.network?.ranges ?? []).filter(({ region }) =>
    clusters.every((one) => one.region !== region),
  );
  const [first] = clusters;
  return [
    ...given.map((index) => ({
      path: `clusters[${index}].provider`,
      given: "a provider",
      allowed: "nothing",
      because: "ownClusters tells the platform to make the clusters.",
      fix: "leave one of the two out",
    })),
    ...unused.map(({ region }) => ({
      path: "ownClusters.network.ranges",
      given: shown(region),
      allowed: clusters.map((one) => shown(one.region)).join(" or "),
      fix: "name regions of the clusters",
    })),
    ...prefixPaths(
      "ownClusters.network",
      networkProblems(networkName(name), network).map((problem) => ofRanges(problem, network, own)),
    ).filter(({ path }) => !/\.(?:name|projectId)$/.test(path) && !/regions\[\d+\]\.region$/.test(path)),
    ...(first === undefined
      ? []
      : prefixPaths("ownClusters", clusterProblems(name, args, own, first.region))),
    // All clusters have the same arguments, except for the locations of pools, so only the first is checked fully.
    ...clusters
      .slice(1)
      .flatMap(({ region }) => prefixPaths("ownClusters", zoneProblems(region, own.encoderPools ?? []))),
    ...(own.backup && clusters.length < 2
      ? [
          {
            path: "ownClusters.backup",
            given: "a backup with one cluster",
            allowed: "a backup with two clusters",
            because: "each cluster's backups are in the other's region.",
            fix: "leave it out, or add the other cluster",
          },
        ]
      : []),
    ...(isScaled(args.encoders?.scaling) &&
    keda.installed !== true &&
    keda.imageRegistry === undefined &&
    own.network?.cloudNat !== true
      ? [
          {
            path: "keda.imageRegistry",
            given: "nothing",
            allowed: "a mirror of KEDA's images in Artifact Registry",
            because: "the clusters' network has no way to the registry that KEDA's chart names.",
            fix: 'pass it, such as "us-docker.pkg.dev/my-project/ghcr", or set ownClusters.network.cloudNat',
          },
        ]
      : []),
  ];
}

/** Problems of a region of the network are reported at the argument with its ranges. */
function ofRanges(problem: Problem, { regions }: NetworkArgs, { network }: PlatformOwnClusters): Problem {
  const renamed = (text: string): string =>
    text.replaceAll(/regions\[(\d+)\](?!\.region)/g, (whole, index: string) => {
      const region = regions[Number(index)]?.region;
      const place = (network?.ranges ?? []).findIndex((one) => one.region === region);
      return place < 0 ? whole : `ranges[${place}]`;
    });
  return { ...problem, path: renamed(problem.path), allowed: renamed(problem.allowed) };
}

/** All clusters are alike, so one speaks for them; what the platform passes on itself is right. */
function clusterProblems(
  name: string,
  args: MpegFlowPlatformArgs,
  own: PlatformOwnClusters,
  region: string,
): Problem[] {
  return encoderClusterProblems(clusterName(name, region), {
    ...clusterArguments(name, args, own, region),
    network: "",
    subnet: { subnetwork: "", podRangeName: "", serviceRangeName: "", controlPlaneRange: "" },
    nodeTag: "",
  }).filter(({ path }) => !/^(?:clusterName|nodeAccountId|region|backup\.region|labels.*)$/.test(path));
}

/** Whether the platform creates the node pools, including one for everything other than encoders. */
export const hasSystemPool = ({ ownClusters }: MpegFlowPlatformArgs): boolean =>
  ownClusters !== undefined && ownClusters.mode !== ClusterMode.Autopilot;
