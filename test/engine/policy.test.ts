import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult, Stack } from "../../sandbox/engine/index.ts";
import { fixture, openTestEngine, previewDigest, root, stackExport, type TestEngine } from "./support.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

const pack = ["--policy-pack", fixture("pack")];

describe("A policy pack", () => {
  let tiny: Stack;
  beforeAll(async () => {
    tiny = await engine.stack({ projectDirectory: fixture("tiny"), name: "policy" });
  });

  test("lets a good program pass", async () => {
    expect(await previewDigest(tiny, pack)).toMatchObject({ exitCode: 0, changeSummary: { create: 2 } });
  });

  test("refuses a component by its inputs, naming the policy and the reason", async () => {
    const { exitCode, stdout } = await tiny.run(["preview", "--config", "size=11", ...pack]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("shelves-are-small");
    expect(stdout).toContain("A shelf of 11 is too big; at most 10.");
  });

  test("refuses a stack for what it lacks", async () => {
    const stack = await engine.stack({ projectDirectory: fixture("chatty"), name: "policy" });
    const { exitCode, stdout } = await stack.run(["preview", ...pack]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("There is no shelf.");
  });
});

describe("`pulumi policy analyze`", () => {
  let stateFile: string;
  beforeAll(async () => {
    const stack = await engine.stack({ projectDirectory: fixture("tiny"), name: "analyze" });
    await stack.run(["up", "--skip-preview", "--config", "size=12"]);
    stateFile = join(engine.sandboxDirectory, "state.json");
    writeFileSync(stateFile, JSON.stringify(await stackExport(stack)));
  });
  const analyze = (packDirectory: string): Promise<RunResult> =>
    engine.run(["policy", "analyze", "--file", stateFile, "--policy-pack", packDirectory], { cwd: root });

  test("judges a state file without its program", async () => {
    const { exitCode, stdout } = await analyze(fixture("pack"));
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("A shelf of 12 is too big; at most 10.");
  });

  test("loads this project's own pack", async () => {
    const { exitCode, stdout, stderr } = await analyze(join(root, "policy"));
    expect(exitCode, stdout + stderr).toBe(0);
  });
});

describe("This project's own pack", () => {
  test("is accepted by the engine in a preview", async () => {
    const stack = await engine.stack({ projectDirectory: fixture("tiny"), name: "own-pack" });
    const { exitCode, stdout, stderr } = await stack.run(["preview", "--policy-pack", join(root, "policy")]);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain("mpegflow-gcs");
  });
});
