import { AccessPattern, checkPlacement, PlacementKind, Rpo, type Placement } from "../placement/index.ts";
import { shown, type Problem } from "../validation/index.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * Problems of running clusters in `regions` with a bucket at `placement`. Reads are free and writes local only in the
 * bucket's own regions, so each cluster must be in one of them, and no two in the same. Paths are those of the
 * platform's arguments.
 */
export function clusterRegionProblems(placement: Placement, regions: readonly string[]): Problem[] {
  if (regions.length === 0 || regions.length > 2) return [countProblem(regions)];
  const together = regions.length === 2 ? activeActiveProblems(placement) : [];
  // A multi-region has no regions to compare with; this is reported once.
  if (together.length > 0 && placement.kind === PlacementKind.MultiRegion) return together;
  return [
    ...together,
    ...regions.flatMap((region, index) => outsideProblems(placement, region, index)),
    ...regions.flatMap((region, index) => repeatedProblems(regions, region, index)),
  ];
}

function countProblem(regions: readonly string[]): Problem {
  return {
    path: "clusters",
    given: `${regions.length} clusters`,
    allowed: "one cluster, or two in the two regions of a dual-region",
    because: "a bucket is in two regions at most, and a cluster elsewhere would pay for every read.",
    fix: regions.length === 0 ? "add a cluster" : "keep one cluster in each region of the placement",
  };
}

/** Two clusters write to one bucket at the same time. */
function activeActiveProblems(placement: Placement): Problem[] {
  const { location, dataLocations, kind } = placement;
  const verdict = checkPlacement({
    location,
    ...withoutUndefined({ dataLocations }),
    ...(kind === PlacementKind.DualRegion && { rpo: Rpo.ASYNC_TURBO }),
    accessPattern: AccessPattern.ActiveActive,
  });
  return verdict.problems.map((problem) =>
    problem.path === "accessPattern"
      ? {
          ...problem,
          path: "placement",
          given: `${location} with clusters in two regions`,
          fix: `${problem.fix.split(";")[0] ?? problem.fix}; or declare one cluster`,
        }
      : { ...problem, path: `placement.${problem.path}` },
  );
}

function outsideProblems(placement: Placement, region: string, index: number): Problem[] {
  if (placement.regions.includes(region)) return [];
  const path = `clusters[${index}].region`;
  if (placement.kind === PlacementKind.MultiRegion) {
    return [
      {
        path,
        given: `${shown(region)} with placement ${placement.location}`,
        allowed: "a region of the placement, and a multi-region names none",
        because: "Google chooses a multi-region's regions, and charges for every read from compute.",
        fix: `place the bucket in ${shown(region)}, or in a dual-region with it`,
      },
    ];
  }
  return [
    {
      path,
      given: shown(region),
      allowed: placement.regions.map((one) => shown(one)).join(" or "),
      because: `the bucket is placed in ${placement.regions.join(" and ")}; reads from elsewhere are charged.`,
      fix: "move the cluster to a region of the placement, or place the bucket where the clusters are",
    },
  ];
}

function repeatedProblems(regions: readonly string[], region: string, index: number): Problem[] {
  if (regions.indexOf(region) === index) return [];
  return [
    {
      path: `clusters[${index}].region`,
      given: `${shown(region)} again`,
      allowed: "each region once",
      because: "two clusters in one region are lost together.",
      fix: "remove one of the clusters, or place the second in the bucket's other region",
    },
  ];
}
