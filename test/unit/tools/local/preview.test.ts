import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newStack, withPackage } from "../../../../tools/local/new-stack.ts";
import { places } from "../../../../tools/local/places.ts";
import { previewTarget } from "../../../../tools/local/preview.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-preview-"));
  project("plain");
  project("one", "prod");
  project("two", "dev", "prod");
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function project(name: string, ...stacks: readonly string[]): void {
  mkdirSync(join(directory, name));
  for (const file of ["Pulumi.yaml", ...stacks.map((stack) => `Pulumi.${stack}.yaml`)]) {
    writeFileSync(join(directory, name, file), "");
  }
}

describe("npm run preview", () => {
  test.each([
    [["prod", "--diff"], { stack: "prod", extra: ["--diff"] }],
    [["plain", "--diff"], { stack: "dev", extra: ["--diff"], project: "plain" }],
    [["./one"], { stack: "prod", extra: [], project: "one" }],
    [["two", "prod", "--diff"], { stack: "prod", extra: ["--diff"], project: "two" }],
  ])("takes a stack of this project, or a project and its stack: %j", (args, { stack, extra, ...rest }) => {
    const projectDirectory = "project" in rest ? join(directory, rest.project) : places.root;
    expect(previewTarget(args, directory)).toEqual({ projectDirectory, stack, extra });
  });

  test.each([
    [[], "Preview what? A stack, npm run preview -- prod"],
    [["--diff"], "Preview what?"],
    [["../nowhere"], "../nowhere is no Pulumi project: it has no Pulumi.yaml."],
    [["two"], "Which stack of two? It configures dev, prod: npm run preview -- two dev"],
  ])("refuses %j with what to say instead", (args, message) => {
    expect(() => previewTarget(args, directory)).toThrow(message);
  });
});

describe("npm run new", () => {
  test.each([
    [[], "Name one new directory: npm run new -- ../my-stack"],
    [["a", "b"], "Name one new directory"],
    [["one"], "one is not empty: name a directory that is not there yet."],
    [
      ["my stack"],
      'my stack: given as the project\'s name; allowed: up to 100 letters, digits, "-", "_" and "."',
    ],
  ])("refuses %j and makes nothing", async (args, message) => {
    const inDirectory = args.map((arg) => join(directory, arg));
    const told = newStack(inDirectory, () => undefined);
    await expect(told).rejects.toThrow(message);
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
