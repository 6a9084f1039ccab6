import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../engine/support.ts";
import { NODE_VERSIONS, type NodeVersion } from "./consumers.ts";

/** A directory with the packed package installed by npm, as a user's project has it, and the tools that read it. */
export interface Installed {
  /** Has a node_modules with the package, Pulumi's packages, TypeScript, ts-node and tsx. */
  readonly directory: string;
  /** Makes a project directory with those packages. */
  project(name: string, options?: { readonly typescript?: boolean }): string;
  /** The path of a Node.js. */
  node(version: NodeVersion): string;
  /** What npm installed for the package, in a project that depends on it and on what the template brings. */
  readonly dependencies: readonly string[];
  dispose(): void;
}

/** Versions of the compiler that the types are read by. 5.9 is what the template's `^5.0.0` installs. */
export const COMPILERS = { "5.0": "5.0.4", "5.9": "5.9.3", "6.0": "6.0.3" } as const;

/** Packs the package and installs it. Everything comes from npm's cache or its registry. */
export function installPackage(): Installed {
  const directory = mkdtempSync(join(tmpdir(), "mpegflow-consumers-"));
  npm(root, "pack", "--workspace", "mpegflow-gcs", "--pack-destination", directory);
  const tarball = readdirSync(directory).find((file) => file.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack wrote no tarball");
  const pulumi = Object.fromEntries(
    ["aws", "docker-build", "gcp", "kubernetes", "policy", "pulumi", "random", "tls"].map((name) => [
      `@pulumi/${name}`,
      installedVersion(`@pulumi/${name}`),
    ]),
  );
  const own = { "mpegflow-gcs": `file:../${tarball}` };

  const alone = join(directory, "alone");
  writePackage(alone, {
    "@pulumi/gcp": pulumi["@pulumi/gcp"],
    "@pulumi/pulumi": pulumi["@pulumi/pulumi"],
    ...own,
  });
  npm(alone, "install", "--omit=dev", "--ignore-scripts");
  const dependencies = dependenciesOf("mpegflow-gcs", npm(alone, "ls", "--omit=dev", "--all", "--json"));

  const all = join(directory, "all");
  writePackage(all, {
    ...pulumi,
    ...own,
    "ts-node": "10.9.2",
    tsx: "4.23.15",
    "@types/node": "18.19.130",
    typescript: COMPILERS["5.9"],
    ...Object.fromEntries(
      Object.entries(COMPILERS).map(([name, version]) => [`typescript-${name}`, `npm:typescript@${version}`]),
    ),
  });
  npm(all, "install", "--ignore-scripts");
  const modules = join(all, "node_modules");
  // A second copy, as a program gets one by way of another package.
  cpSync(join(modules, "mpegflow-gcs"), join(modules, "mpegflow-gcs-again"), { recursive: true });

  const nodes = join(directory, "nodes");
  writePackage(
    nodes,
    Object.fromEntries(
      NODE_VERSIONS.map((version) => [
        `node-${version}`,
        `npm:node-${process.platform}-${process.arch}@${version}`,
      ]),
    ),
  );
  npm(nodes, "install", "--ignore-scripts");

  return {
    directory: all,
    dependencies,
    node: (version) => join(nodes, "node_modules", `node-${version}`, "bin", "node"),
    project: (name, { typescript = true } = {}) => {
      const project = join(directory, name);
      mkdirSync(project, { recursive: true });
      if (typescript) {
        symlinkSync(modules, join(project, "node_modules"));
      } else {
        // Node.js finds what a linked package needs beside the package itself, so typescript must not be there.
        cpSync(modules, join(project, "node_modules"), {
          recursive: true,
          filter: (file) => !/\/node_modules\/(typescript|ts-node)(\/|$)/.test(file.slice(all.length)),
        });
      }
      return project;
    },
    dispose: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function installedVersion(name: string): string {
  const text = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version.replace(/^v/, "");
}

function writePackage(directory: string, dependencies: Readonly<Record<string, string | undefined>>): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name: "consumer", private: true, dependencies }),
  );
}

function npm(cwd: string, ...args: readonly string[]): string {
  // Without what the npm that runs the tests put into the environment.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(lifecycle|package|config_local|config_workspace)/.test(name),
    ),
  );
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function dependenciesOf(name: string, listed: string): string[] {
  const { dependencies = {} } = JSON.parse(listed) as {
    dependencies?: Record<string, { dependencies?: Record<string, unknown> } | undefined>;
  };
  return Object.keys(dependencies[name]?.dependencies ?? {}).sort();
}
