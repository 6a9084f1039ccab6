import { z } from "zod";
import type { Limits } from "../components/workloads/limits.ts";

/** What a user is told about one configuration key, in errors and in the generated table. */
export interface SettingText {
  /** One sentence. */
  readonly meaning: string;
  /** What is accepted. */
  readonly allowed: string;
  /** A value as it stands in `Pulumi.<stack>.yaml`. */
  readonly example: string;
}

/** Values of the engine are text: numbers and booleans as they are written, lists and objects as JSON. */
export function setting<Schema extends z.ZodType>(text: SettingText, schema: Schema) {
  return { text, schema };
}

/** A number within limits, both included; the component has the default. */
export function wholeNumber(meaning: string, limits: Limits) {
  const { min, max } = limits;
  return setting(
    {
      meaning: `${meaning} Default: ${limits.default}.`,
      allowed: `a whole number from ${min} to ${max}`,
      example: String(limits.default),
    },
    z
      .string()
      .regex(/^-?\d{1,9}$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max))
      .optional(),
  );
}

/** A boolean, false unless set. */
export function yesOrNo(meaning: string) {
  return setting(
    { meaning: `${meaning} Default: false.`, allowed: "true or false", example: "true" },
    z
      .enum(["true", "false"])
      .transform((text) => text === "true")
      .default(false),
  );
}

/** JSON text of something that `schema` accepts. */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** Inside lists and objects an issue's message says what is allowed there; unknown keys list the known ones. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? known : `an object with ${known}`),
  });
}

/** Not empty. */
export const text = (allowed: string) => z.string({ error: allowed }).min(1, { error: allowed });

/**
 * A Kubernetes quantity: `500m`, `4`, `1.5Gi`.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const quantity = (allowed: string) =>
  z.string({ error: allowed }).regex(/^\d+(?:\.\d+)?(?:m|[KMGTPE]i?|k)?$/, { error: allowed });

/** The shape of a region's name; whether there is such a region the platform knows. */
export const regionName = z
  .string({ error: 'a region in lower case, such as "us-central1"' })
  .regex(/^[a-z]+-[a-z]+\d+$/, { error: 'a region in lower case, such as "us-central1"' });
