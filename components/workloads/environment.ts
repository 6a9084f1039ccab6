import type * as pulumi from "@pulumi/pulumi";
import {
  coordinatorEnvironment,
  type SetByComponent,
  type workerEnvironment,
} from "../../services/environment/index.ts";

/** What components tell a coordinator, by the names that it reads. */
export type CoordinatorVariables = Readonly<
  Partial<Record<SetByComponent<typeof coordinatorEnvironment>, pulumi.Input<string>>>
>;

/** What components tell a worker, by the names that it reads. */
export type WorkerVariables = Readonly<
  Partial<Record<SetByComponent<typeof workerEnvironment>, pulumi.Input<string>>>
>;

/** Every variable that the component may set, so that nobody else may. */
export const COORDINATOR_VARIABLES: readonly string[] = Object.entries(coordinatorEnvironment)
  .filter(([, variable]) => "component" in variable)
  .map(([name]) => name);

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
export function fieldVariable(name: keyof (CoordinatorVariables & WorkerVariables), fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
