import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { sandboxPlugins } from "../../sandbox/engine/index.ts";
import { openTestEngine, root, type TestEngine } from "./support.ts";

const project = join(root, "examples", "refused-stack");
let engine: TestEngine;
beforeAll(async () => {
  // A provider that takes every resource as it is declared: there need be no cloud to have a state.
  const main = fileURLToPath(new URL("any-provider/main.ts", import.meta.url));
  engine = await openTestEngine({
    plugins: sandboxPlugins().map((one) => (one.kind === "resource" ? { ...one, main } : one)),
  });
  for (const name of ["prod", "dev"]) {
    const stack = await engine.stack({ projectDirectory: project, name });
    const up = await stack.run(["up", "--yes", "--skip-preview"]);
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  }
});
afterAll(() => {
  engine.dispose();
});

const reportSchema = z.object({
  violations: z.array(z.object({ policy: z.string(), level: z.string(), urn: z.string() })),
});

/** `npm run policy -- …` in a project's directory, whose stacks are in the tests' sandbox. */
function policy(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "tools", "main.ts"), "policy", ...args],
    {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, MPEGFLOW_SANDBOX_DIRECTORY: engine.sandboxDirectory },
    },
  );
  return { status, stdout, stderr };
}

const levelsIn = (stdout: string): Record<string, string> =>
  Object.fromEntries(
    reportSchema.parse(JSON.parse(stdout)).violations.map(({ policy, level }) => [policy, level]),
  );

describe("npm run policy -- <stack>", () => {
  test("judges a stack that is up by its name, without its program", () => {
    const { status, stdout, stderr } = policy("prod");
    expect(status, stderr).toBe(1);
    expect(stdout).toContain("two-region-writers-require-dual-region");
    expect(stdout).toContain("because programs in us-central1 and us-east1 write to it.");
    expect(stdout).toMatch(/\d+ mandatory, \d+ advisory; [1-9]\d* resources judged\.\n$/);
  });

  test("enforces what the stack's environment enforces: prod takes no advice", () => {
    expect(levelsIn(policy("prod", "--format", "json").stdout)).toMatchObject({
      "unfinished-uploads-end": "mandatory",
      "workers-hold-no-roles": "mandatory",
      "customer-managed-keys-where-asked": "mandatory",
    });
  });

  test("lets dev off what costs nobody data", () => {
    const levels = levelsIn(policy("dev", "--format", "json").stdout);
    expect(levels).toMatchObject({ "workers-hold-no-roles": "mandatory" });
    expect(levels).not.toHaveProperty("unfinished-uploads-end");
    expect(levels).not.toHaveProperty("buckets-are-not-force-destroyed");
  });

  test("judges it as another environment where that is asked for", () => {
    expect(levelsIn(policy("dev", "--environment", "prod", "--format", "json").stdout)).toMatchObject({
      "unfinished-uploads-end": "mandatory",
    });
  });

  test("says in a sentence that there is no such stack", () => {
    const { status, stderr } = policy("moon");
    expect(status).toBe(2);
    expect(stderr).toContain("moon");
    expect(stderr).toMatch(/Looked in /);
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  test("says that nothing was judged where there is nothing, in a stack and in a file", async () => {
    await engine.stack({ projectDirectory: project, name: "fresh" });
    const file = join(engine.sandboxDirectory, "empty.json");
    writeFileSync(file, JSON.stringify({ version: 3, deployment: {} }));
    for (const target of ["fresh", file]) {
      const { status, stdout, stderr } = policy(target);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`${target} has no resources: nothing was judged.`);
    }
  });

  test("finds no stack after a preview, which leaves none behind", () => {
    const env = { ...process.env, MPEGFLOW_SANDBOX_DIRECTORY: engine.sandboxDirectory };
    const previewed = spawnSync(
      process.execPath,
      [join(root, "tools", "main.ts"), "preview", project, "staging"],
      { cwd: root, encoding: "utf8", env },
    );
    expect(previewed.stdout).toContain("two-region-writers-require-dual-region");
    const { status, stderr } = policy("staging");
    expect(status).toBe(2);
    expect(stderr).toMatch(/no stack named 'staging' found/);
  });
});
