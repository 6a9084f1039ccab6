import {
  cpuText,
  machineTypeOf,
  nodeSize,
  PODS_PER_NODE,
  type Amounts,
} from "../../../components/capacity/index.ts";

/** What a node has, as Kubernetes quantities. */
export interface Capacity {
  readonly cpu: string;
  readonly memory: string;
  readonly "ephemeral-storage": string;
  readonly pods: string;
  readonly "nvidia.com/gpu"?: string;
}

/** What a node offers to pods, and what it has in all. */
export interface Machine {
  readonly capacity: Capacity;
  readonly allocatable: Capacity;
  readonly architecture: "amd64" | "arm64";
}

/** Of types that come with local SSDs, how many their name does not say: one is the least. */
const ONE_LOCAL_SSD_MI = 375 * 1024;

/**
 * A machine as GKE makes a node of it: the sizes that the components judge requests by.
 *
 * @param machineType `c3d-standard-16`
 * @param diskSizeGb of the boot disk; @default 100
 * @param localSsds of 375 GiB, that hold the pods' scratch space in place of the boot disk; @default 0
 * @returns undefined for a type whose size its name does not tell
 */
export function machineOf(
  machineType: string,
  {
    diskSizeGb = 100,
    localSsds = 0,
    gpus = 0,
    maxPods = PODS_PER_NODE,
  }: { diskSizeGb?: number; localSsds?: number; gpus?: number; maxPods?: number } = {},
): Machine | undefined {
  const type = machineTypeOf(machineType);
  if (type === undefined) return undefined;
  const { capacity, allocatable } = nodeSize(type, { bootDiskGb: diskSizeGb, localSsds });
  const shared = { pods: String(maxPods), ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }) };
  const quantities = ({ milliCpus, memoryMi, storageMi = ONE_LOCAL_SSD_MI }: Amounts): Capacity => ({
    cpu: cpuText(milliCpus),
    memory: `${memoryMi}Mi`,
    "ephemeral-storage": `${storageMi}Mi`,
    ...shared,
  });
  return {
    architecture: type.architecture,
    capacity: quantities(capacity),
    allocatable: quantities(allocatable),
  };
}
