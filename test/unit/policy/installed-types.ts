import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The resource types of an installed provider, with every input of each, read from its type declarations: what a new release of the
 * provider brings is noticed, whether or not a policy knows it.
 */
export interface InstalledType {
  readonly token: string;
  /** Paths of its inputs; lists on the way are not told from objects. */
  readonly inputs: readonly string[];
}

type Fields = readonly (readonly [name: string, type: string])[];

const packages = fileURLToPath(new URL("../../../node_modules/@pulumi/", import.meta.url));

/** The types of a package whose inputs match, with those inputs. */
export function typesWithInput(name: string, wanted: RegExp): InstalledType[] {
  const root = join(packages, name);
  const interfaces = interfacesIn(readFileSync(join(root, "types/input.d.ts"), "utf8"));
  return modulesOf(root).flatMap(({ module, file }) => {
    const args = argumentsIn(readFileSync(join(root, module, `${file}.d.ts`), "utf8"));
    if (args === undefined) return [];
    const inputs = pathsIn(args.fields, wanted, interfaces);
    return inputs.length === 0 ? [] : [{ token: tokenOf(name, module, args.name), inputs }];
  });
}

/** `gcp:storage/bucket:Bucket`, but `kubernetes:apps/v1:Deployment`. */
function tokenOf(name: string, module: string, type: string): string {
  const own = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return name === "kubernetes" ? `${name}:${module}:${type}` : `${name}:${module}/${own}:${type}`;
}

function modulesOf(root: string): { module: string; file: string }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = /^(?!index|get[A-Z]|zMixins)(\w+)\.d\.ts$/.exec(entry.name)?.[1];
    const module = entry.parentPath.slice(root.length).replace(/^\//, "");
    const isModule = module !== "" && !/^(types|config|node_modules|scripts)/.test(module);
    return file !== undefined && isModule ? [{ module, file }] : [];
  });
}

/** The arguments of the resource that a module declares. */
function argumentsIn(text: string): { name: string; fields: Fields } | undefined {
  const found = /^export interface (\w+)Args \{\n([^]*?)^\}/m.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  const fields = [...found[2].matchAll(/^ {4}(\w+)\??: (.*);$/gm)];
  return { name: found[1], fields: fields.map(([, key = "", type = ""]) => [key, type] as const) };
}

/** The interfaces of the inputs' types by their names: `cloudrunv2.ServiceTemplate`. */
function interfacesIn(text: string): ReadonlyMap<string, Fields> {
  const interfaces = new Map<string, Fields>();
  const namespaces: string[] = [];
  let fields: (readonly [string, string])[] | undefined;
  for (const line of text.split("\n")) {
    const [, kind, name = ""] =
      /^\s*(?:export )?(?:declare )?(namespace|interface) (\w+) \{/.exec(line) ?? [];
    if (kind === "namespace") namespaces.push(name);
    else if (kind === "interface") {
      fields = [];
      interfaces.set([...namespaces, name].join("."), fields);
    } else if (/^\s*\}$/.test(line)) {
      if (fields === undefined) namespaces.pop();
      fields = undefined;
    } else if (fields !== undefined) {
      const [, key, type] = /^\s+(\w+)\??: (.*);$/.exec(line) ?? [];
      if (key !== undefined && type !== undefined) fields.push([key, type]);
    }
  }
  return interfaces;
}

function pathsIn(fields: Fields, wanted: RegExp, interfaces: ReadonlyMap<string, Fields>): string[] {
  const found: string[] = [];
  const visit = (own: Fields, path: readonly string[], seen: ReadonlySet<string>): void => {
    for (const [key, type] of own) {
      const here = [...path, key];
      const below = [...type.matchAll(/inputs\.([\w.]+)/g)].flatMap(([, name = ""]) => {
        const more = interfaces.get(name);
        return more === undefined || seen.has(name) ? [] : [{ name, more }];
      });
      if (wanted.test(key)) found.push(here.join("."));
      else for (const { name, more } of below) visit(more, here, new Set([...seen, name]));
    }
  };
  visit(fields, [], new Set());
  return found;
}
