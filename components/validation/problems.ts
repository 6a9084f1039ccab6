import * as pulumi from "@pulumi/pulumi";
import { prefixPaths, describeProblems, type Problem } from "./problem.ts";

/**
 * Arguments that a component refuses. The message names every problem at once; the Pulumi CLI prints it without a
 * stack trace, because the caller's stack says nothing that the message does not.
 */
export class InvalidArguments extends pulumi.ResourceError {
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[], resource?: pulumi.Resource) {
    super(describeProblems(`${what}: ${countOf(problems)}.`, problems), resource, true);
    this.name = "InvalidArguments";
    this.problems = problems;
  }
}

function countOf(problems: readonly Problem[]): string {
  return problems.length === 1 ? "1 problem" : `${problems.length} problems`;
}

/** Collects problems, so that a user sees all of them in one run. */
export interface Problems {
  add(problem: Problem): void;
  /** Adds a part's problems, their paths put below `prefix`. */
  addAll(problems: readonly Problem[], prefix?: string): void;
  readonly found: readonly Problem[];
  /**
   * @param what the thing being made, as the user knows it: `MediaBucket "media"`
   * @throws {@link InvalidArguments} when anything was added
   */
  throwIfAny(what: string, resource?: pulumi.Resource): void;
}

/** An empty collector. */
export function problems(): Problems {
  const found: Problem[] = [];
  return {
    found,
    add: (problem) => void found.push(problem),
    addAll: (more, prefix) => void found.push(...(prefix === undefined ? more : prefixPaths(prefix, more))),
    throwIfAny: (what, resource) => {
      if (found.length > 0) throw new InvalidArguments(what, found, resource);
    },
  };
}
