import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SetupError } from "../process/index.ts";

/** A program in TypeScript that the engine is to run as one of its plugins. */
export interface Plugin {
  readonly kind: "language" | "resource";
  /** As in `pulumi-<kind>-<name>`: "nodejs", "gcp". */
  readonly name: string;
  /** For a resource plugin exactly the version that the programs' SDK package asks for. */
  readonly version: string;
  /** The plugin's main module. */
  readonly main: string;
  /** Before what the engine adds. @default none */
  readonly arguments?: readonly string[];
}

const exitWithParent = fileURLToPath(new URL("../process/exit-with-parent.ts", import.meta.url));

/**
 * The language host, and every provider of the sandbox: `<providersDirectory>/<name>/main.ts` stands in for the provider of the
 * SDK package `@pulumi/<name>`.
 *
 * @throws SetupError when a provider's SDK package is not installed
 */
export function sandboxPlugins(
  providersDirectory = fileURLToPath(new URL("../providers/", import.meta.url)),
): Plugin[] {
  const host = fileURLToPath(new URL("language-host/main.ts", import.meta.url));
  const providers = existsSync(providersDirectory)
    ? readdirSync(providersDirectory, { withFileTypes: true })
    : [];
  return [
    { kind: "language", name: "nodejs", version: sdkPackageVersion("pulumi"), main: host },
    ...providers
      .filter((entry) => entry.isDirectory() && existsSync(join(providersDirectory, entry.name, "main.ts")))
      .map(({ name }): Plugin => {
        const main = join(providersDirectory, name, "main.ts");
        return { kind: "resource", name, version: sdkPackageVersion(name), main };
      }),
  ];
}

/**
 * Installs plugins where the engine looks for those it has downloaded itself. Found there they are like any other plugin; found
 * on PATH the engine would take each for a mistake and warn about it, several times in every command.
 *
 * The Pulumi CLI prefers a language host that lies beside it, so one installed whole keeps its own.
 */
export function installPlugins(homeDirectory: string, plugins: readonly Plugin[]): void {
  const root = join(homeDirectory, "plugins");
  mkdirSync(root, { recursive: true });
  for (const plugin of plugins) {
    const directories = new Set([
      `${plugin.kind}-${plugin.name}-v${plugin.version}`,
      ...earlierVersions(root, plugin),
    ]);
    for (const directory of directories) {
      replaceFile(join(root, directory, `pulumi-${plugin.kind}-${plugin.name}`), launcher(plugin));
    }
  }
}

/**
 * Installs providers for the packages that a program uses, once each: the sandbox's own, if there is one, regardless of
 * version, otherwise one without models, for previews.
 *
 * @returns to be called with a name, and a version or "" for any
 */
export function standInProvider(
  homeDirectory: string,
  plugins: readonly Plugin[] = sandboxPlugins(),
): (name: string, version: string) => void {
  const main = fileURLToPath(new URL("../providers/stand-in.ts", import.meta.url));
  const installed = new Set<string>();
  return (name, asked) => {
    // A name with anything else in it is no package's, and no directory's.
    if (name === "pulumi" || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || /[/\\]/.test(asked)) return;
    const known = plugins.find((plugin) => plugin.kind === "resource" && plugin.name === name);
    const version = asked.replace(/^v/, "") || (known?.version ?? "0.0.0");
    if (installed.has(`${name} ${version}`)) return;
    installed.add(`${name} ${version}`);
    const plugin: Plugin =
      known === undefined
        ? { kind: "resource", name, version, main, arguments: [name, version] }
        : { ...known, version };
    replaceFile(launcherPath(join(homeDirectory, "plugins"), plugin), launcher(plugin));
  };
}

function launcherPath(root: string, { kind, name, version }: Plugin): string {
  return join(root, `${kind}-${name}-v${version}`, `pulumi-${kind}-${name}`);
}

/** A state names the provider version it was made with, so the sandbox's stacks need those still after an upgrade of the SDK. */
function earlierVersions(root: string, { kind, name }: Plugin): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(`${kind}-${name}-v`))
    .map((entry) => entry.name);
}

/** A script that becomes Node running the plugin, so that the engine's signals reach it. */
function launcher({ main, arguments: arguments_ = [] }: Plugin): string {
  const command = [process.execPath, "--import", pathToFileURL(exitWithParent).href, main, ...arguments_]
    .map(quote)
    .join(" ");
  return `#!/bin/sh\nexec ${command} "$@"\n`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function replaceFile(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, text);
  chmodSync(temporary, 0o755);
  renameSync(temporary, file);
}

function sdkPackageVersion(name: string): string {
  try {
    const manifest = createRequire(import.meta.url)(`@pulumi/${name}/package.json`) as { version: string };
    return manifest.version;
  } catch (error) {
    throw new SetupError(`The package @pulumi/${name} is not installed. Run "npm ci".`, { cause: error });
  }
}
