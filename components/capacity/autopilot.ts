import { shown, type Problem } from "../validation/index.ts";
import { cpuText, gibText } from "./quantity.ts";
import type { PodRequest } from "./packing.ts";

/** Label of a pod's compute class. */
const CLASS_LABEL = "cloud.google.com/compute-class";
const GPU_LABEL = "cloud.google.com/gke-accelerator";

interface ClassLimits {
  readonly name: string;
  readonly maxCpus: number;
  readonly maxMemoryGib: number;
  /** GiB of memory for each vCPU. */
  readonly ratio: readonly [least: number, most: number];
  readonly maxStorageGib: number;
}

const GENERAL: ClassLimits = {
  name: "general-purpose",
  maxCpus: 30,
  maxMemoryGib: 110,
  ratio: [1, 6.5],
  maxStorageGib: 10,
};
const BALANCED: ClassLimits = {
  name: "Balanced",
  maxCpus: 222,
  maxMemoryGib: 851,
  ratio: [1, 8],
  maxStorageGib: 10,
};

/** Arguments that determine a pod's Autopilot limits. */
export interface AutopilotPlacement {
  readonly gpus?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/**
 * Limits of pod requests in Autopilot. Classes whose limits depend on the machine type have none here.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests
 */
function limitsOf({ gpus = 0, nodeSelector = {} }: AutopilotPlacement): ClassLimits | undefined {
  if (gpus > 0) return undefined;
  const name = nodeSelector[CLASS_LABEL];
  if (name === undefined) return GENERAL;
  return name === BALANCED.name ? BALANCED : undefined;
}

/** The most scratch space on the node, GiB, that Autopilot gives a pod; undefined where nothing is known against more. */
export const autopilotScratchGib = (placement: AutopilotPlacement): number | undefined =>
  limitsOf(placement)?.maxStorageGib;

/** Requests that Autopilot would refuse or reduce. */
export function autopilotProblems(request: PodRequest, placement: AutopilotPlacement): Problem[] {
  const { gpus = 0, nodeSelector = {} } = placement;
  if (gpus > 0 && nodeSelector[GPU_LABEL] === undefined && nodeSelector[CLASS_LABEL] === undefined) {
    return [
      {
        path: "placement.gpus",
        given: shown(gpus),
        allowed: `GPUs with ${GPU_LABEL} in placement.nodeSelector`,
        because: "Autopilot makes nodes with a GPU only for pods that name its type.",
        fix: `set placement.nodeSelector["${GPU_LABEL}"], such as "nvidia-l4"`,
      },
    ];
  }
  const limits = limitsOf(placement);
  if (limits === undefined) return [];
  const { milliCpus, memoryMi, storageMi } = request;
  const most = `of the compute class ${limits.name} in Autopilot`;
  return [
    ...(milliCpus !== undefined && milliCpus > limits.maxCpus * 1000
      ? [
          {
            path: "resources.cpu",
            given: shown(cpuText(milliCpus)),
            allowed: `at most ${limits.maxCpus} CPUs`,
            because: `that is the most ${most}: the pod would be rejected.`,
            fix: `lower it, or choose another class: placement.nodeSelector["${CLASS_LABEL}"]`,
          },
        ]
      : []),
    ...(memoryMi !== undefined && memoryMi > limits.maxMemoryGib * 1024
      ? [
          {
            path: "resources.memory",
            given: shown(gibText(memoryMi)),
            allowed: `at most ${limits.maxMemoryGib}Gi`,
            because: `that is the most ${most}: the pod would be rejected.`,
            fix: `lower it, or choose another class: placement.nodeSelector["${CLASS_LABEL}"]`,
          },
        ]
      : []),
    ...(storageMi !== undefined && storageMi > limits.maxStorageGib * 1024
      ? [
          {
            path: "scratch",
            given: shown(gibText(storageMi)),
            allowed: `at most ${limits.maxStorageGib}Gi on the node's disk`,
            because: `that is the most ${most}: the request is cut down to it, and a worker that writes more is evicted.`,
            fix: "lower it, or give each worker its own volume: scratchStorageClass",
          },
        ]
      : []),
  ];
}

/** Requests that Autopilot would increase, and bill. */
export function autopilotWarnings(request: PodRequest, placement: AutopilotPlacement): string[] {
  const limits = limitsOf(placement);
  const { milliCpus, memoryMi } = request;
  if (limits === undefined || milliCpus === undefined || memoryMi === undefined || milliCpus <= 0) return [];
  const [least, most] = limits.ratio;
  const cpus = milliCpus / 1000;
  const gib = memoryMi / 1024;
  const asked = `encoders: ${cpuText(milliCpus)} CPU with ${gibText(memoryMi)}`;
  const rule = `Autopilot's class ${limits.name} has ${least} to ${most} GiB of memory for each CPU`;
  if (gib < cpus * least) {
    return [
      `${asked}: ${rule}, so each worker is billed ${gibText(cpus * least * 1024)} of memory. Ask for that much.`,
    ];
  }
  if (gib > cpus * most) {
    return [
      `${asked}: ${rule}, so each worker is billed ${(gib / most).toFixed(1)} CPUs. Ask for that many.`,
    ];
  }
  return [];
}
