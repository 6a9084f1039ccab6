import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { quoted } from "../cli/parameter.ts";

/** What a preview has to know of another project. */
export interface ProjectFile {
  /** The stacks that it configures. */
  readonly stacks: readonly string[];
}

const RUNTIME = "runtime: nodejs";
const OTHERS =
  "A preview here runs programs for Node.js only. For this one take `pulumi preview --policy-pack`, with the directory policy of this clone";

/** Reads a Pulumi.yaml as far as a preview needs it, or says what is wrong with it. */
export function readProject(directory: string, shown: string): ProjectFile | { readonly wrong: string } {
  const document = parseDocument(readFileSync(join(directory, "Pulumi.yaml"), "utf8"));
  const file = quoted(join(shown, "Pulumi.yaml"));
  const [error] = document.errors;
  if (error !== undefined) return { wrong: `${file} is not YAML: ${error.message.split("\n")[0] ?? ""}` };
  const content: unknown = document.toJS();
  if (!isMap(content)) return { wrong: `${file} says nothing. Give it name and ${RUNTIME}.` };
  const { name, runtime, stackConfigDir } = content;
  const language = isMap(runtime) ? runtime["name"] : runtime;
  const lacks = [...(isText(name) ? [] : ["name"]), ...(isText(language) ? [] : [RUNTIME])];
  if (lacks.length > 0)
    return {
      wrong: `${file} has no ${lacks.map((one) => one.split(":")[0]).join(" and no ")}. Add ${lacks.join(" and ")}.`,
    };
  if (language !== "nodejs")
    return { wrong: `${file}: runtime ${quoted(String(language))} is not nodejs. ${OTHERS}.` };
  return { stacks: stacksIn(join(directory, isText(stackConfigDir) ? stackConfigDir : ".")) };
}

function stacksIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
