import { readdirSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../../stacks/nearest.ts";
import { SETTINGS } from "../../stacks/settings.ts";
import { notOneOf, quoted } from "../cli/parameter.ts";
import { directories } from "../cli/directories.ts";

/** Problems of a run that could be asked for, told before anything is started. */
export function runProblems({
  profile,
  config,
}: {
  readonly profile: string | undefined;
  readonly config: readonly string[];
}): string[] {
  const keys = config
    .map((one) => /^mpegflow-gcs:([^=.[]+)/.exec(one)?.[1])
    .filter((key) => key !== undefined);
  const unknown = keys
    .filter((key) => !(key in SETTINGS))
    .map((key) => {
      const meant = nearest(key, Object.keys(SETTINGS));
      return `--config: unknown key ${quoted(key)}. ${meant === undefined ? "docs/configuration.md lists them." : `Did you mean ${meant}?`}`;
    });
  // Profiles of the run's own settings are read by the program.
  if (profile === undefined || keys.includes("profiles")) return unknown;
  const known = builtInProfiles();
  return known.includes(profile) ? unknown : [...unknown, `--profile: ${notOneOf(profile, known)}`];
}

/** The profiles that every worker has. */
function builtInProfiles(): string[] {
  return readdirSync(join(directories.root, "services", "worker", "profiles"))
    .flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .toSorted();
}
