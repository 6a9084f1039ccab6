import {
  autopilotWarnings,
  cpuText,
  gibText,
  availableForPods,
  type NodeSize,
  type Packing,
  type PodRequest,
  type Resource,
} from "../capacity/index.ts";
import { shown } from "../validation/index.ts";
import { mostEncoders } from "../workloads/scaling.ts";
import {
  amountText,
  encoderRequest,
  isAutopilot,
  poolsOfEncoders,
  type PoolCapacity,
  type CapacityArguments,
} from "./capacity.ts";
import { encoderPlacement } from "./clusters.ts";

/** CPU of a full node that may be idle before it is worth a word. */
export const TOLERABLE_WASTE = 0.1;

/** Warns of idle or insufficient capacity, with figures. For arguments without {@link capacityProblems}. */
export function capacityWarnings(args: CapacityArguments): string[] {
  if (args.ownClusters === undefined || mostEncoders(args.encoders ?? {}) === 0) return [];
  const request = encoderRequest(args);
  if (isAutopilot(args)) return autopilotWarnings(request, encoderPlacement(args) ?? {});
  const pools = poolsOfEncoders(args);
  const most = mostEncoders(args.encoders ?? {});
  return [...pools.flatMap((one) => poolWarnings(one, request, most)), ...shortage(pools, most)];
}

function poolWarnings({ pool, size, packing }: PoolCapacity, request: PodRequest, most: number): string[] {
  const at = `encoder pool ${shown(pool.name)} (${pool.machineType})`;
  if (size === undefined) {
    return [`${at}: the size of this machine type is not known here, so whether encoders fit is not judged.`];
  }
  if (packing === undefined) return [];
  const { podsPerNode, idleCpu, scarce } = packing;
  // With no pod of ours on a node it is a resource that is scarce, not the number of pods.
  if (podsPerNode === 0 && scarce !== "pods") {
    return [
      `${at}: its nodes leave about ${amountText(scarce, availableForPods(size, scarce) ?? 0)} of ${NAMES[scarce]} beside GKE's own pods, ` +
        `an encoder asks for ${amountText(scarce, request[scarce] ?? 0)}: none fits.`,
    ];
  }
  if (idleCpu < TOLERABLE_WASTE) return [];
  const cpus = cpuText(size.capacity.milliCpus);
  return [
    `${at}: ${counted(podsPerNode, "encoder")} of ${cpuText(request.milliCpus ?? 0)} CPU to a node, ` +
      `which leaves ${Math.round(idleCpu * 100)} % of its ${cpus} CPUs idle; ` +
      `up to ${counted(most, "encoder")} take ${counted(Math.ceil(most / podsPerNode), "node")}. ` +
      advice(request, size, packing),
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const NAMES: Record<Resource, string> = { milliCpus: "CPU", memoryMi: "memory", storageMi: "scratch space" };

/** How to fit one more pod. If CPU is short, the encoders' request is easiest to change. */
function advice(request: PodRequest, size: NodeSize, { podsPerNode, scarce }: Packing): string {
  if (scarce === "pods") return "Ask for more CPU each, or choose a smaller machine.";
  const there = availableForPods(size, scarce) ?? 0;
  const each = there / (podsPerNode + 1);
  if (scarce !== "milliCpus") {
    return `There is room for ${podsPerNode + 1} where each asks for ${gibText(each)} of ${NAMES[scarce]} at most, or where the nodes have more.`;
  }
  const less = Math.floor(each / 50) * 50;
  const more = Math.floor(there / podsPerNode / 50) * 50;
  const larger = more > (request.milliCpus ?? 0) ? `, and ${podsPerNode} of ${cpuText(more)}` : "";
  return `${podsPerNode + 1} of ${cpuText(less)} CPU would fit${larger}.`;
}

/** More encoders than all pools together have room for. */
function shortage(pools: readonly PoolCapacity[], most: number): string[] {
  if (pools.length === 0 || pools.some(({ packing }) => packing === undefined)) return [];
  const room = pools.map(({ pool, packing }) => ({
    pool,
    pods: (packing?.podsPerNode ?? 0) * pool.maxNodes,
  }));
  const sum = room.reduce((total, { pods }) => total + pods, 0);
  if (sum >= most) return [];
  const each = room.map(({ pool, pods }) => `${pool.name} ${pods} on ${pool.maxNodes} nodes`).join(", ");
  return [
    `encoders: ${most} may be asked for in each region, and the pools have room for ${sum} (${each}): the others stay Pending. Raise maxNodes, or lower scaling.maxReplicas.`,
  ];
}
