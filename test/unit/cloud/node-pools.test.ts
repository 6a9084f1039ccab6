import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { declaredNodePools, type DeclaredNodePools } from "../../../sandbox/cloud/node-pools.ts";
import { defaultPools } from "../../../sandbox/kubernetes/node/index.ts";
import { openDocuments } from "../../../sandbox/state/documents.ts";

const cluster = "gke_acme_us-east1_media";
const key = (name: string): string =>
  `gcp:container/nodePool:NodePool projects/acme/locations/us-east1/clusters/media/nodePools/${name}`;
const record = (name: string) => ({
  ...{ name, project: "acme", location: "us-east1", cluster: "media" },
  nodeConfig: { machineType: "c3d-standard-16" },
});

let directory: string;
let pools: DeclaredNodePools;
let follow: ReturnType<typeof vi.fn<() => Promise<void>>>;
let problems: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "node-pools-"));
  follow = vi.fn(() => Promise.resolve());
  problems = [];
  pools = declaredNodePools(
    openDocuments<unknown>(join(directory, "registry.json"), (value) => value),
    () => new Map([[cluster, Promise.resolve({ followPools: follow })]]),
    (problem) => problems.push(problem),
  );
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const names = (): string[] => pools.poolsOf(cluster).map(({ name }) => name);

describe("a cluster's pools", () => {
  it("are the sandbox's own until a stack declares some", () => {
    expect(pools.poolsOf(cluster)).toEqual(defaultPools);
    pools.registry.put(key("spot"), record("spot"));
    expect(names()).toEqual(["spot"]);
  });

  it("are not mistaken for other things that are declared", () => {
    pools.registry.put("gcp:container/cluster:Cluster projects/acme/locations/us-east1/clusters/media", {});
    expect(pools.poolsOf(cluster)).toEqual(defaultPools);
    expect(follow).not.toHaveBeenCalled();
  });

  it("are followed when one is declared, changed or taken away", async () => {
    pools.registry.put(key("spot"), record("spot"));
    pools.registry.put(key("spot"), record("spot"));
    pools.registry.delete(key("spot"));
    pools.registry.delete(key("spot"));
    await vi.waitFor(() => {
      expect(follow).toHaveBeenCalledTimes(3);
    });
    expect(names()).toEqual(defaultPools.map(({ name }) => name));
  });

  it("that cannot be followed are told, and stay declared", async () => {
    follow.mockRejectedValue(new Error("the API server is gone"));
    pools.registry.put(key("spot"), record("spot"));
    await vi.waitFor(() => {
      expect(problems).toEqual([
        `the nodes of ${cluster} do not follow its pools: Error: the API server is gone`,
      ]);
    });
    expect(names()).toEqual(["spot"]);
  });
});
