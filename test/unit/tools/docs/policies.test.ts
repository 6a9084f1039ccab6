import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { policiesPage } from "../../../../tools/docs/policies.ts";

const written = (file: string): string =>
  readFileSync(new URL(`../../../../${file}`, import.meta.url), "utf8");

test("docs/reference/policies.md is what `npm run docs` writes", () => {
  expect(written("docs/reference/policies.md"), "stale: run `npm run docs`").toBe(policiesPage());
});
