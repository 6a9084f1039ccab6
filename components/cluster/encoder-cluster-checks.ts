import { machineTypeOf } from "../capacity/index.ts";
import {
  prefixPaths,
  labelProblems,
  oneOfProblems,
  regionProblems,
  shown,
  wholeNumberProblems,
  type Problem,
} from "../validation/index.ts";
import {
  ClusterMode,
  ReleaseChannel,
  type ClusterBackup,
  type EncoderClusterArgs,
  type EncoderNodePool,
  type MaintenanceWindow,
  type SystemNodePool,
} from "./encoder-cluster-args.ts";
import { imageRepositoryProblems } from "./image-repositories.ts";
import { POOL_DEFAULTS, SYSTEM_POOL } from "./node-pools.ts";
import { zoneProblems } from "./zones.ts";

const REGIONAL = "write the region's name; clusters are regional, so that a zone can be lost";

/** Problems of the arguments, as far as they are known in advance. */
export function encoderClusterProblems(name: string, args: EncoderClusterArgs): Problem[] {
  const { mode = ClusterMode.Standard, releaseChannel = ReleaseChannel.Regular } = args;
  const { clusterName, nodeAccountId } = clusterNames(name, args);
  return [
    ...clusterNameProblems("clusterName", clusterName),
    ...nodeAccountProblems("nodeAccountId", nodeAccountId),
    ...regionProblems("region", args.region, REGIONAL),
    ...labelProblems(args.labels ?? {}),
    ...oneOfProblems("mode", mode, ClusterMode),
    ...oneOfProblems("releaseChannel", releaseChannel, ReleaseChannel),
    ...(mode === ClusterMode.Autopilot ? autopilotProblems(args) : poolsProblems(args.encoderPools ?? [])),
    ...zoneProblems(args.region, args.encoderPools ?? []),
    ...imageRepositoryProblems("imageRepositories", args.imageRepositories ?? []),
    ...prefixPaths("systemPool", systemPoolProblems(args.systemPool ?? {})),
    ...(args.maintenanceWindow
      ? prefixPaths("maintenanceWindow", windowProblems(args.maintenanceWindow))
      : []),
    ...(args.backup ? prefixPaths("backup", backupProblems(args.region, args.backup)) : []),
  ];
}

function clusterNameProblems(path: string, clusterName: string): Problem[] {
  if (/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(clusterName)) return [];
  return [
    {
      path,
      given: shown(clusterName),
      allowed: "2 to 40 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
      because: "the cluster is named so.",
      fix: "set clusterName",
    },
  ];
}

function nodeAccountProblems(path: string, accountId: string): Problem[] {
  if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(accountId)) return [];
  return [
    {
      path,
      given: shown(accountId),
      allowed: "6 to 30 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
      because: "it is the id of the nodes' service account.",
      fix: "set nodeAccountId",
    },
  ];
}

/** The names of what Google sees. */
export function clusterNames(name: string, args: Pick<EncoderClusterArgs, "clusterName" | "nodeAccountId">) {
  const clusterName = args.clusterName ?? name;
  return { clusterName, nodeAccountId: args.nodeAccountId ?? `${clusterName}-nodes` };
}

function autopilotProblems({ encoderPools, systemPool }: EncoderClusterArgs): Problem[] {
  const given = [...(encoderPools ? ["encoderPools"] : []), ...(systemPool ? ["systemPool"] : [])];
  return given.map((path) => ({
    path,
    given: `${path} with mode ${ClusterMode.Autopilot}`,
    allowed: `node pools with mode ${ClusterMode.Standard} only`,
    because: "in Autopilot Google makes the nodes.",
    fix: "leave it out, or choose the mode Standard",
  }));
}

function poolsProblems(pools: readonly EncoderNodePool[]): Problem[] {
  if (pools.length === 0) {
    return [
      {
        path: "encoderPools",
        given: "no pool",
        allowed: "one pool or more",
        fix: 'add one: { name: "spot", machineType: "c3d-standard-16", maxNodes: 20 }',
      },
    ];
  }
  return pools.flatMap((pool, index) => {
    const path = `encoderPools[${index}]`;
    const repeated = pools.findIndex(({ name }) => name === pool.name) !== index;
    return [
      ...prefixPaths(path, poolProblems(pool)),
      ...(repeated
        ? [
            {
              path: `${path}.name`,
              given: shown(pool.name),
              allowed: "each name once",
              fix: "rename one of the pools",
            },
          ]
        : []),
    ];
  });
}

