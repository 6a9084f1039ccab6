/**
 * What components cost a preview: the `prod` stack against a program that declares the same resources flat, both on the
 * real engine in the sandbox, alternating. Exits with 1 when prod takes more than 1.5 times as long.
 *
 *     npm run bench -- preview --rounds N
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../sandbox/engine/index.ts";
import { openTestEngine, previewDigest, root } from "../../test/engine/support.ts";
import { flatProgram } from "./flat-program.ts";
import { ratioOf, tableOf, type Round } from "./summary.ts";

const LIMIT = 1.5;
const rounds = Number(process.argv[2] ?? 5);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("rounds must be a whole number, 1 or more");

const engine = await openTestEngine();
// Inside the repository, so that the program finds the same packages.
mkdirSync(join(root, ".sandbox"), { recursive: true });
const directory = mkdtempSync(join(root, ".sandbox", "bench-"));
try {
  process.exitCode = await compare();
} finally {
  engine.dispose();
  rmSync(directory, { recursive: true, force: true });
}

async function compare(): Promise<number> {
  const real = await engine.stack({ projectDirectory: root, name: "prod" });
  const declared = await stepsOf(real);
  writeFileSync(join(directory, "index.ts"), flatProgram(declared));
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    "name: flat\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.ts\n",
  );
  const flat = await engine.stack({ projectDirectory: directory, name: "prod" });
  const custom = typesOf(declared).filter((type) => !isComponent(type));
  const flatTypes = typesOf(await stepsOf(flat)).filter((type) => !isComponent(type));
  if (custom.join() !== flatTypes.join()) {
    throw new Error(`the flat program declares ${flatTypes.join(", ")} instead of ${custom.join(", ")}`);
  }

  // Both have been previewed once by now: compiled modules and plugins are warm.
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    // Who comes first takes turns, so that neither always finds the machine as the other left it.
    const realFirst = round % 2 === 0;
    const first = await secondsOf(realFirst ? real : flat);
    const second = await secondsOf(realFirst ? flat : real);
    measured.push(realFirst ? { real: first, flat: second } : { real: second, flat: first });
  }

  const ratio = ratioOf(measured);
  console.log(
    `Preview of prod: ${custom.length} resources in ${declared.length - custom.length - 1} components, against the ` +
      `same resources flat; ${rounds} rounds after a warm-up\n`,
  );
  console.log(tableOf({ prod: measured.map((one) => one.real), flat: measured.map((one) => one.flat) }));
  console.log(`\nratio ${ratio.toFixed(2)} (median of the rounds'), at most ${LIMIT}`);
  return ratio > LIMIT ? 1 : 0;
}

async function secondsOf(stack: Stack): Promise<number> {
  const start = performance.now();
  const { exitCode, stderr } = await stack.run(["preview"]);
  if (exitCode !== 0) throw new Error(`the preview of ${stack.project} failed: ${stderr}`);
  return (performance.now() - start) / 1000;
}

async function stepsOf(stack: Stack) {
  const { exitCode, steps, stderr, diagnostics } = await previewDigest(stack);
  if (exitCode !== 0) {
    throw new Error(`the preview of ${stack.project} failed: ${stderr}${JSON.stringify(diagnostics)}`);
  }
  return steps;
}

function typesOf(steps: Awaited<ReturnType<typeof stepsOf>>): string[] {
  return steps.map(({ newState }) => newState?.type ?? "").sort();
}

function isComponent(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || type.startsWith("mpegflow-gcs:");
}
