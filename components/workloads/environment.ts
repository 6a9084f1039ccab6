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

/**
 * One entry of a container's `env` with a field of its pod.
 *
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 */
export function fieldVariable(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
