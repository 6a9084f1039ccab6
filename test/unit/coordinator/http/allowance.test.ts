import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressKey, allowance } from "../../../../services/coordinator/http/allowance.ts";

describe("an allowance", () => {
  it("is a burst at first, then what time brings, and never more than both", () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(2000), asks: fc.nat(20) }), { maxLength: 30 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (all, burst, perSecond) => {
          let time = 0;
          const budget = allowance({ perSecond, burst }, () => time);
          let given = 0;
          for (const { waitMs, asks } of all) {
            time += waitMs;
            for (let n = 0; n < asks; n += 1) {
              const wasSpent = budget.isSpent("a");
              const may = budget.spend("a");
              expect(may).toBe(!wasSpent);
              given += Number(may);
            }
            expect(given).toBeLessThanOrEqual(burst + (time / 1000) * perSecond);
          }
        },
      ),
    );
  });

  it("is each key's own", () => {
    const budget = allowance({ perSecond: 1, burst: 1 }, () => 0);
    expect([budget.spend("a"), budget.spend("a"), budget.spend("b")]).toEqual([true, false, true]);
  });

  it("remembers a bounded number of keys, those used last", () => {
    const budget = allowance({ perSecond: 1, burst: 1 }, () => 0);
    budget.spend("first");
    for (let n = 0; n < 9999; n += 1) budget.spend(`key-${n}`);
    expect(budget.isSpent("first")).toBe(true);
    budget.spend("one more");
    expect(budget.isSpent("first")).toBe(false);
    expect(budget.isSpent("key-9998")).toBe(true);
  });
});

describe("an address", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::7", "2001:db8:1:2"],
    ["2001:db8::7", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    [undefined, "none"],
  ])("%s counts as %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
