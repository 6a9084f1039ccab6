import { randomUUID } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPace, download, hashedName, hexDigitsFor, upload } from "../../../services/transfer/index.ts";
import { createTestStore, hasty } from "./store.ts";
import type { TestStore } from "./store.ts";

/** Sends as fast as the pace allows until a time; answers with the number sent in each minute. */
function sendFor(minutes: number, options: { share: number; throttleAtMinute?: number }): number[] {
  let at = 0;
  const pace = createPace({ share: options.share, now: () => at });
  const sent = Array.from({ length: minutes }, () => 0);
  let throttled = false;
  for (;;) {
    at += pace.reserve("write");
    const minute = Math.floor(at / 60_000);
    if (minute >= minutes) return sent;
    sent[minute] = (sent[minute] ?? 0) + 1;
    if (!throttled && minute === options.throttleAtMinute) {
      throttled = true;
      pace.throttled("write");
    }
    // Two at once, so that the lane is in use.
    pace.reserve("write");
    sent[minute] += 1;
  }
}

describe("the pace of requests to a bucket", () => {
  it("starts below 1,000 writes and 5,000 reads a second", () => {
    const pace = createPace({ share: 1 });
    expect(pace.allowed("write")).toBeLessThan(1000);
    expect(pace.allowed("read")).toBeLessThan(5000);
  });

  it("never more than doubles within 20 minutes", () => {
    const sent = sendFor(45, { share: 0.02 });
    for (let minute = 1; minute + 20 < 45; minute += 1)
      expect((sent[minute + 20] ?? 0) / (sent[minute] ?? 1)).toBeLessThanOrEqual(2.05);
    expect((sent[40] ?? 0) / (sent[1] ?? 1)).toBeGreaterThan(3);
  });

  it("lets at once what half a second allows, and keeps to the rate from then on", () => {
    let at = 3_600_000;
    const pace = createPace({ share: 0.05, now: () => at });
    const perSecond = pace.allowed("write");
    const waits = Array.from({ length: 100 }, () => pace.reserve("write"));
    expect(waits.filter((wait) => wait === 0).length).toBe(Math.floor(perSecond / 2) + 1);
    expect(waits.at(-1)).toBeCloseTo((99 / perSecond - 0.5) * 1000, 6);
    // An hour without requests gives no more than the half second again.
    at += 3_600_000;
    const later = Array.from({ length: 100 }, () => pace.reserve("write"));
    expect(later).toEqual(waits);
  });

  it("does not grow while nobody sends", () => {
    let at = 0;
    const pace = createPace({ share: 0.1, now: () => at });
    const before = pace.allowed("write");
    at += 60 * 60_000;
    pace.reserve("write");
    expect(pace.allowed("write")).toBe(before);
  });

  it("halves on 429 and holds for minutes", () => {
    const sent = sendFor(6, { share: 0.02, throttleAtMinute: 1 });
    expect((sent[2] ?? 0) / (sent[0] ?? 1)).toBeLessThan(0.6);
    expect((sent[2] ?? 0) / (sent[0] ?? 1)).toBeGreaterThan(0.4);
  });

  it("halves once for refusals that come together", () => {
    const pace = createPace({ share: 1, now: () => 0 });
    const before = pace.allowed("read");
    for (let refusal = 0; refusal < 10; refusal += 1) pace.throttled("read");
    expect(pace.allowed("read")).toBe(before / 2);
  });

  it("keeps a second between two writes of one object", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 0, max: 700 }))),
        (writes) => {
          let at = 0;
          const pace = createPace({ share: 1, now: () => at });
          const last = new Map<string, number>();
          for (const [object, pause] of writes) {
            at += pause;
            const when = at + pace.reserve("write", object);
            const before = last.get(object);
            if (before !== undefined) expect(when - before).toBeGreaterThanOrEqual(1000 - 1e-6);
            last.set(object, when);
          }
        },
      ),
    );
  });
});

describe("names with a hash before them", () => {
  it("are the same for the same name and spread for names in a row", () => {
    const names = Array.from({ length: 1000 }, (_, index) => `2026-11-24/segment-${index}`);
    const prefixes = names.map((name) => hashedName(name, 1).slice(0, 1));
    expect(hashedName("2026-11-24/a")).toBe(hashedName("2026-11-24/a"));
    expect(hashedName("a")).toMatch(/^[0-9a-f]{6}-a$/);
    expect(new Set(prefixes).size).toBe(16);
  });

  // https://docs.cloud.google.com/storage/docs/request-rate: one character is good for 16,000 writes, 80,000 reads.
  it.each([
    [1000, 5000, 0],
    [1001, 0, 1],
    [16_000, 80_000, 1],
    [16_001, 0, 2],
    [0, 80_001, 2],
  ])("need as many digits as the rate asks for: %i writes, %i reads", (writes, reads, digits) => {
    expect(hexDigitsFor(writes, reads)).toBe(digits);
  });
});

describe("transfers with a pace", () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await createTestStore(1000);
  });
  afterAll(() => store.close());

  it("are never refused by a store that allows one write a second for each object", async () => {
    store.world.rateLimits.set({ objectWrites: 1 });
    const pace = createPace();
    const started = performance.now();
    for (let time = 0; time < 2; time += 1)
      await upload(await store.sign({ do: "upload", object: "busy" }), store.source, {
        ...hasty,
        pace,
        retry: { retries: 0 },
      });
    expect(performance.now() - started).toBeGreaterThan(990);
    store.world.rateLimits.set({});
  });

  it("slow down when the store asks them to", async () => {
    await upload(await store.sign({ do: "upload", object: "read" }), store.source);
    store.world.faults.put("slow", {
      match: { method: "GET" },
      action: { kind: "status", status: 429 },
      times: 1,
    });
    const pace = createPace();
    const before = pace.allowed("read");
    await download(await store.sign({ do: "download", object: "read" }), join(store.folder, randomUUID()), {
      ...hasty,
      pace,
    });
    expect(pace.allowed("read")).toBe(before / 2);
  });
});
