import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { ClusterMode, ReleaseChannel, type EncoderClusterArgs } from "./encoder-cluster-args.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

type ClusterArgs = gcp.container.ClusterArgs;

/** Logs and metrics of Kubernetes itself, in addition to workloads. */
const LOGS = ["SYSTEM_COMPONENTS", "WORKLOADS"];
const METRICS = ["SYSTEM_COMPONENTS", "POD", "DEPLOYMENT", "HPA"];

/**
 * The cluster's own settings. `nodeConfig` and `dnsConfig` are never set: the provider would replace the cluster
 * again and again (pulumi/pulumi-gcp#744, #1170, #2247).
 */
export function clusterArgs(args: EncoderClusterArgs, nodeAccountEmail: pulumi.Input<string>): ClusterArgs {
  const subnet = pulumi.output(args.subnet);
  const disposable = args.disposable ?? false;
  const window = args.maintenanceWindow;
  const common: ClusterArgs = {
    project: args.projectId,
    location: args.region,
    network: args.network,
    subnetwork: subnet.subnetwork,
    networkingMode: "VPC_NATIVE",
    ipAllocationPolicy: {
      clusterSecondaryRangeName: subnet.podRangeName,
      servicesSecondaryRangeName: subnet.serviceRangeName,
    },
    privateClusterConfig: {
      enablePrivateNodes: true,
      enablePrivateEndpoint: true,
      masterIpv4CidrBlock: subnet.controlPlaneRange,
    },
    // IAM guards the DNS endpoint; there is no IP endpoint to guard by address lists.
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: args.reachableFromOutside ?? true },
      ipEndpointsConfig: { enabled: false },
    },
    enableFqdnNetworkPolicy: true,
    releaseChannel: { channel: args.releaseChannel ?? ReleaseChannel.Regular },
    ...(window && { maintenancePolicy: { recurringWindow: { ...window } } }),
    securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_DISABLED" },
    ...(args.binaryAuthorization !== undefined && {
      binaryAuthorization: {
        evaluationMode: args.binaryAuthorization ? "PROJECT_SINGLETON_POLICY_ENFORCE" : "DISABLED",
      },
    }),
    rbacBindingConfig: {
      enableInsecureBindingSystemAuthenticated: false,
      enableInsecureBindingSystemUnauthenticated: false,
    },
    anonymousAuthenticationConfig: { mode: "LIMITED" },
    costManagementConfig: { enabled: true },
    // Left out, the provider would keep the key that the cluster has.
    databaseEncryption:
      args.kmsKeyName === undefined
        ? { state: "DECRYPTED" }
        : { state: "ENCRYPTED", keyName: args.kmsKeyName },
    ...withoutUndefined({ resourceLabels: args.labels }),
    deletionProtection: !disposable,
  };
  return args.mode === ClusterMode.Autopilot ? autopilot(common, nodeAccountEmail) : standard(common, args);
}

function standard(common: ClusterArgs, { projectId, backup }: EncoderClusterArgs): ClusterArgs {
  return {
    ...common,
    // Autopilot has the agent anyway; here it goes with the plan that needs it.
    addonsConfig: { gkeBackupAgentConfig: { enabled: backup !== undefined } },
    // The default pool cannot be shaped without nodeConfig, so it goes as soon as the cluster is there.
    removeDefaultNodePool: true,
    initialNodeCount: 1,
    datapathProvider: "ADVANCED_DATAPATH",
    workloadIdentityConfig: { workloadPool: `${projectId}.svc.id.goog` },
    enableShieldedNodes: true,
    loggingConfig: { enableComponents: LOGS },
    monitoringConfig: { enableComponents: METRICS, managedPrometheus: { enabled: true } },
    nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
    clusterAutoscaling: { autoscalingProfile: "OPTIMIZE_UTILIZATION" },
  };
}

function autopilot(common: ClusterArgs, nodeAccountEmail: pulumi.Input<string>): ClusterArgs {
  return {
    ...common,
    enableAutopilot: true,
    clusterAutoscaling: {
      autoProvisioningDefaults: {
        serviceAccount: nodeAccountEmail,
        oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
      },
    },
  };
}
