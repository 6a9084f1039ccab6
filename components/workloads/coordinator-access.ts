import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import type { CoordinatorArgs } from "./coordinator-args.ts";
import {
  COORDINATOR_PORT,
  encoderNamespaceOf,
  PLAINTEXT_PORT,
  type CoordinatorSettings,
} from "./coordinator-settings.ts";
import type { CoordinatorResources } from "./coordinator-resources.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";
import { hostsPolicy, sortedHosts } from "../kubernetes/egress-hosts.ts";
import { inNamespace, toApiServer, toDns, toHttps, toMetadataServer } from "../kubernetes/network-rules.ts";

/** Where Google's metrics collectors run. */
const MANAGED_PROMETHEUS = "gmp-system";

interface Surroundings {
  readonly name: string;
  readonly args: CoordinatorArgs;
  readonly settings: CoordinatorSettings;
  readonly labels: WorkloadLabels;
  readonly parent: pulumi.Resource;
}

/** Lets the coordinator ask the API server whose a token is. It may do nothing else there. */
export function tokenReviews(
  { name, args, settings, labels, parent }: Surroundings,
  serviceAccountName: pulumi.Input<string>,
): Pick<CoordinatorResources, "tokenReviewRole" | "tokenReviewBinding"> {
  // Of the whole cluster, so the name carries the namespace.
  const roleName = pulumi.interpolate`${args.namespace}-${settings.kubernetesName}-token-reviews`;
  const metadata = { name: roleName, labels: labels.all };
  const role = new kubernetes.rbac.v1.ClusterRole(
    `${name}-token-reviews`,
    {
      metadata,
      rules: [{ apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] }],
    },
    { parent },
  );
  const binding = new kubernetes.rbac.v1.ClusterRoleBinding(
    `${name}-token-reviews`,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccountName, namespace: args.namespace }],
    },
    { parent },
  );
  return { tokenReviewRole: role, tokenReviewBinding: binding };
}

/** Lets in encoders, KEDA and clients, and out to names, Google's APIs, the API server and nothing else. */
export function coordinatorPolicies(
  surroundings: Surroundings,
): Pick<CoordinatorResources, "networkPolicy" | "googlePolicy"> {
  const { name, args, settings, labels, parent } = surroundings;
  const policy = networkPolicy(surroundings);
  if (args.googleHosts === undefined) return { networkPolicy: policy, googlePolicy: undefined };
  const suffix = "google";
  return {
    networkPolicy: policy,
    googlePolicy: hostsPolicy({
      name: `${name}-${suffix}`,
      metadata: {
        name: `${settings.kubernetesName}-${suffix}`,
        namespace: args.namespace,
        labels: labels.all,
      },
      podLabels: labels.selector,
      hosts: sortedHosts(args.googleHosts),
      port: 443,
      parent,
    }),
  };
}

function networkPolicy({
  name,
  args,
  settings,
  labels,
  parent,
}: Surroundings): kubernetes.networking.v1.NetworkPolicy {
  const { serviceAccounts = [], ranges = [] } = args.clients ?? {};
  const callers = [
    inNamespace(encoderNamespaceOf(args)),
    inNamespace(settings.kedaNamespace),
    ...sorted([...new Set(serviceAccounts.map(({ namespace }) => namespace))]).map(inNamespace),
    ...(settings.managedPrometheus ? [inNamespace(MANAGED_PROMETHEUS)] : []),
    ...sorted(ranges).map((cidr) => ({ ipBlock: { cidr } })),
  ];
  return new kubernetes.networking.v1.NetworkPolicy(
    name,
    {
      metadata: { name: settings.kubernetesName, namespace: args.namespace, labels: labels.all },
      spec: {
        podSelector: { matchLabels: labels.selector },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: callers,
            ports: [COORDINATOR_PORT, ...(settings.plaintext ? [PLAINTEXT_PORT] : [])].map((port) => ({
              protocol: "TCP",
              port,
            })),
          },
        ],
        egress: [
          toDns(),
          ...toHttps({ ranges: args.googleRanges, hosts: args.googleHosts, publicEgress: args.publicEgress }),
          toApiServer(args.apiServerRange),
          ...(args.googleCredentials ? [] : toMetadataServer()),
        ],
      },
    },
    { parent },
  );
}

/**
 * Has Google's Managed Service for Prometheus collect the coordinator's metrics.
 *
 * Source: https://docs.cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed
 */
export function podMonitoring({
  name,
  args,
  settings,
  labels,
  parent,
}: Surroundings): kubernetes.apiextensions.CustomResource {
  return new kubernetes.apiextensions.CustomResource(
    name,
    {
      apiVersion: "monitoring.googleapis.com/v1",
      kind: "PodMonitoring",
      metadata: { name: settings.kubernetesName, namespace: args.namespace, labels: labels.all },
      spec: {
        selector: { matchLabels: labels.selector },
        endpoints: [
          {
            port: "https",
            scheme: "https",
            // Collectors know no authority but the system's. They send nothing, and metrics are for everybody who gets there.
            tls: { insecureSkipVerify: true },
            path: "/metrics",
            interval: "30s",
          },
        ],
      },
    },
    { parent },
  );
}
