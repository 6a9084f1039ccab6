import { parseArgs } from "node:util";

export const USAGE = `npm run release -- [options]

Checks everything that must hold before a version is published, and says what does not. Publishes nothing unless told to.

  --publish      then publish with provenance; in CI only
  --skip-tests   leave lint, types and tests out; not together with --publish
  --help`;

export interface ReleaseOptions {
  readonly publish: boolean;
  readonly skipTests: boolean;
}

/** What is wrong with the command line. */
export class UsageError extends Error {}

/**
 * @returns nothing where help is asked for
 * @throws UsageError
 */
export function parseOptions(argv: readonly string[]): ReleaseOptions | undefined {
  const { values } = parsed(argv);
  if (values.help === true) return undefined;
  const { publish = false, "skip-tests": skipTests = false } = values;
  if (publish && skipTests)
    throw new UsageError("--publish and --skip-tests: what was not tested is not published");
  return { publish, skipTests };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { publish: { type: "boolean" }, "skip-tests": { type: "boolean" }, help: { type: "boolean" } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
