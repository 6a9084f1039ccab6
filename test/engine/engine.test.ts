import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult, Stack } from "../../sandbox/engine/index.ts";
import {
  fixture,
  openTestEngine,
  previewDigest,
  stackExport,
  stackOutputs,
  type TestEngine,
} from "./support.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

function open(project: string, name: string): Promise<Stack> {
  return engine.stack({ projectDirectory: fixture(project), name });
}

describe("A program in TypeScript", () => {
  let stack: Stack;
  let update: RunResult;
  let outputs: Record<string, unknown>;
  beforeAll(async () => {
    stack = await open("tiny", "dev");
    await stack.run(["config", "set", "--secret", "password", "correct horse"]);
    update = await stack.run(["up", "--skip-preview"]);
    outputs = await stackOutputs(stack);
  });

  test("is deployed by the real engine", () => {
    expect(update.exitCode, update.stdout + update.stderr).toBe(0);
  });

  test("gives its outputs, and knows its project and stack", () => {
    expect(outputs).toMatchObject({ size: 3, project: "tiny", stack: "dev" });
  });

  test("runs on the Node that runs the engine", () => {
    expect(outputs).toMatchObject({ node: process.versions.node });
  });

  test("reads a secret of its configuration, which the state holds encrypted only", async () => {
    expect(outputs).toMatchObject({ password: "correct horse" });
    expect(JSON.stringify(await stackExport(stack))).not.toContain("correct horse");
  });

  test("shows the inputs of its components in the state, for policies to see", async () => {
    const { deployment } = await stackExport(stack);
    expect(deployment.resources).toContainEqual(
      expect.objectContaining({ type: "tiny:index:Shelf", inputs: { size: 3 } }),
    );
  });

  test("changes nothing when it is deployed again", async () => {
    const digest = await previewDigest(stack, ["--expect-no-changes"]);
    expect(digest).toMatchObject({ exitCode: 0, changeSummary: { same: 2 } });
  });

  test("previews a change without making it", async () => {
    const digest = await previewDigest(stack, ["--config", "size=4"]);
    expect(digest.changeSummary).toMatchObject({ update: 1 });
    expect(await stackOutputs(stack)).toMatchObject({ size: 3 });
  });

  test("is deployed without a warning about the plugins, or anything else", () => {
    expect(update.stdout + update.stderr).not.toMatch(/warning/i);
  });

  test("is deployed without a log that nobody reads", () => {
    expect(statSync(join(engine.workspace.homeDirectory, "logs")).isFile()).toBe(true);
  });

  test("prints no colours into a pipe", () => {
    expect(update.stdout).not.toContain("\x1b[");
  });
});

describe("What a program prints", () => {
  test("reaches the user, as do its warnings", async () => {
    const result = await (await open("chatty", "dev")).run(["preview"]);
    expect(result.stdout).toContain("said on standard output");
    expect(result.stdout).toContain("said on standard error");
    expect(result.stdout).toContain("warning: said by the log");
  });

  test("reaches the caller while the engine works", async () => {
    const heard: string[] = [];
    const stack = await open("chatty", "dev");
    await stack.run(["preview"], { onOutput: (text) => heard.push(text) });
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.join("")).toContain("said on standard output");
  });
});

describe("The options for Node in Pulumi.yaml", () => {
  test("reach the program", async () => {
    const stack = await open("chatty", "options");
    await stack.run(["up", "--skip-preview"]);
    expect(await stackOutputs(stack)).toEqual({ title: "a talkative one" });
  });
});

describe("A program that fails", () => {
  const fails = async (failure: string): Promise<RunResult> =>
    (await open("failing", failure)).run(["preview", "--config", `failure=${failure}`]);

  test("over a resource says the reason and the resource, without a stack trace", async () => {
    const { exitCode, stdout } = await fails("resource");
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("failing:index:Thing (thing):");
    expect(stdout).toContain("error: size: 0 is not allowed; give 1 or more.");
    expect(stdout).not.toMatch(/^\s+at /m);
  });

  test("over its configuration says the reason, without a stack trace", async () => {
    const { exitCode, stdout } = await fails("run");
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("error: The region is missing; set failing:region.");
    expect(stdout).not.toMatch(/^\s+at /m);
  });

  test("over a bug shows where", async () => {
    const { exitCode, stdout } = await fails("bug");
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("TypeError: a bug of the program");
    expect(stdout).toMatch(/fixtures\/failing\/index\.ts:\d+/);
  });

  test("by leaving with an exit code has the engine say so", async () => {
    const { exitCode, stdout } = await fails("exit");
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("The program exited with code 3.");
  });

  test("fails the preview in JSON too", async () => {
    const digest = await previewDigest(await open("failing", "json"), ["--config", "failure=run"]);
    expect(digest.exitCode).not.toBe(0);
    expect(digest.diagnostics).toContainEqual(
      expect.objectContaining({
        severity: "error",
        message: expect.stringContaining("The region is missing") as string,
      }),
    );
  });
});

