import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngine, previewDigest, root, type TestEngine } from "../engine/support.ts";

/** The example as its own project: with the packed package in node_modules, as npm puts it there, and Pulumi's beside it. */
let project: string;
let engine: TestEngine;
beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "mpegflow-importing-"));
  cpSync(join(root, "examples", "importing-stack"), project, { recursive: true });
  execFileSync("npm", ["pack", "--workspace", "mpegflow-gcs", "--silent", "--pack-destination", project], {
    cwd: root,
    stdio: "pipe",
  });
  const installed = join(project, "node_modules", "mpegflow-gcs");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", [
    "-xzf",
    join(project, "mpegflow-gcs-0.1.0.tgz"),
    "--strip-components=1",
    "-C",
    installed,
  ]);
  symlinkSync(join(root, "node_modules", "@pulumi"), join(project, "node_modules", "@pulumi"));
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
  rmSync(project, { recursive: true, force: true });
});

describe("the packed package", () => {
  it("holds compiled components with their types, and none of the sources or tests", () => {
    const installed = join(project, "node_modules", "mpegflow-gcs");
    expect(existsSync(join(installed, "dist", "components", "index.js"))).toBe(true);
    expect(existsSync(join(installed, "dist", "components", "index.d.ts"))).toBe(true);
    expect(existsSync(join(installed, "dist", "testing", "index.js"))).toBe(true);
    expect(
      ["components", "policy", "sandbox", "services", "stacks", "test", "testing"].filter((name) =>
        existsSync(join(installed, name)),
      ),
    ).toEqual([]);
  });

  it("is what npm run release lets out: content, publint, and types for every resolution", () => {
    const release = runAll(
      process.execPath,
      [join(root, "tools", "main.ts"), "release", "--skip-tests"],
      root,
    );
    expect(release.split("\n")).toEqual(
      expect.arrayContaining(["✓ content of the package", "✓ publint", "✓ types for every resolution"]),
    );
  });

  it("lets another project's stack import three components and preview them under its policies", async () => {
    const stack = await engine.stack({ projectDirectory: project, name: "dev" });
    const pack = ["--policy-pack", join(project, "node_modules", "mpegflow-gcs", "dist", "policy")];
    const { exitCode, steps, stderr, diagnostics } = await previewDigest(stack, pack);
    expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
    const types = steps
      .map(({ newState }) => newState?.type)
      .filter((type) => type?.startsWith("mpegflow-gcs:"));
    expect(types.toSorted()).toEqual(
      ["BrokerIdentity", "JobMessaging", "MediaBucket"].map((name) => `mpegflow-gcs:index:${name}`),
    );
  });
});

/** Standard output of a command, whatever its exit code. */
function runAll(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
