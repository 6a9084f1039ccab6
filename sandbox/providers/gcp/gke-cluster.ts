import { any, boolean, integer, list, object, string, type Fields } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, objectOf, textOf, type Properties } from "../values.ts";
import {
  cloudOf,
  labels,
  locationOf,
  placeProblems,
  project,
  projectOf,
  withDeletionPolicy,
} from "./common.ts";
import { nameOf, sameResource, selfLinkOf } from "./compute-names.ts";
import { falseByDefault } from "./facts/with-facts.ts";
import { clusterName, enabled, location } from "./gke-fields.ts";

/** What Autopilot decides itself. */
const STANDARD_ONLY = ["initialNodeCount", "datapathProvider"];

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
  description: string(),
  network: string({ same: sameResource }),
  subnetwork: string({ same: sameResource }),
  networkingMode: string({ allowed: ["VPC_NATIVE", "ROUTES"] }),
  ipAllocationPolicy: object({
    clusterSecondaryRangeName: string(),
    servicesSecondaryRangeName: string(),
    clusterIpv4CidrBlock: string(),
    servicesIpv4CidrBlock: string(),
    stackType: string({ allowed: ["IPV4", "IPV4_IPV6"] }),
  }),
  privateClusterConfig: object({
    enablePrivateNodes: boolean(),
    enablePrivateEndpoint: boolean(),
    masterIpv4CidrBlock: string({
      pattern: /^\d{1,3}(\.\d{1,3}){3}\/28$/,
      rule: "a range of exactly /28",
    }),
    privateEndpointSubnetwork: string(),
    masterGlobalAccessConfig: enabled(),
  }),
  controlPlaneEndpointsConfig: object({
    dnsEndpointConfig: object({
      allowExternalTraffic: boolean(),
      enableK8sTokensViaDns: boolean(),
      enableK8sCertsViaDns: boolean(),
      endpoint: string(),
    }),
    ipEndpointsConfig: object({ enabled: boolean() }),
  }),
  masterAuthorizedNetworksConfig: object({
    cidrBlocks: list(object({ cidrBlock: string(), displayName: string() })),
    gcpPublicCidrsAccessEnabled: boolean(),
    privateEndpointEnforcementEnabled: boolean(),
  }),
  enableAutopilot: boolean(),
  removeDefaultNodePool: boolean({ local: true }),
  initialNodeCount: integer({ min: 1 }),
  datapathProvider: string({
    allowed: ["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"],
  }),
  enableFqdnNetworkPolicy: boolean(falseByDefault),
  enableShieldedNodes: boolean(),
  workloadIdentityConfig: object({
    workloadPool: string({ pattern: /\.svc\.id\.goog$/, rule: "PROJECT.svc.id.goog" }),
  }),
  releaseChannel: object({
    channel: string({
      allowed: ["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"],
    }),
  }),
  maintenancePolicy: object({
    recurringWindow: object({
      startTime: string(),
      endTime: string(),
      recurrence: string(),
    }),
    maintenanceExclusions: any(),
  }),
  loggingConfig: object({ enableComponents: list(string()) }),
  monitoringConfig: object({
    enableComponents: list(string()),
    managedPrometheus: object({ enabled: boolean() }),
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
      oauthScopes: list(string()),
    }),
  }),
  securityPostureConfig: object({
    mode: string({ allowed: ["DISABLED", "BASIC", "ENTERPRISE"] }),
    vulnerabilityMode: string({
      allowed: ["VULNERABILITY_DISABLED", "VULNERABILITY_BASIC", "VULNERABILITY_ENTERPRISE"],
    }),
  }),
  binaryAuthorization: object({
    evaluationMode: string({ allowed: ["DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"] }),
  }),
  rbacBindingConfig: object({
    enableInsecureBindingSystemAuthenticated: boolean(),
    enableInsecureBindingSystemUnauthenticated: boolean(),
  }),
  anonymousAuthenticationConfig: object({
    mode: string({ allowed: ["ENABLED", "LIMITED"] }),
  }),
  costManagementConfig: enabled(),
  addonsConfig: object({
    gkeBackupAgentConfig: enabled(),
    gcsFuseCsiDriverConfig: enabled(),
    dnsCacheConfig: enabled(),
  }),
  databaseEncryption: object({
    state: string({ allowed: ["ENCRYPTED", "DECRYPTED"] }),
    keyName: string(),
  }),
  resourceLabels: labels,
  deletionProtection: boolean({ local: true }),
};

const recordedCluster = recorded({
  type: "gcp:container/cluster:Cluster",
  // CustomizeDiff: ForceNewIfChange("enable_fqdn_network_policy", isBeenEnabled), in resource_container_cluster.go.
  replaces: (path, _config, old, inputs) =>
    path === "enableFqdnNetworkPolicy" &&
    old["enableFqdnNetworkPolicy"] === true &&
    inputs["enableFqdnNetworkPolicy"] !== true,
  fields: clusterFields,
  outputs: ["endpoint", "masterVersion", "selfLink"],
  ...named("name", 40),
  problems: (inputs, config) => [...placeProblems(inputs, config), ...clusterProblems(inputs)],
  predict: (inputs, config) =>
    defined({
      project: projectOf(inputs, config),
      location: locationOf(inputs, config),
      controlPlaneEndpointsConfig: endpointsOf(inputs, config),
    }),
  distinct: true,
  idOf: (inputs, context) =>
    `projects/${cloudOf(inputs, context).project}/locations/${locationOf(inputs, context.config) ?? ""}/clusters/${nameOf(inputs)}`,
  report: (inputs, id, context) => {
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
      controlPlaneEndpointsConfig: endpointsOf(inputs, context.config),
    };
  },
});

/** Where the control plane is, which a preview of the stand-in foretells: its programs make kubeconfigs of it. */
function endpointsOf(inputs: Properties, config: Properties): Properties {
  const endpoints = objectOf(inputs["controlPlaneEndpointsConfig"]);
  return {
    ...endpoints,
    dnsEndpointConfig: {
      ...objectOf(endpoints["dnsEndpointConfig"]),
      endpoint: `gke-${nameOf(inputs)}.${locationOf(inputs, config) ?? ""}.gke.goog`,
    },
  };
}

/**
 * A cluster on paper: what runs in it, the local cluster of the same kubeconfig context runs.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/
 */
export const gkeCluster: ResourceModel = withDeletionPolicy({
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
