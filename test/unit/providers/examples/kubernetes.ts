import type { Example } from "./example.ts";

const metadata = { name: "coordinator", namespace: "media", labels: { app: "coordinator" } };
const selector = { matchLabels: { app: "coordinator" } };
const deploymentSpec = {
  replicas: 1,
  selector,
  template: {
    metadata: { labels: { app: "coordinator" } },
    spec: { containers: [{ name: "coordinator", image: "coordinator:1" }] },
  },
};

/** In the order of their dependencies. */
export const kubernetesExamples: Example[] = [
  {
    type: "kubernetes:core/v1:Namespace",
    inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "media" } },
    update: { metadata: { name: "media", labels: { team: "video" } } },
    id: "media",
    outputs: { kind: "Namespace" },
  },
  {
    type: "kubernetes:core/v1:ServiceAccount",
    inputs: { metadata, automountServiceAccountToken: false },
    update: { automountServiceAccountToken: true },
    id: "media/coordinator",
    outputs: { apiVersion: "v1", kind: "ServiceAccount" },
  },
  {
    type: "kubernetes:core/v1:ConfigMap",
    inputs: { metadata, data: { level: "info" } },
    update: { metadata: { ...metadata, annotations: { note: "x" } } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "kubernetes:core/v1:Service",
    inputs: {
      metadata,
      spec: {
        type: "ClusterIP",
        selector: { app: "coordinator" },
        ports: [{ port: 80, targetPort: "http" }],
      },
    },
    update: { spec: { selector: { app: "coordinator" }, ports: [{ port: 8080, targetPort: 8080 }] } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    inputs: { metadata, spec: deploymentSpec },
    update: { spec: { ...deploymentSpec, replicas: 2 } },
    id: "media/coordinator",
    outputs: { apiVersion: "apps/v1" },
  },
  {
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    inputs: { metadata, spec: { maxUnavailable: 1, selector } },
    update: { spec: { maxUnavailable: "50%", selector } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    inputs: { metadata, spec: { podSelector: {}, policyTypes: ["Egress"], egress: [] } },
    update: { spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{}] } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "kubernetes:helm.sh/v3:Release",
    inputs: {
      chart: "keda",
      version: "2.20.2",
      name: "keda",
      namespace: "keda",
      repositoryOpts: { repo: "https://charts.example" },
      values: { operator: { replicaCount: 2 } },
    },
    update: { values: { operator: { replicaCount: 1 } } },
    id: "keda/keda",
    outputs: { status: { status: "deployed", version: "2.20.2" } },
  },
];
