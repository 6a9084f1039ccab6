import type * as pulumi from "@pulumi/pulumi";

/** What one container asks of its node, in Kubernetes quantities. */
export interface ContainerResources {
  /** CPU: `"500m"`, `"4"`. */
  readonly cpu: pulumi.Input<string>;
  /** Memory: `"512Mi"`, `"8Gi"`; also the limit. */
  readonly memory: pulumi.Input<string>;
}

/**
 * `resources` of a container. Memory is limited to what is asked for, since a node cannot take it back; CPU is not,
 * since an idle core is of no use to anybody.
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
