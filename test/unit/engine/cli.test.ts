import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { builtCliPath, findCli, oldestCli, pinnedCliVersion } from "../../../sandbox/engine/cli.ts";
import { isAtLeast } from "../../../sandbox/process/index.ts";

let directory: string;
let lines: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-cli-"));
  lines = [];
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const find = (path: string) => findCli(join(directory, "cache"), (line) => lines.push(line), { PATH: path });

function installProgram(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("The Pulumi CLI", () => {
  test("is the one on PATH, when it is new enough", async () => {
    const executable = installProgram(join(directory, "bin", "pulumi"), "echo v3.300.1");
    expect(await find(join(directory, "bin"))).toEqual({ executable, version: "3.300.1", origin: "path" });
  });

  test("on PATH is passed over with a word when it is too old", async () => {
    const executable = installProgram(join(directory, "bin", "pulumi"), "echo v3.100.0");
    const built = installProgram(builtCliPath(join(directory, "cache")), "exit 1");
    expect(await find(join(directory, "bin"))).toMatchObject({ executable: built, origin: "built" });
    expect(lines).toEqual([`not using ${executable}: it is version 3.100.0, older than ${oldestCli}`]);
  });

  test("on PATH is passed over with a word when it does not work", async () => {
    installProgram(join(directory, "bin", "pulumi"), "exit 1");
    installProgram(builtCliPath(join(directory, "cache")), "exit 1");
    expect(await find(join(directory, "bin"))).toMatchObject({ origin: "built" });
    expect(lines).toEqual([expect.stringContaining("it does not say its version")]);
  });

  test("is the one built before, when there is none on PATH", async () => {
    const executable = installProgram(builtCliPath(join(directory, "cache")), "exit 1");
    expect(await find("")).toEqual({ executable, version: pinnedCliVersion(), origin: "built" });
    expect(lines).toEqual([]);
  });

  test("that is nowhere, on a machine without Go, is asked for with all the choices", async () => {
    const message = await find("").catch((error: unknown) => String(error));
    expect(message).toMatch(/SetupError: The Pulumi CLI is needed, and neither "pulumi" nor "go" is on PATH/);
    expect(message).toContain("https://www.pulumi.com/docs/install/");
    expect(message).toContain("npm install --global pulumi");
    expect(message).toMatch(/install Go 1\.\d+\.\d+ or later/);
  });

  test("that cannot be built because Go is too old says which Go is needed", async () => {
    installProgram(
      join(directory, "bin", "go"),
      `[ "$3" = GOTOOLCHAIN ] && printf 'go1.20.1\\nlocal\\n' || echo go1.20.1`,
    );
    await expect(find(join(directory, "bin"))).rejects.toThrow(
      /needs Go 1\.25\.\d+ or later; "go" on PATH is go1\.20\.1 .*GOTOOLCHAIN=auto/,
    );
  });

  test("whose build fails shows what the compiler said, and leaves nothing in the cache", async () => {
    installProgram(
      join(directory, "bin", "go"),
      `case "$1" in env) printf 'go1.99.0\\nauto\\n';; list) echo a;; *) echo "a/b"; echo "x.go:1: broken" >&2; exit 1;; esac`,
    );
    const failure = await find(join(directory, "bin")).catch((error: unknown) => String(error));
    expect(failure).toBe("SetupError: Building the Pulumi CLI failed:\n  x.go:1: broken");
    installProgram(join(directory, "bin", "go"), "exit 1");
    await expect(find(join(directory, "bin"))).rejects.toThrow("neither");
  });
});

describe("A version", () => {
  test.each([
    ["3.259.0", "3.249.0", true],
    ["v3.249.0", "3.249.0", true],
    ["3.248.9", "3.249.0", false],
    ["go1.26.8", "1.25.11", true],
    ["go1.25", "1.25.11", false],
    ["4.0.0-alpha.1", "3.249.0", true],
  ])("%s is at least %s: %s", (version, floor, expected) => {
    expect(isAtLeast(version, floor)).toBe(expected);
  });
});
