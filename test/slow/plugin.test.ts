import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../engine/support.ts";

interface Analyzer {
  analyze(): { components: Record<string, { inputs: Record<string, { description?: string }> }> };
}
const { Analyzer } = createRequire(import.meta.url)("@pulumi/pulumi/provider/experimental/analyzer.js") as {
  Analyzer: new (
    directory: string,
    name: string,
    manifest: object,
    components: ReadonlySet<string>,
  ) => Analyzer;
};

test("Pulumi's analyzer makes a schema of every component that other languages are offered", () => {
  const directory = join(root, "plugin");
  const index = readFileSync(join(directory, "components.ts"), "utf8");
  const offered = [...index.matchAll(/^ {2}(\w+),$/gm)].map(([, name = ""]) => name);
  expect(offered).toHaveLength(11);
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as object;
  const { components } = new Analyzer(directory, "mpegflow-gcs", manifest, new Set(offered)).analyze();
  expect(Object.keys(components).sort()).toEqual(offered);
  expect(components["MediaBucket"]?.inputs["placement"]?.description).toMatch(/\S/);
});
