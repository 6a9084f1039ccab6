import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { pages, root, textOf } from "./pages.ts";

/** Where a job's outputs go in every example: clients name it, no stack does. */
const OUTPUTS = "outputs/";

/** The prefixes that committed stacks have rules for. */
function prefixesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(prefixesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === "prefix" && typeof inner === "string") return [inner];
    if (key === "prefixes" && Array.isArray(inner)) return inner.filter((one) => typeof one === "string");
    return prefixesIn(inner);
  });
}
const prefixes = [
  ...new Set(
    globSync("stacks/Pulumi.*.yaml", { cwd: root }).flatMap((file) =>
      prefixesIn(parse(readFileSync(join(root, file), "utf8"))),
    ),
  ),
  OUTPUTS,
];

const named = pages
  .filter((page) => page !== "docs/upgrading.md")
  .flatMap((page) =>
    [...textOf(page).matchAll(/gs:\/\/(?:BUCKET|my-media)\/([a-z][^\s"'`|,)]*)/g)].map(
      ([, path = ""]): [string, string] => [page, path],
    ),
  );

test("pages name objects", () => {
  expect(named.length).toBeGreaterThan(5);
});

test.each(named)("%s names an object where stacks and examples have some: %s", (_, path) => {
  expect(prefixes.filter((prefix) => path.startsWith(prefix))).toHaveLength(1);
});
