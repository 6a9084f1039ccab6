import { any, boolean, integer, list, map, object, scalar, string, type Fields } from "../fields.ts";

/** The parts of the core API that several kinds share. https://kubernetes.io/docs/reference/kubernetes-api/ */
export const labelSelector = object({
  matchLabels: map(string()),
  matchExpressions: list(
    object({
      key: string({ required: true }),
      operator: string({ required: true, allowed: ["In", "NotIn", "Exists", "DoesNotExist"] }),
      values: list(string()),
    }),
  ),
});

export const metadata: Fields = {
  name: string({
    replaces: true,
    pattern: /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    rule: "at most 253 characters of a-z, 0-9, - and ., starting and ending with a letter or digit",
  }),
  labels: map(string()),
  annotations: map(string()),
};
export const namespacedMetadata: Fields = { ...metadata, namespace: string({ replaces: true }) };

const quantities = map(scalar());
const keySelector = object({
  name: string({ required: true }),
  key: string({ required: true }),
  optional: boolean(),
});
const itemsToPaths = list(
  object({ key: string({ required: true }), path: string({ required: true }), mode: integer() }),
);
const fieldRef = object({ fieldPath: string({ required: true }), apiVersion: string() });

const probe = object({
  httpGet: object({
    path: string(),
    port: scalar({ required: true }),
    host: string(),
    scheme: string({ allowed: ["HTTP", "HTTPS"] }),
    httpHeaders: list(object({ name: string({ required: true }), value: string({ required: true }) })),
  }),
  tcpSocket: object({ port: scalar({ required: true }), host: string() }),
  exec: object({ command: list(string()) }),
  grpc: object({ port: integer({ required: true }), service: string() }),
  initialDelaySeconds: integer({ min: 0 }),
  periodSeconds: integer({ min: 1 }),
  timeoutSeconds: integer({ min: 1 }),
  successThreshold: integer({ min: 1 }),
  failureThreshold: integer({ min: 1 }),
  terminationGracePeriodSeconds: integer({ min: 0 }),
});

const hook = object({
  exec: object({ command: list(string()) }),
  httpGet: any(),
  sleep: object({ seconds: integer({ required: true, min: 0 }) }),
});

const seccompProfile = object({
  type: string({ required: true, allowed: ["RuntimeDefault", "Localhost", "Unconfined"] }),
  localhostProfile: string(),
});

const container = object({
  name: string({ required: true }),
  image: string({ required: true }),
  imagePullPolicy: string({ allowed: ["Always", "IfNotPresent", "Never"] }),
  command: list(string()),
  args: list(string()),
  workingDir: string(),
  env: list(
    object({
      name: string({ required: true }),
      value: string(),
      valueFrom: object({
        secretKeyRef: keySelector,
        configMapKeyRef: keySelector,
        fieldRef,
        resourceFieldRef: any(),
      }),
    }),
  ),
  envFrom: list(
    object({
      prefix: string(),
      configMapRef: object({ name: string({ required: true }), optional: boolean() }),
      secretRef: object({ name: string({ required: true }), optional: boolean() }),
    }),
  ),
  ports: list(
    object({
      name: string(),
      containerPort: integer({ required: true, min: 1, max: 65_535 }),
      protocol: string({ allowed: ["TCP", "UDP", "SCTP"] }),
    }),
  ),
  resources: object({ requests: quantities, limits: quantities }),
  readinessProbe: probe,
  livenessProbe: probe,
  startupProbe: probe,
  lifecycle: object({ preStop: hook, postStart: hook }),
  volumeMounts: list(
    object({
      name: string({ required: true }),
      mountPath: string({ required: true }),
      subPath: string(),
      readOnly: boolean(),
    }),
  ),
  securityContext: object({
    allowPrivilegeEscalation: boolean(),
    privileged: boolean(),
    readOnlyRootFilesystem: boolean(),
    runAsNonRoot: boolean(),
    runAsUser: integer({ min: 0 }),
    runAsGroup: integer({ min: 0 }),
    capabilities: object({ add: list(string()), drop: list(string()) }),
    seccompProfile,
  }),
  terminationMessagePath: string(),
  terminationMessagePolicy: string({ allowed: ["File", "FallbackToLogsOnError"] }),
});

const volume = object({
  name: string({ required: true }),
  emptyDir: object({ sizeLimit: scalar(), medium: string() }),
  configMap: object({ name: string(), items: itemsToPaths, defaultMode: integer(), optional: boolean() }),
  secret: object({ secretName: string(), items: itemsToPaths, defaultMode: integer(), optional: boolean() }),
  projected: object({
    defaultMode: integer(),
    sources: list(
      object({
        serviceAccountToken: object({
          audience: string(),
          expirationSeconds: integer({ min: 600 }),
          path: string({ required: true }),
        }),
        configMap: object({ name: string(), items: itemsToPaths, optional: boolean() }),
        secret: object({ name: string(), items: itemsToPaths, optional: boolean() }),
        downwardAPI: any(),
      }),
    ),
  }),
  ephemeral: any(),
});

export const podTemplate = object({
  metadata: object({ labels: map(string()), annotations: map(string()) }),
  spec: object(
    {
      containers: list(container, { required: true, min: 1 }),
      initContainers: list(container),
      volumes: list(volume),
      serviceAccountName: string(),
      automountServiceAccountToken: boolean(),
      enableServiceLinks: boolean(),
      restartPolicy: string({ allowed: ["Always", "OnFailure", "Never"] }),
      terminationGracePeriodSeconds: integer({ min: 0 }),
      activeDeadlineSeconds: integer({ min: 1 }),
      dnsPolicy: string(),
      nodeSelector: map(string()),
      tolerations: list(
        object({
          key: string(),
          operator: string({ allowed: ["Exists", "Equal"] }),
          value: string(),
          effect: string({ allowed: ["NoSchedule", "PreferNoSchedule", "NoExecute"] }),
          tolerationSeconds: integer(),
        }),
      ),
      affinity: any(),
      topologySpreadConstraints: list(
        object({
          maxSkew: integer({ required: true, min: 1 }),
          minDomains: integer({ min: 1 }),
          topologyKey: string({ required: true }),
          whenUnsatisfiable: string({ required: true, allowed: ["DoNotSchedule", "ScheduleAnyway"] }),
          labelSelector,
          matchLabelKeys: list(string()),
        }),
      ),
      priorityClassName: string(),
      runtimeClassName: string(),
      schedulerName: string(),
      imagePullSecrets: list(object({ name: string({ required: true }) })),
      securityContext: object({
        runAsNonRoot: boolean(),
        runAsUser: integer({ min: 0 }),
        runAsGroup: integer({ min: 0 }),
        fsGroup: integer({ min: 0 }),
        fsGroupChangePolicy: string({ allowed: ["OnRootMismatch", "Always"] }),
        supplementalGroups: list(integer({ min: 0 })),
        seccompProfile,
      }),
    },
    { required: true },
  ),
});
