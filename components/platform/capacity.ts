import {
  autopilotProblems,
  autopilotScratchGib,
  exceededResources,
  cpuText,
  gibText,
  machineTypeOf,
  mebibytesOf,
  milliCpusOf,
  nodeSize,
  packPods,
  availableForPods,
  type NodeSize,
  type Packing,
  type PodRequest,
  type Resource,
} from "../capacity/index.ts";
import { ClusterMode, type EncoderNodePool } from "../cluster/index.ts";
import { POOL_DEFAULTS } from "../cluster/node-pools.ts";
import { prefixPaths, shown, type Problem } from "../validation/index.ts";
import { DEFAULT_RESOURCES, DEFAULT_SCRATCH } from "../workloads/encoder-pod.ts";
import type { EncoderPlacement } from "../workloads/index.ts";
import { mostEncoders } from "../workloads/scaling.ts";
import { encoderPlacement } from "./clusters.ts";
import type { MpegFlowPlatformArgs } from "./platform-args.ts";

/** Arguments that determine nodes, and the pods that run on them. */
export type CapacityArguments = Pick<MpegFlowPlatformArgs, "ownClusters" | "encoders">;

/** A node pool that encoders may run in, and how many of them fit. */
export interface PoolCapacity {
  readonly pool: EncoderNodePool;
  /** Undefined for a machine type that is not known here. */
  readonly size: NodeSize | undefined;
  /** Undefined where size or request are not known. */
  readonly packing: Packing | undefined;
}

/** Resource requests of one encoder, as far as they are known. */
export function encoderRequest(args: CapacityArguments): PodRequest {
  const { cpu, memory } = args.encoders?.resources ?? DEFAULT_RESOURCES;
  const scratch =
    args.encoders?.scratchStorageClass === undefined ? (scratchOf(args) ?? DEFAULT_SCRATCH) : "0";
  return {
    milliCpus: typeof cpu === "string" ? milliCpusOf(cpu) : undefined,
    memoryMi: typeof memory === "string" ? mebibytesOf(memory) : undefined,
    storageMi: typeof scratch === "string" ? mebibytesOf(scratch) : undefined,
  };
}

/** The scratch space that encoders are told to ask for: in Autopilot no more than it gives. */
export function scratchOf(args: CapacityArguments) {
  const { scratch, scratchStorageClass } = args.encoders ?? {};
  if (scratch !== undefined || scratchStorageClass !== undefined || !isAutopilot(args)) return scratch;
  const most = autopilotScratchGib(args.encoders?.placement ?? {});
  return most === undefined ? undefined : `${most}Gi`;
}

export const isAutopilot = ({ ownClusters }: CapacityArguments): boolean =>
  ownClusters?.mode === ClusterMode.Autopilot;

/** The declared pools whose nodes take encoders, by names, taints and processors. */
export function poolsOfEncoders(args: CapacityArguments): PoolCapacity[] {
  const placement = encoderPlacement(args) ?? {};
  const request = encoderRequest(args);
  return (args.ownClusters?.encoderPools ?? [])
    .filter((pool) => acceptsEncoders(pool, placement))
    .map((pool) => {
      const machine = machineTypeOf(pool.machineType);
      const size =
        machine &&
        nodeSize(machine, {
          bootDiskGb: pool.diskSizeGb ?? POOL_DEFAULTS.diskSizeGb,
          localSsds: pool.localSsdCount ?? 0,
        });
      return { pool, size, packing: size && withGpus(packPods(request, size), pool, placement) };
    });
}

/** Encoders do not share GPUs. */
function withGpus(
  packing: Packing | undefined,
  { gpu }: EncoderNodePool,
  { gpus = 0 }: EncoderPlacement,
): Packing | undefined {
  const most = gpus > 0 ? Math.floor((gpu?.count ?? 1) / gpus) : Infinity;
  if (packing === undefined || packing.podsPerNode <= most) return packing;
  // GPUs are what such a node is paid for: they are all in use.
  return { podsPerNode: most, scarce: "pods", idleCpu: 0 };
}

