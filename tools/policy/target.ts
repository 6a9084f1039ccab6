import { statSync } from "node:fs";
import { resolve } from "node:path";
import { jsonFile } from "../cli/files.ts";
import { quoted, type Reading } from "../cli/parameter.ts";

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
  return isState(reading.value?.value)
    ? { value: target }
    : {
        wrong: `${quoted(target)} is not the state of a stack: it has no "deployment". Give the file that \`pulumi stack export --file FILE\` writes`,
      };
}

function isState(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("deployment" in value)) return false;
  return typeof value.deployment === "object" && value.deployment !== null;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