describe("The user's files", () => {
  test("are left alone: state, secrets and configuration stay in the sandbox", async () => {
    const before = readdirSync(fixture("tiny"));
    const stack = await open("tiny", "files");
    await stack.run(["up", "--skip-preview", "--config", "size=5"]);
    expect(readdirSync(fixture("tiny"))).toEqual(before);
    expect(stack.configFile.startsWith(engine.sandboxDirectory)).toBe(true);
  });

  test.each([
    ["destroy", "--remove"],
    ["stack", "rm"],
  ])("outlive their stack: %s %s", async (...command) => {
    const project = join(engine.sandboxDirectory, `removed-by-${command[0]}`);
    mkdirSync(project);
    writeFileSync(join(project, "Pulumi.yaml"), "name: removed\nruntime: nodejs\n");
    writeFileSync(join(project, "Pulumi.dev.yaml"), "config:\n  removed:a: b\n");
    const stack = await engine.stack({ projectDirectory: project, name: "dev" });
    const { exitCode, stdout, stderr } = await stack.run([...command, "--yes"]);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(readFileSync(join(project, "Pulumi.dev.yaml"), "utf8")).toBe("config:\n  removed:a: b\n");
    expect(existsSync(stack.configFile)).toBe(false);
  });

  test("have their passphrase in a file that only its owner can read", () => {
    expect(statSync(engine.workspace.passphraseFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(engine.workspace.passphraseFile, "utf8").length).toBeGreaterThan(32);
  });
});

describe("A stack that was opened for a preview alone", () => {
  const names = async (): Promise<string> => {
    const { stdout } = await engine.run(["stack", "ls", "--all", "--json"], { cwd: fixture("tiny") });
    return stdout;
  };

  test("is not there afterwards, nor after the next preview", async () => {
    for (let previews = 0; previews < 2; previews++) {
      const stack = await open("tiny", "previewed");
      expect(await names()).toContain('"previewed"');
      const { exitCode, stdout, stderr } = await stack.run(["preview", "--config", "size=5"]);
      expect(exitCode, stdout + stderr).toBe(0);
      stack.removeEmpty();
      expect(await names()).not.toContain('"previewed"');
    }
  });

  test("can be deployed later, and stays then", async () => {
    (await open("tiny", "deployed")).removeEmpty();
    const stack = await open("tiny", "deployed");
    const { exitCode, stdout, stderr } = await stack.run(["up", "--skip-preview", "--config", "size=5"]);
    expect(exitCode, stdout + stderr).toBe(0);
    stack.removeEmpty();
    expect(await stackOutputs(stack)).toMatchObject({ size: 5 });
  });
});

describe("A Pulumi CLI that was installed whole", () => {
  test("keeps its own language host", async () => {
    const directory = join(engine.sandboxDirectory, "installed");
    mkdirSync(directory);
    copyFileSync(engine.cli.executable, join(directory, "pulumi"), constants.COPYFILE_FICLONE);
    writeFileSync(
      join(directory, "pulumi-language-nodejs"),
      "#!/bin/sh\necho the installed host was started >&2; exit 1\n",
    );
    chmodSync(join(directory, "pulumi-language-nodejs"), 0o755);
    const env = { ...process.env, PATH: `${directory}:${process.env["PATH"] ?? ""}` };
    const installed = await openTestEngine({ env });
    const stack = await installed.stack({ projectDirectory: fixture("tiny"), name: "installed" });
    const { stdout } = await stack.run(["preview"]);
    installed.dispose();
    expect(installed.cli.origin).toBe("path");
    expect(stdout).toContain("the installed host was started");
  });
});

describe("An engine that was killed", () => {
  test("leaves no process behind and does not block the stack", async () => {
    const stack = await open("tiny", "killed");
    const running = stack.run(["up", "--skip-preview"]);
    const pid = await until(() => lockHolder(engine.workspace.stateDirectory, "killed"));
    process.kill(pid, "SIGKILL");
    expect((await running).exitCode).toBe(137);

    await until(() => processesMentioning(engine.sandboxDirectory).length === 0 || undefined);
    const again = await stack.run(["up", "--skip-preview"]);
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
  });
});

describe("An interrupted engine", () => {
  test("stops by itself and says that it was interrupted", async () => {
    const stack = await open("tiny", "interrupted");
    const interrupt = new AbortController();
    const result = await stack.run(["up", "--skip-preview"], {
      signal: interrupt.signal,
      onOutput: (text) => {
        if (text.includes("creating")) interrupt.abort();
      },
    });
    expect(result).toMatchObject({
      interrupted: true,
      stdout: expect.stringContaining("update canceled") as string,
    });
    expect(lockHolder(engine.workspace.stateDirectory, "interrupted")).toBeUndefined();
  });
});

function lockHolder(stateDirectory: string, stack: string): number | undefined {
  const locks = join(stateDirectory, ".pulumi", "locks");
  if (!existsSync(locks)) return undefined;
  const file = readdirSync(locks, { recursive: true, encoding: "utf8" }).find(
    (name) => name.includes(`/${stack}/`) && name.endsWith(".json"),
  );
  if (file === undefined) return undefined;
  return (JSON.parse(readFileSync(join(locks, file), "utf8")) as { pid: number }).pid;
}

/** Command lines of the processes whose environment or command line names the directory. */
function processesMentioning(directory: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      try {
        const text =
          readFileSync(`/proc/${pid}/environ`, "utf8") + readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return text.includes(directory)
          ? [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")]
          : [];
      } catch {
        return [];
      }
    });
}

async function until<T>(probe: () => T | undefined): Promise<T> {
  for (;;) {
    const value = probe();
    if (value !== undefined) return value;
    await sleep(20);
  }
}
