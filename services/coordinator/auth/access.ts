import { z } from "zod";
import type { JobRequest } from "../../protocol/index.ts";
import { scopedId, fullAccess, type AccessScope } from "../access-scope.ts";
import { beginsWithAny } from "../prefixes.ts";
import { Problem } from "../problem.ts";

const prefix = z
  .string()
  .regex(/^(?:gs|s3|r2):\/\/[^/\s]+\/(?:[^\s]*\/)?$/, "a prefix such as gs://BUCKET/FOLDER/, ending in /");
const secret = z
  .string()
  .regex(/^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}$/, "projects/PROJECT/secrets/SECRET");
const rule = z.strictObject({
  subjects: z.array(z.string().min(1)).min(1),
  inputs: z.array(prefix).min(1),
  outputs: z.array(prefix).min(1),
  /** Secrets with customer-supplied keys that its jobs may name. @default none */
  secrets: z.array(secret).default([]),
});

/**
 * Prefixes and secrets that clients may name in their jobs. Without rules, clients may name everything that the
 * coordinator serves. If there are rules, a client without one may do nothing.
 */
export const accessRulesSchema = z.array(rule);
export type AccessRules = z.infer<typeof accessRulesSchema>;
type Rule = AccessRules[number];

/**
 * The access scope of a client. A client with rules may submit jobs within them, and sees only jobs whose outputs are
 * within them; for others it gets 404.
 *
 * @throws Problem 403 for a client without a rule while there are rules
 */
export function accessScopeOf(rules: AccessRules, subject: string): AccessScope {
  if (rules.length === 0) return { ...fullAccess, recordIds: (jobId) => [jobId, scopedId(subject, jobId)] };
  const own = rules.filter(({ subjects }) => subjects.includes(subject));
  if (own.length === 0)
    throw new Problem(
      403,
      "not-allowed",
      `${subject} has no rule here, so it may do nothing; the coordinator's configuration (MPEGFLOW_ACCESS) lists who may do what.`,
    );
  const neighbours = neighboursOf(rules, own, subject);
  return {
    isScoped: true,
    // Jobs without a client have unscoped ids: those from the topic, from uploads, and from earlier releases.
    recordIds: (jobId) => [scopedId(subject, jobId), ...neighbours.map((one) => scopedId(one, jobId)), jobId],
    sees: (outputPrefix) => own.some(({ outputs }) => beginsWithAny(outputPrefix, outputs)),
    refusal: (request) => refusalOf(own, subject, request),
  };
}

/** Other clients with jobs that it may see, because their outputs are within its rules. */
function neighboursOf(rules: AccessRules, own: readonly Rule[], subject: string): string[] {
  const mine = own.flatMap(({ outputs }) => outputs);
  const near = rules.filter(({ outputs }) =>
    outputs.some((one) => beginsWithAny(one, mine) || mine.some((other) => beginsWithAny(other, [one]))),
  );
  return [...new Set(near.flatMap(({ subjects }) => subjects))].filter((one) => one !== subject).sort();
}

function refusalOf(own: readonly Rule[], subject: string, request: JobRequest): Problem | undefined {
  const fitting = own.filter(
    ({ inputs, outputs }) =>
      beginsWithAny(request.input, inputs) && beginsWithAny(request.outputPrefix, outputs),
  );
  if (fitting.length === 0)
    return new Problem(
      403,
      "prefix-not-allowed",
      `${subject} may not read ${request.input} and write below ${request.outputPrefix} in one job; the coordinator's configuration (MPEGFLOW_ACCESS) lists what it may.`,
    );
  const named = [request.inputKeySecret, request.outputKeySecret]
    .filter((version) => version !== undefined)
    .map((version) => version.replace(/\/versions\/[^/]+$/, ""));
  if (fitting.some(({ secrets }) => named.every((one) => secrets.includes(one)))) return undefined;
  return new Problem(
    403,
    "key-not-allowed",
    `${subject} may not name ${[...new Set(named)].join(" and ")} in a job; the secrets of its rule in the coordinator's configuration (MPEGFLOW_ACCESS) are those that it may.`,
  );
}
