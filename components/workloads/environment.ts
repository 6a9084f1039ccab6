import type * as pulumi from "@pulumi/pulumi";

/** One entry of a container's `env`. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: pulumi.Input<string>;
}

/** A container's `env` from a plain record, in the record's order. */
export function environment(
  variables: Readonly<Record<string, pulumi.Input<string>>>,
): EnvironmentVariable[] {
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}
