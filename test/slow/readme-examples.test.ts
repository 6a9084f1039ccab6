import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngine, previewDigest, root, type TestEngine } from "../engine/support.ts";

/**
 * Each TypeScript block of a README, and of the documentation, is a whole program. It is compiled, and previewed on the real engine; a number after
 * the language, as in ```ts resources=7, is how many resources it declares, providers and the stack left out.
 */
interface Example {
  /** File and line, for the test's name. */
  readonly where: string;
  readonly program: string;
  readonly resources: number;
}

const files = [
  "README.md",
  ...globSync(["components/**/README.md", "docs/**/*.md"], { cwd: root }).toSorted(),
];
/** Runbooks show what to change in a program; such a fragment says no number. */
const examples = files
  .flatMap(examplesOf)
  .filter(({ where, resources }) => !where.startsWith("docs/") || !Number.isNaN(resources));

function examplesOf(file: string): Example[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^```ts( resources=(\d+))?\n(.*?)^```$/gms)].map((block) => ({
    where: `${file}:${text.slice(0, block.index).split("\n").length}`,
    program: block[3] ?? "",
    resources: Number(block[2]),
  }));
}

/** Inside the repository, so that the packages are found; each example is a project of its own. */
let directory: string;
let engine: TestEngine;
beforeAll(async () => {
  mkdirSync(join(root, ".sandbox"), { recursive: true });
  directory = mkdtempSync(join(root, ".sandbox", "readme-"));
  for (const { where, program } of examples) {
    const project = projectOf(where);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, "index.ts"), withSources(program, project));
    writeFileSync(
      join(project, "Pulumi.yaml"),
      "name: readme\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.ts\n",
    );
  }
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** The package's entries, as its sources. */
const entries = {
  "mpegflow-gcs": "components/index.ts",
  "mpegflow-gcs/aws": "components/migration/index.ts",
  "mpegflow-gcs/images": "components/images/index.ts",
};
const withSources = (program: string, project: string): string =>
  Object.entries(entries).reduce(
    (text, [entry, source]) =>
      text.replaceAll(JSON.stringify(entry), JSON.stringify(join(relative(project, root), source))),
    program,
  );

const projectOf = (where: string): string => join(directory, where.replaceAll(/[^\w.]/g, "-"));

it("compile", () => {
  const config = join(directory, "tsconfig.json");
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["*/index.ts"], exclude: [] }),
  );
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", config], { cwd: directory, encoding: "utf8" });
  expect(stdout).toBe("");
});

describe.each(examples)("$where", ({ where, resources }) => {
  it("previews with as many resources as it says", async () => {
    const stack = await engine.stack({ projectDirectory: projectOf(where), name: "dev" });
    const { exitCode, steps, stderr, diagnostics } = await previewDigest(stack, [
      ...["--config", "gcp:project=my-project"],
      ...["--config", "gcp:region=us-central1"],
      ...["--config", "aws:region=us-east-1"],
    ]);
    expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
    const declared = steps
      .map(({ newState }) => newState?.type ?? "")
      .filter((type) => type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:"));
    expect(declared.toSorted(), "number of resources").toHaveLength(resources);
  });
});
