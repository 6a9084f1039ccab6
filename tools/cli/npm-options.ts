/** Options that npm's own users may set in an .npmrc. */
const NPM_OPTIONS = new Set(["json", "yes"]);

/**
 * Options that npm has taken for itself, since no `--` stood before them: `npm run preview prod --diff` runs the script with
 * `prod` alone, and `npm_config_diff` in the environment.
 *
 * @param options names of the command's options
 * @param given names of those that the command line has
 */
export function optionsConsumedByNpm(
  command: string,
  options: Iterable<string>,
  given: ReadonlySet<string>,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  if (environment["npm_lifecycle_event"] !== command) return [];
  return [...options]
    .filter((name) => !NPM_OPTIONS.has(name) && !given.has(name))
    .filter((name) => (environment[`npm_config_${name.replaceAll("-", "_")}`] ?? "") !== "")
    .map(
      (name) =>
        `--${name}: npm has taken it for itself. Write -- before the command's own options: npm run ${command} -- --${name}`,
    );
}
