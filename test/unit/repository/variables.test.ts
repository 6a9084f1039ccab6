import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { coordinatorEnvironment, workerEnvironment } from "../../../services/environment/index.ts";

/** A variable stands in one table, and whoever names it means one of that table. */
const root = fileURLToPath(new URL("../../../", import.meta.url));
const ignored = ["**/node_modules/**", "**/dist/**"];
const filesIn = (pattern: string): string[] => globSync(pattern, { cwd: root, exclude: ignored });

const known = new Set([...Object.keys(coordinatorEnvironment), ...Object.keys(workerEnvironment)]);
/** What the tools and the sandbox tell processes of their own, which no component knows. */
const ofTools = /^MPEGFLOW_(?:SANDBOX_|PROGRAM_|LONELY_)/;

/** The beginning of names that a policy looks for. */
const isPattern = (file: string, name: string): boolean =>
  file === "policy/strict-broker/url-lifetimes.ts" && name === "MPEGFLOW_URL";

function strangersIn(file: string): string[] {
  const names =
    readFileSync(`${root}${file}`, "utf8").match(/\bMPEGFLOW_[A-Z0-9_]*[A-Z0-9]\b(?![_*])/g) ?? [];
  return names
    .filter((name) => !known.has(name) && !ofTools.test(name) && !isPattern(file, name))
    .map((name) => `${file}: ${name}`);
}

describe("a variable of a program that is named", () => {
  test.each([
    [
      "sources",
      "{components,plugin,policy,sandbox,services,stacks,tools,examples}/**/*.{ts,mts,cjs,js,yaml}",
    ],
    ["guides", "{docs,components,examples}/**/*.md"],
  ])("in %s is one of the tables in services/environment", (_what, pattern) => {
    const files = filesIn(pattern);
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(strangersIn)).toEqual([]);
  });

  test("is declared nowhere else", () => {
    const declared = filesIn("services/**/*.ts")
      .filter((file) => !file.startsWith("services/environment/"))
      .filter((file) => /^ {2}MPEGFLOW_\w+: z\b/m.test(readFileSync(`${root}${file}`, "utf8")));
    expect(declared).toEqual([]);
  });
});
