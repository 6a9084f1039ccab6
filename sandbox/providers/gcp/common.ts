import { type Context, type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { map, string, type Field, type Fields } from "../fields.ts";
import { isUnknown, objectOf, textOf, unknown, type Properties, type Value } from "../values.ts";
import type { Cloud } from "../cloud.ts";

/** The input `project`: chosen by the provider's configuration when left out; another project is another resource. */
export const project = string();

/** @returns the project id, or the mark of the unknown */
export const projectOf = (inputs: Properties, config: Properties): string | undefined =>
  textOf(inputs["project"]) ?? textOf(config["project"]);

export function projectProblems(inputs: Properties, config: Properties): string[] {
  return projectOf(inputs, config) === undefined
    ? [
        "no project: set the field project, the provider's, or the stack's, such as by --config gcp:project=PROJECT",
      ]
    : [];
}

/** The input `location`, or the provider's region or zone. */
export const locationOf = (inputs: Properties, config: Properties): string | undefined =>
  textOf(inputs["location"]) ?? textOf(config["region"]) ?? textOf(config["zone"]);

export const placeProblems = (inputs: Properties, config: Properties): string[] => [
  ...projectProblems(inputs, config),
  ...(locationOf(inputs, config) === undefined
    ? ["no location: set the field location, or the provider's region, such as by --config gcp:region=REGION"]
    : []),
];

/** The cloud, once it is sure that the resource belongs into its only project. */
export function cloudOf(inputs: Properties, context: Context): Cloud & { project: string } {
  const cloud = context.cloud();
  const wanted = projectOf(inputs, context.config) ?? cloud.projectId;
  if (wanted !== cloud.projectId) {
    throw new Refusal(
      `the local cloud has one project, ${cloud.projectId}, and cannot hold a resource of project ${wanted}`,
    );
  }
  return { ...cloud, project: wanted };
}

/** Google's durations: seconds with up to nine fractional digits. */
export const duration = (traits: Parameters<typeof string>[0] = {}): Field =>
  string({ pattern: /^\d+(\.\d{1,9})?s$/, rule: 'a duration in seconds such as "600s"', ...traits });

/** @see {@link labelOutputs} */
export const labels = map(
  string({
    pattern: /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
    rule: "at most 63 lower-case letters, digits, _ and -",
  }),
);

/** Pulumi's provider marks what it makes. https://www.pulumi.com/registry/packages/gcp/how-to-guides/8-0-migration/ */
const attribution = "goog-pulumi-provisioned";

/** `labels` are the program's own; the service also has the provider's, and those that others made. */
export const labelOutputs = ["effectiveLabels", "pulumiLabels"];

/** What a program declares, with what its provider adds: a resource is marked when it is made, and stays so. */
function declaredLabels(inputs: Properties, config: Properties, old?: Properties): Record<string, Value> {
  const marked = old === undefined || attribution in objectOf(old["effectiveLabels"]);
  return {
    ...(marked && isTrue(config["addPulumiAttributionLabel"] ?? true) && { [attribution]: "true" }),
    ...objectOf(parsed(config["defaultLabels"])),
    ...objectOf(inputs["labels"]),
  };
}

/**
 * All labels of a resource after an effect. Labels that the program does not declare are kept.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#labels_nodejs
 *
 * @param old state of a resource to be updated
 */
export function effectiveLabels(
  inputs: Properties,
  config: Properties,
  old?: Properties,
): Record<string, Value> {
  const declaredBefore = objectOf(old?.["pulumiLabels"]);
  const madeByOthers = Object.entries(objectOf(old?.["effectiveLabels"])).filter(
    ([key]) => !(key in declaredBefore),
  );
  const all = { ...Object.fromEntries(madeByOthers), ...declaredLabels(inputs, config, old) };
  const count = Object.keys(all).length;
  if (count > MOST_LABELS) {
    throw new Refusal(
      `${count} labels, those of the provider included, are more than the ${MOST_LABELS} that a resource may have`,
    );
  }
  return all;
}

/** https://docs.cloud.google.com/resource-manager/docs/creating-managing-labels#requirements */
const MOST_LABELS = 64;

export function predictedLabels(inputs: Properties, config: Properties, old?: Properties): Properties {
  if (isUnknown(inputs["labels"])) return { effectiveLabels: unknown, pulumiLabels: unknown };
  return {
    effectiveLabels: effectiveLabels(inputs, config, old),
    pulumiLabels: declaredLabels(inputs, config, old),
  };
}

/** Label properties from the service's labels: of the program's own, those that are still there. An import has none of its own. */
export function liveLabels(live: Value | undefined, inputs: Properties): Properties {
  const all = objectOf(live);
  const own = objectOf(inputs["labels"]);
  return {
    labels: Object.fromEntries(Object.entries(all).filter(([key]) => key in own)),
    effectiveLabels: all,
  };
}

/** Non-string provider configuration travels as JSON text. */
export function parsed(value: Value | undefined): Value | undefined {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}

export const isTrue = (value: Value | undefined): boolean => parsed(value) === true;

const deletionPolicies = ["DELETE", "PREVENT", "ABANDON"] as const;

/**
 * Adds the field `deletionPolicy`: PREVENT refuses to delete, ABANDON forgets the resource and leaves it in the cloud.
 * Both act on the policy of the last update, as the real provider's do.
 * @param others further policies of the type, which its own delete handles
 */
export function withDeletionPolicy(model: ResourceModel, others: readonly string[] = []): ResourceModel {
  const allowed = [...deletionPolicies, ...others];
  const fields: Fields = {
    ...model.fields,
    deletionPolicy: string({ allowed, local: true }),
  };
  const policyOf = (inputs: Properties, config: Properties): Value =>
    inputs["deletionPolicy"] ?? config["deletionPolicy"] ?? "DELETE";
  return {
    ...model,
    fields,
    predict: (inputs, config, old) => ({
      ...model.predict?.(inputs, config, old),
      deletionPolicy: policyOf(inputs, config),
    }),
    read: async (id, old, context) => {
      const live = await model.read(id, old, context);
      return live && { ...live, properties: { deletionPolicy: "DELETE", ...live.properties } };
    },
    delete: async (id, old, context) => {
      const policy = old.state["deletionPolicy"] ?? policyOf(old.inputs, context.config);
      if (policy === "PREVENT") {
        throw new Refusal(
          `cannot delete ${id}: its deletionPolicy is PREVENT; set it to DELETE and run \`pulumi up\` first`,
        );
      }
      if (policy !== "ABANDON") await model.delete(id, old, context);
    },
  };
}

/** For types that the sandbox only records. */
export function short(name: Value | undefined): string {
  return (textOf(name) ?? "").replace(/^.*\//, "");
}

/** `projects/P/topics/T` and `T` name the same. */
export const sameShortName = (one: string, other: string): boolean =>
  short(one) === short(other) && (one === other || !one.includes("/") || !other.includes("/"));
