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

const jobSpec = {
  backoffLimit: 0,
  template: { spec: { restartPolicy: "Never", containers: [{ name: "once", image: "task:1" }] } },
};

const account = (name: string) => ({ kind: "ServiceAccount", name, namespace: "media" });
const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "token-reviews" };
const triggers = [
  { type: "metrics-api", metadata: { url: "https://coordinator.media.svc:8443/metrics/queue" } },
];

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
    type: "kubernetes:batch/v1:Job",
    // Nothing runs here that could complete it.
    inputs: { metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } }, spec: jobSpec },
    update: { spec: { ...jobSpec, backoffLimit: 3 } },
    another: {
      metadata: { name: "own-copy", namespace: "media", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: jobSpec,
    },
    id: "media/coordinator",
    outputs: { kind: "Job" },
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
    type: "kubernetes:rbac.authorization.k8s.io/v1:Role",
    inputs: { metadata, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
    update: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }] },
    id: "media/coordinator",
    outputs: { kind: "Role" },
  },
  {
    type: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    inputs: { metadata, roleRef: { ...roleRef, kind: "Role" }, subjects: [account("coordinator")] },
    update: { subjects: [account("another")] },
    id: "media/coordinator",
    outputs: { kind: "RoleBinding" },
  },
  {
    type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    inputs: {
      metadata: { name: "token-reviews" },
      rules: [{ apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] }],
    },
    update: { rules: [] },
    id: "token-reviews",
    outputs: { kind: "ClusterRole" },
  },
  {
    type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    inputs: { metadata: { name: "token-reviews" }, roleRef, subjects: [account("coordinator")] },
    update: { subjects: [account("another")] },
    id: "token-reviews",
    outputs: { kind: "ClusterRoleBinding" },
  },
  {
    type: "kubernetes:scheduling.k8s.io/v1:PriorityClass",
    inputs: { metadata: { name: "encoder" }, value: 1000, description: "Encoders" },
    update: { description: "Encoders of media" },
    id: "encoder",
    outputs: { kind: "PriorityClass" },
  },
  {
    type: "kubernetes:keda.sh/v1alpha1:TriggerAuthentication",
    inputs: {
      metadata,
      spec: { boundServiceAccountToken: [{ parameter: "token", serviceAccountName: "poller" }] },
    },
    update: { spec: { boundServiceAccountToken: [{ parameter: "token", serviceAccountName: "another" }] } },
    id: "media/coordinator",
    outputs: { apiVersion: "keda.sh/v1alpha1" },
  },
  {
    type: "kubernetes:keda.sh/v1alpha1:ScaledObject",
    inputs: { metadata, spec: { scaleTargetRef: { name: "coordinator" }, triggers } },
    update: { spec: { scaleTargetRef: { name: "coordinator" }, maxReplicaCount: 5, triggers } },
    id: "media/coordinator",
    outputs: { kind: "ScaledObject" },
  },
  {
    type: "kubernetes:keda.sh/v1alpha1:ScaledJob",
    inputs: { metadata, spec: { jobTargetRef: { template: deploymentSpec.template }, triggers } },
    update: {
      spec: {
        jobTargetRef: { template: deploymentSpec.template },
        rollout: { strategy: "gradual" },
        triggers,
      },
    },
    id: "media/coordinator",
    outputs: { kind: "ScaledJob" },
  },
  {
    type: "kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy",
    inputs: {
      metadata,
      spec: { podSelector: {}, egress: [{ matches: [{ name: "storage.googleapis.com" }] }] },
    },
    update: { spec: { podSelector: {}, egress: [{ matches: [{ pattern: "*.googleapis.com" }] }] } },
    id: "media/coordinator",
    outputs: { kind: "FQDNNetworkPolicy" },
  },
  {
    type: "kubernetes:monitoring.googleapis.com/v1:PodMonitoring",
    inputs: { metadata, spec: { selector, endpoints: [{ port: "http", interval: "30s" }] } },
    update: { spec: { selector, endpoints: [{ port: "http", interval: "60s" }] } },
    id: "media/coordinator",
    outputs: { kind: "PodMonitoring" },
  },
  {
    type: "kubernetes:cert-manager.io/v1:Certificate",
    inputs: { metadata, spec: { secretName: "coordinator-tls", isCA: true, issuerRef: { name: "company" } } },
    update: { spec: { secretName: "coordinator-tls", isCA: true, issuerRef: { name: "another" } } },
    id: "media/coordinator",
    outputs: { kind: "Certificate" },
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
