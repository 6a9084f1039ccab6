import { describeProblems, type Problem } from "../validation/problem.ts";

/** A placement that Google does not offer. */
export class InvalidPlacement extends Error {
  readonly problems: readonly Problem[];
  /**
   * What Pulumi's own `RunError.isInstance` looks for: the CLI then prints the message alone, without a stack trace.
   * Written out, because this folder must not depend on Pulumi.
   */
  readonly __pulumiRunError = true;

  constructor(what: string, problems: readonly Problem[]) {
    super(describeProblems(`${what} is not a placement that Cloud Storage offers.`, problems));
    this.name = "InvalidPlacement";
    this.problems = problems;
  }
}
