import { statSync } from "node:fs";
import { resolve } from "node:path";
import { jsonFile } from "../cli/files.ts";
import { quoted, type Reading } from "../cli/parameter.ts";
import { schemaProblems } from "../cli/schema-problems.ts";
import { stateSchema } from "./judged.ts";

const stateFile = jsonFile({
  meaning: "",
  wanted: "the state that `pulumi stack export --file FILE` writes",
});

/** Whether a target names a file with a state. A name alone, of a directory too, is that of a stack. */
export function isStateFile(target: string, cwd = process.cwd()): boolean {
  return /[/\\]|\.json$/.test(target) || isFile(resolve(cwd, target));
}

/** Reads what is to be judged: a file has to hold a state. */
export async function readTarget(target: string): Promise<Reading<string>> {
  if (!isStateFile(target)) return { value: target };
  const reading = await stateFile.read([target]);
  if ("wrong" in reading) return reading;
  const parsed = stateSchema.safeParse(reading.value?.value);
  if (parsed.success) return { value: target };
  // Without the values: those of a state may be secret.
  const problems = schemaProblems(stateSchema, parsed.error, reading.value?.value, "");
  const [first = "the file is not a state", ...others] = problems.map(
    ({ path, allowed }) => `${path} is not ${allowed}`,
  );
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return {
    wrong: `${quoted(target)} is not the state of a stack: ${first}${more}. Give the file that \`pulumi stack export --file FILE\` writes`,
  };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
