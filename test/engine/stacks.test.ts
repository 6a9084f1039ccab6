import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stack } from "../../sandbox/engine/index.ts";
import { fixture, openTestEngine, previewDigest, root, type TestEngine } from "./support.ts";

const pack = ["--policy-pack", join(root, "policy")];
let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

/** How many resources of each type a preview would create, by type token without its version. */
const counts = (steps: Awaited<ReturnType<typeof previewDigest>>["steps"]): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { newState } of steps) {
    const type = newState?.type ?? "";
    found[type] = (found[type] ?? 0) + 1;
  }
  return found;
};

describe("each committed stack", () => {
  it.each([
    ["local", 2],
    ["dev", 1],
    ["prod", 2],
  ])("%s previews on the real engine, judged by the policy pack, with %d regions", async (name, regions) => {
    const stack = await engine.stack({ projectDirectory: root, name });
    const { exitCode, steps, stderr, diagnostics } = await previewDigest(stack, pack);
    expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
    expect(counts(steps)).toMatchObject({
      "gcp:storage/bucket:Bucket": 1,
      "gcp:pubsub/topic:Topic": 3,
      "gcp:storage/hmacKey:HmacKey": 1,
      "kubernetes:apps/v1:Deployment": 2 * regions,
    });
  });

  it("keeps what holds data from deletion, unless it is disposable", async () => {
    const prod = await engine.stack({ projectDirectory: root, name: "prod" });
    const local = await engine.stack({ projectDirectory: root, name: "local" });
    const bucketOf = async (stack: Stack) =>
      (await previewDigest(stack)).steps.find(
        ({ newState }) => newState?.type === "gcp:storage/bucket:Bucket",
      )?.newState;
    expect(await bucketOf(prod)).toMatchObject({
      protect: true,
      inputs: { deletionPolicy: "PREVENT", forceDestroy: false },
    });
    expect(await bucketOf(local)).toMatchObject({ inputs: { deletionPolicy: "DELETE", forceDestroy: true } });
  });
});

describe("a multi-region bucket for two regions", () => {
  it("is refused by the component, in one sentence with the reason and the fix", async () => {
    const prod = await engine.stack({ projectDirectory: root, name: "prod" });
    const { exitCode, stdout } = await prod.run(["preview", "--config", "mpegflow-gcs:placement=US"]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain(
      "placement: given US with clusters in two regions; allowed: a dual-region with rpo ASYNC_TURBO.",
    );
    expect(stdout).toContain("Fix: place it in a dual-region, such as NAM4 (us-central1 + us-east1)");
    expect(stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  const preview = async (location: string, labels: Record<string, string> = {}) => {
    const stack = await engine.stack({ projectDirectory: fixture("raw-bucket"), name: "prod" });
    return stack.run([
      "preview",
      ...pack,
      ...["--config", `raw:location=${location}`],
      ...["--config", `raw:labels=${JSON.stringify(labels)}`],
    ]);
  };

  it("is refused by the policy when it is declared raw and labelled active-active", async () => {
    const { exitCode, stdout } = await preview("US", { "mpegflow-access-pattern": "active-active" });
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("active-active-requires-dual-region");
    expect(stdout).toContain(`Fix: set location: "NAM4"`);
  });

  it("is refused by the policy when it is declared raw, in a stack that works in two regions, without any label", async () => {
    const { exitCode, stdout } = await preview("US");
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("two-region-writers-require-dual-region");
  });

  it("passes when it is a dual-region instead, with turbo replication not asked of an unlabelled bucket", async () => {
    const { exitCode, stdout, stderr } = await preview("NAM4");
    expect(exitCode, stdout + stderr).toBe(0);
  });
});
