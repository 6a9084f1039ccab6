import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterSettings } from "./fixtures/cluster/index.ts";
import { openProgram, type Program } from "./program.ts";

let program: Program<ClusterSettings>;
beforeAll(async () => {
  program = await openProgram("cluster");
  await program.upWell();
});
afterAll(() => program.close());

const nights = {
  startTime: "2026-01-03T02:00:00Z",
  endTime: "2026-01-03T08:00:00Z",
  recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
};

/** Operations of a preview, by type, without what stays as it is. */
async function changes(settings: ClusterSettings): Promise<Record<string, string[]>> {
  const { exitCode, steps, stderr } = await program.preview(settings);
  expect(exitCode, stderr).toBe(0);
  const changed = steps.filter(({ op }) => op !== "same");
  const types = changed.map(({ urn }) => (urn.split("::")[2] ?? "").replace(/^.*\$/, ""));
  return Object.fromEntries(
    [...new Set(types)].map((type) => [
      type,
      changed.filter((_, at) => types[at] === type).map(({ op }) => op),
    ]),
  );
}

const ofKubernetes = (found: Record<string, string[]>): string[] =>
  Object.keys(found).filter((type) => type.startsWith("kubernetes:") || type.endsWith(":kubernetes"));

describe("what a cluster runs", () => {
  test.each<[string, ClusterSettings]>([
    ["another release channel", { args: { releaseChannel: "STABLE" } }],
    ["a maintenance window", { args: { maintenanceWindow: nights } }],
    ["a control plane that is not reachable from outside", { args: { reachableFromOutside: false } }],
    ["a key for etcd, made in the same update", { newKey: true }],
    ["labels", { args: { labels: { team: "video" } } }],
    ["backup", { args: { backup: { region: "us-east1", schedule: "0 3 * * *" } } }],
  ])("is left alone by %s", async (_what, settings) => {
    const found = await changes(settings);
    expect(found["gcp:container/cluster:Cluster"]).toEqual(["update"]);
    expect(ofKubernetes(found)).toEqual([]);
  });

  test("is left alone by another machine type of a pool", async () => {
    const found = await changes({
      args: { encoderPools: [{ name: "spot", machineType: "c3d-standard-30", maxNodes: 4 }] },
    });
    expect(found["gcp:container/nodePool:NodePool"]).toEqual(["update"]);
    expect(ofKubernetes(found)).toEqual([]);
  });

  test("is planned anew, with the cluster, by what replaces the cluster", async () => {
    const found = await changes({ podRangeName: "other-pods" });
    expect(found["gcp:container/cluster:Cluster"]).toContain("replace");
    expect(found["kubernetes:core/v1:Namespace"]).toContain("replace");
    expect(found["kubernetes:core/v1:ConfigMap"]).toContain("replace");
  });
});
