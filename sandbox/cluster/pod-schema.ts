import { z } from "zod";

/**
 * The fields of a pod that the sandbox's nodes support. Fields without effect on this machine (security contexts,
 * resources, spreading) are ignored; fields that would change how a pod runs are refused.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
const unmodelled = (what: string) =>
  z.never({ error: `the sandbox's nodes do not model ${what}` }).optional();

const port = z.union([z.number().int(), z.string()]);
const probe = z.looseObject({
  httpGet: z
    .looseObject({
      path: z.string().default("/"),
      port,
      scheme: z.enum(["HTTP", "HTTPS"]).default("HTTP"),
      httpHeaders: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
    })
    .optional(),
  tcpSocket: z.looseObject({ port }).optional(),
  exec: unmodelled("probes by exec"),
  grpc: unmodelled("probes by gRPC"),
  /** Seconds. */
  initialDelaySeconds: z.number().nonnegative().default(0),
  periodSeconds: z.number().positive().default(10),
  timeoutSeconds: z.number().positive().default(1),
  successThreshold: z.number().int().positive().default(1),
  failureThreshold: z.number().int().positive().default(3),
  terminationGracePeriodSeconds: z.number().int().nonnegative().optional(),
});
export type Probe = z.infer<typeof probe>;

const fieldRef = z.looseObject({ fieldPath: z.string() });
const keyRef = z.looseObject({ name: z.string(), key: z.string(), optional: z.boolean().default(false) });
const objectRef = z.looseObject({ name: z.string(), optional: z.boolean().default(false) });

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: unmodelled("containers' command; they run the image's entry point"),
  args: z.array(z.string()).default([]),
  env: z
    .array(
      z.looseObject({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z
          .looseObject({
            fieldRef: fieldRef.optional(),
            configMapKeyRef: keyRef.optional(),
            secretKeyRef: keyRef.optional(),
            resourceFieldRef: unmodelled("resourceFieldRef"),
          })
          .optional(),
      }),
    )
    .default([]),
  envFrom: z
    .array(
      z.looseObject({
        prefix: z.string().default(""),
        configMapRef: objectRef.optional(),
        secretRef: objectRef.optional(),
      }),
    )
    .default([]),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number().int() })).default([]),
  volumeMounts: z
    .array(
      z.looseObject({
        name: z.string(),
        mountPath: z.string(),
        subPath: z.string().default(""),
        subPathExpr: unmodelled("subPathExpr"),
      }),
    )
    .default([]),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  lifecycle: z
    .looseObject({
      preStop: z
        .looseObject({
          sleep: z.looseObject({ seconds: z.number().int().nonnegative() }).optional(),
          exec: unmodelled("preStop hooks other than sleep"),
          httpGet: unmodelled("preStop hooks other than sleep"),
        })
        .optional(),
      postStart: unmodelled("postStart hooks"),
    })
    .optional(),
});
export type Container = z.infer<typeof container>;

const items = z.array(z.looseObject({ key: z.string(), path: z.string() })).optional();
const downwardItems = z.array(z.looseObject({ path: z.string(), fieldRef })).default([]);
const projection = z.looseObject({
  serviceAccountToken: z
    .looseObject({
      /** Undefined for the API server's own. */
      audience: z.string().optional(),
      expirationSeconds: z.number().int().min(600).default(3600),
      path: z.string(),
    })
    .optional(),
  configMap: objectRef.extend({ items }).optional(),
  secret: objectRef.extend({ items }).optional(),
  downwardAPI: z.looseObject({ items: downwardItems }).optional(),
  clusterTrustBundle: unmodelled("clusterTrustBundle volumes"),
});
export type Projection = z.infer<typeof projection>;

const volume = z
  .looseObject({
    name: z.string(),
    emptyDir: z.looseObject({}).optional(),
    configMap: objectRef.extend({ items }).optional(),
    secret: z
      .looseObject({ secretName: z.string(), items, optional: z.boolean().default(false) })
      .transform(({ secretName, ...rest }) => ({ name: secretName, ...rest }))
      .optional(),
    downwardAPI: z.looseObject({ items: downwardItems }).optional(),
    projected: z.looseObject({ sources: z.array(projection) }).optional(),
    // A disk of the pod's own is a directory of the pod's own here.
    ephemeral: z.looseObject({}).optional(),
  })
  .refine(
    ({ emptyDir, configMap, secret, downwardAPI, projected, ephemeral }) =>
      [emptyDir, configMap, secret, downwardAPI, projected, ephemeral].some((one) => one !== undefined),
    "the sandbox's nodes model emptyDir, ephemeral, configMap, secret, downwardAPI and projected volumes",
  );
export type Volume = z.infer<typeof volume>;

const distinct = (containers: readonly { name: string }[]): boolean =>
  new Set(containers.map(({ name }) => name)).size === containers.length;

export const podSpecSchema = z.looseObject({
  serviceAccountName: z.string().default("default"),
  automountServiceAccountToken: z.boolean().optional(),
  nodeName: z.string().optional(),
  restartPolicy: z.enum(["Always", "OnFailure", "Never"]).default("Always"),
  terminationGracePeriodSeconds: z.number().int().nonnegative().default(30),
  activeDeadlineSeconds: z.number().int().positive().optional(),
  containers: z.array(container).min(1).refine(distinct, "containers must have names of their own"),
  initContainers: z
    .array(
      container.extend({
        restartPolicy: unmodelled("init containers that go on as sidecars"),
      }),
    )
    .default([]),
  volumes: z.array(volume).default([]),
  hostNetwork: z.literal(false, { error: "the sandbox's nodes do not model hostNetwork" }).optional(),
});
export type PodSpec = z.infer<typeof podSpecSchema>;

export const podTemplateSchema = z.looseObject({
  metadata: z
    .looseObject({
      labels: z.record(z.string(), z.string()).default({}),
      annotations: z.record(z.string(), z.string()).default({}),
    })
    .default({ labels: {}, annotations: {} }),
  spec: podSpecSchema,
});
export type PodTemplate = z.infer<typeof podTemplateSchema>;
