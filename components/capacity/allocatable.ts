import type { MachineType } from "./machine-types.ts";

/** Amounts of a node or of a pod. */
export interface Amounts {
  readonly milliCpus: number;
  readonly memoryMi: number;
  /** Ephemeral storage in MiB, for images, logs and `emptyDir`. Undefined if not known. */
  readonly storageMi: number | undefined;
}

/** Capacity of a node, and what pods can request of it. */
export interface NodeSize {
  readonly capacity: Amounts;
  readonly allocatable: Amounts;
}

export interface NodeDisks {
  /** GB of the boot disk, which GKE counts as GiB. */
  readonly bootDiskGb: number;
  /** Local SSDs of 375 GB that back ephemeral storage in place of the boot disk. */
  readonly localSsds: number;
}

const GIB = 1024;

/**
 * A machine as a node of GKE with Container-Optimized OS.
 *
 * Sources: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes for what is reserved; what the
 * operating system takes before, the cluster autoscaler's own estimate
 * (https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/gce/gce_reserved.go).
 */
export function nodeSize(machine: MachineType, disks: NodeDisks): NodeSize {
  const capacity: Amounts = {
    milliCpus: machine.cpus * 1000,
    memoryMi: machine.memoryMi - kernelMi(machine.memoryMi),
    storageMi: storageCapacityMi(machine, disks),
  };
  const { storageMi } = capacity;
  return {
    capacity,
    allocatable: {
      milliCpus: capacity.milliCpus - reservedMilliCpus(machine),
      memoryMi: Math.floor(capacity.memoryMi - reservedMemoryMi(machine.memoryMi) - MEMORY_EVICTION_MI),
      storageMi:
        storageMi === undefined
          ? undefined
          : Math.max(0, Math.floor(storageMi * (1 - DISK_EVICTION) - reservedStorageMi(disks))),
    },
  };
}

/** Pods are evicted before less than this is free. */
const MEMORY_EVICTION_MI = 100;
const DISK_EVICTION = 0.1;

/** The kernel's own memory, and the buffers of its input and output. */
function kernelMi(physicalMi: number): number {
  const buffers = physicalMi > 3 * GIB ? 64 : 0;
  const small = physicalMi <= 8 * GIB ? 8 : 0;
  return Math.ceil(physicalMi / 64 + 16 + buffers + small + Math.min(0.00175 * physicalMi, 248));
}

/** Shares of a resource that GKE keeps, of each part up to a size. */
function reserved(amount: number, parts: readonly (readonly [upTo: number, share: number])[]): number {
  let from = 0;
  let sum = 0;
  for (const [upTo, share] of parts) {
    sum += Math.max(0, Math.min(amount, upTo) - from) * share;
    from = upTo;
  }
  return sum;
}

const SHARED_CORE_MILLI_CPUS = 1060;

const reservedMilliCpus = ({ cpus, sharedCore }: MachineType): number =>
  sharedCore
    ? SHARED_CORE_MILLI_CPUS
    : Math.ceil(
        reserved(cpus * 1000, [
          [1000, 0.06],
          [2000, 0.01],
          [4000, 0.005],
          [Infinity, 0.0025],
        ]),
      );

const reservedMemoryMi = (physicalMi: number): number =>
  physicalMi < GIB
    ? 255
    : reserved(physicalMi, [
        [4 * GIB, 0.25],
        [8 * GIB, 0.2],
        [16 * GIB, 0.1],
        [128 * GIB, 0.06],
        [Infinity, 0.02],
      ]);

const LOCAL_SSD_MI = 375 * GIB;
/** Of local SSDs for the file system, as the autoscaler's table of measurements has it for one. */
const LOCAL_SSD_OVERHEAD = 0.0185;

function storageCapacityMi(
  { fixedLocalSsds }: MachineType,
  { bootDiskGb, localSsds }: NodeDisks,
): number | undefined {
  if (localSsds > 0) return Math.floor(localSsds * LOCAL_SSD_MI * (1 - LOCAL_SSD_OVERHEAD));
  // GKE may put ephemeral storage on them unasked.
  if (fixedLocalSsds) return undefined;
  const disk = bootDiskGb * GIB;
  const partitions = 0.015635 * disk + 4.148 * GIB + Math.min(100, 0.001 * disk);
  return Math.max(0, Math.floor(disk - partitions));
}

/** Of a boot disk half, or 6 GiB and 35 %, or 100 GiB: the least. Of local SSDs 50, 75 or 100 GiB. */
const reservedStorageMi = ({ bootDiskGb, localSsds }: NodeDisks): number =>
  (localSsds > 0
    ? Math.min(100, 25 + 25 * localSsds)
    : Math.min(bootDiskGb * 0.5, 6 + bootDiskGb * 0.35, 100)) * GIB;

/**
 * What GKE's own pods ask for on every node of an `EncoderCluster`: Dataplane V2, the metadata server, logs of
 * workloads, metrics, Managed Prometheus, DNS and disks. Google publishes no figure and changes it from version to
 * version; this is the sum of what clusters of 2025 and 2026 showed (464m to 494m, 700Mi), rounded up.
 */
export const SYSTEM_PODS = { milliCpus: 500, memoryMi: 800, storageMi: 0, pods: 12 } as const;

/** Pods that a node of GKE takes unless its pool says otherwise. https://docs.cloud.google.com/kubernetes-engine/quotas */
export const PODS_PER_NODE = 110;
