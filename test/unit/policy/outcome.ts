import type { Policies } from "@pulumi/policy";
import { judge } from "../../../testing/index.ts";
import type { Case } from "./cases/index.ts";

/** What a case's policy makes of its stack: the first line of each violation, and whether it said it cannot tell. */
export async function outcomeOf(
  policies: Policies,
  { policy, resources, config, stack }: Case,
): Promise<{ found: string[]; undecided: boolean }> {
  const own = policies.filter(({ name }) => name === policy);
  const { violations, notApplicable } = await judge(own, resources, {
    ...(stack !== undefined && { stack }),
    ...(config && { config: { [policy]: config } }),
  });
  return {
    found: violations.map(({ message }) => message.split("\n")[0] ?? ""),
    undecided: notApplicable.some(({ reason }) => reason.startsWith("Cannot tell before the update")),
  };
}
