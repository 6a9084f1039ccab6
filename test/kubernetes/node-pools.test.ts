import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { declaredPools, defaultPools } from "../../sandbox/kubernetes/node/index.ts";
import { deployment, nodeWorld, object, server, until, type NodeWorld } from "./node-world.ts";

let world: NodeWorld;
beforeAll(async () => {
  world = await nodeWorld();
});
afterAll(() => world.dispose());

/** As the local cloud keeps what a stack declares. */
const declared = (name: string, machineType: string, nodeConfig: object = {}) => ({
  name,
  project: "acme",
  location: "europe-west1",
  cluster: "media",
  autoscaling: { totalMaxNodeCount: 2 },
  nodeConfig: {
    machineType,
    labels: { "mpegflow-pool": name },
    taints: [{ key: "mpegflow-pool", value: name, effect: "NO_SCHEDULE" }],
    ...nodeConfig,
  },
});
const poolsOf = (...records: object[]) => declaredPools("gke_acme_europe-west1_media", records);
const onPool = (name: string, requests: object, rest: object = {}) => ({
  nodeSelector: { "mpegflow-pool": name },
  tolerations: [{ key: "mpegflow-pool", operator: "Equal", value: name, effect: "NoSchedule" }],
  containers: [server({ resources: { requests } })],
  ...rest,
});
const nodeNames = async (): Promise<string[]> =>
  (await world.admin.list("/api/v1/nodes")).items.map(({ metadata }) => metadata.name).toSorted();
const nodeOfPod = async (name: string): Promise<string | undefined> =>
  ((await world.get("v1", "Pod", name))?.spec as { nodeName?: string } | undefined)?.nodeName;

describe("the nodes of declared pools", () => {
  it("are as many as the autoscaler may make, in place of the default ones", async () => {
    const before = await nodeNames();
    expect(before).toHaveLength(defaultPools.length * 2);
    await world.setPools(poolsOf(declared("spot", "c3d-standard-4", { spot: true })));
    expect(await nodeNames()).toEqual(["spot-europe-west1-b", "spot-europe-west1-c"]);
    const node = await world.admin.get("/api/v1/nodes/spot-europe-west1-b");
    expect(node.metadata.labels).toMatchObject({
      "cloud.google.com/gke-spot": "true",
      "cloud.google.com/gke-nodepool": "spot",
      "node.kubernetes.io/instance-type": "c3d-standard-4",
      "mpegflow-pool": "spot",
    });
    expect(node.status).toMatchObject({ allocatable: { cpu: "3920m" }, capacity: { cpu: "4" } });
  });

  it("take no pod that is larger than their machine, until a pool has one", async () => {
    await world.apply(object("v1", "Pod", "large", { spec: onPool("large", { cpu: "12" }) }));
    await world.setPools(poolsOf(declared("large", "c3d-standard-8")));
    await until(async () => {
      const { conditions = [] } = (await world.get("v1", "Pod", "large"))?.status as {
        conditions?: { message?: string }[];
      };
      expect(conditions[0]?.message).toMatch(/Insufficient cpu/);
    });
    await world.setPools(poolsOf(declared("large", "c3d-standard-16")));
    await until(() => {
      expect(world.pod("large")?.status().ready).toBe(true);
    });
    await world.delete("v1", "Pod", "large");
  });

  it("are drained when their pool goes, and what ran there runs elsewhere", async () => {
    const [old, other] = [declared("old", "c3d-standard-8"), declared("new", "c3d-standard-8")];
    const shared = { labels: { "mpegflow-pool": "shared" }, taints: [] };
    await world.setPools(poolsOf({ ...old, nodeConfig: { ...old.nodeConfig, ...shared } }));
    const spec = { nodeSelector: { "mpegflow-pool": "shared" }, containers: [server()] };
    await world.apply(deployment("moving", 1, spec));
    const podName = async (): Promise<string> => {
      const path = "/api/v1/namespaces/media/pods";
      const { items } = await world.admin.list(path, { labelSelector: "app=moving" });
      return items.find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name ?? "";
    };
    await until(async () => {
      expect(await nodeOfPod(await podName())).toMatch(/^old-/);
    });
    await world.setPools(poolsOf({ ...other, nodeConfig: { ...other.nodeConfig, ...shared } }));
    expect(await nodeNames()).toEqual(["new-europe-west1-b", "new-europe-west1-c"]);
    await until(async () => {
      expect(await nodeOfPod(await podName())).toMatch(/^new-/);
    });
    await world.delete("apps/v1", "Deployment", "moving");
  });

  it("with gVisor run what asks for it, which needs no toleration of its own", async () => {
    const gvisor = declared("sandboxed", "c3d-standard-8", { sandboxConfig: { type: "GVISOR" } });
    await world.setPools(poolsOf(gvisor, declared("other", "c3d-standard-8", { taints: [] })));
    const spec = onPool("sandboxed", {}, { runtimeClassName: "gvisor" });
    await world.apply(object("v1", "Pod", "hostile", { spec }));
    await until(async () => {
      expect(await nodeOfPod("hostile")).toMatch(/^sandboxed-/);
    });
    await world.delete("v1", "Pod", "hostile");
  });

  it("are found again, with their addresses, when this process starts anew", async () => {
    await world.setPools(poolsOf(declared("kept", "c3d-standard-8")));
    const ranges = async () =>
      (await world.admin.list("/api/v1/nodes")).items.map(({ metadata, spec }) => [
        metadata.name,
        (spec as { podCIDR: string }).podCIDR,
      ]);
    const before = await ranges();
    await world.setPools(poolsOf(declared("kept", "c3d-standard-8"), declared("a-first", "c3d-standard-8")));
    expect(await ranges()).toEqual(expect.arrayContaining(before));
    await world.stopNodes();
    await world.startNodes();
    expect(await nodeNames()).toHaveLength(defaultPools.length * 2);
  });
});
