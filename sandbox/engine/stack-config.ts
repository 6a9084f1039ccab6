import { SetupError } from "../process/index.ts";

/** How a stack's secrets are encrypted: lines of their own at the left margin of its configuration file. */
const encryption = /^(?:encryptionsalt|encryptedkey|secretsprovider):.*(?:\n|$)/gm;

/** The salt that the engine wrote into a configuration file, if any. */
export function encryptionSalt(text: string): string | undefined {
  return /^encryptionsalt: *(\S+) *$/m.exec(text)?.[1];
}

/**
 * A committed stack configuration (`Pulumi.prod.yaml`) as the sandbox uses it: the same values, with the sandbox's encryption in
 * the place of the environment's own.
 *
 * @throws SetupError when the configuration holds secrets: they were encrypted with a key the sandbox does not have
 */
export function sandboxConfig(committed: string, salt: string | undefined, file: string): string {
  const secrets = secretKeys(committed);
  if (secrets.length > 0) {
    throw new SetupError(
      `${file} holds secrets that only its own environment can decrypt (${secrets.join(", ")}), so the sandbox cannot use it.`,
    );
  }
  const rest = committed.replaceAll(encryption, "");
  return salt === undefined ? rest : `encryptionsalt: ${salt}\n${rest}`;
}

/** The keys that have a `secure:` value, with the line they are on where the key cannot be told. */
function secretKeys(text: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (!/^\s+(?:[^#]*[{,\s])?secure:\s/.test(line)) return [];
    const key = /^\s*(\S+?):\s*(?:\{.*)?$/.exec(
      /^\s*secure:/.test(line) ? (lines[index - 1] ?? "") : line,
    )?.[1];
    return [key ?? `line ${index + 1}`];
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
 * @throws SetupError when it has no name
 */
export function parseProject(text: string, file: string): Project {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: *(["']?)([^"'#\\n]+?)\\1 *(?:#.*)?$`, "m").exec(text)?.[2];
  const name = field("name");
  if (name === undefined) throw new SetupError(`${file} has no "name".`);
  return { name, stackConfigDirectory: field("stackConfigDir") ?? field("config") ?? "." };
}
