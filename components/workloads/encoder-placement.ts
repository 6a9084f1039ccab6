import { POOL_KEY } from "../cluster/pool-labels.ts";
import { shown, sorted, wholeNumberProblems, type Problem } from "../validation/index.ts";
import type { EncoderPlacement, Toleration } from "./encoder-pool-args.ts";
import { kubernetesNameProblems } from "../kubernetes/kubernetes-name.ts";
import { LIMITS } from "./limits.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const SPOT = "cloud.google.com/gke-spot";
const NO_SCHEDULE = "NoSchedule";

/** GKE keeps these seconds of a Spot node's notice for system pods. */
const SYSTEM_SECONDS = 15;

/** Seconds of grace that a Spot node leaves an ordinary pod; undefined where nodes stay. */
export function spotGraceSeconds({ spot, spotNoticeSeconds }: EncoderPlacement): number | undefined {
  if (spot !== true) return undefined;
  return (spotNoticeSeconds ?? LIMITS.spotNoticeSeconds.default) - SYSTEM_SECONDS;
}

/**
 * Whether workers have to be told that they are on Spot nodes, which have them hand back within seconds. A longer
 * notice is in their grace.
 */
export const isShortOfNotice = ({ spot = false, spotNoticeSeconds }: EncoderPlacement): boolean =>
  spot && (spotNoticeSeconds ?? 0) <= LIMITS.spotNoticeSeconds.default;

/**
 * What of a pod says where it runs. Taints of Arm, GPU and gVisor nodes are GKE's own.
 *
 * Sources: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/prepare-arm-workloads-for-deployment,
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/gpus,
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/sandbox-pods
 */
export function placementFields(placement: EncoderPlacement) {
  const { nodePools = [], spot = false, gpus = 0, arm = false, gvisor = false } = placement;
  const onSpotLabel = spot && nodePools.length === 0;
  const nodeSelector = {
    ...(onSpotLabel && { [SPOT]: "true" }),
    ...(arm && { "kubernetes.io/arch": "arm64" }),
    ...placement.nodeSelector,
  };
  const borne: Toleration[] = [
    ...nodePools.map((value) => ({ key: POOL_KEY, value, effect: NO_SCHEDULE })),
    ...(onSpotLabel ? [{ key: SPOT, value: "true", effect: NO_SCHEDULE }] : []),
    ...(arm ? [{ key: "kubernetes.io/arch", value: "arm64", effect: NO_SCHEDULE }] : []),
    ...(gpus > 0 ? [{ key: "nvidia.com/gpu", effect: NO_SCHEDULE }] : []),
    ...(gvisor ? [{ key: "sandbox.gke.io/runtime", value: "gvisor", effect: NO_SCHEDULE }] : []),
    ...sorted(placement.tolerations ?? [], ({ key, value = "", effect = "" }) =>
      [key, value, effect].join(" "),
    ),
  ];
  const tolerations = borne.map(({ key, value, effect }) => ({
    key,
    ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
    ...withoutUndefined({ effect }),
  }));
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
    ...(nodePools.length > 0 && { affinity: { nodeAffinity: inPools(nodePools) } }),
    ...(gvisor && { runtimeClassName: "gvisor" }),
  };
}

/** In one of the pools, and rather in an earlier one. */
function inPools(pools: readonly string[]) {
  const among = (values: readonly string[]) => ({
    matchExpressions: [{ key: POOL_KEY, operator: "In", values: [...values] }],
  });
  return {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [among(pools)] },
    ...(pools.length > 1 && {
      preferredDuringSchedulingIgnoredDuringExecution: pools
        .slice(0, -1)
        .map((pool, index) => ({ weight: 100 - index, preference: among([pool]) })),
    }),
  };
}

/** Of the driver that GKE puts on GPU nodes. */
export const GPU_VARIABLES = { LD_LIBRARY_PATH: "/usr/local/nvidia/lib64" };

/** Problems of the encoders' placement; paths are relative to it. */
export function placementProblems(placement: EncoderPlacement): Problem[] {
  const { nodePools = [], spotNoticeSeconds, gpus } = placement;
  return [
    ...nodePools.flatMap((pool, index) => [
      ...kubernetesNameProblems(`nodePools[${index}]`, pool),
      ...(nodePools.indexOf(pool) === index
        ? []
        : [
            {
              path: `nodePools[${index}]`,
              given: shown(pool),
              allowed: "each pool once",
              fix: "remove the repeated pool",
            },
          ]),
    ]),
    ...(spotNoticeSeconds === undefined
      ? []
      : [
          ...wholeNumberProblems("spotNoticeSeconds", spotNoticeSeconds, LIMITS.spotNoticeSeconds),
          ...(placement.spot === true
            ? []
            : [
                {
                  path: "spotNoticeSeconds",
                  given: shown(spotNoticeSeconds),
                  allowed: "nothing",
                  because: "the nodes are not Spot.",
                  fix: "leave it out, or set spot: true",
                },
              ]),
        ]),
    ...(gpus === undefined ? [] : wholeNumberProblems("gpus", gpus, { min: 1, max: 8 })),
  ];
}
