import { describe, expect, it } from "vitest";
import { declaredPools, regionOfCluster } from "../../../sandbox/kubernetes/node/declared-pools.ts";

const context = "gke_acme_us-east1_media-us-east1";
const record = (name: string, rest: object = {}, place: object = {}) => ({
  name,
  project: "acme",
  location: "us-east1",
  cluster: "media-us-east1",
  ...place,
  ...rest,
});
const poolOf = (rest: object, nodeConfig: object = {}) =>
  declaredPools(context, [
    record("spot", { nodeConfig: { machineType: "c3d-standard-16", ...nodeConfig }, ...rest }),
  ])[0];

describe("the pools of a cluster", () => {
  it("are those that are declared for it, and for no other", () => {
    const others = [
      record("other-cluster", {}, { cluster: "media-us-west1" }),
      record("other-region", {}, { location: "us-west1" }),
      record("other-project", {}, { project: "umbrella" }),
    ];
    const found = declaredPools(context, [record("system"), ...others, record("spot")]);
    expect(found.map(({ name }) => name)).toEqual(["spot", "system"]);
  });

  it("are none for a local cluster of a region's name", () => {
    expect(declaredPools("us-east1", [record("spot")])).toEqual([]);
  });
});

describe("a declared pool", () => {
  it("has its labels, its taints in Kubernetes' spelling, and is Spot or not", () => {
    const taint = { key: "mpegflow-pool", value: "spot", effect: "NO_SCHEDULE" };
    expect(poolOf({}, { spot: true, labels: { "mpegflow-pool": "spot" }, taints: [taint] })).toMatchObject({
      spot: true,
      labels: { "mpegflow-pool": "spot" },
      taints: [{ key: "mpegflow-pool", value: "spot", effect: "NoSchedule" }],
    });
    expect(poolOf({})).toMatchObject({ spot: false, labels: {}, taints: [] });
  });

  it("has the machine's size", () => {
    expect(poolOf({}, { diskSizeGb: 200 })?.machine?.allocatable).toMatchObject({ cpu: "15890m" });
  });

  it("has as many nodes as its autoscaler may make, in all or in each zone", () => {
    expect(poolOf({ autoscaling: { totalMaxNodeCount: 5 } })?.count).toBe(5);
    expect(poolOf({ autoscaling: { maxNodeCount: 3 } })?.count).toBe(6);
    expect(poolOf({ nodeLocations: ["us-east1-b", "us-east1-c", "us-east1-d"], nodeCount: 1 })?.count).toBe(
      3,
    );
  });

  it("has no more than 16", () => {
    expect(poolOf({ autoscaling: { totalMaxNodeCount: 500 } })?.count).toBe(16);
  });

  it("is in its zones", () => {
    expect(poolOf({ nodeLocations: ["us-east1-d"] })?.zones).toEqual(["d"]);
  });

  it("has the label and the taint that GKE adds for a GPU", () => {
    const accelerator = { type: "nvidia-l4", count: 2 };
    expect(poolOf({}, { machineType: "g2-standard-24", guestAccelerators: [accelerator] })).toMatchObject({
      labels: { "cloud.google.com/gke-accelerator": "nvidia-l4" },
      taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }],
      machine: { allocatable: { "nvidia.com/gpu": "2" } },
    });
  });

  it("has the taint that GKE adds for Arm", () => {
    expect(poolOf({}, { machineType: "c4a-standard-16" })?.taints).toEqual([
      { key: "kubernetes.io/arch", value: "arm64", effect: "NoSchedule" },
    ]);
  });

  it("has the label and the taint that GKE adds for gVisor", () => {
    expect(poolOf({}, { sandboxConfig: { type: "GVISOR" } })).toMatchObject({
      labels: { "sandbox.gke.io/runtime": "gvisor" },
      taints: [{ key: "sandbox.gke.io/runtime", value: "gvisor", effect: "NoSchedule" }],
    });
  });
});

describe("the region of a cluster", () => {
  it.each([
    ["us-east1", "us-east1"],
    ["gke_acme_us-east1_media", "us-east1"],
    ["gke_acme_us-east1-b_media", "us-east1"],
  ])("of context %s is %s", (name, region) => {
    expect(regionOfCluster(name)).toBe(region);
  });
});
