import { appendFileSync, readFileSync } from "node:fs";
import { z } from "zod";

/**
 * What a preview assumes because the sandbox has no model of it: that a resource is as it is declared. All plugins of a preview append to
 * one file, one JSON object per line. Whoever runs the preview reads it at the end.
 */
export const assumptionSchema = z.object({
  /**
   * `resource`: a resource of a type without a model. `field`: an argument that its type's model does not have. `function`: a result
   * that is unknown. `read`: an existing resource that was not looked up. `unrendered`: a component whose resources only other
   * programs know, such as a Helm chart. `stack`: a referenced stack that is not here. `setting`: a provider setting that is missing.
   */
  kind: z.enum(["resource", "field", "function", "read", "unrendered", "stack", "setting"]),
  /** A type or function token, with the path of a field after it; the name of a stack. */
  what: z.string(),
  /** The URN. Empty if instances are not counted. */
  which: z.string(),
});
export type Assumption = z.infer<typeof assumptionSchema>;

/** Environment variable with the path of the file. If it is set, plugins accept what they have no model of; otherwise they refuse it. */
export const assumptionsVariable = "MPEGFLOW_SANDBOX_ASSUMPTIONS";

export type RecordAssumption = (kind: Assumption["kind"], what: string, which?: string) => void;

/** @returns undefined if the variable is not set */
export function assumptionRecorder(
  environment: NodeJS.ProcessEnv = process.env,
): RecordAssumption | undefined {
  const file = environment[assumptionsVariable];
  if (file === undefined || file === "") return undefined;
  return (kind, what, which = "") => {
    appendFileSync(file, `${JSON.stringify({ kind, what, which } satisfies Assumption)}\n`);
  };
}

/** The assumptions in a file, without duplicates. */
export function readAssumptions(file: string): Assumption[] {
  const lines = new Set(
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  );
  return [...lines].map((line) => assumptionSchema.parse(JSON.parse(line)));
}
