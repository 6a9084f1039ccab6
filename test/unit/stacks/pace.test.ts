import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxWorkers } from "../../../components/platform/component-arguments.ts";
import { evenPaceShare } from "../../../components/workloads/encoder-transfers.ts";
import { bucketRates, createPace } from "../../../services/transfer/index.ts";
import { committedPlatforms } from "./committed-platforms.ts";

const platforms = committedPlatforms.map(({ stack, args }) => {
  const workers = maxWorkers(args);
  return { stack, workers, share: args.encoders?.paceShare ?? evenPaceShare(workers) };
});

/** Writes that a worker sends in each minute when it never stops for anything but its pace. */
function writesByMinute(share: number, minutes: number): number[] {
  let at = 0;
  const pace = createPace({ share, now: () => at });
  const sent = Array.from({ length: minutes }, () => 0);
  for (;;) {
    // Two at once, so that the rate is in use and grows.
    const wait = Math.max(pace.reserve("write"), pace.reserve("write"));
    at += wait;
    const minute = Math.floor(at / 60_000);
    if (minute >= minutes) return sent;
    sent[minute] = (sent[minute] ?? 0) + 2;
  }
}

describe.each(platforms)("the most workers of $stack, $workers", ({ stack, workers, share }) => {
  test("start below the rates of their bucket", () => {
    const pace = createPace({ share });
    expect(workers * pace.allowed("write"), stack).toBeLessThanOrEqual(bucketRates.writesPerSecond);
    expect(workers * pace.allowed("read"), stack).toBeLessThanOrEqual(bucketRates.readsPerSecond);
  });

  // https://docs.cloud.google.com/storage/docs/request-rate: no faster than doubling in 20 minutes
  test("stay below what the bucket has grown to, minute by minute, for an hour", () => {
    writesByMinute(share, 60).forEach((writes, minute) => {
      const grown = bucketRates.writesPerSecond * 60 * 2 ** ((minute + 1) / 20);
      expect(workers * writes, `${stack}, minute ${minute}`).toBeLessThanOrEqual(grown);
    });
  });
});

test("prod has as many workers as its scaling lets both regions have", () => {
  expect(platforms.find(({ stack }) => stack === "prod")).toMatchObject({ workers: 160, share: 0.00625 });
});

test("any number of workers starts below the rates of their bucket, and wastes little of them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), (workers) => {
      const sum = workers * evenPaceShare(workers);
      expect(sum).toBeLessThanOrEqual(1);
      expect(sum).toBeGreaterThan(0.99);
    }),
  );
});
