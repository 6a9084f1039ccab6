import { z } from "zod";

const probe = z.looseObject({
  httpGet: z.looseObject({ path: z.string().default("/"), port: z.union([z.number(), z.string()]) }),
  /** Seconds. */
  periodSeconds: z.number().positive().default(10),
  timeoutSeconds: z.number().positive().default(1),
  failureThreshold: z.number().int().positive().default(3),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z
    .array(
      z.looseObject({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z.looseObject({ fieldRef: z.looseObject({ fieldPath: z.string() }) }).optional(),
      }),
    )
    .default([]),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number().int() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
  readinessProbe: probe.optional(),
});
export type Container = z.infer<typeof container>;

const podTemplate = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({
    serviceAccountName: z.string().default("default"),
    terminationGracePeriodSeconds: z.number().int().nonnegative().default(30),
    containers: z.tuple([container], { error: "the sandbox runs pods of exactly one container" }),
    initContainers: z.array(z.never(), { error: "the sandbox runs no init containers" }).optional(),
    volumes: z
      .array(
        z
          .looseObject({ name: z.string(), emptyDir: z.unknown().optional() })
          .refine((volume) => volume.emptyDir !== undefined, "the sandbox models emptyDir volumes only"),
      )
      .default([]),
  }),
});
export type PodTemplate = z.infer<typeof podTemplate>;

const metadata = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

export const deploymentSchema = z.looseObject({
  kind: z.literal("Deployment"),
  metadata,
  spec: z.looseObject({
    replicas: z.number().int().nonnegative().default(1),
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
    template: podTemplate,
  }),
});
export type Deployment = z.infer<typeof deploymentSchema>;

export const serviceSchema = z.looseObject({
  kind: z.literal("Service"),
  metadata,
  spec: z.looseObject({
    selector: z.record(z.string(), z.string()),
    ports: z.tuple(
      [
        z.looseObject({
          port: z.number().int(),
          targetPort: z.union([z.number().int(), z.string()]).optional(),
        }),
      ],
      { error: "the sandbox forwards services of exactly one port" },
    ),
  }),
});
export type Service = z.infer<typeof serviceSchema>;

export const manifestSchema = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata });
export type Manifest = z.infer<typeof manifestSchema>;
