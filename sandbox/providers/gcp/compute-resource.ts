import { createHash } from "node:crypto";
import { string, type Fields } from "../fields.ts";
import type { Context, ResourceModel } from "../model.ts";
import { recorded } from "../recorded.ts";
import { canonical, defined, pick, textOf, type Properties } from "../values.ts";
import {
  cloudOf,
  effectiveLabels,
  project,
  projectOf,
  projectProblems,
  withDeletionPolicy,
} from "./common.ts";
import { computeName, computeNamed, selfLinkOf } from "./compute-names.ts";
import { schemaFacts } from "./facts/schema.ts";
import { labelled } from "./labelled.ts";

const region = string();

const regionOf = (inputs: Properties, config: Properties): string | undefined =>
  textOf(inputs["region"]) ?? textOf(config["region"]);

const regionProblems = (inputs: Properties, config: Properties): string[] => [
  ...projectProblems(inputs, config),
  ...(regionOf(inputs, config) === undefined ? ["no region: set the field region, or the provider's"] : []),
];

/** One of Compute Engine's resources: recorded, with its path as id and as the end of its self link. */
export function computeResource(args: {
  type: string;
  fields: Fields;
  outputs?: readonly string[];
  regional?: boolean;
  /** It carries labels. */
  labelled?: boolean;
  /** Outputs that an update changes. */
  changing?: readonly string[];
  pathOf: (inputs: Properties, place: { project: string; region: string }) => string;
  report?: (inputs: Properties, project: string, id: string) => Properties;
  problems?: (inputs: Properties) => string[];
  replaces?: ResourceModel["replaces"];
}): ResourceModel {
  const { type, regional = false, pathOf } = args;
  const place = (inputs: Properties, context: Context) => ({
    project: cloudOf(inputs, context).project,
    region: regionOf(inputs, context.config) ?? "",
  });
  // Not every type has both.
  const common = ["creationTimestamp", "selfLink"].filter((output) => schemaFacts.get(type)?.[output]);
  const check = regional ? regionProblems : projectProblems;
  return withDeletionPolicy(
    (args.labelled === true ? labelled : recorded)({
      type,
      fields: {
        name: computeName,
        project,
        ...(regional && { region }),
        ...args.fields,
      },
      outputs: [...common, ...(args.labelled ? ["labelFingerprint"] : []), ...(args.outputs ?? [])],
      ...(args.changing && { changing: args.changing }),
      ...(args.replaces && { replaces: args.replaces }),
      ...computeNamed,
      problems: (inputs, config) => [...check(inputs, config), ...(args.problems?.(inputs) ?? [])],
      predict: (inputs, config) =>
        defined({
          project: projectOf(inputs, config),
          ...(regional && { region: regionOf(inputs, config) }),
        }),
      distinct: true,
      idOf: (inputs, context) => pathOf(inputs, place(inputs, context)),
      report: (inputs, id, context, old) =>
        defined({
          project: place(inputs, context).project,
          ...(regional && { region: place(inputs, context).region }),
          ...pick(
            {
              selfLink: selfLinkOf(id),
              creationTimestamp: old?.["creationTimestamp"] ?? new Date().toISOString(),
            },
            common,
          ),
          ...(args.labelled && { labelFingerprint: fingerprintOf(effectiveLabels(inputs, context.config)) }),
          ...args.report?.(inputs, place(inputs, context).project, id),
        }),
    }),
  );
}

/** Changes with the resource's content, as the service's fingerprints do. */
export const fingerprintOf = (properties: Properties): string =>
  createHash("sha256").update(canonical(properties)).digest("base64").slice(0, 12);
