import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { capacityWarnings, TOLERABLE_WASTE } from "../../../components/platform/capacity-warnings.ts";
import { capacityProblems, poolsOfEncoders } from "../../../components/platform/capacity.ts";
import { committedConfig } from "../../../stacks/committed.ts";
import { readConfig } from "../../../stacks/config.ts";
import { platformArguments } from "../../../stacks/platform-arguments.ts";

const root = new URL("../../../", import.meta.url);
const platforms = globSync("stacks/Pulumi.*.yaml", { cwd: root }).flatMap((file) => {
  const stack = basename(file).replace(/^Pulumi\.|\.yaml$/g, "");
  const text = readFileSync(new URL(file, root), "utf8");
  const config = readConfig(committedConfig("mpegflow-gcs", stack, text));
  return config.kind === "platform" ? [{ stack, args: platformArguments(config) }] : [];
});

test("the committed stacks that run encoders are known", () => {
  expect(platforms.map(({ stack }) => stack).toSorted()).toEqual([
    "dev",
    "local",
    "prod",
    "prod-eu",
    "staging",
  ]);
});

describe.each(platforms)("the stack $stack", ({ args }) => {
  test("asks for nothing that its nodes cannot give, and for as many nodes as it needs", () => {
    expect(capacityProblems(args)).toEqual([]);
    expect(capacityWarnings(args)).toEqual([]);
  });

  test("leaves less than a tenth of the CPUs of a full node idle", () => {
    const pools = args.ownClusters?.encoderPools ?? [];
    const judged = poolsOfEncoders(args).map(({ pool, packing }) => ({ name: pool.name, ...packing }));
    expect(judged.map(({ name }) => name)).toEqual(pools.map(({ name }) => name));
    for (const { name, idleCpu, podsPerNode } of judged) {
      expect(podsPerNode, name).toBeGreaterThan(0);
      expect(idleCpu, name).toBeLessThan(TOLERABLE_WASTE);
    }
  });
});
