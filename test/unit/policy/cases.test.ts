import type { Policies } from "@pulumi/policy";
import { describe, expect, test } from "vitest";
import { policies } from "../../../policy/policies.ts";
import { judge } from "../../../testing/index.ts";
import { cases } from "./cases/index.ts";
import { outcomeOf } from "./outcome.ts";

describe.each(policies.map(({ name }) => name))("%s", (name) => {
  const own = cases.filter(({ policy }) => policy === name);

  test("has stacks that it refuses and stacks that it lets pass", () => {
    expect(own.filter(({ found }) => found.length > 0)).not.toEqual([]);
    expect(own.filter(({ found, undecided }) => found.length === 0 && undecided !== true)).not.toEqual([]);
  });

  test.each(own)("$title", async (given) => {
    const { found, undecided } = await outcomeOf(policies, given);
    expect({ found: found.map(shortened(given.found)), undecided }).toEqual({
      found: given.found,
      undecided: given.undecided ?? false,
    });
  });

  test("says nothing of resources that are not its business", async () => {
    const { violations } = await judge(only(name), [
      { type: "random:index/randomId:RandomId", name: "x", props: { location: "mars", forceDestroy: true } },
    ]);
    expect(violations).toEqual([]);
  });
});

const only = (name: string): Policies => policies.filter((policy) => policy.name === name);

/** Where a case gives the beginning of a long line, compares that only. */
const shortened = (expected: readonly string[]) => (line: string, index: number) => {
  const wanted = expected[index];
  return wanted !== undefined && !wanted.endsWith(".") && line.startsWith(wanted) ? wanted : line;
};
