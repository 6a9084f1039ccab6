import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { policy } from "../../../../tools/policy/command.ts";
import { givenBy, readCommandLine } from "../cli/world.ts";

const folder = mkdtempSync(join(tmpdir(), "mpegflow-policy-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
function file(name: string, value: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(value));
  return join(folder, name);
}
const state = file("state.json", { version: 3, deployment: { resources: [] } });
const config = file("c.json", { all: "mandatory" });

describe("the command line of npm run policy", () => {
  test("takes a state or a stack, a format, and where to write", async () => {
    const output = join(folder, "o.sarif");
    expect(
      await givenBy(policy, state, "--format", "sarif", "--config", config, "--output", output),
    ).toMatchObject({
      ...{ target: state, format: "sarif", environment: undefined, pack: undefined, output },
      config: { path: config },
    });
  });

  test("shows a table unless told otherwise", async () => {
    expect(await givenBy(policy, "prod")).toMatchObject({ target: "prod", format: "table" });
  });

  test.each([
    [
      ["--environment", "prod", "--config", config],
      ["--config and --environment: both configure the policies. Give one of them."],
    ],
    [
      ["--format", "pdf", "--environment", "moon"],
      [
        '--environment: "moon" is not one of archive, dev, local, prod, prod-eu, staging.',
        '--format: "pdf" is not one of table, json, sarif, junit.',
      ],
    ],
  ])("refuses %j with all that is wrong", async (argv, problems) => {
    expect((await readCommandLine(policy, "prod", ...argv)).problems).toEqual(problems);
  });

  test("refuses a directory that holds no pack", async () => {
    expect((await readCommandLine(policy, "prod", "--pack", folder)).problems).toEqual([
      `--pack: ${JSON.stringify(folder)} has no PulumiPolicy.yaml. Give the directory of a policy pack, which has a PulumiPolicy.yaml.`,
    ]);
  });

  test.each([
    ["a list", [], "the file is not an object"],
    [
      "resources of another shape",
      { deployment: { resources: "secret" } },
      "deployment.resources is not a list",
    ],
    [
      "a resource of another shape, without its values, which may be secret",
      { deployment: { resources: [{ urn: 1, type: "t", inputs: "secret" }] } },
      "deployment.resources[0].urn is not text, and 1 more",
    ],
  ])("refuses a file that holds %s", async (_, content, what) => {
    const file = join(folder, "odd-state.json");
    writeFileSync(file, JSON.stringify(content));
    expect((await readCommandLine(policy, file)).problems).toEqual([
      `TARGET: ${JSON.stringify(file)} is not the state of a stack: ${what}. Give the file that \`pulumi stack export --file FILE\` writes.`,
    ]);
  });

  test("refuses a file that holds no state", async () => {
    expect((await readCommandLine(policy, config)).problems).toEqual([
      `TARGET: ${JSON.stringify(config)} is not the state of a stack: deployment is not an object. Give the file that \`pulumi stack export --file FILE\` writes.`,
    ]);
  });
});
