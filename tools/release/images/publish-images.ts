import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { billOfMaterials } from "./bill-of-materials.ts";
import { lockedPackages } from "./locked-packages.ts";
import {
  baseOf,
  billFile,
  buildFile,
  buildStep,
  digestIn,
  imageOf,
  statementSteps,
  type Publication,
  type Step,
} from "./publication.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const PROGRAMS = ["coordinator", "worker"] as const;

type Options = Omit<Publication, "program"> & { readonly push: boolean };

/** @returns the exit code: 1 when a step failed */
export function publishImages({ push, ...options }: Options): number {
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true });
  for (const program of PROGRAMS) {
    const publication = { ...options, directory, program };
    writeFileSync(billFile(publication), billOf(program, options.tag));
    say(`Wrote ${billFile(publication)}.`);
    if (!push) {
      const steps = [buildStep(publication), ...statementSteps(publication, "$DIGEST")];
      say(`${steps.map(shown).join("\n")}\n`);
    } else if (!published(publication)) return 1;
  }
  if (!push) say(`Nothing was pushed. $DIGEST is "containerimage.digest" of what the build wrote.`);
  return 0;
}

/** The version of the package that is released with the images. */
export function packageVersion(): string {
  const text = readFileSync(join(root, "components", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** The bill of an image as its Dockerfile makes it. */
export function billOf(program: string, version: string): string {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  const base = baseOf(readFileSync(join(root, "services", program, "Dockerfile"), "utf8"));
  const target = { os: "linux", cpu: "x64", libc: "glibc" } as const;
  return billOfMaterials({
    ...{ program, version, base },
    packages: lockedPackages(lock, `services/${program}`, target),
  });
}

function published(publication: Publication): boolean {
  // A report of another build would name another image's digest.
  rmSync(buildFile(publication), { force: true });
  if (!done(buildStep(publication))) return false;
  const digest = digestIn(readFileSync(buildFile(publication), "utf8"), buildFile(publication));
  if (!statementSteps(publication, digest).every(done)) return false;
  say(`Published ${imageOf(publication)}@${digest}.`);
  return true;
}

function done(step: Step): boolean {
  const [program, ...args] = step;
  say(shown(step));
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (error === undefined && status === 0) return true;
  const why = error === undefined ? `ended with ${status ?? "a signal"}` : "cannot be started";
  process.stderr.write(`${program} ${why}. Nothing after it was done.\n`);
  return false;
}

/** As a shell takes it. */
const shown = (step: Step): string =>
  step
    .map((word) => (/^[\w@%+=:,./$-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
