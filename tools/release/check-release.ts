import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { contentProblems, publishProblems, versionProblems, type Manifest } from "./checks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Where the package's own manifest is. */
const packageDirectory = join(root, "components");
const manifest = JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8")) as Manifest;

type Check = () => readonly string[] | Promise<readonly string[]>;

export interface ReleaseOptions {
  readonly publish: boolean;
  readonly skipTests: boolean;
}

/** @returns the exit code: 1 when something does not hold */
export async function checkRelease(options: ReleaseOptions): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "mpegflow-release-"));
  try {
    const passed = await run(checks(options, directory));
    if (!passed) return 1;
    if (!options.publish) {
      say(`\nReady: npm would publish ${manifest.name}@${manifest.version}. Nothing was published.`);
      return 0;
    }
    execFileSync("npm", ["publish", "--provenance", "--access", "public"], {
      cwd: packageDirectory,
      stdio: "inherit",
    });
    return 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The quick ones first; all are run, so that everything wrong is said at once. */
function checks({ publish, skipTests }: ReleaseOptions, directory: string): Record<string, Check> {
  return {
    "version and changelog": () =>
      versionProblems(
        manifest.version,
        readFileSync(join(root, "CHANGELOG.md"), "utf8"),
        git("tag", "--list"),
      ),
    "nothing uncommitted": () =>
      git("status", "--porcelain").map((line) => `uncommitted: ${line}. Fix: commit it.`),
    ...(publish && {
      "a workflow that may publish": () =>
        publishProblems(manifest, git("tag", "--points-at", "HEAD"), process.env),
    }),
    ...(!skipTests && {
      "format, lint and types": () => command("npm", "run", "check"),
      tests: () => command("npm", "test"),
    }),
    "content of the package": () => {
      const [packed] = JSON.parse(
        execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", directory], {
          cwd: packageDirectory,
          encoding: "utf8",
        }),
      ) as [{ filename: string; unpackedSize: number; files: { path: string }[] }];
      return contentProblems(
        manifest,
        packed.files.map(({ path }) => path),
        packed.unpackedSize,
      );
    },
    publint: async () => {
      const { messages } = await publint({ pkgDir: packageDirectory, strict: true });
      return messages.flatMap((message) => formatMessage(message, manifest) ?? []);
    },
    "types for every resolution": () =>
      command("npx", "attw", join(directory, `${manifest.name}-${manifest.version}.tgz`)),
  };
}

async function run(all: Record<string, Check>): Promise<boolean> {
  let passed = true;
  for (const [name, check] of Object.entries(all)) {
    const problems = await check();
    say(
      problems.length === 0 ? `✓ ${name}` : [`✗ ${name}`, ...problems.map((one) => `    ${one}`)].join("\n"),
    );
    passed &&= problems.length === 0;
  }
  return passed;
}

function git(...args: readonly string[]): string[] {
  const output = execFileSync("git", [...args], { cwd: root, encoding: "utf8" });
  return output.split("\n").filter((line) => line !== "");
}

/** The end of what a command says, where it fails. */
function command(program: string, ...args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(program, [...args], { cwd: root, encoding: "utf8" });
  return status === 0 ? [] : `${stdout}${stderr}`.trim().split("\n").slice(-30);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
