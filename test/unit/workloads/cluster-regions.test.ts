import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dualRegion, multiRegion, predefined, region, type Placement } from "../../../components/index.ts";
import { describeProblem } from "../../../components/validation/index.ts";
import { clusterRegionProblems } from "../../../components/workloads/cluster-regions.ts";

const told = (placement: Placement, regions: string[]) =>
  clusterRegionProblems(placement, regions).map(describeProblem);

describe("where the clusters of a bucket may stand", () => {
  test.each([
    [predefined("NAM4"), ["us-central1", "us-east1"]],
    [predefined("NAM4"), ["us-east1"]],
    [dualRegion("us-central1", "us-west1"), ["us-west1", "us-central1"]],
    [region("europe-west4"), ["europe-west4"]],
  ])("accepts clusters in the bucket's own regions: %o", (placement, regions) => {
    expect(told(placement, regions)).toEqual([]);
  });

  test("refuses two clusters on a multi-region, with the reasons and a way out", () => {
    expect(told(multiRegion("US"), ["us-central1", "us-east1"])).toEqual([
      "placement: given US with clusters in two regions; allowed: a dual-region with rpo ASYNC_TURBO. " +
        "Reason: only a dual-region lets you place compute in the bucket's own two regions (reads are free from both, " +
        "turbo replication aims at a recovery point of 15 minutes); a multi-region gives no say over its regions, " +
        "charges for every read, and has a recovery point of 12 hours. " +
        "Fix: place it in a dual-region, such as NAM4 (us-central1 + us-east1) or US with us-central1 + us-east4, " +
        "with rpo ASYNC_TURBO; or declare one cluster",
    ]);
  });

  test("refuses a second cluster beside a bucket of one region", () => {
    const [placement, cluster] = clusterRegionProblems(region("us-central1"), ["us-central1", "us-east1"]);
    expect([placement?.path, cluster?.path]).toEqual(["placement", "clusters[1].region"]);
  });

  test("refuses a cluster outside the placement, naming the regions that are inside", () => {
    expect(told(predefined("NAM4"), ["us-central1", "us-west1"])).toEqual([
      'clusters[1].region: given "us-west1"; allowed: "us-central1" or "us-east1". Reason: the bucket is placed in ' +
        "us-central1 and us-east1; reads from elsewhere are charged. Fix: move the cluster to a region of the " +
        "placement, or place the bucket where the clusters are",
    ]);
  });

  test("refuses a single cluster on a multi-region, which has no region of its own", () => {
    expect(told(multiRegion("EU"), ["europe-west4"])).toEqual([
      'clusters[0].region: given "europe-west4" with placement EU; allowed: a region of the placement, and a ' +
        "multi-region names none. Reason: Google chooses a multi-region's regions, and charges for every read from " +
        'compute. Fix: place the bucket in "europe-west4", or in a dual-region with it',
    ]);
  });

  test("refuses two clusters in one region", () => {
    expect(told(predefined("NAM4"), ["us-east1", "us-east1"])).toEqual([
      'clusters[1].region: given "us-east1" again; allowed: each region once. Reason: two clusters in one region are ' +
        "lost together. Fix: remove one of the clusters, or place the second in the bucket's other region",
    ]);
  });

  test("refuses no cluster, and more than a bucket has regions", () => {
    expect(told(predefined("NAM4"), [])[0]).toContain("given 0 clusters; allowed: one cluster, or two");
    expect(told(predefined("NAM4"), ["us-central1", "us-east1", "us-west1"])[0]).toContain(
      "given 3 clusters",
    );
  });

  test("accepts only sets of the bucket's own regions, whatever is asked", () => {
    const placements = [
      predefined("NAM4"),
      predefined("EUR4"),
      region("us-east1"),
      multiRegion("US"),
      dualRegion("us-central1", "us-west1"),
    ];
    const regions = ["us-central1", "us-east1", "us-west1", "europe-west4", "nowhere"];
    fc.assert(
      fc.property(
        fc.constantFrom(...placements),
        fc.array(fc.constantFrom(...regions), { maxLength: 4 }),
        (placement, asked) => {
          const allowed =
            asked.length > 0 &&
            asked.length <= placement.regions.length &&
            new Set(asked).size === asked.length &&
            asked.every((one) => placement.regions.includes(one));
          expect(clusterRegionProblems(placement, asked).length === 0).toBe(allowed);
        },
      ),
    );
  });
});
