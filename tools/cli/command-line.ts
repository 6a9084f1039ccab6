/**
 * A command as people type it. An npm script runs what this clone has, and nothing else: a name given to `npx` would be asked for in the
 * registry wherever it is not installed, and nobody owns ours there.
 *
 * @param name of the command; none for the program itself
 * @param line what follows the name
 */
export function commandLine(name: string | undefined, line: string): string {
  return `npm run ${name ?? PROGRAM}${line === "" ? "" : ` -- ${line}`}`;
}

/** The npm script that takes a command's name as its first argument. */
export const PROGRAM = "mpegflow";
