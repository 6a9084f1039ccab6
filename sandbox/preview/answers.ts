import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { unknown, type Properties, type Value } from "../providers/values.ts";

/**
 * Length of an unknown list. Programs take the first two or three of a region's zones, and a shorter list would give them nothing. Outputs
 * made of the list are unknown as a whole, whatever its length.
 */
const itemsOfUnknownList = 3;

/**
 * The result of a function that cannot be called: all fields that the program's SDK declares, each unknown. Undefined if the SDK does not
 * declare them.
 *
 * @param token `gcp:compute/getZones:getZones`
 * @param directory of the program
 */
export function unknownAnswer(token: string, directory: string): Properties | undefined {
  const fields = declaredFields(token, directory);
  return fields && Object.fromEntries(fields.map(({ name, isList }) => [name, unknownOf(isList)]));
}

const unknownOf = (isList: boolean): Value =>
  isList ? Array.from({ length: itemsOfUnknownList }, () => unknown) : unknown;

interface DeclaredField {
  name: string;
  isList: boolean;
}

function declaredFields(token: string, directory: string): DeclaredField[] | undefined {
  const [name = "", module = "", member = ""] = token.split(":");
  const path = module.replace(/^index\//, "");
  for (const file of [`${path}.d.ts`, join(path, `${member}.d.ts`)]) {
    const text = readDeclarations(`@pulumi/${name}`, file, directory);
    const fields = text === undefined ? undefined : resultFields(text, member);
    if (fields !== undefined) return fields;
  }
  return undefined;
}

function readDeclarations(name: string, file: string, directory: string): string | undefined {
  try {
    const manifest = createRequire(join(directory, "index.js")).resolve(`${name}/package.json`);
    return readFileSync(join(manifest, "..", file), "utf8");
  } catch {
    return undefined;
  }
}

/** The fields of `GetZonesResult` in an SDK's declarations of `getZones`. */
export function resultFields(declarations: string, member: string): DeclaredField[] | undefined {
  const result = `${member.charAt(0).toUpperCase()}${member.slice(1)}Result`;
  const body = new RegExp(`^export interface ${result} \\{\\n([^]*?)^\\}`, "m").exec(declarations)?.[1];
  if (body === undefined) return undefined;
  return [...body.matchAll(/^ {4}readonly (\w+)\??: (.*);$/gm)].map(([, name = "", type = ""]) => ({
    name,
    isList: type.endsWith("[]"),
  }));
}
