/** Seconds that each round took: of the real program, and of the flat one right beside it. */
export interface Round {
  readonly real: number;
  readonly flat: number;
}

/**
 * The median of the rounds' ratios: what slows the machine down for a while hits both programs of a round, and one round
 * that was disturbed between its two runs does not count.
 */
export function ratioOf(rounds: readonly Round[]): number {
  return medianOf(rounds.map(({ real, flat }) => real / flat));
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

/** A plain table of minimum, median and maximum. */
export function tableOf(rows: Readonly<Record<string, readonly number[]>>): string {
  const title = "seconds";
  const width = Math.max(...[title, ...Object.keys(rows)].map((name) => name.length));
  const line = (name: string, cells: readonly string[]): string =>
    name.padEnd(width) + cells.map((cell) => cell.padStart(9)).join("");
  return [
    line(title, ["min", "median", "max"]),
    ...Object.entries(rows).map(([name, values]) =>
      line(
        name,
        [Math.min(...values), medianOf(values), Math.max(...values)].map((value) => value.toFixed(2)),
      ),
    ),
  ].join("\n");
}
