import { describe, expect, test } from "vitest";
import { medianOf, ratioOf, tableOf } from "../../../../tools/bench/summary.ts";

describe("the ratio", () => {
  test("is that of the two programs of the same round, so that a slower machine changes nothing", () => {
    expect(
      ratioOf([
        { real: 2, flat: 1 },
        { real: 20, flat: 10 },
        { real: 8, flat: 4 },
      ]),
    ).toBe(2);
  });

  test("does not move for one round that was disturbed", () => {
    expect(
      ratioOf([
        { real: 1, flat: 1 },
        { real: 1, flat: 1 },
        { real: 9, flat: 1 },
      ]),
    ).toBe(1);
  });
});

test("the median is the middle value, or the mean of the two in the middle", () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  expect(medianOf([7])).toBe(7);
});

test("the table shows minimum, median and maximum of each program", () => {
  expect(tableOf({ prod: [2, 1.5, 4], flat: [1, 1, 1] })).toBe(
    [
      "seconds      min   median      max",
      "prod        1.50     2.00     4.00",
      "flat        1.00     1.00     1.00",
    ].join("\n"),
  );
});
