import type * as pulumi from "@pulumi/pulumi";
import { mebibytesOf, milliCpusOf } from "../capacity/index.ts";
import { shown, type Problem } from "../validation/index.ts";

/** Resource requests of one container, in Kubernetes quantities. */
export interface ContainerResources {
  /** CPU: `"500m"`, `"4"`. */
  readonly cpu: pulumi.Input<string>;
  /** Memory: `"512Mi"`, `"8Gi"`; also the limit. */
  readonly memory: pulumi.Input<string>;
}

/**
 * Problems of amounts that are known now. Kubernetes takes CPU in steps of a thousandth, and takes nothing at all too,
 * which lets a pod on any node and gives it nothing there.
 *
 * Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function resourcesProblems(path: string, { cpu, memory }: Partial<ContainerResources>): Problem[] {
  return [...cpuProblems(`${path}.cpu`, cpu), ...memoryProblems(`${path}.memory`, memory)];
}

function cpuProblems(path: string, cpu: pulumi.Input<string> | undefined): Problem[] {
  if (typeof cpu !== "string") return [];
  const thousandths = milliCpusOf(cpu);
  if (thousandths !== undefined && thousandths >= 1 && Number.isInteger(thousandths)) return [];
  return [
    {
      path,
      given: shown(cpu),
      allowed: "a Kubernetes quantity of CPU of 1m or more, in steps of 1m",
      fix: 'use a quantity such as "4" or "500m"',
    },
  ];
}

/** Problems of an amount of memory or disk, if it is known. */
export function memoryProblems(path: string, amount: pulumi.Input<string> | undefined): Problem[] {
  if (typeof amount !== "string" || (mebibytesOf(amount) ?? 0) >= 1) return [];
  return [
    {
      path,
      given: shown(amount),
      allowed: "a Kubernetes quantity of bytes of 1Mi or more",
      fix: 'use a quantity such as "512Mi" or "8Gi"',
    },
  ];
}

/**
 * `resources` of a container. Memory is limited to its request, because a node cannot reclaim it. CPU has no limit, so
 * that idle cores can be used.
 */
export function requirements(
  asked: ContainerResources,
  more: { readonly scratch?: pulumi.Input<string>; readonly gpus?: number } = {},
) {
  const disk = more.scratch === undefined ? {} : { "ephemeral-storage": more.scratch };
  // Of extended resources Kubernetes wants the limit, which is the request too.
  const gpus = (more.gpus ?? 0) > 0 ? { "nvidia.com/gpu": String(more.gpus) } : {};
  return {
    requests: { cpu: asked.cpu, memory: asked.memory, ...disk },
    limits: { memory: asked.memory, ...disk, ...gpus },
  };
}
