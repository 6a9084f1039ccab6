import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** Each workspace names in its package.json just what its sources import: packages, and other workspaces. */
const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(root, directory, "package.json"), "utf8")) as Manifest;

const whole = manifestOf(".");
const directories = (whole.workspaces ?? [])
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((directory) => existsSync(join(root, directory, "package.json")))
  .sort();
const workspaces = new Map(directories.map((directory) => [directory, manifestOf(directory)]));
/** Folders that belong to a workspace which lies beside them. */
const PARTS: Readonly<Record<string, string>> = { testing: "components" };

function workspaceOf(file: string): string | undefined {
  const [first = "", second = ""] = file.split("/");
  const part = PARTS[first];
  return directories.find((directory) => directory === (part ?? first) || directory === `${first}/${second}`);
}

/** What each workspace's sources import, by the name that package.json has for it. */
function importsByWorkspace(): Map<string, Set<string>> {
  const sources = directories
    .concat(Object.keys(PARTS))
    .flatMap((directory) =>
      globSync(`${directory}/**/*.{ts,mts}`, { cwd: root, exclude: ["**/node_modules", "**/dist"] }),
    );
  const imports = new Map(directories.map((directory) => [directory, new Set<string>()]));
  for (const file of sources) {
    const workspace = workspaceOf(file);
    if (workspace === undefined) continue;
    for (const { fileName } of ts.preProcessFile(readFileSync(join(root, file), "utf8")).importedFiles) {
      const name = fileName.startsWith(".")
        ? nameOf(workspaceOf(normalize(join(dirname(file), fileName))))
        : /^(?:@[^/]+\/)?[^/]+/.exec(fileName)?.[0];
      if (name === undefined || name.startsWith("node:") || name === workspaces.get(workspace)?.name)
        continue;
      imports.get(workspace)?.add(name);
    }
  }
  return imports;
}

function nameOf(workspace: string | undefined): string | undefined {
  return workspace === undefined ? undefined : workspaces.get(workspace)?.name;
}

const imports = importsByWorkspace();

describe.each(directories)("the workspace %s", (directory) => {
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = workspaces.get(directory) ?? {};

  test("names what it imports, and nothing else", () => {
    // What is compiled into the library is nothing that its users install.
    expect(Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }).sort()).toEqual(
      [...(imports.get(directory) ?? [])].sort(),
    );
  });
});

test("every workspace is looked at", () => {
  expect(directories).toEqual(expect.arrayContaining(["components", "policy", "services/worker", "tools"]));
});

test("one package has one version in all of them", () => {
  const versions = new Map<string, Set<string>>();
  for (const { name, dependencies = {}, devDependencies = {} } of [whole, ...workspaces.values()]) {
    // The library takes a range of what its users have.
    if (name === "mpegflow-gcs") continue;
    for (const [dependency, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      versions.set(dependency, (versions.get(dependency) ?? new Set()).add(version));
    }
  }
  expect(
    [...versions].filter(([, found]) => found.size > 1).map(([name, found]) => [name, ...found]),
  ).toEqual([]);
});
