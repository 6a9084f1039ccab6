import { z } from "zod";
import { REGION_NAME } from "../components/validation/region.ts";
import type { Limits } from "../components/workloads/limits.ts";

/** What a value is, as people name it. */
export type SettingType = "text" | "whole number" | "true or false" | "list" | "object";

/**
 * What changing a key does to a stack that is up; test/slow/platform-updates.test.ts asserts it from the real engine.
 * Types of resources are named without their modules: `Bucket`.
 */
export type Effect =
  /** No resource changes: the key is for checks. */
  | { readonly kind: "nothing" }
  /** Only updates in place, of these types. */
  | { readonly kind: "in place"; readonly of: readonly string[] }
  /** New objects of these types take the old ones' places, "everything" for all; a protected one refuses that. */
  | {
      readonly kind: "replaces";
      readonly of: readonly string[];
      /** What comes beside it. */
      readonly adds?: readonly string[];
      readonly unlessDisposable?: "refused";
    }
  /** Resources of these types come or go; those that stay are updated in place at most. */
  | { readonly kind: "adds or removes"; readonly of: readonly string[] };

export const nothing: Effect = { kind: "nothing" };
export const inPlace = (...of: string[]): Effect => ({ kind: "in place", of });

/** What a user is told about one configuration key, in errors and in docs/configuration.md. */
export interface SettingText {
  readonly type: SettingType;
  /** One sentence or two. */
  readonly meaning: string;
  /** What is accepted. */
  readonly allowed: string;
  /** The value, or in words where it comes from, when the key is left out; a required key has none. */
  readonly default?: string | number | boolean;
  /** A value as it stands in `Pulumi.<stack>.yaml`. */
  readonly example: string;
  readonly effect: Effect;
}

/** Values of the engine are text: numbers and booleans as they are written, lists and objects as JSON. */
export function setting<Schema extends z.ZodType>(text: SettingText, schema: Schema) {
  return { text, schema };
}

/** A number within limits, both included; the component has the default, in words where it is no number. */
export function wholeNumber(
  meaning: string,
  limits: Limits,
  effect: Effect,
  fallback: string | number = limits.default,
) {
  const { min, max } = limits;
  return setting(
    {
      type: "whole number",
      meaning,
      allowed: `a whole number from ${min} to ${max}`,
      default: fallback,
      example: String(limits.default),
      effect,
    },
    numberText(limits).optional(),
  );
}

/** The text of a whole number within limits, both included. */
export function numberText({ min, max }: Pick<Limits, "min" | "max">) {
  return z
    .string()
    .regex(/^-?\d{1,12}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

/** A boolean, false unless set. */
export function yesOrNo(meaning: string, effect: Effect) {
  return setting(
    { type: "true or false", meaning, allowed: "true or false", default: false, example: "true", effect },
    z
      .enum(["true", "false"])
      .transform((text) => text === "true")
      .default(false),
  );
}

/** A boolean that is passed on where it is given; the component has the default, false. */
export function givenYesOrNo(meaning: string, effect: Effect) {
  return setting(
    { type: "true or false", meaning, allowed: "true or false", default: false, example: "true", effect },
    z
      .enum(["true", "false"])
      .transform((text) => text === "true")
      .optional(),
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

/** A number inside a list or an object; its limits the component knows. */
export const count = z.number({ error: "a number" });
/** A boolean inside a list or an object. */
export const yes = z.boolean({ error: "true or false, without quotes" });
/** A list of texts, each not empty. */
export const texts = (allowed: string) => z.array(text(allowed), { error: "a list" });

/** Not empty. */
export const text = (allowed: string) => z.string({ error: allowed }).min(1, { error: allowed });

/**
 * A Kubernetes quantity: `500m`, `4`, `1.5Gi`.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const quantity = (allowed: string) =>
  z.string({ error: allowed }).regex(/^\d+(?:\.\d+)?(?:m|k|[MGTPE]|[KMGTPE]i)?$/, { error: allowed });

/** The shape of a region's name; whether there is such a region the platform knows. */
export const regionName = z
  .string({ error: 'a region in lower case, such as "us-central1"' })
  .regex(REGION_NAME, { error: 'a region in lower case, such as "us-central1"' });
