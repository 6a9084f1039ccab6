/** Capacity of a Compute Engine machine type, before system reservations. */
export interface MachineType {
  /** vCPUs. */
  readonly cpus: number;
  /** Memory, MiB. */
  readonly memoryMi: number;
  readonly architecture: "amd64" | "arm64";
  /** Only a part of each vCPU is the machine's own: `e2-medium`. */
  readonly sharedCore: boolean;
  /** It comes with local SSDs, as many as its size has: `c3d-standard-16-lssd`. */
  readonly fixedLocalSsds: boolean;
}

interface Family {
  /** GB of memory for each vCPU, by class. */
  readonly perCpu: Readonly<Record<string, number>>;
  /** Memory comes in whole GB, rounded down. */
  readonly wholeGb?: true;
  readonly arm?: true;
}

const USUAL = { standard: 4, highmem: 8, highcpu: 1 };
const TWO_PER_CPU = { ...USUAL, highcpu: 2 };

/**
 * Families that encoders run on, with what Google calls GB and counts as GiB.
 *
 * Sources: https://docs.cloud.google.com/compute/docs/general-purpose-machines,
 * https://docs.cloud.google.com/compute/docs/compute-optimized-machines,
 * https://docs.cloud.google.com/compute/docs/accelerator-optimized-machines
 */
const FAMILIES: Readonly<Record<string, Family>> = {
  c2: { perCpu: { standard: 4 } },
  c2d: { perCpu: TWO_PER_CPU },
  c3: { perCpu: TWO_PER_CPU },
  c3d: { perCpu: TWO_PER_CPU },
  c4: { perCpu: { standard: 3.75, highmem: 7.75, highcpu: 2 }, wholeGb: true },
  c4a: { perCpu: TWO_PER_CPU, arm: true },
  c4d: { perCpu: { standard: 3.875, highmem: 7.875, highcpu: 1.875 }, wholeGb: true },
  e2: { perCpu: USUAL },
  g2: { perCpu: { standard: 4 } },
  n1: { perCpu: { standard: 3.75, highmem: 6.5, highcpu: 0.9 } },
  n2: { perCpu: USUAL },
  n2d: { perCpu: USUAL },
  n4: { perCpu: TWO_PER_CPU },
  n4a: { perCpu: TWO_PER_CPU, arm: true },
  n4d: { perCpu: TWO_PER_CPU },
  t2a: { perCpu: { standard: 4 }, arm: true },
  t2d: { perCpu: { standard: 4 } },
};

/** From 30 vCPUs on, c3d-highcpu has 59 GB for each 30. Source: that of the general-purpose machines. */
const LARGE_C3D_HIGHCPU = { from: 30, perCpu: 59 / 30 };

/** vCPUs and GB for each GPU, which the type's name counts. Source: that of the accelerator-optimized machines. */
const PER_GPU: Readonly<Record<string, { readonly cpus: number; readonly gb: number }>> = {
  "a2-highgpu": { cpus: 12, gb: 85 },
  "a2-ultragpu": { cpus: 12, gb: 170 },
};

/** Source: that of the general-purpose machines. */
const SHARED_CORE: Readonly<Record<string, { readonly cpus: number; readonly gb: number }>> = {
  "e2-micro": { cpus: 2, gb: 1 },
  "e2-small": { cpus: 2, gb: 2 },
  "e2-medium": { cpus: 2, gb: 4 },
};

const MI_PER_GB = 1024;

/**
 * What a machine type has, as far as its name tells.
 *
 * @param name `c3d-standard-16`, `n2-custom-4-8192`
 * @returns undefined for one that is not known here, which says nothing against it
 */
export function machineTypeOf(name: string): MachineType | undefined {
  return sharedCore(name) ?? custom(name) ?? withGpus(name) ?? predefined(name);
}

const plain = { architecture: "amd64", sharedCore: false, fixedLocalSsds: false } as const;

function sharedCore(name: string): MachineType | undefined {
  const known = SHARED_CORE[name];
  return known && { ...plain, cpus: known.cpus, memoryMi: known.gb * MI_PER_GB, sharedCore: true };
}

/** `SERIES-custom-VCPUS-MIB`; without a series it is N1. https://docs.cloud.google.com/compute/docs/instances/creating-instance-with-custom-machine-type */
function custom(name: string): MachineType | undefined {
  const [, series = "n1", cpus, memoryMi] =
    /^(?:([a-z]\d[a-z]?)-)?custom-(\d+)-(\d+)(?:-ext)?$/.exec(name) ?? [];
  const family = FAMILIES[series];
  if (cpus === undefined || memoryMi === undefined || family === undefined) return undefined;
  return {
    ...plain,
    cpus: Number(cpus),
    memoryMi: Number(memoryMi),
    architecture: family.arm ? "arm64" : "amd64",
  };
}

function withGpus(name: string): MachineType | undefined {
  const [, kind = "", count] = /^(a2-[a-z]+)-(\d+)g$/.exec(name) ?? [];
  const each = PER_GPU[kind];
  if (count === undefined || each === undefined) return undefined;
  return {
    ...plain,
    cpus: each.cpus * Number(count),
    memoryMi: each.gb * Number(count) * MI_PER_GB,
    fixedLocalSsds: kind === "a2-ultragpu",
  };
}

function predefined(name: string): MachineType | undefined {
  const [, series = "", kind = "", count, suffix] =
    /^([a-z]\d[a-z]?)-(standard|highmem|highcpu)-(\d+)(-lssd)?$/.exec(name) ?? [];
  const family = FAMILIES[series];
  const cpus = Number(count);
  const large = series === "c3d" && kind === "highcpu" && cpus >= LARGE_C3D_HIGHCPU.from;
  const perCpu = large ? LARGE_C3D_HIGHCPU.perCpu : family?.perCpu[kind];
  if (family === undefined || perCpu === undefined || !(cpus > 0)) return undefined;
  const gb = cpus * perCpu;
  return {
    cpus,
    memoryMi: Math.round((family.wholeGb ? Math.floor(gb) : gb) * MI_PER_GB),
    architecture: family.arm ? "arm64" : "amd64",
    sharedCore: false,
    fixedLocalSsds: suffix !== undefined,
  };
}
