import { z } from "zod";
import { podTemplateSchema } from "./pod-schema.ts";

const metadata = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

export const manifestSchema = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata });
export type Manifest = z.infer<typeof manifestSchema>;

export const deploymentSchema = z.looseObject({
  kind: z.literal("Deployment"),
  metadata,
  spec: z.looseObject({
    replicas: z.number().int().nonnegative().default(1),
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
    template: podTemplateSchema,
  }),
});
export type Deployment = z.infer<typeof deploymentSchema>;

export const serviceSchema = z.looseObject({
  kind: z.literal("Service"),
  metadata,
  spec: z.looseObject({
    selector: z.record(z.string(), z.string()),
    ports: z
      .array(
        z.looseObject({
          name: z.string().optional(),
          port: z.number().int(),
          targetPort: z.union([z.number().int(), z.string()]).optional(),
        }),
      )
      .min(1),
  }),
});
export type Service = z.infer<typeof serviceSchema>;

const base64 = z.record(z.string(), z.string()).default({});
/** Config maps and secrets. */
export const dataSchema = z.looseObject({
  data: z.record(z.string(), z.string()).default({}),
  binaryData: base64,
  stringData: z.record(z.string(), z.string()).default({}),
});

export const serviceAccountSchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string().optional() }),
  automountServiceAccountToken: z.boolean().optional(),
});
