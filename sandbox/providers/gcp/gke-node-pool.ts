import { boolean, integer, list, map, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, locationOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";
import { nameOf, sameResource } from "./compute-names.ts";
import { clusterName, enabled, location } from "./gke-fields.ts";

const nodeConfig = object({
  machineType: string(),
  spot: boolean(),
  diskSizeGb: integer({ min: 10 }),
  diskType: string(),
  imageType: string(),
  serviceAccount: string(),
  oauthScopes: list(string()),
  tags: list(string()),
  labels: map(string()),
  resourceLabels: map(string()),
  taints: list(
    object({
      key: string(),
      value: string(),
      effect: string({
        allowed: ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"],
      }),
    }),
  ),
  workloadMetadataConfig: object({
    mode: string({ allowed: ["GCE_METADATA", "GKE_METADATA"] }),
  }),
  shieldedInstanceConfig: object({ enableSecureBoot: boolean(), enableIntegrityMonitoring: boolean() }),
  gcfsConfig: enabled(),
  gvnic: enabled(),
  kubeletConfig: object({
    insecureKubeletReadonlyPortEnabled: string({ allowed: ["TRUE", "FALSE"] }),
    cpuManagerPolicy: string({ allowed: ["none", "static"] }),
    podPidsLimit: integer({ min: 1024, max: 4_194_304 }),
    shutdownGracePeriodSeconds: integer({ min: 0 }),
    shutdownGracePeriodCriticalPodsSeconds: integer({ min: 0 }),
  }),
  ephemeralStorageLocalSsdConfig: object({ localSsdCount: integer({ min: 0 }) }),
  guestAccelerators: list(
    object({
      type: string(),
      count: integer({ min: 1 }),
      gpuDriverInstallationConfig: object({
        gpuDriverVersion: string({
          allowed: ["INSTALLATION_DISABLED", "DEFAULT", "LATEST"],
        }),
      }),
    }),
  ),
  sandboxConfig: object({ type: string({ allowed: ["GVISOR"] }) }),
});

function poolProblems(inputs: Properties): string[] {
  const scaling = objectOf(inputs["autoscaling"]);
  const perZone = ["minNodeCount", "maxNodeCount"].some((key) => scaling[key] !== undefined);
  const inAll = ["totalMinNodeCount", "totalMaxNodeCount"].some((key) => scaling[key] !== undefined);
  const upgrade = objectOf(inputs["upgradeSettings"]);
  return [
    ...(perZone && inAll ? ["autoscaling takes limits per zone or in total, not both"] : []),
    ...(upgrade["strategy"] === "BLUE_GREEN" &&
    (upgrade["maxSurge"] !== undefined || upgrade["maxUnavailable"] !== undefined)
      ? ["upgradeSettings: maxSurge and maxUnavailable are of the strategy SURGE"]
      : []),
    ...(inputs["nodeCount"] !== undefined && inputs["autoscaling"] !== undefined
      ? ["nodeCount conflicts with autoscaling"]
      : []),
  ];
}

const clusterOf = (inputs: Properties): string => (textOf(inputs["cluster"]) ?? "").replace(/^.*\//, "");

/** https://www.pulumi.com/registry/packages/gcp/api-docs/container/nodepool/ */
export const gkeNodePool: ResourceModel = withDeletionPolicy(
  recorded({
    type: "gcp:container/nodePool:NodePool",
    fields: {
      name: clusterName,
      project,
      location,
      cluster: string({ same: sameResource }),
      nodeLocations: list(string()),
      initialNodeCount: integer({ min: 0 }),
      nodeCount: integer({ min: 0 }),
      maxPodsPerNode: integer({ min: 8, max: 256 }),
      autoscaling: object({
        minNodeCount: integer({ min: 0 }),
        maxNodeCount: integer({ min: 0 }),
        totalMinNodeCount: integer({ min: 0 }),
        totalMaxNodeCount: integer({ min: 0 }),
        locationPolicy: string({ allowed: ["BALANCED", "ANY"] }),
      }),
      management: object({ autoRepair: boolean(), autoUpgrade: boolean() }),
      networkConfig: object({ enablePrivateNodes: boolean() }),
      upgradeSettings: object({
        strategy: string({ allowed: ["SURGE", "BLUE_GREEN", "SHORT_LIVED"] }),
        maxSurge: integer({ min: 0 }),
        maxUnavailable: integer({ min: 0 }),
        blueGreenSettings: object({
          nodePoolSoakDuration: string(),
          standardRolloutPolicy: object({
            batchPercentage: { kind: "number", min: 0, max: 1 },
            batchNodeCount: integer({ min: 0 }),
            batchSoakDuration: string(),
          }),
        }),
      }),
      nodeConfig,
    },
    outputs: ["instanceGroupUrls", "version"],
    ...named("name", 40),
    problems: (inputs, config) => [...projectProblems(inputs, config), ...poolProblems(inputs)],
    predict: (inputs, config) =>
      defined({ project: projectOf(inputs, config), location: locationOf(inputs, config) }),
    distinct: true,
    idOf: (inputs, context) =>
      `projects/${cloudOf(inputs, context).project}/locations/${locationOf(inputs, context.config) ?? ""}/clusters/${clusterOf(inputs)}/nodePools/${nameOf(inputs)}`,
    report: (inputs, _id, context) => ({
      project: cloudOf(inputs, context).project,
      location: locationOf(inputs, context.config) ?? "",
      cluster: clusterOf(inputs),
      instanceGroupUrls: [],
      version: "",
      nodeLocations: inputs["nodeLocations"] ?? [],
      initialNodeCount: inputs["initialNodeCount"] ?? 0,
      nodeCount: inputs["nodeCount"] ?? 0,
      maxPodsPerNode: inputs["maxPodsPerNode"] ?? 110,
    }),
  }),
);
