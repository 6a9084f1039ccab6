/**
 * A command as people type it. An npm script runs only what this clone contains. `npx` would look the name up in the
 * registry if it is not installed, where it is not ours.
 *
 * @param name of the command; none for the program itself
 * @param line what follows the name
 */
export function commandLine(name: string | undefined, line: string): string {
  return `npm run ${name ?? PROGRAM}${line === "" ? "" : ` -- ${line}`}`;
}

/** The npm script that takes a command's name as its first argument. */
export const PROGRAM = "mpegflow";
