import { describe, expect, test } from "vitest";
import { policies } from "../../../policy/policies.ts";
import { judge, recordPulumi, type Violation } from "../../../testing/index.ts";
import { BAD } from "./bad.ts";
import type { OutsideStack } from "./common.ts";
import { GOOD } from "./good.ts";

/** What the pack as it comes says of a stack, in production, of mandatory policies. */
async function violationsOf({ program }: OutsideStack): Promise<readonly Violation[]> {
  const recorder = await recordPulumi({
    outputs: ({ type, name }) => {
      if (type !== "gcp:serviceaccount/account:Account") return {};
      const email = `${name}@studio-dailies.iam.gserviceaccount.com`;
      return { email, member: `serviceAccount:${email}` };
    },
  });
  program();
  await recorder.settled();
  const { violations } = await judge(policies, recorder.judged(), { stack: "production" });
  return violations.filter(({ level }) => level === "mandatory");
}

test("there are 60 of them", () => {
  expect(GOOD.length + BAD.length).toBe(60);
});

describe("a stack that breaks nothing passes", () => {
  test.each(GOOD)("$title", async (stack) => {
    expect(await violationsOf(stack)).toEqual([]);
  });
});

describe("a stack that breaks one rule is refused with resource, reason and fix", () => {
  test.each(BAD)("$title", async (stack) => {
    const violations = await violationsOf(stack);
    const [policy = "", resource = ""] = stack.refused ?? [];
    expect([...new Set(violations.map((one) => `${one.policy} ${one.resource}`))]).toEqual([
      `${policy} ${resource}`,
    ]);
    for (const { message } of violations) {
      expect(message).toContain(`"${resource}"`);
      expect(message).toMatch(/\n {2}- Reason: \S.*\n {2}- Fix: \S/);
    }
  });
});
