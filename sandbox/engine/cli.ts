import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  buildGo,
  goVersionOf,
  installedGo,
  isAtLeast,
  type Report,
  requiredVersion,
  SetupError,
} from "../process/index.ts";

/** The Pulumi command-line program, which is the engine. */
export interface Cli {
  readonly executable: string;
  /** "3.259.0" */
  readonly version: string;
  readonly origin: "path" | "built";
}

/**
 * The oldest CLI that can do what the sandbox needs: `pulumi policy analyze --file` came with 3.249
 * (https://github.com/pulumi/pulumi/pull/23664).
 */
export const oldestCli = "3.249.0";

const moduleDirectory = fileURLToPath(new URL("cli/", import.meta.url));
const cliModule = "github.com/pulumi/pulumi/pkg/v3";

/** The version that is built where none is installed: "3.259.0". */
export function pinnedCliVersion(): string {
  return requiredVersion(moduleDirectory, cliModule).slice(1);
}

/** `mpegflow-gcs/pulumi-3.259.0-linux-x64/pulumi` below the user's cache. */
export function builtCliPath(cacheDirectory: string, version = pinnedCliVersion()): string {
  return join(cacheDirectory, `pulumi-${version}-${process.platform}-${process.arch}`, "pulumi");
}

/**
 * Finds the Pulumi CLI on PATH, else in the cache, else builds it from its Go modules.
 *
 * @throws SetupError naming the choices when there is no CLI and it cannot be built
 */
export async function findCli(cacheDirectory: string, report: Report, env = process.env): Promise<Cli> {
  const installed = await installedCli(report, env);
  if (installed) return installed;
  const version = pinnedCliVersion();
  const executable = builtCliPath(cacheDirectory, version);
  if (isExecutable(executable)) return { executable, version, origin: "built" };
  if ((await installedGo(env)) === undefined) throw new SetupError(noCliNoGo());
  await buildGo({
    what: "the Pulumi CLI",
    moduleDirectory,
    mainPackage: `${cliModule}/cmd/pulumi`,
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}` },
    output: executable,
    expected: "about 5 min on two cores",
    env,
    report,
  });
  return { executable, version, origin: "built" };
}

function noCliNoGo(): string {
  return [
    `The Pulumi CLI is needed, and neither "pulumi" nor "go" is on PATH. One of these will do:`,
    `  - install the Pulumi CLI, ${oldestCli} or later: https://www.pulumi.com/docs/install/`,
    `  - npm install --global pulumi`,
    `  - install Go ${goVersionOf(moduleDirectory)} or later, and the CLI is built from source, once: https://go.dev/dl/`,
  ].join("\n");
}

/** The CLI on PATH, when it is new enough. */
async function installedCli(report: Report, env: NodeJS.ProcessEnv): Promise<Cli | undefined> {
  const executable = (env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, "pulumi"))
    .find(isExecutable);
  if (executable === undefined) return undefined;
  const version = await versionOf(executable, env);
  if (version !== undefined && isAtLeast(version, oldestCli)) return { executable, version, origin: "path" };
  const problem =
    version === undefined ? "does not say its version" : `is version ${version}, older than ${oldestCli}`;
  report(`not using ${executable}: it ${problem}`);
  return undefined;
}

async function versionOf(executable: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(executable, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      // The one from npm downloads itself when it is first run.
      timeout: 180_000,
    });
    return /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
