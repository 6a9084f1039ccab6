import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { SetupError, type Report } from "../../sandbox/process/index.ts";
import { directories } from "../cli/directories.ts";

const example = join(directories.root, "examples", "importing-stack");

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "nodenext",
    moduleResolution: "nodenext",
    noEmit: true,
  },
  include: ["index.ts"],
};

/**
 * `mpegflow new`: a Pulumi project of the user's own, which imports the package as `npm pack` makes it. It is a copy of
 * examples/importing-stack with its packages installed.
 *
 * @param target a directory that does not exist yet or is empty
 * @throws SetupError when npm fails
 */
export async function newStack(target: string, report: Report): Promise<void> {
  const directory = resolve(target);
  const name = basename(directory);
  mkdirSync(directory, { recursive: true });
  report("packing mpegflow-gcs");
  const tarball = await pack(directory);
  for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "index.ts", "package.json"]) {
    cpSync(join(example, file), join(directory, file));
  }
  // In the example itself these would be settings of this repository.
  writeFileSync(join(directory, ".gitignore"), "node_modules/\n");
  writeFileSync(join(directory, "tsconfig.json"), `${JSON.stringify(TSCONFIG, undefined, 2)}\n`);
  edit(join(directory, "Pulumi.yaml"), (text) => text.replace(/^name: .*/, `name: ${name}`));
  edit(join(directory, "Pulumi.dev.yaml"), (text) => text.replace("importing-stack:", `${name}:`));
  edit(join(directory, "package.json"), (text) => withPackage(text, name, tarball));
  report("installing its packages, @pulumi/gcp among them, which takes a minute or two");
  await npm(["install", "--no-audit", "--no-fund"], directory);
  const shown = relative(process.cwd(), directory);
  report(
    [
      `${shown} is a Pulumi project that takes three components of mpegflow-gcs; index.ts is its program.`,
      `Set your project in ${join(shown, "Pulumi.dev.yaml")}. What it declares, without an account:`,
      `  npm run preview -- ${shown} dev`,
    ].join("\n"),
  );
}

/** @returns the tarball's file name */
async function pack(directory: string): Promise<string> {
  await npm(
    ["pack", "--workspace", "mpegflow-gcs", "--silent", "--pack-destination", directory],
    directories.root,
  );
  const tarball = readdirSync(directory).find((file) => /^mpegflow-gcs-.*\.tgz$/.test(file));
  if (tarball === undefined) throw new Error(`npm pack wrote no tarball into ${directory}`);
  return tarball;
}

/** The example's package.json, with the packed package in place of one from a registry. */
export function withPackage(text: string, name: string, tarball: string): string {
  const manifest = JSON.parse(text) as { dependencies: Record<string, string> };
  const dependencies = { ...manifest.dependencies, "mpegflow-gcs": `file:${tarball}` };
  return `${JSON.stringify({ ...manifest, name: name.toLowerCase(), dependencies }, undefined, 2)}\n`;
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  try {
    await promisify(execFile)("npm", [...args], { cwd, maxBuffer: 64 * 2 ** 20 });
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    throw new SetupError(`npm ${args[0] ?? ""} failed: ${(stderr + stdout).trim() || message}`);
  }
}
