import type {
  Policies,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { describe, expect, test } from "vitest";
import { policies } from "../../../policy/policies.ts";
import { cases } from "./cases/index.ts";
import { outcomeOf } from "./outcome.ts";

/** The same policies with a judgement changed: what the cases do not notice, no test would. */
type Policy = Policies[number];
type Report = (message: string, urn?: string) => void;

const mutations = {
  /** Never finds anything. */
  removed: (): readonly string[] => [],
  /** Finds fault with what is right, and none with what is wrong. */
  negated: (found: readonly string[]): readonly string[] => (found.length > 0 ? [] : ["mutant"]),
};

function mutated(policy: Policy, change: (found: readonly string[]) => readonly string[]): Policy {
  const around =
    <A>(validate: (args: A, report: Report) => Promise<void> | void) =>
    async (args: A, report: Report): Promise<void> => {
      const found: string[] = [];
      await validate(args, (message) => found.push(message));
      for (const message of change(found)) report(message);
    };
  const { validateStack, validateResource = [] } = policy as Partial<ResourceValidationPolicy> &
    Partial<StackValidationPolicy>;
  const validate = [validateResource].flat();
  return {
    ...policy,
    ...(validateStack && { validateStack: around(validateStack) }),
    ...(validate.length > 0 && {
      validateResource: validate.map((one) => around(one) as ResourceValidation),
    }),
  };
}

async function isNoticed(policy: Policy): Promise<boolean> {
  for (const given of cases.filter((one) => one.policy === policy.name)) {
    const { found } = await outcomeOf([policy], given);
    if (found.length !== given.found.length) return true;
    if (found.some((line, index) => !line.startsWith(given.found[index] ?? "\0"))) return true;
  }
  return false;
}

describe.each(policies.map((policy) => [policy.name, policy] as const))("the cases of %s", (_, policy) => {
  test("agree with the policy itself", async () => {
    expect(await isNoticed(policy)).toBe(false);
  });

  test.each(["removed", "negated"] as const)("notice that its condition is %s", async (mutation) => {
    expect(await isNoticed(mutated(policy, mutations[mutation]))).toBe(true);
  });

  test("notice what is refused beside exceptions and other stacks", async () => {
    const settings = policy.configSchema?.properties ?? {};
    expect(Object.keys(settings)).toContain("exceptions");
    const bad = cases.find((one) => one.policy === policy.name && one.found.length > 0);
    const names = bad?.resources.map(({ name }) => name) ?? [];
    const excepted = { ...bad, config: { ...bad?.config, exceptions: names } };
    expect((await outcomeOf([policy], excepted as (typeof cases)[number])).found).toEqual([]);
  });
});
