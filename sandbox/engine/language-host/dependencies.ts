import { existsSync, readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";

export interface Dependency {
  readonly name: string;
  readonly version: string;
}

const manifestSchema = z.object({
  version: z.string().default(""),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) });

/** The npm packages a program depends on, with the versions installed. */
export function programDependencies(programDirectory: string, transitive: boolean): Dependency[] {
  const root = packageRoot(programDirectory);
  if (root === undefined) return [];
  return transitive ? installedDependencies(root) : directDependencies(root);
}

/** The nearest directory with a package.json, upwards. */
export function packageRoot(directory: string): string | undefined {
  for (let current = directory; ; current = dirname(current)) {
    if (existsSync(join(current, "package.json"))) return current;
    if (dirname(current) === current) return undefined;
  }
}

function directDependencies(root: string): Dependency[] {
  const { dependencies, devDependencies } = manifestSchema.parse(readJson(join(root, "package.json")));
  return Object.entries({ ...devDependencies, ...dependencies }).map(([name, range]) => {
    const manifest = findPackageJSON(name, pathToFileURL(join(root, "package.json")));
    return {
      name,
      version: manifest === undefined ? range : manifestSchema.parse(readJson(manifest)).version,
    };
  });
}

/** npm writes what it has installed into this file of its own. */
function installedDependencies(root: string): Dependency[] {
  const file = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(file)) return directDependencies(root);
  return Object.entries(lockSchema.parse(readJson(file)).packages).map(([path, { version = "" }]) => ({
    name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
    version,
  }));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The version of the SDK a host speaks for: its own `@pulumi/pulumi`. */
export function sdkVersion(): string {
  return manifestSchema.parse(createRequire(import.meta.url)("@pulumi/pulumi/package.json")).version;
}
