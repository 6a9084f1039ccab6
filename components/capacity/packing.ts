import { PODS_PER_NODE, SYSTEM_PODS, type Amounts, type NodeSize } from "./allocatable.ts";

/** Resource requests of one pod. Undefined: not known before deployment, or irrelevant. */
export interface PodRequest {
  readonly milliCpus: number | undefined;
  readonly memoryMi: number | undefined;
  readonly storageMi: number | undefined;
}

export type Resource = keyof Amounts;
const RESOURCES = ["milliCpus", "memoryMi", "storageMi"] as const satisfies readonly Resource[];

/** How many pods of one kind fit on one node. */
export interface Packing {
  /** Pods that fit beside the system pods. */
  readonly podsPerNode: number;
  /** The resource that prevents one more pod. */
  readonly scarce: Resource | "pods";
  /** Share of the machine's CPU that no encoder pod requests when the node is full; 0 to 1. */
  readonly idleCpu: number;
}

/** What GKE's own pods leave of a node's allocatable resource. */
export const availableForPods = (size: NodeSize, resource: Resource): number | undefined => {
  const available = size.allocatable[resource];
  return available === undefined ? undefined : Math.max(0, available - SYSTEM_PODS[resource]);
};

/** Resources of which a pod requests more than a node of that size has, with only GKE's own pods on it. */
export const exceededResources = (request: PodRequest, size: NodeSize): Resource[] =>
  RESOURCES.filter((resource) => {
    const [wanted, available] = [request[resource], availableForPods(size, resource)];
    return wanted !== undefined && available !== undefined && wanted > available;
  });

/** How many pods fit on a node, and what is left over. Undefined if the CPU request is not known. */
export function packPods(request: PodRequest, size: NodeSize): Packing | undefined {
  const { milliCpus } = request;
  if (milliCpus === undefined || milliCpus <= 0) return undefined;
  let podsPerNode: number = PODS_PER_NODE - SYSTEM_PODS.pods;
  let scarce: Packing["scarce"] = "pods";
  for (const resource of RESOURCES) {
    const [wanted, available] = [request[resource], availableForPods(size, resource)];
    if (wanted === undefined || available === undefined || wanted <= 0) continue;
    const fit = Math.floor(available / wanted);
    if (fit < podsPerNode) [podsPerNode, scarce] = [fit, resource];
  }
  return { podsPerNode, scarce, idleCpu: 1 - (podsPerNode * milliCpus) / size.capacity.milliCpus };
}
