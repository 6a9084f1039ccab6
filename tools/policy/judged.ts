import { z } from "zod";

const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(z.looseObject({ type: z.string(), delete: z.boolean().default(false) }))
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
