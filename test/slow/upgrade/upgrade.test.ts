import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openTestEngine, stackExport, type PreviewDigest, type TestEngine } from "../../engine/support.ts";
import { startTestCloud, type TestCloud } from "../../unit/providers/local-cloud.ts";
import type { SettingKey } from "../../../stacks/settings.ts";
import { committedValues, openConfiguredStack, type Values } from "../stack-world.ts";

/** States of stacks that earlier versions made; record.ts writes them. */
const states = globSync("states/*/*.json.gz", { cwd: import.meta.dirname })
  .toSorted()
  .map((file) => ({
    file: join(import.meta.dirname, file),
    version: basename(dirname(file)),
    name: basename(file, ".json.gz"),
  }));
const stateSchema = z.looseObject({
  deployment: z.looseObject({ secrets_providers: z.unknown().optional() }),
});
const recordedSchema = z.object({ values: z.record(z.string(), z.unknown()), state: stateSchema });

/** Keys whose committed values docs/upgrading.md asks to change: they take today's. */
const CHANGED: Readonly<Record<string, readonly SettingKey[]>> = {
  "0.1.0-bab7a37": ["ownClusters", "worker"],
};

let engine: TestEngine;
let cloud: TestCloud;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-upgrade-"));
  engine = await openTestEngine();
  cloud = await startTestCloud();
});
afterAll(async () => {
  await cloud.close();
  engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

it("there are states of the committed stacks", () => {
  expect(new Set(states.map(({ name }) => name))).toEqual(
    new Set(["archive", "dev", "prod", "prod-eu", "staging"]),
  );
});

describe.each(states)("a stack $name of version $version", ({ file, version, name }) => {
  let digest: PreviewDigest;
  beforeAll(async () => {
    const { values: recorded, state } = recordedSchema.parse(
      JSON.parse(gunzipSync(readFileSync(file)).toString()),
    );
    const today = committedValues(name);
    const values: Values = {
      ...(recorded as Values),
      ...Object.fromEntries((CHANGED[version] ?? []).map((key) => [key, today[key]])),
    };
    const stack = await openConfiguredStack(engine, name, cloud.addressFile);
    // A first preview gives the stack what it encrypts with.
    await stack.preview(values);
    const { deployment } = stateSchema.parse(await stackExport(stack.stack));
    const encrypted = {
      ...state,
      deployment: { ...state.deployment, secrets_providers: deployment.secrets_providers },
    };
    const stateFile = join(directory, `${name}.json`);
    writeFileSync(stateFile, JSON.stringify(encrypted));
    const imported = await stack.stack.run(["stack", "import", "--file", stateFile]);
    expect(imported.exitCode, imported.stderr).toBe(0);
    digest = await stack.preview(values);
  });

  it("previews with the configuration that it had", () => {
    expect(digest.exitCode, digest.stderr + JSON.stringify(digest.diagnostics)).toBe(0);
  });

  it("deletes and replaces nothing", () => {
    const lost = digest.steps.filter(({ op }) => /delete|replace/.test(op));
    expect(lost.map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ")}`)).toEqual([]);
  });
});
