/** One thing wrong with what a user gave, in a form that every edge (component, stack, policy) can print. */
export interface Problem {
  /** Path of the argument, as the user writes it: `placement.dataLocations`. */
  readonly path: string;
  /** What was given, printable. Never the value of a secret: write "(secret)" there. */
  readonly given: string;
  /** What would have been accepted. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
  /** Why it is refused, where that is not obvious. */
  readonly because?: string;
}

/** Prints a value the way a user wrote it, short enough for one line. Not for secrets. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** One problem as one sentence-shaped line. */
export function describeProblem(problem: Problem): string {
  const because = problem.because === undefined ? "" : ` Reason: ${problem.because}`;
  return `${problem.path}: given ${problem.given}; allowed: ${problem.allowed}.${because} Fix: ${problem.fix}`;
}

/** Several problems below one headline, one a line. */
export function describeProblems(headline: string, problems: readonly Problem[]): string {
  return [headline, ...problems.map((problem) => `  - ${describeProblem(problem)}`)].join("\n");
}

/** The same problems, with their paths below `prefix`: a part reports `location`, its owner `placement.location`. */
export function below(prefix: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: `${prefix}.${problem.path}` }));
}
