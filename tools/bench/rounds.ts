import { medianOf } from "./summary.ts";

/** Does its work a number of times, and says how many seconds that took. */
export type Timed = (times: number) => Promise<number> | number;

/** Seconds that `work` takes when done `times` times in a row. */
export const repeated =
  (work: (index: number) => unknown): Timed =>
  (times) => {
    const start = performance.now();
    for (let index = 0; index < times; index += 1) work(index);
    return (performance.now() - start) / 1000;
  };

/** The same for work that answers with a promise. */
export const repeatedAsync =
  (work: (index: number) => Promise<unknown>): Timed =>
  async (times) => {
    const start = performance.now();
    for (let index = 0; index < times; index += 1) await work(index);
    return (performance.now() - start) / 1000;
  };

/** Times a second, one for each round. */
export type Rates = Readonly<Record<string, readonly number[]>>;

/**
 * Measures several ways of doing a thing, all of them in every round, in an order that rotates: so that other load
 * affects them equally. Each runs long enough to be timed.
 */
export async function measure(
  ways: Readonly<Record<string, Timed>>,
  { rounds, sliceSeconds }: { rounds: number; sliceSeconds: number },
): Promise<Rates> {
  const names = Object.keys(ways);
  const times = new Map<string, number>();
  for (const [name, way] of Object.entries(ways)) {
    // Compiled and warm before anything counts.
    let count = 1;
    for (let seconds = await way(count); seconds < sliceSeconds / 4; seconds = await way(count)) count *= 2;
    const seconds = await way(count);
    times.set(name, Math.max(1, Math.ceil((count * sliceSeconds) / seconds)));
  }
  const rates: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round) % names.length] ?? "";
      const count = times.get(name) ?? 1;
      const seconds = await ways[name]?.(count);
      rates[name]?.push(count / (seconds ?? Number.NaN));
    }
  }
  return rates;
}

/** How often the first comes to its end while the second does so once: the median of the rounds' ratios. */
export function ratio(rates: Rates, first: string, second: string): number {
  const others = rates[second] ?? [];
  return medianOf((rates[first] ?? []).map((rate, round) => rate / (others[round] ?? Number.NaN)));
}

/** A claim about a ratio, and whether it held. */
export interface Verdict {
  readonly what: string;
  readonly ratio: number;
  readonly target: number;
  /** Whether the ratio has to be at least or at most the target. */
  readonly bound: "at least" | "at most";
}

export const holds = ({ ratio, target, bound }: Verdict): boolean =>
  bound === "at least" ? ratio >= target : ratio <= target;

export const lineOf = (verdict: Verdict): string =>
  `${holds(verdict) ? "ok  " : "MISS"} ${verdict.what}: ${verdict.ratio.toFixed(2)}, ${verdict.bound} ${verdict.target}`;
