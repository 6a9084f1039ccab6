import { z } from "zod";

const properties = z.record(z.string(), z.unknown()).nullish();
const parts = { inputs: properties, outputs: properties };

/** What a state has to have for its resources to be counted. */
export const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(
        z.looseObject({ urn: z.string(), type: z.string(), delete: z.boolean().default(false), ...parts }),
      )
      .nullish()
      .transform((resources) => resources ?? []),
  }),
});

/**
 * How many resources of an exported state are there to be judged: neither the stack itself nor its providers, nor what an update has replaced
 * and still has to delete. Where there are none, a report without violations would say nothing.
 */
export function resourcesIn(state: string): number {
  const { deployment } = stateSchema.parse(JSON.parse(state));
  return deployment.resources.filter(
    ({ type, delete: replaced }) =>
      !replaced && type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:"),
  ).length;
}
