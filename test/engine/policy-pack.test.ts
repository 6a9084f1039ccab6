import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { policies } from "../../policy/policies.ts";
import { sandboxPlugins, type RunResult, type Stack } from "../../sandbox/engine/index.ts";
import { violationsIn } from "../../tools/policy/events.ts";
import { judge, outputOf, type GivenResource } from "../../testing/index.ts";
import { badStack, firstStack, goodStack, makeable, mapOutputs, type RawStack } from "./raw-stacks.ts";
import { fixture, openTestEngine, root, stackExport, type TestEngine } from "./support.ts";

/** The real engine, with a provider that takes every resource as it is declared. */
let engine: TestEngine;
let configFile: string;
const bad = makeable(badStack());
beforeAll(async () => {
  const main = fileURLToPath(new URL("any-provider/main.ts", import.meta.url));
  engine = await openTestEngine({
    plugins: sandboxPlugins().map((one) => (one.kind === "resource" ? { ...one, main } : one)),
  });
  configFile = join(engine.sandboxDirectory, "policy-config.json");
  writeFileSync(configFile, JSON.stringify(bad.config));
});
afterAll(() => {
  engine.dispose();
});

const pack = ["--policy-pack", join(root, "policy")];
const stackOf = (name: string): Promise<Stack> =>
  engine.stack({ projectDirectory: fixture("raw-stack"), name });

/** What the testing kit makes of a stack, in the engine's words. */
async function expectedOf({ resources, config }: RawStack, stack: string): Promise<string[]> {
  const { violations } = await judge(policies, resources, { config, stack });
  return violations
    .map(
      ({ policy, resource, level, message }) =>
        // The engine reports on the stack itself what names no resource.
        `${level} ${policy} ${resource === "" ? `media-${stack}` : resource}\n${message}`,
    )
    .sort();
}

/** The engine's violations in the same form. */
const linesOf = (output: string): string[] =>
  violationsIn(output)
    .map(
      ({ policy, urn, level, message }) => `${level} ${policy} ${urn.split("::").at(-1) ?? ""}\n${message}`,
    )
    .sort();

/** A preview that says what the policies find, as the engine's events. */
const preview = (stack: Stack, ...more: readonly string[]): Promise<RunResult> =>
  stack.run(["preview", "--json", ...pack, ...more], {
    env: { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
  });

const firing = (lines: readonly string[]): string[] =>
  [...new Set(lines.map((line) => line.split(" ")[1] ?? ""))].sort();
const allPolicies = policies.map(({ name }) => name).sort();

describe("a raw stack of everything that is refused", () => {
  let refused: RunResult;
  beforeAll(async () => {
    refused = await preview(
      await stackOf("prod"),
      "--config",
      "stack=bad",
      "--policy-pack-config",
      configFile,
    );
  });

  test("is refused by every policy of the pack, in a preview", () => {
    expect(refused.exitCode).not.toBe(0);
    expect(firing(linesOf(refused.stdout))).toEqual(allPolicies);
  });

  test("in the very words that the testing kit gives", async () => {
    expect(linesOf(refused.stdout)).toEqual(await expectedOf(bad, "prod"));
  });
});

describe("the state of such a stack", () => {
  let analysis: RunResult;
  beforeAll(async () => {
    const stack = await stackOf("prod");
    const up = await stack.run(["up", "--skip-preview", "--config", "stack=bad"]);
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    const stateFile = join(engine.sandboxDirectory, "state.json");
    writeFileSync(stateFile, JSON.stringify(await stackExport(stack)));
    analysis = await engine.run(
      ["policy", "analyze", "--json", "--file", stateFile, ...pack, "--policy-pack-config", configFile],
      { cwd: root },
    );
  });

  test("is refused by every policy, without its program", async () => {
    expect(analysis.exitCode).not.toBe(0);
    const lines = linesOf(analysis.stdout);
    expect(firing(lines)).toEqual(allPolicies);
    expect(lines).toEqual(await expectedOf({ ...bad, resources: bad.resources.map(made) }, "prod"));
  });
});

/** The same resource once it is made: every output is known. */
function made(resource: GivenResource): GivenResource {
  const props = mapOutputs(resource.props, (output) =>
    outputOf(output.resource, `${output.resource.split("::").at(-1) ?? ""}-id`),
  ) as GivenResource["props"];
  return { ...resource, props };
}

describe("a program that makes its clusters, in its first preview", () => {
  let refused: RunResult;
  beforeAll(async () => {
    refused = await preview(await stackOf("first"), "--config", "stack=first");
  });

  test("is refused for what goes into them, though the engine has no output of it yet", () => {
    expect(refused.exitCode).not.toBe(0);
    expect(firing(linesOf(refused.stdout))).toEqual(
      expect.arrayContaining([
        "two-region-writers-require-dual-region",
        "worker-accounts-are-unbound",
        "workers-cannot-reach-metadata",
      ]),
    );
  });

  test("is told once what could not be judged", () => {
    const said = linesOf(refused.stdout).filter((line) => line.includes(" everything-is-judged "));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^advisory .*\nNot judged: workers-hold-no-roles \(late-reader, late-writer\), /);
  });

  test("in the very words that the testing kit gives", async () => {
    expect(linesOf(refused.stdout)).toEqual(await expectedOf(makeable(firstStack()), "first"));
  });
});

test("a raw stack that breaks nothing passes every policy", async () => {
  const stack = await stackOf("production");
  const { exitCode, stdout, stderr } = await stack.run([
    "preview",
    "--json",
    "--config",
    "stack=good",
    ...pack,
  ]);
  expect(violationsIn(stdout)).toEqual([]);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(await expectedOf(makeable(goodStack()), "production")).toEqual([]);
});
