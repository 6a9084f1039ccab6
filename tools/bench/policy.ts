/**
 * What the policy pack costs: the preview of `prod` with it and without, alternating, on the real engine in the sandbox; and how long it
 * judges stacks of up to 5,000 resources. Exits with 1 when the pack adds more than 30 %, or when it grows faster than the stack.
 *
 *     npm run bench -- policy --rounds N
 */
import { join } from "node:path";
import { policies } from "../../policy/policies.ts";
import { judge, type GivenResource } from "../../testing/index.ts";
import { openTestEngine, root } from "../../test/engine/support.ts";
import { goodStack } from "../../test/engine/raw-stacks.ts";

const LIMIT = 1.3;
/** How much more than ten times as long ten times as many resources may take. */
const LINEAR = 1.5;
const rounds = Number(process.argv[2] ?? 5);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("rounds must be a whole number, 1 or more");

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
};

async function previewRatio(): Promise<number> {
  const engine = await openTestEngine();
  try {
    const stack = await engine.stack({ projectDirectory: root, name: "prod" });
    const seconds = async (...pack: readonly string[]): Promise<number> => {
      const start = performance.now();
      const { exitCode, stdout, stderr } = await stack.run(["preview", ...pack]);
      if (exitCode !== 0) throw new Error(`the preview failed: ${stdout}${stderr}`);
      return (performance.now() - start) / 1000;
    };
    const judged = ["--policy-pack", join(root, "policy")];
    await seconds(...judged);
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const plain = await seconds();
      const withPack = await seconds(...judged);
      ratios.push(withPack / plain);
      console.log(`preview of prod: ${plain.toFixed(2)} s without, ${withPack.toFixed(2)} s with the pack`);
    }
    return median(ratios);
  } finally {
    engine.dispose();
  }
}

/** Copies of a good stack, each with names of its own. */
function stackOf(size: number): GivenResource[] {
  const { resources } = goodStack();
  return Array.from({ length: size }, (_, index) => {
    const one = resources[index % resources.length];
    if (one === undefined) throw new Error("the good stack is empty");
    const copy = Math.floor(index / resources.length);
    const named = Object.fromEntries(
      Object.entries(one.props).map(([key, value]) => [
        key,
        typeof value === "string" &&
        ["name", "bucket", "bucketName", "topic", "subscription", "secretId"].includes(key)
          ? `${value}-${copy}`
          : value,
      ]),
    );
    return { ...one, name: `${one.name}-${copy}`, props: named };
  });
}

async function secondsFor(size: number): Promise<number> {
  const resources = stackOf(size);
  const start = performance.now();
  await judge(policies, resources, { stack: "staging" });
  return (performance.now() - start) / 1000;
}

await secondsFor(100);
const [small, large] = [await secondsFor(500), await secondsFor(5_000)];
const growth = large / small / 10;
console.log(
  `500 resources: ${small.toFixed(2)} s; 5000: ${large.toFixed(2)} s; ${growth.toFixed(2)} times linear, at most ${LINEAR}`,
);
const ratio = await previewRatio();
console.log(`ratio ${ratio.toFixed(2)} (median of ${rounds} rounds), at most ${LIMIT}`);
process.exitCode = ratio > LIMIT || growth > LINEAR ? 1 : 0;
