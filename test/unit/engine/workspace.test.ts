import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engineEnvironment } from "../../../sandbox/engine/environment.ts";
import { removeDeadLocks } from "../../../sandbox/engine/locks.ts";
import { installPlugins, sandboxPlugins } from "../../../sandbox/engine/plugins.ts";
import { openWorkspace } from "../../../sandbox/engine/workspace.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow sandbox's "));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("A workspace", () => {
  test("keeps its passphrase when it is opened again", () => {
    const passphrase = (): string => readFileSync(openWorkspace(directory).passphraseFile, "utf8");
    expect(passphrase()).toBe(passphrase());
  });

  test("lets nobody else read the passphrase", () => {
    expect(statSync(openWorkspace(directory).passphraseFile).mode & 0o777).toBe(0o600);
  });

  test("offers the Node that runs now", () => {
    const node = join(openWorkspace(directory).binDirectory, "node");
    expect(execFileSync(node, ["--version"], { encoding: "utf8" }).trim()).toBe(process.version);
  });

  test("takes away the logs that an engine has left, and leaves no place for others", () => {
    const logs = join(directory, "pulumi", "logs");
    mkdirSync(logs, { recursive: true });
    writeFileSync(join(logs, "pulumi-20261129T210813-1.log"), "");
    openWorkspace(directory);
    expect(() => mkdirSync(logs, { recursive: true })).toThrow("EEXIST");
    expect(() => openWorkspace(directory)).not.toThrow();
  });
});

describe("The environment of the engine", () => {
  test("has nothing of the user's own Pulumi", () => {
    const own = {
      PULUMI_ACCESS_TOKEN: "t",
      PULUMI_HOME: "/home/u/.pulumi",
      PULUMI_STACK: "prod",
      PULUMI_CONFIG_PASSPHRASE: "p",
    };
    const environment = engineEnvironment(own, openWorkspace(directory), "/cache");
    expect(Object.values(environment)).not.toEqual(expect.arrayContaining(["t"]));
    expect(environment).not.toHaveProperty("PULUMI_STACK");
    expect(environment).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE");
    expect(environment["PULUMI_HOME"]).toBe(join(directory, "pulumi"));
  });

  test("names the passphrase's file, not the passphrase", () => {
    const workspace = openWorkspace(directory);
    const environment = engineEnvironment({}, workspace, "/cache");
    expect(environment["PULUMI_CONFIG_PASSPHRASE_FILE"]).toBe(workspace.passphraseFile);
    expect(JSON.stringify(environment)).not.toContain(readFileSync(workspace.passphraseFile, "utf8"));
  });

  test("takes what the caller adds", () => {
    expect(engineEnvironment({ A: "1" }, openWorkspace(directory), "/c", { A: "2" })).toMatchObject({
      A: "2",
    });
  });
});

describe("A plugin", () => {
  test("is a program where the engine looks for those it downloaded, whatever is in the path's name", () => {
    const main = join(directory, "main.ts");
    writeFileSync(main, `console.log(process.argv.slice(2).join(","), process.version satisfies string);`);
    installPlugins(directory, [{ kind: "resource", name: "gcp", version: "9.1.0", main }]);
    const launcher = join(directory, "plugins", "resource-gcp-v9.1.0", "pulumi-resource-gcp");
    expect(execFileSync(launcher, ["a b", "c"], { encoding: "utf8", input: "" })).toBe(
      `a b,c ${process.version}\n`,
    );
  });

  test("is there for the versions that older states ask for, running the newest program", () => {
    const install = (version: string): void => {
      installPlugins(directory, [{ kind: "resource", name: "gcp", version, main: `/v${version}/main.ts` }]);
    };
    install("9.1.0");
    install("9.2.0");
    const old = readFileSync(
      join(directory, "plugins", "resource-gcp-v9.1.0", "pulumi-resource-gcp"),
      "utf8",
    );
    expect(old).toContain("/v9.2.0/main.ts");
  });

  test("exists for every provider of the sandbox, in the version of its SDK package", () => {
    mkdirSync(join(directory, "gcp"));
    writeFileSync(join(directory, "gcp", "main.ts"), "");
    mkdirSync(join(directory, "shared"));
    const plugins = sandboxPlugins(directory);
    expect(plugins.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["language nodejs", "resource gcp"]);
    expect(plugins[1]?.version).toMatch(/^9\.\d+\.\d+$/);
  });

  test("of a provider whose SDK package is missing is refused in a sentence", () => {
    mkdirSync(join(directory, "no-such-cloud"));
    writeFileSync(join(directory, "no-such-cloud", "main.ts"), "");
    expect(() => sandboxPlugins(directory)).toThrow(
      'The package @pulumi/no-such-cloud is not installed. Run "npm ci".',
    );
  });
});

describe("The lock of a stack", () => {
  const lockFile = (lock: unknown): string => {
    const locks = join(directory, ".pulumi", "locks", "organization", "shop", "dev");
    mkdirSync(locks, { recursive: true });
    const file = join(locks, "1.json");
    writeFileSync(file, typeof lock === "string" ? lock : JSON.stringify(lock));
    return file;
  };
  /** More than any system's highest process id. */
  const deadPid = 2 ** 30;

  test("is removed when its engine is dead", () => {
    const file = lockFile({ pid: deadPid, hostname: hostname() });
    removeDeadLocks(directory);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ["its engine is alive", { pid: process.pid, hostname: hostname() }],
    ["its engine is on another machine", { pid: deadPid, hostname: `not-${hostname()}` }],
    ["it cannot be read", "{"],
  ])("stays when %s", (_why, lock) => {
    const file = lockFile(lock);
    removeDeadLocks(directory);
    expect(existsSync(file)).toBe(true);
  });

  test("need not be there", () => {
    expect(() => {
      removeDeadLocks(directory);
    }).not.toThrow();
  });
});
