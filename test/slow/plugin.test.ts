import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../engine/support.ts";

interface Analyzer {
  analyze(): {
    components: Record<
      string,
      { inputs: Record<string, { description?: string }>; outputs: Record<string, object> }
    >;
    dependencies: object[];
  };
}
const { Analyzer } = createRequire(import.meta.url)("@pulumi/pulumi/provider/experimental/analyzer.js") as {
  Analyzer: new (
    directory: string,
    name: string,
    manifest: object,
    components: ReadonlySet<string>,
  ) => Analyzer;
};

const directory = join(root, "plugin");
const index = readFileSync(join(directory, "components.ts"), "utf8");
const offered = [...index.matchAll(/^ {2}(\w+),$/gm)].map(([, name = ""]) => name);
const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as object;
const { components, dependencies } = new Analyzer(
  directory,
  "mpegflow-gcs",
  manifest,
  new Set(offered),
).analyze();

test("Pulumi's analyzer makes a schema of every component that other languages are offered", () => {
  expect(offered).toHaveLength(11);
  expect(Object.keys(components).sort()).toEqual(offered);
  expect(components["MediaBucket"]?.inputs["placement"]?.description).toMatch(/\S/);
});

test("other languages are offered no resources that a component made: their SDKs lack the providers' types", () => {
  const shown = Object.entries(components).filter(([, { outputs }]) => Object.hasOwn(outputs, "resources"));
  expect(shown.map(([name]) => name)).toEqual([]);
  expect(dependencies).toEqual([]);
});
