import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { directories } from "../../../../tools/cli/directories.ts";
import { preview } from "../../../../tools/preview/command.ts";
import { findTarget } from "../../../../tools/preview/target.ts";
import { readCommandLine } from "../cli/world.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-preview-"));
  project("plain");
  project("one", "prod");
  project("two", "dev", "prod");
  program("empty", "");
  program("nameless", "runtime: nodejs\n");
  program("idle", "name: idle\n");
  program("python", "name: python\nruntime:\n  name: python\n");
  program("yaml", "name: yaml\nruntime: yaml\nresources: {}\n");
  program("broken", "name: [\n");
  program(
    "options",
    "name: options\nruntime:\n  name: nodejs\n  options: { typescript: false }\nstackConfigDir: conf\n",
  );
  mkdirSync(join(directory, "options", "conf"));
  writeFileSync(join(directory, "options", "conf", "Pulumi.test.yaml"), "");
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function project(name: string, ...stacks: readonly string[]): void {
  mkdirSync(join(directory, name));
  program(name, `name: ${name}\nruntime: nodejs\n`);
  for (const stack of stacks) writeFileSync(join(directory, name, `Pulumi.${stack}.yaml`), "");
}

function program(name: string, text: string): void {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, "Pulumi.yaml"), text);
}

describe("a stack of another project", () => {
  test.each([
    ["acme/prod", "prod"],
    ["organization/two/dev", "dev"],
  ])("%s is the one that its last part names", (given, stack) => {
    expect(findTarget("two", given, directory)).toEqual({ projectDirectory: join(directory, "two"), stack });
  });

  test("is refused where that is no name", () => {
    expect(findTarget("two", "prod/", directory)).toEqual({
      wrong:
        'STACK: "prod/" is not the name of a stack. Write STACK, ORGANIZATION/STACK or ORGANIZATION/PROJECT/STACK.',
    });
  });
});

describe("npm run preview", () => {
  test.each([
    ["prod", undefined, { stack: "prod" }],
    ["plain", undefined, { stack: "dev", project: "plain" }],
    ["./one", undefined, { stack: "prod", project: "one" }],
    ["two", "prod", { stack: "prod", project: "two" }],
    ["plain", "anything", { stack: "anything", project: "plain" }],
    ["options", undefined, { stack: "test", project: "options" }],
  ])(
    "takes a stack of this project, or a project and its stack: %s %s",
    (target, named, { stack, ...rest }) => {
      const projectDirectory = "project" in rest ? join(directory, rest.project) : directories.root;
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
    ["one", "prdo", 'STACK: "prdo" is not a stack of "one" (prod). Did you mean prod?'],
    ["two", "moon", 'STACK: "moon" is not a stack of "two" (dev, prod).'],
    ["empty", undefined, 'TARGET: "empty/Pulumi.yaml" says nothing. Give it name and runtime: nodejs.'],
    ["nameless", undefined, 'TARGET: "nameless/Pulumi.yaml" has no name. Add name.'],
    ["idle", undefined, 'TARGET: "idle/Pulumi.yaml" has no runtime. Add runtime: nodejs.'],
    ["broken", undefined, /^TARGET: "broken\/Pulumi\.yaml" is not YAML: /],
    [
      "python",
      undefined,
      /runtime "python" is not nodejs\. A preview here runs programs for Node\.js only\./,
    ],
    ["yaml", undefined, /runtime "yaml" is not nodejs\. .*`pulumi preview --policy-pack`/],
    ["prod", "dev", 'STACK: "dev" is too much beside "prod", which is a stack already.'],
  ])("refuses %s %s with what to say instead", (target, named, wrong) => {
    const expected: unknown = typeof wrong === "string" ? wrong : expect.stringMatching(wrong);
    expect(findTarget(target, named, directory)).toEqual({ wrong: expected });
  });

  test.each([
    [["prod", "--config"], ["--config: a value is missing."]],
    [["prod", "--config", "--diff"], ["--config: a value is missing."]],
    [["prod", "--config", "a:b"], ['--config: "a:b" is not KEY=VALUE.']],
  ])("refuses %j before anything starts", async (line, wrong) => {
    const { problems } = await readCommandLine(preview, ...line);
    expect(problems).toEqual(wrong);
  });

  test("hands options on to pulumi preview", async () => {
    const { problems, rest } = await readCommandLine(preview, "prod", "--diff", "--config", "a:b=c");
    expect({ problems, rest }).toEqual({ problems: [], rest: ["--diff", "--config", "a:b=c"] });
  });
});
