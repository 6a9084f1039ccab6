import { any, boolean, integer, list, map, object, scalar, string, type Field } from "../fields.ts";
import type { Kind } from "./kinds.ts";
import { labelSelector, podTemplate } from "./pod-fields.ts";

/** Kinds that are no part of Kubernetes itself: KEDA's and Google's, as far as the project declares them. */

const NOT_SCALED = "the local cluster has no KEDA, and scales nothing with the queue";

const triggers: Field = list(
  object({
    type: string({ required: true }),
    name: string(),
    metadata: map(string(), { required: true }),
    authenticationRef: object({
      name: string({ required: true }),
      kind: string({ allowed: ["TriggerAuthentication", "ClusterTriggerAuthentication"] }),
    }),
    metricType: string({ allowed: ["AverageValue", "Value", "Utilization"] }),
    useCachedMetrics: boolean(),
  }),
  { required: true, min: 1 },
);

const policies = list(
  object({
    type: string({ required: true, allowed: ["Pods", "Percent"] }),
    value: integer({ required: true, min: 1 }),
    periodSeconds: integer({ required: true, min: 1, max: 1800 }),
  }),
);
const scalingRules = object({
  stabilizationWindowSeconds: integer({ min: 0, max: 3600 }),
  selectPolicy: string({ allowed: ["Max", "Min", "Disabled"] }),
  policies,
});

const scaledObject: Kind = {
  token: "kubernetes:keda.sh/v1alpha1:ScaledObject",
  apiVersion: "keda.sh/v1alpha1",
  kind: "ScaledObject",
  namespaced: true,
  recordedOnly: NOT_SCALED,
  fields: {
    spec: object(
      {
        scaleTargetRef: object(
          {
            name: string({ required: true }),
            kind: string(),
            apiVersion: string(),
            envSourceContainerName: string(),
          },
          { required: true },
        ),
        pollingInterval: integer({ min: 1 }),
        cooldownPeriod: integer({ min: 0 }),
        initialCooldownPeriod: integer({ min: 0 }),
        idleReplicaCount: integer({ min: 0 }),
        minReplicaCount: integer({ min: 0 }),
        maxReplicaCount: integer({ min: 1 }),
        fallback: object({
          failureThreshold: integer({ required: true, min: 0 }),
          replicas: integer({ required: true, min: 0 }),
          behavior: string({
            allowed: [
              ...["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"],
              "scalingModifiers",
            ],
          }),
        }),
        advanced: object({
          restoreToOriginalReplicaCount: boolean(),
          horizontalPodAutoscalerConfig: object({
            name: string(),
            behavior: object({ scaleUp: scalingRules, scaleDown: scalingRules }),
          }),
        }),
        triggers,
      },
      { required: true },
    ),
  },
};

const scaledJob: Kind = {
  token: "kubernetes:keda.sh/v1alpha1:ScaledJob",
  apiVersion: "keda.sh/v1alpha1",
  kind: "ScaledJob",
  namespaced: true,
  recordedOnly: NOT_SCALED,
  fields: {
    spec: object(
      {
        jobTargetRef: object(
          {
            parallelism: integer({ min: 0 }),
            completions: integer({ min: 0 }),
            backoffLimit: integer({ min: 0 }),
            activeDeadlineSeconds: integer({ min: 1 }),
            ttlSecondsAfterFinished: integer({ min: 0 }),
            template: { ...podTemplate, required: true },
          },
          { required: true },
        ),
        pollingInterval: integer({ min: 1 }),
        minReplicaCount: integer({ min: 0 }),
        maxReplicaCount: integer({ min: 1 }),
        successfulJobsHistoryLimit: integer({ min: 0 }),
        failedJobsHistoryLimit: integer({ min: 0 }),
        envSourceContainerName: string(),
        rollout: object({
          strategy: string({ allowed: ["gradual", "immediate"] }),
          propagationPolicy: string({ allowed: ["foreground", "background"] }),
        }),
        scalingStrategy: object({
          strategy: string({ allowed: ["default", "custom", "accurate", "eager"] }),
          pendingPodConditions: list(string()),
          multipleScalersCalculation: string({ allowed: ["min", "avg", "sum", "max"] }),
        }),
        triggers,
      },
      { required: true },
    ),
  },
};

const keyTarget = object({
  parameter: string({ required: true }),
  name: string({ required: true }),
  key: string({ required: true }),
});

const triggerAuthentication: Kind = {
  token: "kubernetes:keda.sh/v1alpha1:TriggerAuthentication",
  apiVersion: "keda.sh/v1alpha1",
  kind: "TriggerAuthentication",
  namespaced: true,
  fields: {
    spec: object(
      {
        boundServiceAccountToken: list(
          object({
            parameter: string({ required: true }),
            serviceAccountName: string({ required: true }),
          }),
        ),
        secretTargetRef: list(keyTarget),
        configMapTargetRef: list(keyTarget),
      },
      { required: true },
    ),
  },
};

/** https://docs.cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies */
const fqdnNetworkPolicy: Kind = {
  token: "kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy",
  apiVersion: "networking.gke.io/v1alpha1",
  kind: "FQDNNetworkPolicy",
  namespaced: true,
  fields: {
    spec: object(
      {
        podSelector: labelSelector,
        egress: list(
          object({
            matches: list(object({ name: string(), pattern: string() }), { required: true, min: 1 }),
            ports: list(object({ protocol: string({ allowed: ["TCP", "UDP", "ALL"] }), port: integer() })),
          }),
        ),
      },
      { required: true },
    ),
  },
};

/** https://github.com/GoogleCloudPlatform/prometheus-engine/blob/main/doc/api.md */
const podMonitoring: Kind = {
  token: "kubernetes:monitoring.googleapis.com/v1:PodMonitoring",
  apiVersion: "monitoring.googleapis.com/v1",
  kind: "PodMonitoring",
  namespaced: true,
  fields: {
    spec: object(
      {
        selector: { ...labelSelector, required: true },
        endpoints: list(
          object({
            port: scalar({ required: true }),
            path: string(),
            interval: string(),
            timeout: string(),
            scheme: string({ allowed: ["http", "https"] }),
            tls: object({ insecureSkipVerify: boolean(), serverName: string() }),
            metricRelabeling: any(),
          }),
          { required: true, min: 1 },
        ),
      },
      { required: true },
    ),
  },
};

/** https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec */
const certificate: Kind = {
  token: "kubernetes:cert-manager.io/v1:Certificate",
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  namespaced: true,
  recordedOnly: "the local cluster has no cert-manager, and nobody issues the certificate",
  fields: {
    spec: object(
      {
        secretName: string({ required: true }),
        isCA: boolean(),
        commonName: string(),
        dnsNames: list(string()),
        duration: string(),
        renewBefore: string(),
        usages: list(string()),
        privateKey: object({
          algorithm: string({ allowed: ["RSA", "ECDSA", "Ed25519"] }),
          size: integer(),
          encoding: string({ allowed: ["PKCS1", "PKCS8"] }),
          rotationPolicy: string({ allowed: ["Never", "Always"] }),
        }),
        issuerRef: object(
          { group: string(), kind: string(), name: string({ required: true }) },
          { required: true },
        ),
      },
      { required: true },
    ),
  },
};

export const customKinds: Kind[] = [
  certificate,
  scaledObject,
  scaledJob,
  triggerAuthentication,
  fqdnNetworkPolicy,
  podMonitoring,
];
