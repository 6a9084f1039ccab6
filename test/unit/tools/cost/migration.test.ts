import { describe, expect, test } from "vitest";
import { migrationCost } from "../../../../tools/cost/migration.ts";
import { LIST_PRICES, type PriceList } from "../../../../tools/cost/prices.ts";
import { MissingPrices } from "../../../../tools/cost/rates.ts";
import { bucket, usage } from "./world.ts";

const price = (usd: number) => ({ usd, date: "2026-11-01", source: "an example", verified: true });
const prices: PriceList = {
  ...LIST_PRICES,
  "s3.storage": price(0.05),
  "s3.egress": price(0.05),
  "s3.requests-get": price(0.4),
  "s3.requests-list": price(5),
};

describe("1,000 GiB that move from S3 in one month, by hand", () => {
  const move = () => migrationCost(bucket(), usage({ months: 6 }), { gib: 1000, overMonths: 1 }, prices);

  test("cost once: the transfer out of S3, 1,000 GETs, 1 LIST and 1,000 writes", () => {
    const once = move().oneOff.map(({ what, usd }) => [what, Number(usd.toFixed(6))]);
    expect(once).toEqual([
      ["S3 data transfer out", 50],
      ["S3 GET requests", 0.4],
      ["S3 LIST requests", 0.005],
      ["Cloud Storage write operations", 0.005],
    ]);
  });

  test("cost in the first month S3 and the bucket both, then the bucket alone", () => {
    const [first, second] = move().comparison;
    // In the bucket, the arriving GiB are there for 15.5 / 30 of the first month on average.
    expect(first?.moving).toBeCloseTo(50 + 50.405 + 0.005 + (1000 * 0.02 * 15.5) / 30, 6);
    expect((second?.moving ?? 0) - (first?.moving ?? 0)).toBeCloseTo(20, 6);
    expect(second?.staying).toBe(100);
  });

  test("pay from the fourth month: 50 m is no less than 90.74 + 20 m", () => {
    expect(move().breakEvenMonth).toBe(4);
  });
});

test("copies that arrive in Archive cost its writes and its storage from the start, and no move", () => {
  const cold = bucket("us-central1", { arrivalClass: "ARCHIVE", steps: [{ to: "NEARLINE", afterDays: 30 }] });
  const { lines, oneOff } = migrationCost(cold, usage({ months: 3 }), { gib: 1000, overMonths: 1 }, prices);
  expect(oneOff.at(-1)).toMatchObject({
    what: "Cloud Storage write operations",
    usd: expect.closeTo(0.05, 9) as number,
  });
  expect(lines.filter(({ month }) => month === 3)).toMatchObject([
    { item: "storage", storageClass: "ARCHIVE" },
  ]);
  expect(lines.filter(({ item }) => item === "class changes")).toEqual([]);
});

test("moving to where a month costs as much as in S3 never pays", () => {
  const same = { ...prices, "s3.storage": price(0.02) };
  const cost = migrationCost(bucket(), usage({ months: 120 }), { gib: 1000, overMonths: 3 }, same);
  expect(cost.breakEvenMonth).toBeUndefined();
});

test("a move over three months bills S3 for all three, and its transfer in equal parts", () => {
  const { comparison } = migrationCost(bucket(), usage({ months: 4 }), { gib: 900, overMonths: 3 }, prices);
  const moved = comparison.map(({ moving }, index) => moving - (comparison[index - 1]?.moving ?? 0));
  expect(moved[3]).toBeCloseTo(900 * 0.02, 6);
  // S3 at rest, a third of transfer and requests, and in the bucket 600 GiB and the arriving 300 GiB.
  const third = (900 * 0.05 + 0.36 + 0.005) / 3;
  expect(moved[2]).toBeCloseTo(45 + third + 0.0015 + (600 + (300 * 15.5) / 30) * 0.02, 6);
});

test("without prices of S3 nothing is estimated: each that is missing is named", () => {
  const cost = () => migrationCost(bucket(), usage(), { gib: 1, overMonths: 1 }, LIST_PRICES);
  expect(cost).toThrow(MissingPrices);
  expect(cost).toThrow("No price for s3.storage, s3.egress, s3.requests-get, s3.requests-list.");
});
