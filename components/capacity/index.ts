export { nodeSize, PODS_PER_NODE, SYSTEM_PODS, type Amounts, type NodeSize } from "./allocatable.ts";
export { autopilotProblems, autopilotScratchGib, autopilotWarnings } from "./autopilot.ts";
export { machineTypeOf, type MachineType } from "./machine-types.ts";
export {
  exceededResources,
  packPods,
  availableForPods,
  type Packing,
  type PodRequest,
  type Resource,
} from "./packing.ts";
export { cpuText, gibText, mebibytesOf, milliCpusOf, quantityOf } from "./quantity.ts";
