import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "..", "..", "..");
const manifestSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })).default({}),
});
const manifestOf = (file: string) => manifestSchema.parse(JSON.parse(readFileSync(join(root, file), "utf8")));

const library = manifestOf("components/package.json");
const needed = Object.keys(library.peerDependencies).filter(
  (name) => library.peerDependenciesMeta[name]?.optional !== true,
);
const importing = globSync("examples/*/package.json", { cwd: root }).filter(
  (file) => "mpegflow-gcs" in manifestOf(file).dependencies,
);

test("examples import the library", () => {
  expect(importing.length).toBeGreaterThan(1);
});

test.each(importing)("%s names every package that the library asks its users for", (file) => {
  expect(Object.keys(manifestOf(file).dependencies)).toEqual(expect.arrayContaining(needed));
});
