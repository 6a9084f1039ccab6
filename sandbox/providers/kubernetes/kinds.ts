import { boolean, integer, list, map, object, scalar, string, type Fields } from "../fields.ts";
import { labelSelector, metadata, namespacedMetadata, podTemplate } from "./pod-fields.ts";

/** One modelled kind: where it lives in the API and what the sandbox models of it. */
export interface Kind {
  token: string;
  apiVersion: string;
  kind: string;
  namespaced: boolean;
  /** Besides apiVersion, kind and metadata. */
  fields: Fields;
  /** Top-level properties that are secret. */
  secrets?: readonly string[];
  /** Paths whose change replaces the object, unless the provider's switch of that name is on. */
  immutable?: { paths: readonly string[]; unless: string };
  /** Whether the real provider waits until it works. */
  awaited?: boolean;
  /** What a user has to know where the local cluster keeps the object and does nothing of what it says. */
  recordedOnly?: string;
}

const networkPeers = list(
  object({
    podSelector: labelSelector,
    namespaceSelector: labelSelector,
    ipBlock: object({ cidr: string({ required: true }), except: list(string()) }),
  }),
);
const networkPorts = list(
  object({ port: scalar(), endPort: integer(), protocol: string({ allowed: ["TCP", "UDP", "SCTP"] }) }),
);

export const kinds: Kind[] = [
  {
    token: "kubernetes:core/v1:Namespace",
    apiVersion: "v1",
    kind: "Namespace",
    namespaced: false,
    fields: { spec: object({ finalizers: list(string()) }) },
  },
  {
    token: "kubernetes:core/v1:ServiceAccount",
    apiVersion: "v1",
    kind: "ServiceAccount",
    namespaced: true,
    fields: {
      automountServiceAccountToken: boolean(),
      imagePullSecrets: list(object({ name: string({ required: true }) })),
    },
  },
  {
    token: "kubernetes:core/v1:ConfigMap",
    apiVersion: "v1",
    kind: "ConfigMap",
    namespaced: true,
    fields: { data: map(string()), binaryData: map(string()), immutable: boolean() },
    immutable: { paths: ["data", "binaryData"], unless: "enableConfigMapMutable" },
  },
  {
    token: "kubernetes:core/v1:Secret",
    apiVersion: "v1",
    kind: "Secret",
    namespaced: true,
    fields: { type: string(), data: map(string()), stringData: map(string()), immutable: boolean() },
    secrets: ["data", "stringData"],
    immutable: { paths: ["type", "data", "stringData"], unless: "enableSecretMutable" },
  },
  {
    token: "kubernetes:core/v1:Service",
    apiVersion: "v1",
    kind: "Service",
    namespaced: true,
    awaited: true,
    fields: {
      spec: object({
        type: string({ allowed: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] }),
        selector: map(string()),
        ports: list(
          object({
            name: string(),
            port: integer({ required: true, min: 1, max: 65_535 }),
            targetPort: scalar(),
            protocol: string({ allowed: ["TCP", "UDP", "SCTP"] }),
            appProtocol: string(),
          }),
        ),
        clusterIP: string({ replaces: true }),
        sessionAffinity: string({ allowed: ["None", "ClientIP"] }),
        publishNotReadyAddresses: boolean(),
        internalTrafficPolicy: string({ allowed: ["Cluster", "Local"] }),
      }),
    },
  },
  {
    token: "kubernetes:apps/v1:Deployment",
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespaced: true,
    awaited: true,
    fields: {
      spec: object(
        {
          replicas: integer({ min: 0 }),
          selector: { ...labelSelector, required: true, replaces: true },
          template: { ...podTemplate, required: true },
          strategy: object({
            type: string({ allowed: ["RollingUpdate", "Recreate"] }),
            rollingUpdate: object({ maxUnavailable: scalar(), maxSurge: scalar() }),
          }),
          minReadySeconds: integer({ min: 0 }),
          progressDeadlineSeconds: integer({ min: 1 }),
          revisionHistoryLimit: integer({ min: 0 }),
          paused: boolean(),
        },
        { required: true },
      ),
    },
  },
  {
    token: "kubernetes:batch/v1:Job",
    apiVersion: "batch/v1",
    kind: "Job",
    namespaced: true,
    awaited: true,
    // The only mutable fields: https://kubernetes.io/docs/concepts/workloads/controllers/job/
    fields: {
      spec: object(
        {
          template: { ...podTemplate, required: true, replaces: true },
          completions: integer({ min: 0, replaces: true }),
          completionMode: string({ allowed: ["NonIndexed", "Indexed"], replaces: true }),
          backoffLimitPerIndex: integer({ min: 0, replaces: true }),
          parallelism: integer({ min: 0 }),
          backoffLimit: integer({ min: 0 }),
          activeDeadlineSeconds: integer({ min: 1 }),
          ttlSecondsAfterFinished: integer({ min: 0 }),
          suspend: boolean(),
        },
        { required: true },
      ),
    },
  },
  {
    token: "kubernetes:policy/v1:PodDisruptionBudget",
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    namespaced: true,
    fields: {
      spec: object({
        maxUnavailable: scalar(),
        minAvailable: scalar(),
        selector: labelSelector,
        unhealthyPodEvictionPolicy: string({ allowed: ["IfHealthyBudget", "AlwaysAllow"] }),
      }),
    },
  },
  {
    token: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    namespaced: true,
    fields: {
      spec: object({
        podSelector: labelSelector,
        policyTypes: list(string({ allowed: ["Ingress", "Egress"] })),
        ingress: list(object({ from: networkPeers, ports: networkPorts })),
        egress: list(object({ to: networkPeers, ports: networkPorts })),
      }),
    },
  },
];

export const fieldsOf = ({ apiVersion, kind, namespaced, fields }: Kind): Fields => ({
  apiVersion: string({ allowed: [apiVersion], default: apiVersion }),
  kind: string({ allowed: [kind], default: kind }),
  metadata: object(namespaced ? namespacedMetadata : metadata, { required: true }),
  ...fields,
});
