import { describe, expect, test } from "vitest";
import { capacityWarnings, TOLERABLE_WASTE } from "../../../components/platform/capacity-warnings.ts";
import { capacityProblems, poolsOfEncoders } from "../../../components/platform/capacity.ts";
import { committedPlatforms } from "./committed-platforms.ts";

test("the committed stacks that run encoders are known", () => {
  expect(committedPlatforms.map(({ stack }) => stack).toSorted()).toEqual([
    "dev",
    "local",
    "prod",
    "prod-eu",
    "staging",
  ]);
});

describe.each(committedPlatforms)("the stack $stack", ({ args }) => {
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
