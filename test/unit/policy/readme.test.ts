import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { policies } from "../../../policy/policies.ts";

test("every policy that README.md names is in the pack", () => {
  const text = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const section = /## Policies\n(.*?)\n## /s.exec(text)?.[1] ?? "";
  const named = [...section.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThanOrEqual(18);
  expect(policies.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
});
