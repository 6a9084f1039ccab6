import { z } from "zod";
import type { JobRequest } from "../../protocol/index.ts";
import type { Sight } from "../access-scope.ts";
import { beginsWithAny } from "../prefixes.ts";
import { Problem } from "../problem.ts";

const prefix = z
  .string()
  .regex(/^(?:gs|s3|r2):\/\/[^/\s]+\/(?:[^\s]*\/)?$/, "a prefix such as gs://BUCKET/FOLDER/, ending in /");
const rule = z.strictObject({
  subjects: z.array(z.string().min(1)).min(1),
  inputs: z.array(prefix).min(1),
  outputs: z.array(prefix).min(1),
});

/** Which prefixes clients may name in their jobs. A subject without a rule may name all that the coordinator serves. */
export const accessRulesSchema = z.array(rule);
export type AccessRules = z.infer<typeof accessRulesSchema>;

/**
 * What a client may see and do. A client with rules submits jobs within them, and sees those alone whose outputs are
 * within them: others do not exist for it.
 */
export function sightOf(rules: AccessRules, subject: string): Sight | undefined {
  const own = rules.filter(({ subjects }) => subjects.includes(subject));
  if (own.length === 0) return undefined;
  const sees = (request: JobRequest): boolean =>
    own.some(({ outputs }) => beginsWithAny(request.outputPrefix, outputs));
  return {
    sees,
    refusal: (request) =>
      own.some(
        ({ inputs, outputs }) =>
          beginsWithAny(request.input, inputs) && beginsWithAny(request.outputPrefix, outputs),
      )
        ? undefined
        : new Problem(
            403,
            "prefix-not-allowed",
            `${subject} may not read ${request.input} and write below ${request.outputPrefix} in one job; the coordinator's configuration (MPEGFLOW_ACCESS) lists what it may.`,
          ),
  };
}
