import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { places } from "../../../../tools/cli/places.ts";
import { preview } from "../../../../tools/preview/command.ts";
import { findTarget } from "../../../../tools/preview/target.ts";
import { readCommandLine } from "../cli/world.ts";

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
    ["prod", undefined, { stack: "prod" }],
    ["plain", undefined, { stack: "dev", project: "plain" }],
    ["./one", undefined, { stack: "prod", project: "one" }],
    ["two", "prod", { stack: "prod", project: "two" }],
  ])(
    "takes a stack of this project, or a project and its stack: %s %s",
    (target, named, { stack, ...rest }) => {
      const projectDirectory = "project" in rest ? join(directory, rest.project) : places.root;
      expect(findTarget(target, named, directory)).toEqual({ projectDirectory, stack });
    },
  );

  test.each([
    [
      "../nowhere",
      undefined,
      'TARGET: "../nowhere" is neither a stack (archive, dev, local, prod, prod-eu, staging) nor the directory of a Pulumi project.',
    ],
    ["prd", undefined, /"prd" is neither a stack .* Did you mean prod\?$/],
    [".", undefined, 'TARGET: "." is not a Pulumi project: it has no Pulumi.yaml.'],
    ["two", undefined, 'STACK: is missing. "two" configures dev, prod: name one of them.'],
    ["prod", "dev", 'STACK: "dev" is too much beside "prod", which is a stack already.'],
  ])("refuses %s %s with what to say instead", (target, named, wrong) => {
    const expected: unknown = typeof wrong === "string" ? wrong : expect.stringMatching(wrong);
    expect(findTarget(target, named, directory)).toEqual({ wrong: expected });
  });

  test("hands options on to pulumi preview", async () => {
    const { problems, rest } = await readCommandLine(preview, "prod", "--diff", "--config", "a:b=c");
    expect({ problems, rest }).toEqual({ problems: [], rest: ["--diff", "--config", "a:b=c"] });
  });
});
