/**
 * Runs the worker's suites whose outcome can depend on ffmpeg against each of several ffmpegs:
 * `npm run test:ffmpeg [-- EDITION…]`. Exits 1 when one of them fails, or one that was named is not to be had.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defaultCacheDirectory, duration, isSetupError, SetupError } from "../../sandbox/process/index.ts";
import { versionOf } from "../../services/worker/process/find-tools.ts";
import { debian } from "./debian.ts";
import type { Edition } from "./edition.ts";
import { npmPackage } from "./npm-package.ts";
import { staticBuild } from "./static-build.ts";

/** From old to new. Debian 13's is the one in the worker's image. */
const editions: readonly Edition[] = [
  npmPackage,
  debian("debian-12", "bookworm", "5.1"),
  debian("debian-13", "trixie", "7.1, as in the worker's image"),
  staticBuild("static-8", "8.1"),
];

/** What encodes, and what reads what ffmpeg prints and how it ends; the rest of the worker's suites is about calls. */
const suites = ["encode", "profiles", "odd-inputs", "memory"].map(
  (name) => `test/end-to-end/worker/${name}.test.ts`,
);

const root = fileURLToPath(new URL("../../", import.meta.url));
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const usage = [
  "Usage: npm run test:ffmpeg [-- EDITION…]",
  "Runs the worker's suites against each of these, or against those that are named:",
  ...editions.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`),
].join("\n");

function chosen(names: readonly string[]): readonly Edition[] {
  const unknown = names.filter((name) => !editions.some((edition) => edition.name === name));
  if (unknown.length > 0) throw new SetupError(`Unknown: ${unknown.join(", ")}.\n${usage}`);
  return names.length === 0 ? editions : editions.filter(({ name }) => names.includes(name));
}

/** One line on what became of it. */
async function test(edition: Edition, cache: string): Promise<{ line: string; passed: boolean | undefined }> {
  const { name, description } = edition;
  const programs = await edition.obtain(cache, say);
  if (typeof programs === "string")
    return { line: `not run   ${name} (${description}): ${programs}`, passed: undefined };
  const version = await versionOf(programs.ffmpeg);
  if (version === undefined)
    return { line: `FAILED    ${name}: ${programs.ffmpeg} does not run`, passed: false };
  say(`\n== ${name}: ffmpeg ${version} (${programs.ffmpeg})`);
  const started = performance.now();
  const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
  const { status } = spawnSync(process.execPath, [vitest, "run", "--project", "end-to-end", ...suites], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, MPEGFLOW_FFMPEG: programs.ffmpeg, MPEGFLOW_FFPROBE: programs.ffprobe },
  });
  const took = duration(performance.now() - started);
  const passed = status === 0;
  return { line: `${passed ? "passed   " : "FAILED   "} ${name}: ffmpeg ${version}, ${took}`, passed };
}

async function main(names: readonly string[]): Promise<void> {
  const cache = path.join(defaultCacheDirectory(), "ffmpegs");
  const results = [];
  for (const edition of chosen(names)) results.push(await test(edition, cache));
  say(`\n${results.map(({ line }) => line).join("\n")}`);
  const ran = results.filter(({ passed }) => passed !== undefined);
  const isComplete = names.length === 0 ? ran.length > 0 : ran.length === results.length;
  process.exitCode = isComplete && ran.every(({ passed }) => passed) ? 0 : 1;
}

try {
  const names = process.argv.slice(2);
  if (names.some((name) => ["-h", "--help"].includes(name))) say(usage);
  else await main(names);
} catch (error) {
  if (!isSetupError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
