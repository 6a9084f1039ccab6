import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KubernetesSettings } from "../engine/fixtures/kubernetes/index.ts";
import { openProgram, output, type Program } from "../engine/program.ts";
import { namespace, nodeWorld, object, until, type NodeWorld } from "./node-world.ts";

let world: NodeWorld;
let program: Program<KubernetesSettings>;
beforeAll(async () => {
  world = await nodeWorld();
  program = await openProgram("kubernetes", {}, world.plane.adminKubeconfig);
});
afterAll(async () => {
  await program.run(["destroy", "--yes", "--skip-preview"]);
  await program.close();
  await world.dispose();
});

const path = `/api/v1/namespaces/${namespace}/configmaps/profiles`;
const declare = (colour: string, annotations: Record<string, string> = {}): KubernetesSettings => ({
  configMap: { labels: { colour }, annotations },
});
const liveColour = async (): Promise<string | undefined> =>
  (await world.get("v1", "ConfigMap", "profiles"))?.metadata.labels?.["colour"];
/** As somebody with kubectl would. */
const edit = (colour: string) =>
  world.admin.patch(path, "merge", { metadata: { labels: { colour } } }, { fieldManager: "kubectl-edit" });

describe("a field that somebody else owns", () => {
  beforeEach(async () => {
    await program.upWell({});
    await program.upWell(declare("blue"));
    await edit("red");
  });

  it("is not taken from them: the update fails with the API server's own words", async () => {
    const update = await program.up(declare("green"));
    expect(update.exitCode).not.toBe(0);
    expect(output(update)).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .metadata.labels.colour',
    );
    expect(await liveColour()).toBe("red");
  });

  it("is said to be so by the preview already", async () => {
    const preview = await program.run(["preview"], declare("green"));
    expect(preview.exitCode).not.toBe(0);
    expect(output(preview)).toContain('conflict with "kubectl-edit"');
  });

  it("is taken from them where the object asks for it", async () => {
    await program.upWell(declare("green", { "pulumi.com/patchForce": "true" }));
    expect(await liveColour()).toBe("green");
  });
});

describe("a refresh", () => {
  beforeEach(async () => {
    await program.upWell({});
    await program.upWell(declare("blue"));
  });

  it("finds no drift in what the API server adds by itself", async () => {
    const refresh = await program.run(["refresh", "--yes", "--expect-no-changes"], declare("blue"));
    expect(refresh.exitCode, output(refresh)).toBe(0);
  });

  it("shows what somebody changed, from what to what", async () => {
    await edit("red");
    const preview = await program.run(["preview", "--refresh", "--diff"], declare("blue"));
    expect(output(preview)).toMatch(/colour *: "blue" => "red"/);
  });

  it("forgets an object that somebody deleted, so that the next update makes it again", async () => {
    await world.delete("v1", "ConfigMap", "profiles");
    const refresh = await program.run(["refresh", "--yes", "--skip-preview"], declare("blue"));
    expect(output(refresh)).toMatch(/- 1 deleted/);
    await program.upWell(declare("blue"));
    expect(await liveColour()).toBe("blue");
  });
});

describe("an object that is there already", () => {
  beforeEach(async () => {
    await program.upWell({});
    const existing = object("v1", "ConfigMap", "profiles", { data: { level: "info" } });
    await world.apply({ ...existing, metadata: { ...existing.metadata, labels: { colour: "blue" } } });
  });

  it("is not made a second time, and the message names it", async () => {
    const update = await program.up(declare("blue"));
    expect(update.exitCode).not.toBe(0);
    expect(output(update)).toContain(
      `resource ${namespace}/profiles was not successfully created: ConfigMap "profiles" already exists`,
    );
    await world.delete("v1", "ConfigMap", "profiles");
  });

  it("is adopted by import, and left as it is", async () => {
    const before = (await world.admin.get(path)).metadata.uid;
    const settings = { configMap: { labels: { colour: "blue" }, import: true } };
    const update = await program.up(settings);
    expect(update.exitCode, output(update)).toBe(0);
    expect(output(update)).toMatch(/= 1 imported/);
    expect((await world.admin.get(path)).metadata.uid).toBe(before);
  });

  it("is adopted, and not changed against whoever owns its fields", async () => {
    const update = await program.up({ configMap: { labels: { colour: "green" }, import: true } });
    expect(update.exitCode).not.toBe(0);
    expect(output(update)).toMatch(/= 1 imported/);
    expect(output(update)).toContain(
      'Apply failed with 1 conflict: conflict with "mpegflow-sandbox": .metadata.labels.colour',
    );
    expect(await liveColour()).toBe("blue");
    await world.delete("v1", "ConfigMap", "profiles");
  });
});

describe("a Deployment that does not become ready in time", () => {
  it("is told with the scheduler's reason, and is in the state all the same", async () => {
    const update = await program.up({
      deployment: {
        nodeSelector: { pool: "none" },
        annotations: { "pulumi.com/timeoutSeconds": "4" },
      },
    });
    expect(update.exitCode).not.toBe(0);
    expect(output(update)).toMatch(
      /Deployment media\/encoder is not ready: 0 of 1 pods ready after 4 s; pod encoder-\S+: 0\/\d+ nodes are available: .*didn't match Pod's node affinity\/selector/,
    );
    const stack = await program.run(["stack", "--show-urns"]);
    expect(output(stack)).toContain("kubernetes:apps/v1:Deployment::encoder");
    await program.upWell({});
  });
});

describe("a Job", () => {
  it("is waited for until it is complete", async () => {
    await program.upWell({ job: { args: ["0", "300"] } });
    const job = await world.get("batch/v1", "Job", "once");
    expect(job?.status).toMatchObject({ succeeded: 1 });
    await program.upWell({});
    await until(async () => {
      expect(await world.get("batch/v1", "Job", "once")).toBeUndefined();
    });
  });

  it("that fails is told with its reason", async () => {
    const update = await program.up({ job: { args: ["3"] } });
    expect(update.exitCode).not.toBe(0);
    expect(output(update)).toContain(
      "Job media/once is not ready: the Job failed: Job has reached the specified backoff limit",
    );
    await program.upWell({});
  });
});
