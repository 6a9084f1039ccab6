import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../engine/support.ts";

/** The path of somebody who has a clone and README.md, and nothing else: each step is one command, copied from there. */
let directory: string;
let clone: string;
let commands: string[];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-stranger-"));
  clone = join(directory, "mpegflow-gcs");
  if (existsSync(join(root, ".git"))) {
    execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${root}`, clone]);
  } else {
    // The sources without their repository, as an archive of them has them.
    const made = new Set(["node_modules", ".sandbox", "dist"]);
    cpSync(root, clone, { recursive: true, filter: (file) => !made.has(basename(file)) });
  }
  commands = commandsOf(readFileSync(join(clone, "README.md"), "utf8"));
});
afterAll(async () => {
  if (existsSync(join(clone, ".sandbox"))) await run("npm run local:down");
  rmSync(directory, { recursive: true, force: true });
});

/** The lines of the block below "Try it", without their comments. */
function commandsOf(readme: string): string[] {
  const block = /^## Try it$.*?^```sh\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
  return block
    .trim()
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, ""));
}

interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
}

/** As a shell in the clone runs it, without what this run of npm and the tests put into the environment. */
async function run(command: string): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(lifecycle|package|config_local)|VITEST|NODE_ENV|MPEGFLOW_)/.test(name),
    ),
  );
  const shell = spawn("bash", ["-c", command], { cwd: clone, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    shell.once("error", reject);
    shell.once("close", (exitCode) => {
      resolve({ exitCode, output });
    });
  });
}

/** The command at a place in README.md. */
function command(index: number): string {
  const found = commands[index];
  if (found === undefined) throw new Error(`README.md has ${commands.length} commands below "Try it"`);
  return found;
}

describe("a stranger with README.md alone", { timeout: 900_000 }, () => {
  test("finds three commands", () => {
    expect(commands).toHaveLength(3);
  });

  test("gets from a fresh clone to an encoded clip", async () => {
    const { exitCode, output } = await run(command(0));
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/succeeded/);
    expect(output).toMatch(/https?:\/\/\S+\.m3u8\?\S*X-Goog-Signature=/);
  });

  test("sees a bad stack refused, with the reason and the fix", async () => {
    const { exitCode, output } = await run(command(1));
    expect(exitCode, output).not.toBe(0);
    for (const policy of [
      "two-region-writers-require-dual-region",
      "workers-hold-no-roles",
      "buckets-are-not-force-destroyed",
      "workers-cannot-reach-metadata",
    ]) {
      expect(output).toContain(policy);
    }
    expect(output).toContain("because programs in us-central1 and us-east1 write to it.");
    expect(output).toContain('- Fix: set location: "NAM4"');
    expect(output).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  test("has a stack of their own that imports components, and passes", async () => {
    const { exitCode, output } = await run(command(2));
    expect(exitCode, output).toBe(0);
    for (const component of ["MediaBucket", "JobMessaging", "BrokerIdentity"]) {
      expect(output).toContain(`mpegflow-gcs:index:${component}`);
    }
    expect(output).toMatch(/Policies:\s+✅ mpegflow-gcs/);
    expect(existsSync(join(directory, "my-stack", "node_modules", "mpegflow-gcs", "dist"))).toBe(true);
  });
});
