import { appendFileSync, readFileSync } from "node:fs";
import { z } from "zod";

/**
 * What a preview takes as it is declared because the sandbox has no model of it. Every plugin of one preview appends to one file, a JSON
 * object a line, which whoever runs the preview reads at its end.
 */
export const noteSchema = z.object({
  /**
   * `resource`: a resource of a type without a model. `field`: an argument that its type's model does not have. `function`: an answer that
   * nobody gave. `read`: a resource that is there already, which nobody looked up. `unrendered`: a component whose resources only other
   * programs know, such as a Helm chart. `stack`: a stack that is referenced and is not here. `setting`: what a provider was not told.
   */
  kind: z.enum(["resource", "field", "function", "read", "unrendered", "stack", "setting"]),
  /** A type or function token, with the path of a field after it; the name of a stack. */
  what: z.string(),
  /** Which one of them: a URN. Empty where that is not counted. */
  which: z.string(),
});
export type Note = z.infer<typeof noteSchema>;

/** The variable that names the file. Set, plugins take what they have no model of; unset, they refuse it. */
export const takenVariable = "MPEGFLOW_SANDBOX_TAKEN";

export type TakeNote = (kind: Note["kind"], what: string, which?: string) => void;

/** Undefined where nothing is to be taken. */
export function noteTaker(environment: NodeJS.ProcessEnv = process.env): TakeNote | undefined {
  const file = environment[takenVariable];
  if (file === undefined || file === "") return undefined;
  return (kind, what, which = "") => {
    appendFileSync(file, `${JSON.stringify({ kind, what, which } satisfies Note)}\n`);
  };
}

/** The notes in a file, each once. */
export function readNotes(file: string): Note[] {
  const lines = new Set(
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  );
  return [...lines].map((line) => noteSchema.parse(JSON.parse(line)));
}
