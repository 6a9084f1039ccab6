/** Faults on purpose, in the manner of storage-testbench. */
export { serveWithFault } from "./apply.ts";
export { createFaults, type Faults, type FaultTarget } from "./faults.ts";
export { faultRuleSchema, type FaultAction, type FaultRule, type FaultRuleInput } from "./schema.ts";
