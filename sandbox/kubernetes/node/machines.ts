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

/**
 * GiB of memory for each vCPU, by series and class; what is not here has 4 (standard), 8 (highmem) or 1 (highcpu).
 * https://docs.cloud.google.com/compute/docs/general-purpose-machines
 */
const memoryPerCpu: Readonly<Record<string, number>> = {
  "c3-highcpu": 2,
  "c4-standard": 3.75,
  "c4-highcpu": 2,
  "c4-highmem": 7.75,
  "c4a-highcpu": 2,
  "n1-standard": 3.75,
  "n1-highcpu": 0.9,
  "n1-highmem": 6.5,
  "n4-highcpu": 2,
  "n4a-highcpu": 2,
};
const memoryPerCpuOfClass: Readonly<Record<string, number>> = { standard: 4, highmem: 8, highcpu: 1 };

/** Series with Arm processors. https://docs.cloud.google.com/kubernetes-engine/docs/concepts/arm-on-gke */
const armSeries = ["c4a", "n4a", "t2a"];

const mebibyte = 1024;

/**
 * A machine as GKE makes a node of it.
 *
 * @param machineType `c3d-standard-16`
 * @param diskSizeGb of the boot disk; @default 100
 * @param localSsds of 375 GiB, that hold the pods' scratch space in place of the boot disk; @default 0
 * @returns undefined for a type whose size its name does not tell: a custom or shared-core one
 */
export function machineOf(
  machineType: string,
  {
    diskSizeGb = 100,
    localSsds = 0,
    gpus = 0,
    maxPods = 110,
  }: { diskSizeGb?: number; localSsds?: number; gpus?: number; maxPods?: number } = {},
): Machine | undefined {
  const [, series = "", kind = "", count = ""] =
    /^([a-z]\d[a-z]?)-(standard|highmem|highcpu)-(\d+)/.exec(machineType) ?? [];
  const perCpu = memoryPerCpu[`${series}-${kind}`] ?? memoryPerCpuOfClass[kind];
  const cpus = Number(count);
  if (perCpu === undefined || !(cpus > 0)) return undefined;
  const memoryMi = Math.floor(cpus * perCpu * mebibyte);
  const shared = { pods: String(maxPods), ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }) };
  const disk = localSsds > 0 ? localSsds * 375 : diskSizeGb;
  const keptOfDisk = localSsds > 0 ? Math.min(100, 25 + 25 * localSsds) : reservedDisk(diskSizeGb);
  return {
    architecture: armSeries.includes(series) ? "arm64" : "amd64",
    capacity: {
      cpu: String(cpus),
      memory: `${memoryMi}Mi`,
      "ephemeral-storage": `${Math.floor(disk)}Gi`,
      ...shared,
    },
    allocatable: {
      cpu: `${cpus * 1000 - reservedMilliCpus(cpus)}m`,
      memory: `${memoryMi - reservedMi(memoryMi)}Mi`,
      "ephemeral-storage": `${Math.floor(disk - keptOfDisk)}Gi`,
      ...shared,
    },
  };
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

/** https://docs.cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes */
const reservedMilliCpus = (cpus: number): number =>
  Math.ceil(
    reserved(cpus, [
      [1, 0.06],
      [2, 0.01],
      [4, 0.005],
      [Infinity, 0.0025],
    ]) * 1000,
  );

/** With the 100 MiB below which pods are evicted. Source: the same. */
const reservedMi = (memoryMi: number): number =>
  Math.ceil(
    reserved(memoryMi, [
      [4 * mebibyte, 0.25],
      [8 * mebibyte, 0.2],
      [16 * mebibyte, 0.1],
      [128 * mebibyte, 0.06],
      [Infinity, 0.02],
    ]),
  ) + 100;

/**
 * A tenth for eviction, and half of the disk, or 6 GiB and 35 % of it, or 100 GiB: the least. Of local SSDs 50, 75 or 100 GiB. Source: the
 * same.
 */
const reservedDisk = (gib: number): number => gib * 0.1 + Math.min(gib * 0.5, 6 + gib * 0.35, 100);
