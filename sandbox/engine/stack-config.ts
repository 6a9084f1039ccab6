import { isMap, isScalar, parse, parseDocument, visit } from "yaml";
import { SetupError } from "../process/index.ts";

/** How a stack's secrets are encrypted: lines of their own at the left margin of its configuration file. */
const encryption = /^(?:encryptionsalt|encryptedkey|secretsprovider):.*(?:\n|$)/gm;

/** Placeholder for a secret in the sandbox. */
export const PLACEHOLDER = "placeholder";

/** The salt that the engine wrote into a configuration file, if any. */
export function encryptionSalt(text: string): string | undefined {
  return /^encryptionsalt: *(\S+) *$/m.exec(text)?.[1];
}

/** What of a stack's configuration is elsewhere, and so not known here. */
export interface Elsewhere {
  /** Keys of secrets, which only the stack's own environment can decrypt: `shop:password`. */
  readonly secrets: readonly string[];
  /** Whether the configuration takes values from environments of Pulumi ESC. */
  readonly environments: boolean;
}

/** A stack's configuration as the sandbox uses it. */
export interface SandboxConfig extends Elsewhere {
  readonly text: string;
}

/**
 * A committed stack configuration (`Pulumi.prod.yaml`) as the sandbox uses it: the same values, with the sandbox's encryption in
 * the place of the environment's own, {@link PLACEHOLDER} for each secret, and without environments of Pulumi ESC.
 */
export function sandboxConfig(committed: string, salt: string | undefined): SandboxConfig {
  const document = parseDocument(committed);
  const secrets: string[] = [];
  // A file without anything in it, as `pulumi stack init` leaves it, is no map.
  const isWhole = document.errors.length === 0 && isMap(document.contents);
  const config = isWhole ? document.get("config") : undefined;
  visit(document, {
    Map: (_, node, path) => {
      const key = isMap(config) && path.includes(config) ? keyBelow(path, config) : undefined;
      if (key === undefined || !isSecret(node)) return undefined;
      secrets.push(key);
      return document.createNode(PLACEHOLDER);
    },
  });
  const environments = isWhole && document.delete("environment");
  const rest = secrets.length > 0 || environments ? document.toString() : committed;
  const own = rest.replaceAll(encryption, "");
  return {
    text: salt === undefined ? own : `encryptionsalt: ${salt}\n${own}`,
    secrets: [...new Set(secrets)],
    environments,
  };
}

/** As the engine detects a secret: an object with only the text `secure`. */
function isSecret(node: unknown): boolean {
  return isMap(node) && node.items.length === 1 && typeof node.get("secure") === "string";
}

/** The key of `config:` that a node on this path belongs to. */
function keyBelow(path: readonly unknown[], config: unknown): string | undefined {
  const pair = path[path.indexOf(config) + 1];
  const key = typeof pair === "object" && pair !== null && "key" in pair ? pair.key : undefined;
  return isScalar(key) ? String(key.value) : undefined;
}

/** Lines on settings that differ from the stack's own environment, except given keys. */
export function elsewhereLines(
  { secrets, environments }: Elsewhere,
  file: string,
  given: readonly string[] = [],
): string[] {
  const taken = secrets.filter((key) => !given.includes(key));
  return [
    ...(taken.length > 0
      ? [
          `${file}: secrets that only their own environment can decrypt are taken as "${PLACEHOLDER}": ${taken.join(", ")}. To use others: --config KEY=VALUE.`,
        ]
      : []),
    ...(environments
      ? [
          `${file}: what environments of Pulumi ESC would add is left out. To give what the program needs of it: --config KEY=VALUE.`,
        ]
      : []),
  ];
}

/** The keys that a command line of Pulumi gives: `--config KEY=VALUE`, `-c KEY=VALUE`. Without a namespace they are the project's. */
export function configuredKeys(arguments_: readonly string[], project: string): string[] {
  return arguments_.flatMap((argument, index) => {
    const joined = /^(?:--config|-c)=(.*)$/s.exec(argument)?.[1];
    const before = arguments_[index - 1] ?? "";
    const text = joined ?? (["--config", "-c"].includes(before) ? argument : undefined);
    const key = text?.split("=", 1)[0];
    if (key === undefined) return [];
    return [key.includes(":") ? key : `${project}:${key}`];
  });
}

export interface Project {
  readonly name: string;
  /** Directory of the stacks' configuration files, relative to the project. */
  readonly stackConfigDirectory: string;
}

/**
 * The two fields of a Pulumi.yaml that say which file configures a stack.
 *
 * @throws SetupError when it is no YAML, or has no name
 */
export function parseProject(text: string, file: string): Project {
  let fields: unknown;
  try {
    fields = parse(text);
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new SetupError(`${file} cannot be read as YAML: ${reason.replace(/:$/, "")}.`);
  }
  const field = (name: string): string | undefined => {
    const value: unknown =
      typeof fields === "object" && fields !== null ? Reflect.get(fields, name) : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const name = field("name");
  if (name === undefined) throw new SetupError(`${file} has no "name".`);
  return { name, stackConfigDirectory: field("stackConfigDir") ?? field("config") ?? "." };
}
