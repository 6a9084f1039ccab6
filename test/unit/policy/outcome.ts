import type { Policies } from "@pulumi/policy";
import { judge } from "../../../testing/index.ts";
import { policies as pack } from "../../../policy/policies.ts";
import type { Case } from "./cases/index.ts";

/** What a case's policy makes of its stack: the first line of each violation, and whether it said it cannot tell. */
export async function outcomeOf(
  policies: Policies,
  { policy, resources, config, stack }: Case,
): Promise<{ found: string[]; undecided: boolean }> {
  const own = policies.filter(({ name }) => name === policy);
  // Any policy on single resources remembers their inputs for those on the stack; one reports what all the others left.
  const others = pack.filter(({ name }) =>
    policy === "everything-is-judged"
      ? name !== policy
      : name === "no-service-account-keys" && name !== policy,
  );
  const judgement = await judge([...others, ...own], resources, {
    ...(stack !== undefined && { stack }),
    ...(config && { config: { [policy]: config } }),
  });
  const violations = judgement.violations.filter((one) => one.policy === policy);
  const notApplicable = judgement.notApplicable.filter((one) => one.policy === policy);
  return {
    found: violations.map(({ message }) => message.split("\n")[0] ?? ""),
    undecided: notApplicable.some(({ reason }) => reason.startsWith("Cannot tell before the update")),
  };
}
