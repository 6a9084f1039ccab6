import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { EncoderNodePool, SystemNodePool } from "./encoder-cluster-args.ts";
import { POOL_KEY } from "./pool-labels.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Name of the pool of everything that is no encoder. */
export const SYSTEM_POOL = "system";

/** Settings shared by all pools of a cluster. */
export interface PoolSurroundings {
  readonly projectId: string;
  readonly region: string;
  readonly cluster: pulumi.Input<string>;
  readonly nodeAccountEmail: pulumi.Input<string>;
  readonly nodeTag: pulumi.Input<string>;
  readonly labels: Record<string, pulumi.Input<string>>;
  readonly disposable: boolean;
}

/** Of pools that do not say otherwise. */
export const POOL_DEFAULTS = { diskSizeGb: 100 } as const;

type PoolArgs = gcp.container.NodePoolArgs;
type NodeConfig = Exclude<PoolArgs["nodeConfig"], undefined>;

const KUBELET = { insecureKubeletReadonlyPortEnabled: "FALSE" };
/** Seconds of a Spot node's notice that are for system pods. */
const CRITICAL_PODS_SECONDS = 15;

function poolOf(
  surroundings: PoolSurroundings,
  args: Omit<PoolArgs, "cluster" | "nodeConfig">,
  nodeConfig: object,
): PoolArgs {
  const common = {
    serviceAccount: surroundings.nodeAccountEmail,
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    tags: [surroundings.nodeTag],
    resourceLabels: surroundings.labels,
    // Pods get tokens of their own identity from the metadata server, never the node's.
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    gcfsConfig: { enabled: true },
    gvnic: { enabled: true },
    kubeletConfig: KUBELET,
    ...nodeConfig,
  } satisfies NodeConfig;
  return {
    project: surroundings.projectId,
    location: surroundings.region,
    cluster: surroundings.cluster,
    management: { autoRepair: true, autoUpgrade: true },
    networkConfig: { enablePrivateNodes: true },
    nodeConfig: common,
    deletionPolicy: surroundings.disposable ? "DELETE" : "PREVENT",
    ...args,
  };
}

/** The pool of coordinators, KEDA and system pods. */
export function systemPoolArgs(surroundings: PoolSurroundings, pool: SystemNodePool): PoolArgs {
  return poolOf(
    surroundings,
    {
      autoscaling: {
        minNodeCount: pool.minNodesPerZone ?? 1,
        maxNodeCount: pool.maxNodesPerZone ?? 3,
        locationPolicy: "BALANCED",
      },
      upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
    },
    { machineType: pool.machineType ?? "e2-standard-4", labels: { [POOL_KEY]: SYSTEM_POOL } },
  );
}

/** How long drained nodes are kept, so that an upgrade can be rolled back. */
const SOAK = "3600s";

/** A pool of encoders. Nothing else is scheduled there: its taint keeps all others away. */
export function encoderPoolArgs(surroundings: PoolSurroundings, pool: EncoderNodePool): PoolArgs {
  const { name, machineType, spot = true, gpu, localSsdCount = 0, gvisor = false } = pool;
  return poolOf(
    surroundings,
    {
      ...withoutUndefined({ nodeLocations: pool.zones }),
      autoscaling: {
        totalMinNodeCount: pool.minNodes ?? 0,
        totalMaxNodeCount: pool.maxNodes,
        // Spot capacity is where it is.
        locationPolicy: spot ? "ANY" : "BALANCED",
      },
      upgradeSettings: spot
        ? // There may be no quota for one more GPU.
          { strategy: "SURGE", maxSurge: gpu ? 0 : 1, maxUnavailable: gpu ? 1 : 0 }
        : {
            strategy: "BLUE_GREEN",
            blueGreenSettings: {
              standardRolloutPolicy: { batchPercentage: 1, batchSoakDuration: "0s" },
              nodePoolSoakDuration: SOAK,
            },
          },
    },
    {
      machineType,
      spot,
      diskSizeGb: pool.diskSizeGb ?? POOL_DEFAULTS.diskSizeGb,
      labels: { [POOL_KEY]: name },
      taints: [{ key: POOL_KEY, value: name, effect: "NO_SCHEDULE" }],
      ...(localSsdCount > 0 && { ephemeralStorageLocalSsdConfig: { localSsdCount } }),
      ...(gpu && {
        guestAccelerators: [
          {
            type: gpu.type,
            count: gpu.count ?? 1,
            gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" },
          },
        ],
      }),
      ...(gvisor && { sandboxConfig: { type: "GVISOR" } }),
      ...(pool.spotNoticeSeconds !== undefined && {
        kubeletConfig: {
          ...KUBELET,
          shutdownGracePeriodSeconds: pool.spotNoticeSeconds,
          shutdownGracePeriodCriticalPodsSeconds: CRITICAL_PODS_SECONDS,
        },
      }),
    },
  );
}
