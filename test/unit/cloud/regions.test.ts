import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LocalCluster } from "../../../sandbox/cloud/clusters.ts";
import { openRegions, type Regions } from "../../../sandbox/cloud/regions.ts";
import { createWorld, type World } from "../gcs/world.ts";

let world: World;
let regions: Regions;
let clusters: Map<string, Promise<LocalCluster>>;
let opened: string[];
let closed: string[];

/** A cluster that only tells how it was ended. */
const cluster = (name: string): Promise<LocalCluster> =>
  Promise.resolve({
    standIn: undefined,
    kubeconfig: undefined,
    keda: undefined,
    pods: () => [],
    followPools: () => Promise.resolve(),
    serviceAddress: () => Promise.resolve(undefined),
    stop: () => Promise.reject(new Error("a power cut stops nothing in order")),
    cut: () => Promise.resolve([`pod of ${name}`]),
  });

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  for (const region of world.replication.stopped()) world.replication.startRegion(region);
  opened = [];
  closed = [];
  const names = ["us-central1", "us-east1", "gke_acme_us-east1_media", "gke_acme_us-west1_media"];
  clusters = new Map(names.map((name) => [name, cluster(name)]));
  regions = openRegions({
    store: { replication: world.replication },
    listen: (port, region) =>
      Promise.resolve({
        url: `http://127.0.0.1:${port || 4000}`,
        close: () => {
          closed.push(region);
          return Promise.resolve();
        },
      }),
    clusters,
    openCluster: (name) => {
      opened.push(name);
      return cluster(name);
    },
  });
});

describe("a region that goes out", () => {
  it("takes every cluster in it along, and no other", async () => {
    expect(await regions.stop("us-east1")).toEqual(["pod of us-east1", "pod of gke_acme_us-east1_media"]);
    expect([...clusters.keys()]).toEqual(["us-central1", "gke_acme_us-west1_media"]);
  });

  it("takes its endpoint and the store's only copies along", async () => {
    await regions.storage("us-east1");
    await regions.stop("us-east1");
    expect(closed).toEqual(["us-east1"]);
    expect(world.replication.stopped()).toEqual(["us-east1"]);
    expect([regions.isOut("us-east1"), regions.isOut("us-central1")]).toEqual([true, false]);
  });

  it("goes out once", async () => {
    await regions.stop("us-east1");
    expect(await regions.stop("us-east1")).toEqual([]);
  });

  it("comes back with the clusters that it had", async () => {
    await regions.stop("us-east1");
    await regions.start("us-east1");
    expect(opened).toEqual(["us-east1", "gke_acme_us-east1_media"]);
    expect(regions.out()).toEqual([]);
  });

  it("comes back at the address that it had", async () => {
    const before = await regions.storage("us-east1");
    await regions.stop("us-east1");
    await regions.start("us-east1");
    expect(await regions.storage("us-east1")).toBe(before);
  });

  it("does not come back when it never went", async () => {
    await regions.start("us-east1");
    expect(opened).toEqual([]);
  });
});
