/**
 * The command line, or a file that it names, is wrong, and nothing was done. Each problem is one line for the user, complete without
 * a stack trace; the command ends with exit code 2.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
