import { PODS_PER_NODE, SYSTEM_PODS, type Amounts, type NodeSize } from "./allocatable.ts";

/** What one pod asks for. Undefined is what is not known before the cluster is asked, or does not matter. */
export interface PodRequest {
  readonly milliCpus: number | undefined;
  readonly memoryMi: number | undefined;
  readonly storageMi: number | undefined;
}

export type Resource = keyof Amounts;
const RESOURCES = ["milliCpus", "memoryMi", "storageMi"] as const satisfies readonly Resource[];

/** Pods of one kind on one node. */
export interface Packing {
  /** Pods that fit beside the system's own. */
  readonly podsPerNode: number;
  /** What there is too little of for one more. */
  readonly scarce: Resource | "pods";
  /** 0 to 1: what of the machine's CPU no pod of ours asks for when the node is full. */
  readonly idleCpu: number;
}

/** What is left for pods on a node with GKE's own pods. */
export const room = (size: NodeSize, resource: Resource): number | undefined => {
  const there = size.allocatable[resource];
  return there === undefined ? undefined : Math.max(0, there - SYSTEM_PODS[resource]);
};

/** What a pod asks more of than a node of that size could ever give it, with nothing but GKE's own pods on the node. */
export const beyond = (request: PodRequest, size: NodeSize): Resource[] =>
  RESOURCES.filter((resource) => {
    const [wanted, there] = [request[resource], room(size, resource)];
    return wanted !== undefined && there !== undefined && wanted > there;
  });

/** How many pods fit on a node, and what is left over. Undefined where the CPU asked for is not known. */
export function packed(request: PodRequest, size: NodeSize): Packing | undefined {
  const { milliCpus } = request;
  if (milliCpus === undefined || milliCpus <= 0) return undefined;
  let podsPerNode: number = PODS_PER_NODE - SYSTEM_PODS.pods;
  let scarce: Packing["scarce"] = "pods";
  for (const resource of RESOURCES) {
    const [wanted, there] = [request[resource], room(size, resource)];
    if (wanted === undefined || there === undefined || wanted <= 0) continue;
    const fit = Math.floor(there / wanted);
    if (fit < podsPerNode) [podsPerNode, scarce] = [fit, resource];
  }
  return { podsPerNode, scarce, idleCpu: 1 - (podsPerNode * milliCpus) / size.capacity.milliCpus };
}
