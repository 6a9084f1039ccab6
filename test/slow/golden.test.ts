import { globSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATA_BEARING } from "./stack-world.ts";
import { stackSummary } from "./stack-summary.ts";
import {
  openTestEngine,
  previewDigest,
  root,
  type PreviewDigest,
  type TestEngine,
} from "../engine/support.ts";

const environments = globSync("stacks/Pulumi.*.yaml", { cwd: root })
  .map((file) => file.replace(/^.*Pulumi\.|\.yaml$/g, ""))
  .toSorted();
const disposable = ["dev", "local"];

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

it("there is a configuration for each environment", () => {
  expect(environments).toEqual(["archive", "dev", "local", "prod", "prod-eu", "staging"]);
});

describe.each(environments)("the environment %s", (name) => {
  let digest: PreviewDigest;
  beforeAll(async () => {
    const stack = await engine.stack({ projectDirectory: root, name });
    digest = await previewDigest(stack, ["--policy-pack", join(root, "policy")]);
  });

  it("previews on the real engine, and the policy pack finds nothing to refuse", () => {
    expect(digest.exitCode, digest.stderr + JSON.stringify(digest.diagnostics)).toBe(0);
    expect(digest.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("creates what was reviewed", async () => {
    const hint = `test/slow/golden/${name}.txt is not what the stack creates: review the difference, then run npm run golden`;
    await expect(stackSummary(name, digest), hint).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it("keeps what holds data from deletion, unless it is disposable", () => {
    const kept = digest.steps
      .map(({ newState }) => newState)
      .filter((state) => DATA_BEARING.test(state?.type ?? ""))
      .map((state) => ({ type: state?.type, protect: state?.["protect"] ?? false }));
    expect(kept.length).toBeGreaterThan(0);
    const wanted = !disposable.includes(name);
    expect(kept.filter(({ protect }) => protect !== wanted)).toEqual([]);
  });
});
