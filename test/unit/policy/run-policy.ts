import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { judge, type GivenResource } from "../../../testing/index.ts";

/** What one policy makes of a stack, without names. */
export interface Outcome {
  readonly violations: readonly { readonly message: string; readonly level: string }[];
  readonly notApplicable: readonly string[];
}

export async function runOnResource(
  policy: ResourceValidationPolicy,
  resource: GivenResource,
  config: Readonly<Record<string, unknown>> = {},
): Promise<Outcome> {
  return run(policy, [resource], config);
}

export async function runOnStack(
  policy: StackValidationPolicy,
  resources: readonly GivenResource[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Outcome> {
  return run(policy, resources, config);
}

async function run(
  policy: ResourceValidationPolicy | StackValidationPolicy,
  resources: readonly GivenResource[],
  config: Readonly<Record<string, unknown>>,
): Promise<Outcome> {
  const { violations, notApplicable } = await judge([policy], resources, {
    config: { [policy.name]: config },
  });
  return {
    violations: violations.map(({ message, level }) => ({ message, level })),
    notApplicable: notApplicable.map(({ reason }) => reason),
  };
}