function poolProblems(pool: EncoderNodePool): Problem[] {
  const { minNodes = 0, maxNodes, diskSizeGb = POOL_DEFAULTS.diskSizeGb, localSsdCount = 0, gpu } = pool;
  const found = [
    ...wholeNumberProblems("minNodes", minNodes, { min: 0, max: 1000 }),
    ...wholeNumberProblems("maxNodes", maxNodes, { min: 1, max: 1000 }),
    ...wholeNumberProblems("diskSizeGb", diskSizeGb, { min: 20, max: 65_536 }),
    ...wholeNumberProblems("localSsdCount", localSsdCount, { min: 0, max: 32 }),
    ...(gpu?.count === undefined ? [] : wholeNumberProblems("gpu.count", gpu.count, { min: 1, max: 8 })),
  ];
  if (pool.name === SYSTEM_POOL || !/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(pool.name)) {
    found.push({
      path: "name",
      given: shown(pool.name),
      allowed: `1 to 20 characters of a-z, 0-9 and -, starting with a letter, not ending with -; not ${SYSTEM_POOL}`,
      fix: "give the pool another name",
    });
  }
  if (!/^[a-z][a-z0-9]*-[a-z0-9-]+$/.test(pool.machineType)) {
    found.push({
      path: "machineType",
      given: shown(pool.machineType),
      allowed: "a machine type: c3d-standard-16",
      fix: "write the type's name",
    });
  }
  if (pool.spotNoticeSeconds !== undefined) {
    found.push(...wholeNumberProblems("spotNoticeSeconds", pool.spotNoticeSeconds, { min: 30, max: 120 }));
    if (pool.spot === false) {
      found.push({
        path: "spotNoticeSeconds",
        given: shown(pool.spotNoticeSeconds),
        allowed: "nothing",
        because: "the pool is not Spot: its nodes wait for pods to end.",
        fix: "leave it out, or set spot: true",
      });
    }
  }
  if (pool.gvisor === true && machineTypeOf(pool.machineType)?.architecture === "arm64") {
    found.push({
      path: "gvisor",
      given: `true with ${pool.machineType}`,
      allowed: "gVisor on x86 machines",
      because: "GKE Sandbox does not run on Arm.",
      fix: "leave it out, or choose another machine type",
    });
  }
  if (minNodes > maxNodes) {
    found.push({
      path: "minNodes",
      given: String(minNodes),
      allowed: `at most maxNodes, ${maxNodes}`,
      fix: "lower it, or raise maxNodes",
    });
  }
  return found;
}

function systemPoolProblems({ minNodesPerZone = 1, maxNodesPerZone = 3 }: SystemNodePool): Problem[] {
  return [
    ...wholeNumberProblems("minNodesPerZone", minNodesPerZone, { min: 1, max: 100 }),
    ...wholeNumberProblems("maxNodesPerZone", maxNodesPerZone, { min: minNodesPerZone, max: 100 }),
  ];
}

const HOUR_MILLISECONDS = 3_600_000;
/** Source: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions */
const SHORTEST_WINDOW_HOURS = 4;

function windowProblems({ startTime, endTime, recurrence }: MaintenanceWindow): Problem[] {
  const times = Object.entries({ startTime, endTime }).flatMap(([path, text]): Problem[] =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
      ? []
      : [
          {
            path,
            given: shown(text),
            allowed: "a time in RFC 3339: 2026-01-03T02:00:00Z",
            fix: "write date, time and zone",
          },
        ],
  );
  const recurs: Problem[] = /^FREQ=(DAILY|WEEKLY|MONTHLY)(;[A-Z]+=[A-Z0-9,+-]+)*$/.test(recurrence)
    ? []
    : [
        {
          path: "recurrence",
          given: shown(recurrence),
          allowed: "a rule of RFC 5545: FREQ=WEEKLY;BYDAY=SA,SU",
          fix: "say how the window recurs",
        },
      ];
  const hours = (Date.parse(endTime) - Date.parse(startTime)) / HOUR_MILLISECONDS;
  if (times.length > 0 || hours >= SHORTEST_WINDOW_HOURS) return [...times, ...recurs];
  return [
    ...recurs,
    {
      path: "endTime",
      given: shown(endTime),
      allowed: `${SHORTEST_WINDOW_HOURS} hours or more after startTime, ${startTime}`,
      fix: "make the window longer",
    },
  ];
}

function backupProblems(region: string, backup: ClusterBackup): Problem[] {
  const found = [
    ...regionProblems("region", backup.region, REGIONAL),
    ...wholeNumberProblems("retainDays", backup.retainDays ?? 14, { min: 1, max: 365 }),
  ];
  if (backup.region === region) {
    found.push({
      path: "region",
      given: shown(backup.region),
      allowed: "another region than the cluster's",
      because: "a backup must survive the loss of its cluster.",
      fix: "name the other region of the bucket's placement",
    });
  }
  if (!/^(\S+ ){4}\S+$/.test(backup.schedule)) {
    found.push({
      path: "schedule",
      given: shown(backup.schedule),
      allowed: 'a cron expression of five fields: "0 3 * * *"',
      fix: "write minute, hour, day, month and weekday",
    });
  }
  return found;
}
