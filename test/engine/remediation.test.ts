import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { policies } from "../../policy/policies.ts";
import { sandboxPlugins, type RunResult, type Stack } from "../../sandbox/engine/index.ts";
import { violationsIn } from "../../tools/policy/events.ts";
import { fixture, openTestEngine, previewDigest, root, stackExport, type TestEngine } from "./support.ts";

/** The real engine, with a provider that takes every resource as it is declared. */
let engine: TestEngine;
let stack: Stack;
beforeAll(async () => {
  const main = fileURLToPath(new URL("any-provider/main.ts", import.meta.url));
  engine = await openTestEngine({
    plugins: sandboxPlugins().map((one) => (one.kind === "resource" ? { ...one, main } : one)),
  });
  stack = await engine.stack({ projectDirectory: fixture("raw-stack"), name: "prod" });
});
afterAll(() => {
  engine.dispose();
});

const remediating = policies
  .filter((policy) => "remediateResource" in policy)
  .map(({ name }) => name)
  .sort();

/** Options of the CLI: the remediating policies at a level, and no others. */
function onlyRemediating(level: "remediate" | "mandatory"): string[] {
  const file = join(engine.sandboxDirectory, `${level}.json`);
  const levels = remediating.map((name) => [name, level] as const);
  writeFileSync(file, JSON.stringify({ all: "disabled", ...Object.fromEntries(levels) }));
  return ["--policy-pack", join(root, "policy"), "--policy-pack-config", file];
}

describe("a raw stack that breaks every policy that remediates", () => {
  const bad = ["--config", "stack=bad"];

  test("is refused while they are mandatory", async () => {
    const { exitCode, stdout } = await stack.run(
      ["preview", "--json", ...bad, ...onlyRemediating("mandatory")],
      {
        env: { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
      },
    );
    expect(exitCode).not.toBe(0);
    expect([...new Set(violationsIn(stdout).map(({ policy }) => policy))].sort()).toEqual(remediating);
  });

  test("is previewed with the inputs made right, at the level remediate", async () => {
    const { exitCode, steps, stderr } = await previewDigest(stack, [...bad, ...onlyRemediating("remediate")]);
    expect(exitCode, stderr).toBe(0);
    const buckets = steps.flatMap(({ newState }) =>
      newState?.type === "gcp:storage/bucket:Bucket" ? [newState.inputs] : [],
    );
    expect(buckets.length).toBeGreaterThan(0);
    for (const inputs of buckets) {
      expect(inputs).toMatchObject({
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
      });
      expect(inputs["forceDestroy"] ?? false).toBe(false);
    }
  });

  describe("once it is made at that level", () => {
    let analysis: RunResult;
    beforeAll(async () => {
      const up = await stack.run(["up", "--skip-preview", ...bad, ...onlyRemediating("remediate")]);
      expect(up.exitCode, up.stdout + up.stderr).toBe(0);
      const state = join(engine.sandboxDirectory, "state.json");
      writeFileSync(state, JSON.stringify(await stackExport(stack)));
      analysis = await engine.run(
        ["policy", "analyze", "--json", "--file", state, ...onlyRemediating("mandatory")],
        { cwd: root },
      );
    });

    test("passes them all: what was made is what they ask for", () => {
      expect(violationsIn(analysis.stdout)).toEqual([]);
      expect(analysis.exitCode, analysis.stdout + analysis.stderr).toBe(0);
    });
  });
});
