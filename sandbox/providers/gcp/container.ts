import { any, boolean, integer, list, map, object, string, type Field, type Fields } from "../fields.ts";
import { Refusal, type ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, labels, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";
import { nameOf, sameResource, selfLinkOf } from "./compute-names.ts";

const enabled = (traits: Parameters<typeof object>[1] = {}): Field =>
  object({ enabled: boolean({ required: true }) }, traits);
const clusterName: Field = string({
  computed: true,
  replaces: true,
  pattern: /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
  rule: "1 to 40 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
});
const location = string({ computed: true, replaces: true });

const locationOf = (inputs: Properties, config: Properties): string | undefined =>
  textOf(inputs["location"]) ?? textOf(config["region"]) ?? textOf(config["zone"]);

const placeProblems = (inputs: Properties, config: Properties): string[] => [
  ...projectProblems(inputs, config),
  ...(locationOf(inputs, config) === undefined ? ["no location: set the field location"] : []),
];

/** What Autopilot decides itself. */
const STANDARD_ONLY = [
  "removeDefaultNodePool",
  "initialNodeCount",
  "datapathProvider",
  "enableShieldedNodes",
];

function clusterProblems(inputs: Properties): string[] {
  const autopilot = inputs["enableAutopilot"] === true;
  const recurring = textOf(objectOf(objectOf(inputs["maintenancePolicy"])["recurringWindow"])["recurrence"]);
  return [
    ...(autopilot
      ? STANDARD_ONLY.filter((key) => inputs[key] !== undefined).map(
          (key) => `${key} conflicts with enableAutopilot`,
        )
      : []),
    ...(!autopilot && inputs["initialNodeCount"] === undefined
      ? ["initialNodeCount must be 1 or more, even where removeDefaultNodePool removes the pool"]
      : []),
    ...(inputs["enableFqdnNetworkPolicy"] === true &&
    !autopilot &&
    inputs["datapathProvider"] !== "ADVANCED_DATAPATH"
      ? ['enableFqdnNetworkPolicy needs datapathProvider "ADVANCED_DATAPATH"']
      : []),
    ...(recurring !== undefined && !recurring.includes("FREQ=")
      ? ["maintenancePolicy.recurringWindow.recurrence must be a rule of RFC 5545"]
      : []),
  ];
}

const clusterFields: Fields = {
  name: clusterName,
  project,
  location,
  description: string({ replaces: true }),
  network: string({ computed: true, replaces: true, same: sameResource }),
  subnetwork: string({ computed: true, replaces: true, same: sameResource }),
  networkingMode: string({ computed: true, replaces: true, allowed: ["VPC_NATIVE", "ROUTES"] }),
  ipAllocationPolicy: object(
    {
      clusterSecondaryRangeName: string(),
      servicesSecondaryRangeName: string(),
      clusterIpv4CidrBlock: string(),
      servicesIpv4CidrBlock: string(),
      stackType: string({ allowed: ["IPV4", "IPV4_IPV6"] }),
    },
    { replaces: true },
  ),
  privateClusterConfig: object({
    enablePrivateNodes: boolean(),
    enablePrivateEndpoint: boolean(),
    masterIpv4CidrBlock: string({
      replaces: true,
      pattern: /^\d{1,3}(\.\d{1,3}){3}\/28$/,
      rule: "a range of exactly /28",
    }),
    privateEndpointSubnetwork: string({ replaces: true }),
    masterGlobalAccessConfig: enabled(),
  }),
  controlPlaneEndpointsConfig: object({
    dnsEndpointConfig: object({
      allowExternalTraffic: boolean(),
      enableK8sTokensViaDns: boolean(),
      enableK8sCertsViaDns: boolean(),
      endpoint: string({ computed: true }),
    }),
    ipEndpointsConfig: object({ enabled: boolean() }),
  }),
  masterAuthorizedNetworksConfig: object({
    cidrBlocks: list(object({ cidrBlock: string({ required: true }), displayName: string() })),
    gcpPublicCidrsAccessEnabled: boolean(),
    privateEndpointEnforcementEnabled: boolean(),
  }),
  enableAutopilot: boolean({ replaces: true }),
  removeDefaultNodePool: boolean({ local: true }),
  initialNodeCount: integer({ replaces: true, min: 1 }),
  datapathProvider: string({
    computed: true,
    replaces: true,
    allowed: ["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"],
  }),
  enableFqdnNetworkPolicy: boolean({ default: false }),
  enableShieldedNodes: boolean(),
  workloadIdentityConfig: object({
    workloadPool: string({ pattern: /\.svc\.id\.goog$/, rule: "PROJECT.svc.id.goog" }),
  }),
  releaseChannel: object({
    channel: string({
      required: true,
      allowed: ["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"],
    }),
  }),
  maintenancePolicy: object({
    recurringWindow: object({
      startTime: string({ required: true }),
      endTime: string({ required: true }),
      recurrence: string({ required: true }),
    }),
    maintenanceExclusions: any(),
  }),
  loggingConfig: object({ enableComponents: list(string(), { required: true, unordered: true }) }),
  monitoringConfig: object({
    enableComponents: list(string(), { unordered: true }),
    managedPrometheus: object({ enabled: boolean({ required: true }) }),
  }),
  nodePoolDefaults: object({
    nodeConfigDefaults: object({
      insecureKubeletReadonlyPortEnabled: string({ allowed: ["TRUE", "FALSE"] }),
      loggingVariant: string({ allowed: ["DEFAULT", "MAX_THROUGHPUT"] }),
      gcfsConfig: enabled(),
    }),
  }),
  clusterAutoscaling: object({
    autoscalingProfile: string({ allowed: ["BALANCED", "OPTIMIZE_UTILIZATION"] }),
    autoProvisioningDefaults: object({
      serviceAccount: string(),
      oauthScopes: list(string(), { unordered: true }),
    }),
  }),
  securityPostureConfig: object({
    mode: string({ allowed: ["DISABLED", "BASIC", "ENTERPRISE"] }),
    vulnerabilityMode: string({
      allowed: ["VULNERABILITY_DISABLED", "VULNERABILITY_BASIC", "VULNERABILITY_ENTERPRISE"],
    }),
  }),
  rbacBindingConfig: object({
    enableInsecureBindingSystemAuthenticated: boolean(),
    enableInsecureBindingSystemUnauthenticated: boolean(),
  }),
  anonymousAuthenticationConfig: object({
    mode: string({ required: true, allowed: ["ENABLED", "LIMITED"] }),
  }),
  costManagementConfig: enabled(),
  addonsConfig: object({
    gkeBackupAgentConfig: enabled(),
    gcsFuseCsiDriverConfig: enabled(),
    dnsCacheConfig: enabled(),
  }),
  databaseEncryption: object({
    state: string({ required: true, allowed: ["ENCRYPTED", "DECRYPTED"] }),
    keyName: string(),
  }),
  resourceLabels: labels,
  deletionProtection: boolean({ default: true, local: true }),
};

const recordedCluster = recorded({
  type: "gcp:container/cluster:Cluster",
  fields: clusterFields,
  outputs: ["endpoint", "masterVersion", "selfLink"],
  ...named("name", 40),
  problems: (inputs, config) => [...placeProblems(inputs, config), ...clusterProblems(inputs)],
  predict: (inputs, config) =>
    defined({ project: projectOf(inputs, config), location: locationOf(inputs, config) }),
  distinct: true,
  idOf: (inputs, context) =>
    `projects/${cloudOf(inputs, context).project}/locations/${locationOf(inputs, context.config) ?? ""}/clusters/${nameOf(inputs)}`,
  report: (inputs, id, context) => {
    const endpoints = objectOf(inputs["controlPlaneEndpointsConfig"]);
    const place = locationOf(inputs, context.config) ?? "";
    return {
      project: cloudOf(inputs, context).project,
      location: place,
      selfLink: `https://container.googleapis.com/v1/${id}`,
      endpoint: objectOf(inputs["privateClusterConfig"])["masterIpv4CidrBlock"] ?? "",
      masterVersion: "",
      network:
        inputs["network"] ??
        selfLinkOf(`projects/${cloudOf(inputs, context).project}/global/networks/default`),
      subnetwork: inputs["subnetwork"] ?? "",
      networkingMode: inputs["networkingMode"] ?? "VPC_NATIVE",
      datapathProvider: inputs["datapathProvider"] ?? "ADVANCED_DATAPATH",
      controlPlaneEndpointsConfig: {
        ...endpoints,
        dnsEndpointConfig: {
          ...objectOf(endpoints["dnsEndpointConfig"]),
          endpoint: `gke-${nameOf(inputs)}.${place}.gke.goog`,
        },
      },
    };
  },
});

/** A cluster on paper: what runs in it, the local cluster of the same kubeconfig context runs. */
const cluster: ResourceModel = withDeletionPolicy({
  ...recordedCluster,
  delete: (id, old, context) => {
    if (old.state["deletionProtection"] !== false) {
      throw new Refusal(
        `cannot destroy cluster ${nameOf(old.inputs)} without setting deletionProtection to false and running \`pulumi up\` first`,
      );
    }
    return recordedCluster.delete(id, old, context);
  },
});

const nodeConfig = object({
  machineType: string({ computed: true }),
  spot: boolean({ replaces: true }),
  diskSizeGb: integer({ computed: true, min: 10 }),
  diskType: string({ computed: true }),
  imageType: string({ computed: true }),
  serviceAccount: string({ computed: true, replaces: true }),
  oauthScopes: list(string(), { computed: true, replaces: true, unordered: true }),
  tags: list(string(), { unordered: true }),
  labels: map(string()),
  resourceLabels: map(string()),
  taints: list(
    object({
      key: string({ required: true }),
      value: string({ required: true }),
      effect: string({
        required: true,
        allowed: ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"],
      }),
    }),
  ),
  workloadMetadataConfig: object({
    mode: string({ required: true, allowed: ["GCE_METADATA", "GKE_METADATA"] }),
  }),
  shieldedInstanceConfig: object(
    { enableSecureBoot: boolean(), enableIntegrityMonitoring: boolean() },
    { replaces: true },
  ),
  gcfsConfig: enabled(),
  gvnic: enabled(),
  kubeletConfig: object({
    insecureKubeletReadonlyPortEnabled: string({ allowed: ["TRUE", "FALSE"] }),
    cpuManagerPolicy: string({ allowed: ["none", "static"] }),
    podPidsLimit: integer({ min: 1024, max: 4_194_304 }),
    shutdownGracePeriodSeconds: integer({ min: 0 }),
    shutdownGracePeriodCriticalPodsSeconds: integer({ min: 0 }),
  }),
  ephemeralStorageLocalSsdConfig: object(
    { localSsdCount: integer({ required: true, min: 0 }) },
    { replaces: true },
  ),
  guestAccelerators: list(
    object({
      type: string({ required: true }),
      count: integer({ required: true, min: 1 }),
      gpuDriverInstallationConfig: object({
        gpuDriverVersion: string({
          required: true,
          allowed: ["INSTALLATION_DISABLED", "DEFAULT", "LATEST"],
        }),
      }),
    }),
    { replaces: true },
  ),
  sandboxConfig: object({ type: string({ allowed: ["GVISOR"] }) }, { replaces: true }),
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

const nodePool: ResourceModel = withDeletionPolicy(
  recorded({
    type: "gcp:container/nodePool:NodePool",
    fields: {
      name: clusterName,
      project,
      location,
      cluster: string({ required: true, replaces: true, same: sameResource }),
      nodeLocations: list(string(), { unordered: true, computed: true }),
      initialNodeCount: integer({ computed: true, replaces: true, min: 0 }),
      nodeCount: integer({ computed: true, min: 0 }),
      maxPodsPerNode: integer({ computed: true, replaces: true, min: 8, max: 256 }),
      autoscaling: object({
        minNodeCount: integer({ min: 0 }),
        maxNodeCount: integer({ min: 0 }),
        totalMinNodeCount: integer({ min: 0 }),
        totalMaxNodeCount: integer({ min: 0 }),
        locationPolicy: string({ allowed: ["BALANCED", "ANY"], computed: true }),
      }),
      management: object({ autoRepair: boolean(), autoUpgrade: boolean() }),
      networkConfig: object({ enablePrivateNodes: boolean() }),
      upgradeSettings: object({
        strategy: string({ allowed: ["SURGE", "BLUE_GREEN", "SHORT_LIVED"], default: "SURGE" }),
        maxSurge: integer({ min: 0 }),
        maxUnavailable: integer({ min: 0 }),
        blueGreenSettings: object({
          nodePoolSoakDuration: string({ computed: true }),
          standardRolloutPolicy: object({
            batchPercentage: { kind: "number", min: 0, max: 1 },
            batchNodeCount: integer({ min: 0 }),
            batchSoakDuration: string({ computed: true }),
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

/** GKE. https://www.pulumi.com/registry/packages/gcp/api-docs/container/ */
export const container: ResourceModel[] = [cluster, nodePool];
