/** One invalid argument, in a form that components, stacks and policies can print. */
export interface Problem {
  /** Path of the argument, as the user writes it: `placement.dataLocations`. */
  readonly path: string;
  /** The given value, printable. Never a secret: write "(secret)" instead. */
  readonly given: string;
  /** Allowed values. */
  readonly allowed: string;
  /** How to fix it. */
  readonly fix: string;
  /** Why it is refused, if that is not obvious. */
  readonly because?: string;
}

/** Prints a value as the user wrote it, shortened to one line. Not for secrets. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** One problem on one line. */
export function describeProblem(problem: Problem): string {
  const because = problem.because === undefined ? "" : ` Reason: ${problem.because}`;
  return `${problem.path}: given ${problem.given}; allowed: ${problem.allowed}.${because} Fix: ${problem.fix}`;
}

/** Several problems under a headline, one per line. */
export function describeProblems(headline: string, problems: readonly Problem[]): string {
  return [headline, ...problems.map((problem) => `  - ${describeProblem(problem)}`)].join("\n");
}

/** Prefixes the paths of problems: a nested argument reports `location`, its parent `placement.location`. */
export function prefixPaths(prefix: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: `${prefix}.${problem.path}` }));
}
