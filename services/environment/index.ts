/**
 * The environment of the coordinator and the worker: components write it, programs read it. The library is compiled with
 * these tables in it, so nothing here imports a package; how the variables are read is in `read.ts`, for programs alone.
 */
export { coordinatorEnvironment } from "./coordinator.ts";
export { allowedOf, type Values, type Variable, type Variables } from "./variable.ts";
export { workerEnvironment } from "./worker.ts";

import type { coordinatorEnvironment } from "./coordinator.ts";
import type { workerEnvironment } from "./worker.ts";

export type CoordinatorVariable = keyof typeof coordinatorEnvironment;
export type WorkerVariable = keyof typeof workerEnvironment;

/** The variables of a table that components set. */
export type SetByComponent<Table> = {
  [Name in keyof Table]: Table[Name] extends { readonly component: true } ? Name : never;
}[keyof Table];
