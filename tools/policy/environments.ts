import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const directory = fileURLToPath(new URL("../../policy/environments", import.meta.url));

/** The environments that configure the policies, each in policy/environments/<name>.json. */
export function environments(): string[] {
  return readdirSync(directory)
    .flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The configuration of the policies for an environment, named like its stack; undefined where it has none. */
export function environmentFile(name: string): string | undefined {
  return environments().includes(name) ? join(directory, `${name}.json`) : undefined;
}

/** The CLI's option for it. */
export function environmentPolicies(name: string): string[] {
  const file = environmentFile(name);
  return file === undefined ? [] : ["--policy-pack-config", file];
}
