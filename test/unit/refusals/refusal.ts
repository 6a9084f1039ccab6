/** A wrong configuration and every word that its user gets to read. */
export interface Refusal {
  /** What is wrong, as a test's name. */
  readonly when: string;
  /** Makes the component. */
  readonly make: () => unknown;
  /** The headline's subject: `MediaBucket "media"`. */
  readonly subject: string;
  /** Each problem, as it is printed after its dash. */
  readonly says: readonly string[];
}

/** The whole message that a refusal has to have. */
export function messageOf({ subject, says }: Refusal): string {
  const count = says.length === 1 ? "1 problem" : `${says.length} problems`;
  return [`${subject}: ${count}.`, ...says.map((problem) => `  - ${problem}`)].join("\n");
}
