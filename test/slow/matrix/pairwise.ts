/** A covering array: rows in which every two choices of different factors stand together at least once. */

/** Factors and how many choices each has. */
export type Sizes = readonly number[];
/** The choice of each factor, by index. */
export type Row = readonly number[];
/** Whether two choices can stand together: factor and choice of each. */
export type Allowed = (factor: number, choice: number, other: number, otherChoice: number) => boolean;

export interface Covering {
  readonly rows: readonly Row[];
  /** Allowed pairs that no row could be made for, because they need a third choice that one of them does not allow. */
  readonly impossible: readonly (readonly [
    factor: number,
    choice: number,
    other: number,
    otherChoice: number,
  ])[];
}

/**
 * Every allowed pair in as few rows as a greedy search finds: each row begins with a pair that is still missing, and each
 * further factor, the next one with the most missing pairs, takes the choice that adds the most of them. Deterministic.
 */
export function pairwise(sizes: Sizes, allowed: Allowed): Covering {
  const missing = new Set<string>();
  for (const [factor, size] of sizes.entries()) {
    for (let choice = 0; choice < size; choice++) {
      for (const [other, otherSize] of sizes.entries()) {
        if (other <= factor) continue;
        for (let otherChoice = 0; otherChoice < otherSize; otherChoice++) {
          if (allowed(factor, choice, other, otherChoice))
            missing.add(key(factor, choice, other, otherChoice));
        }
      }
    }
  }
  const rows: Row[] = [];
  const impossible: Covering["impossible"][number][] = [];
  for (const first of missing) {
    const pair = first.split(",").map(Number) as [number, number, number, number];
    const row = complete(sizes, allowed, pair, missing);
    if (row === undefined) {
      impossible.push(pair);
      missing.delete(first);
      continue;
    }
    rows.push(row);
    for (const [factor, choice] of row.entries()) {
      for (const [other, otherChoice] of row.entries())
        missing.delete(key(factor, choice, other, otherChoice));
    }
  }
  return { rows, impossible };
}

const key = (...pair: readonly number[]): string => pair.join(",");

/** A row with the given pair, or nothing where none is allowed. */
function complete(
  sizes: Sizes,
  allowed: Allowed,
  [factor, choice, other, otherChoice]: readonly [number, number, number, number],
  missing: ReadonlySet<string>,
): Row | undefined {
  const row = new Map([
    [factor, choice],
    [other, otherChoice],
  ]);
  const fits = (candidate: number, value: number): boolean =>
    [...row].every(([one, given]) => allowed(one, given, candidate, value));
  const gain = (candidate: number, value: number): number =>
    [...row].filter(([one, given]) =>
      missing.has(one < candidate ? key(one, given, candidate, value) : key(candidate, value, one, given)),
    ).length;
  /** Those with one way to go first, then those with the most to gain; most choices first where they gain the same. */
  const urgency = ({ values }: Option): number =>
    values.length <= 1 ? Infinity : (values[0]?.gain ?? 0) + values.length / 100;
  const fill = (open: readonly number[]): boolean => {
    if (open.length === 0) return true;
    const options = open.map((candidate) => ({
      candidate,
      values: [...Array(sizes[candidate] ?? 0).keys()]
        .filter((value) => fits(candidate, value))
        .map((value) => ({ value, gain: gain(candidate, value) }))
        .toSorted((a, b) => b.gain - a.gain),
    }));
    const next = options.reduce((best, one) => (urgency(one) > urgency(best) ? one : best));
    const rest = open.filter((one) => one !== next.candidate);
    for (const { value } of next.values) {
      row.set(next.candidate, value);
      if (fill(rest)) return true;
      row.delete(next.candidate);
    }
    return false;
  };
  const open = [...sizes.keys()].filter((one) => !row.has(one));
  return fill(open) ? sizes.map((_, one) => row.get(one) ?? 0) : undefined;
}

interface Option {
  readonly candidate: number;
  readonly values: readonly { readonly value: number; readonly gain: number }[];
}
