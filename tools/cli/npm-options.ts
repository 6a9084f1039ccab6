/** Options that npm's own users may set in an .npmrc. */
const NPMS_OWN = new Set(["json", "yes"]);

/**
 * Options that npm has taken for itself, since no `--` stood before them: `npm run preview prod --diff` runs the script with
 * `prod` alone, and `npm_config_diff` in the environment.
 *
 * @param options names of the command's options
 * @param given names of those that the command line has
 */
export function takenByNpm(
  command: string,
  options: Iterable<string>,
  given: ReadonlySet<string>,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  if (environment["npm_lifecycle_event"] !== command) return [];
  return [...options]
    .filter((name) => !NPMS_OWN.has(name) && !given.has(name))
    .filter((name) => (environment[`npm_config_${name.replaceAll("-", "_")}`] ?? "") !== "")
    .map(
      (name) =>
        `--${name}: npm has taken it for itself. Write -- before the command's own options: npm run ${command} -- --${name}`,
    );
}
