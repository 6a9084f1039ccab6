import { describe, expect, it } from "vitest";
import { holds, lineOf, measure, ratio, type Timed } from "../../../../tools/bench/rounds.ts";

/** Takes a fixed time each time, by a clock of its own. */
const lasting =
  (seconds: number): Timed =>
  (times) =>
    times * seconds;

describe("rates measured side by side", () => {
  it("have the ratio of the two ways, though the machine is now quick and now slow", async () => {
    // Every other round, the machine has something else to do.
    let calls = 0;
    const weather = (): number => (Math.floor(calls++ / 2) % 2 === 0 ? 1 : 7);
    const rates = await measure(
      {
        quick: (times) => lasting(0.01 * weather())(times),
        slow: (times) => lasting(0.02 * weather())(times),
      },
      { rounds: 5, sliceSeconds: 1e-9 },
    );
    expect(rates["quick"]).toHaveLength(5);
    expect(ratio(rates, "quick", "slow")).toBeCloseTo(2);
  });

  it("are of work done often enough to be timed", async () => {
    const counts: number[] = [];
    const counting: Timed = (times) => {
      counts.push(times);
      return times * 0.001;
    };
    await measure({ counting }, { rounds: 2, sliceSeconds: 1 });
    expect(counts.slice(-2)).toEqual([1000, 1000]);
  });
});

describe("a target", () => {
  it("holds or is missed", () => {
    const most = { what: "w", ratio: 1.04, target: 1.05, bound: "at most" } as const;
    const least = { ...most, bound: "at least" } as const;
    expect([holds(most), holds(least)]).toEqual([true, false]);
    expect([lineOf(most), lineOf(least)]).toEqual([
      "ok   w: 1.04, at most 1.05",
      "MISS w: 1.04, at least 1.05",
    ]);
  });
});