/** GKE taints nodes with GPUs, Arm processors or gVisor, and pods that need one of these find it nowhere else. */
function acceptsEncoders(pool: EncoderNodePool, placement: EncoderPlacement): boolean {
  const { nodePools = [], gpus = 0, arm = false, gvisor = false, tolerations = [] } = placement;
  const architecture = machineTypeOf(pool.machineType)?.architecture;
  const special = [
    { key: "nvidia.com/gpu", wanted: gpus > 0, there: pool.gpu !== undefined },
    {
      key: "kubernetes.io/arch",
      wanted: arm,
      there: architecture === undefined ? arm : architecture === "arm64",
    },
    { key: "sandbox.gke.io/runtime", wanted: gvisor, there: pool.gvisor === true },
  ];
  return (
    (nodePools.length === 0 || nodePools.includes(pool.name)) &&
    (gpus === 0 || (pool.gpu?.count ?? 1) >= gpus) &&
    special.every(
      ({ key, wanted, there }) => wanted === there || (!wanted && tolerations.some((one) => one.key === key)),
    )
  );
}

/**
 * Encoders that no node could ever take. Nothing is claimed of clusters that are given, of pools that are declared
 * elsewhere, and of machine types that are not known here.
 */
export function capacityProblems(args: CapacityArguments): Problem[] {
  if (args.ownClusters === undefined || mostEncoders(args.encoders ?? {}) === 0) return [];
  const request = encoderRequest(args);
  const placement = encoderPlacement(args) ?? {};
  if (isAutopilot(args)) return prefixPaths("encoders", autopilotProblems(request, placement));
  const declared = args.ownClusters.encoderPools ?? [];
  const elsewhere = (placement.nodePools ?? []).some((name) => declared.every((pool) => pool.name !== name));
  if (declared.length === 0 || elsewhere) return [];
  const pools = poolsOfEncoders(args);
  if (pools.length === 0) return [nowhere(declared, placement)];
  if (!pools.every(({ size }) => size !== undefined && exceededResources(request, size).length > 0))
    return [];
  return prefixPaths("encoders", unsatisfiableProblem(request, pools));
}

const PATHS: Record<Resource, string> = {
  milliCpus: "resources.cpu",
  memoryMi: "resources.memory",
  storageMi: "scratch",
};
/** An amount as people write it. */
export const amountText = (resource: Resource, amount: number): string =>
  resource === "milliCpus" ? cpuText(amount) : gibText(amount);
const FIXES: Record<Resource, string> = {
  milliCpus: "lower it, or choose a larger machineType",
  memoryMi: "lower it, or choose a machineType with more memory",
  storageMi: "lower it, raise the pools' diskSizeGb, or give them local SSDs",
};

/** By resource, where the pools that could take most of it still could not take this. */
function unsatisfiableProblem(request: PodRequest, pools: readonly PoolCapacity[]): Problem[] {
  const wrong = new Set(pools.flatMap(({ size }) => (size ? exceededResources(request, size) : [])));
  return [...wrong].map((resource) => ({
    path: PATHS[resource],
    given: shown(amountText(resource, request[resource] ?? 0)),
    allowed: `at most ${pools
      .flatMap(({ pool, size }) => {
        const there = size && availableForPods(size, resource);
        return there === undefined ? [] : [`${amountText(resource, there)} in pool ${pool.name}`];
      })
      .join(", ")}`,
    because:
      "that is about what GKE and its own pods on every node leave of those machines and disks: no node could ever take an encoder, however many there are.",
    fix: FIXES[resource],
  }));
}

function nowhere(declared: readonly EncoderNodePool[], placement: EncoderPlacement): Problem {
  const { gpus = 0, arm = false, gvisor = false } = placement;
  const wanted = [
    ...(gpus > 0 ? [`${gpus} GPU${gpus === 1 ? "" : "s"}`] : []),
    ...(arm ? ["Arm"] : []),
    ...(gvisor ? ["gVisor"] : []),
  ];
  const what = wanted.length > 0 ? wanted.join(", ") : "neither GPU nor Arm nor gVisor";
  return {
    path: "encoders.placement",
    given: `encoders with ${what} in pools ${(placement.nodePools ?? []).map(shown).join(", ")}`,
    allowed: `a pool with ${what}; there are ${declared.map(describePool).join("; ")}`,
    because: "GKE keeps other pods off nodes with GPUs, Arm processors or gVisor, and the reverse.",
    fix: "add such a pool to ownClusters.encoderPools, or change encoders.placement",
  };
}

const describePool = ({ name, machineType, gpu, gvisor }: EncoderNodePool): string =>
  [
    `${shown(name)}: ${machineType}`,
    ...(gpu ? [`${gpu.count ?? 1} ${gpu.type}`] : []),
    ...(gvisor ? ["gVisor"] : []),
  ].join(", ");
