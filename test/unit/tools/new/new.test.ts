import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { newProject } from "../../../../tools/new/command.ts";
import { withPackage } from "../../../../tools/new/new-stack.ts";
import { readCommandLine } from "../cli/world.ts";

const directory = mkdtempSync(join(tmpdir(), "mpegflow-new-"));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});
mkdirSync(join(directory, "one"));
writeFileSync(join(directory, "one", "Pulumi.yaml"), "");

describe("npm run new", () => {
  test.each([
    [[], "DIRECTORY: is missing. Give a directory that does not exist yet"],
    [["a", "b"], "too many arguments. The command takes one DIRECTORY."],
    [["one"], "is not empty. Name a directory that does not exist yet."],
    [
      ["my stack"],
      '"my stack" is not the name of a Pulumi project: up to 100 letters, digits, "-", "_" and "."',
    ],
  ])("refuses %j", async (args, message) => {
    const inDirectory = args.map((arg) => join(directory, arg));
    expect((await readCommandLine(newProject, ...inDirectory)).problems.join()).toContain(message);
  });

  test.each(["/proc/x", "/proc/x/y"])("refuses %s, where nothing can be made, at once", async (target) => {
    expect((await readCommandLine(newProject, target)).problems).toEqual([
      `DIRECTORY: "${target}" cannot be written: nothing can be made in "/proc".`,
    ]);
  });

  test("leaves nothing where it looks whether something can be made", async () => {
    const before = readdirSync(directory);
    expect((await readCommandLine(newProject, join(directory, "new"))).problems).toEqual([]);
    expect(readdirSync(directory)).toEqual(before);
  });

  test("takes the packed package, and leaves the others as the example has them", () => {
    const manifest = JSON.stringify({
      name: "example",
      dependencies: { "@pulumi/gcp": "^9", "mpegflow-gcs": "^0.1" },
    });
    expect(JSON.parse(withPackage(manifest, "My-Stack", "mpegflow-gcs-0.1.0.tgz"))).toEqual({
      name: "my-stack",
      dependencies: { "@pulumi/gcp": "^9", "mpegflow-gcs": "file:mpegflow-gcs-0.1.0.tgz" },
    });
  });
});
