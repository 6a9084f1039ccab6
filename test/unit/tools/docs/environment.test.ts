import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { coordinatorEnvironment, workerEnvironment } from "../../../../services/environment/index.ts";
import { environmentPage } from "../../../../tools/docs/environment.ts";

describe("the reference of the environment", () => {
  test("is what `npm run docs` writes", () => {
    const file = new URL("../../../../docs/reference/environment.md", import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(environmentPage());
  });

  test("has a row for every variable, and says what it is", () => {
    const rows = environmentPage()
      .split("\n")
      .filter((line) => /^\| `[A-Z]/.test(line));
    const names = [...Object.keys(coordinatorEnvironment), ...Object.keys(workerEnvironment)];
    expect(rows.map((row) => /`(\w+)`/.exec(row)?.[1])).toEqual(names);
    for (const row of rows) expect(row).toMatch(/^\| `\w+` \| [A-Z`][^|]{10,}\. \| /);
  });
});
