import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rpo } from "../../../../components/index.ts";
import { markOf } from "../../../../tools/cost/marks.ts";
import { monthlyLines, total, type Item, type Line } from "../../../../tools/cost/monthly.ts";
import { LIST_PRICES } from "../../../../tools/cost/prices.ts";
import { bucket, usage } from "./world.ts";

/** US dollars of each item of one month, to the hundredth of a cent. */
function bill(lines: readonly Line[], month = 1): Partial<Record<Item, number>> {
  const sums: Partial<Record<Item, number>> = {};
  for (const line of lines.filter((one) => one.month === month))
    sums[line.item] = Number(((sums[line.item] ?? 0) + line.usd).toFixed(4));
  return sums;
}

describe("storage, by hand", () => {
  test("1,000 GiB in Standard of us-central1 cost $20", () => {
    const lines = monthlyLines(bucket(), usage({ storedGib: 1000 }), LIST_PRICES);
    expect(bill(lines)).toEqual({ storage: 20 });
    expect(lines.map(({ rate }) => markOf(rate, LIST_PRICES))).toEqual(["verified"]);
  });

  test("in NAM4 they cost the sum of two regions, $44, which is marked as a stand-in", () => {
    const lines = monthlyLines(bucket("NAM4"), usage({ storedGib: 1000 }), LIST_PRICES);
    expect(bill(lines)).toEqual({ storage: 44 });
    const [line] = lines;
    expect(line && markOf(line.rate, LIST_PRICES)).toBe("stand-in");
    expect(line?.rate.standIn).toContain("no verified price for NAM4");
    expect(line?.rate.standIn).toContain("no price for us-east1: that of us-central1 stands in");
  });

  test("a price of NAM4's own takes the stand-in's place", () => {
    const own = { usd: 0.05, date: "2026-11-01", source: "our contract", verified: true };
    const prices = { ...LIST_PRICES, "storage.dual-region.NAM4.STANDARD": own };
    const [line] = monthlyLines(bucket("NAM4"), usage({ storedGib: 1000 }), prices);
    expect(line).toMatchObject({ usd: 50, rate: { ids: ["storage.dual-region.NAM4.STANDARD"] } });
    expect(line && markOf(line.rate, prices)).toBe("verified");
  });

  test("older than the ladder's last step they cost $1.20 in Archive", () => {
    const cold = bucket("us-central1", { steps: [{ to: "ARCHIVE", afterDays: 1 }] });
    const lines = monthlyLines(cold, usage({ storedGib: 1000, months: 2 }), LIST_PRICES);
    expect(bill(lines, 2)).toEqual({ storage: 1.2 });
  });

  test("only the share below a step's prefixes takes the step", () => {
    const cold = bucket("us-central1", {
      steps: [{ to: "ARCHIVE", afterDays: 1, prefixes: ["mezzanines/"] }],
    });
    const shares = [{ prefix: "mezzanines/", part: 0.6 }, { part: 0.4 }];
    const lines = monthlyLines(cold, usage({ storedGib: 1000, months: 2, shares }), LIST_PRICES);
    // 600 GiB at 0.0012 and 400 GiB at 0.02.
    expect(bill(lines, 2)).toEqual({ storage: 8.72 });
  });

  test("deleted after 10 days they are billed for 10 days, and 7 more by soft delete", () => {
    const lines = monthlyLines(bucket(), usage({ storedGib: 300, deleteAfterDays: 10 }), LIST_PRICES);
    expect(bill(lines)).toEqual({ storage: 2, "soft-deleted storage": 1.4 });
  });

  test("deleted from Archive before 365 days they are billed for the rest: 365 - 20 - 7 days of 300 GiB", () => {
    const cold = bucket("us-central1", { steps: [{ to: "ARCHIVE", afterDays: 10 }] });
    const lines = monthlyLines(cold, usage({ storedGib: 300, deleteAfterDays: 20 }), LIST_PRICES);
    expect(bill(lines)["early deletion"]).toBeCloseTo((300 * 338 * 0.0012) / 30, 4);
  });
});

describe("versions, by hand", () => {
  const kept = bucket("us-central1", { versioning: true });

  test("300 GiB deleted after 10 days are billed for 10 days, and 20 more as versions", () => {
    const lines = monthlyLines(kept, usage({ storedGib: 300, deleteAfterDays: 10, months: 2 }), LIST_PRICES);
    expect(bill(lines)).toEqual({ storage: 2, "noncurrent versions": 4 });
    expect(bill(lines, 2)).toEqual({ "noncurrent versions": 6 });
  });

  test("a tenth of 300 GiB a month, overwritten at once, adds up to 30 GiB more each month", () => {
    const often = usage({ ingestGibMonth: 300, overwritten: 0.1, overwrittenAfterDays: 1, months: 4 });
    const versions = (month: number) =>
      bill(monthlyLines(kept, often, LIST_PRICES), month)["noncurrent versions"] ?? 0;
    expect(versions(4) - versions(3)).toBeCloseTo(30 * 0.02, 6);
    const without = monthlyLines(bucket("us-central1", { softDeleteDays: 0 }), often, LIST_PRICES);
    expect(bill(without, 4)["noncurrent versions"]).toBeUndefined();
  });

  test("age down the ladder: they move to Archive as live objects do", () => {
    const ladder = bucket("us-central1", { versioning: true, steps: [{ to: "ARCHIVE", afterDays: 30 }] });
    const lines = monthlyLines(
      ladder,
      usage({ storedGib: 300, deleteAfterDays: 10, months: 2 }),
      LIST_PRICES,
    );
    expect(bill(lines, 2)).toEqual({ "noncurrent versions": 0.36, "class changes": 0.015 });
  });
});

describe("Autoclass, by hand", () => {
  const auto = (autoclass: "NEARLINE" | "ARCHIVE") => bucket("us-central1", { autoclass });

  test("1,000 GiB that nobody reads are in Nearline in the second month, for $10 and $0.0025 of 1,000 objects", () => {
    const lines = monthlyLines(auto("NEARLINE"), usage({ storedGib: 1000, months: 2 }), LIST_PRICES);
    expect(bill(lines, 1)).toEqual({ storage: 20, "Autoclass management": 0.0025 });
    expect(bill(lines, 2)).toEqual({ storage: 10, "Autoclass management": 0.0025 });
  });

  test("they are in Archive after a year, where that is the coldest class", () => {
    const lines = monthlyLines(auto("ARCHIVE"), usage({ storedGib: 1000, months: 14 }), LIST_PRICES);
    expect(bill(lines, 4).storage).toBeCloseTo(1000 * 0.004, 6);
    expect(bill(lines, 14).storage).toBeCloseTo(1.2, 6);
  });

  test("what is read stays in Standard and costs no retrieval: half of it $10, the other $5", () => {
    const how = usage({ storedGib: 1000, months: 2, active: 0.5, readGibMonth: 100 });
    const found = bill(monthlyLines(auto("NEARLINE"), how, LIST_PRICES), 2);
    expect(found).toMatchObject({ storage: 15 });
    expect(found.retrieval).toBeUndefined();
  });

  test("deleting early costs nothing, and moving neither", () => {
    const how = usage({ storedGib: 1000, months: 3, deleteAfterDays: 40 });
    const items = monthlyLines(auto("NEARLINE"), how, LIST_PRICES).map(({ item }) => item);
    expect(items).not.toContain("early deletion");
    expect(items).not.toContain("class changes");
  });

  test("objects of less than 128 KiB stay in Standard, and bring no fee", () => {
    const how = usage({ storedGib: 1000, months: 2, objectBytes: 100 * 1024 });
    expect(bill(monthlyLines(auto("NEARLINE"), how, LIST_PRICES), 2)).toEqual({ storage: 20 });
  });
});

describe("writing, by hand", () => {
  const written = usage({ ingestGibMonth: 1000 });

  test("1,000 objects of 1 GiB cost half a cent in a region, and no replication", () => {
    expect(bill(monthlyLines(bucket(), written, LIST_PRICES))).toMatchObject({ "write operations": 0.005 });
    expect(bill(monthlyLines(bucket(), written, LIST_PRICES)).replication).toBeUndefined();
  });

  test("in a dual-region they cost a cent, and $40 or $20 for turbo or default replication", () => {
    const turbo = monthlyLines(bucket("NAM4", { rpo: Rpo.ASYNC_TURBO }), written, LIST_PRICES);
    expect(bill(turbo)).toMatchObject({ "write operations": 0.01, replication: 40 });
    const byDefault = monthlyLines(bucket("NAM4", { rpo: Rpo.DEFAULT }), written, LIST_PRICES);
    expect(bill(byDefault)).toMatchObject({ replication: 20 });
  });

  test("in Asia turbo replication costs $110", () => {
    const lines = monthlyLines(bucket("ASIA1", { rpo: Rpo.ASYNC_TURBO }), written, LIST_PRICES);
    expect(bill(lines)).toMatchObject({ replication: 110 });
  });

  test("each move to Archive is a class A operation of Archive: 1,000 for 5 cents", () => {
    const cold = bucket("us-central1", { steps: [{ to: "ARCHIVE", afterDays: 10 }] });
    const lines = monthlyLines(cold, usage({ storedGib: 1000 }), LIST_PRICES);
    expect(bill(lines)["class changes"]).toBe(0.05);
  });
});

describe("reading, by hand", () => {
  test("100 GiB from Archive cost $5 of retrieval, and no egress in the bucket's region", () => {
    const cold = bucket("us-central1", { steps: [{ to: "ARCHIVE", afterDays: 1 }] });
    const lines = monthlyLines(
      cold,
      usage({ storedGib: 1000, storedAgeDays: 400, readGibMonth: 100 }),
      LIST_PRICES,
    );
    expect(bill(lines)).toMatchObject({ retrieval: 5, "read operations": 0.005 });
    expect(bill(lines)["egress to other regions"]).toBeUndefined();
  });

  test("100 GiB to another region of the continent cost $2", () => {
    const lines = monthlyLines(bucket(), usage({ storedGib: 1000, readOutsideGibMonth: 100 }), LIST_PRICES);
    expect(bill(lines)).toMatchObject({ "egress to other regions": 2 });
  });

  test("20 TiB to the internet cost 10 TiB at 0.12 and 10 TiB at 0.11", () => {
    const lines = monthlyLines(bucket(), usage({ storedGib: 1, internetGibMonth: 20_480 }), LIST_PRICES);
    expect(bill(lines)).toMatchObject({ "egress to the internet": 2355.2 });
  });

  test("1,000 GiB by the CDN cost its egress, its lookups and the fill of 5 percent, all marked", () => {
    const lines = monthlyLines(bucket(), usage({ storedGib: 1, cdnGibMonth: 1000 }), LIST_PRICES);
    expect(bill(lines)).toMatchObject({ "CDN egress": 80, "CDN cache fill": 0.5, "CDN lookups": 0.0008 });
    expect(bill(lines)["egress to the internet"]).toBeUndefined();
    const cdn = lines.filter(({ item }) => item.startsWith("CDN"));
    expect(new Set(cdn.map(({ rate }) => markOf(rate, LIST_PRICES)))).toEqual(new Set(["not verified"]));
  });
});

describe("whatever the bucket and its usage", () => {
  const step = fc.record({
    to: fc.constantFrom("NEARLINE" as const, "COLDLINE" as const, "ARCHIVE" as const),
    afterDays: fc.integer({ min: 1, max: 200 }),
  });
  const anyBucket = fc
    .tuple(
      fc.constantFrom("us-central1", "NAM4", "EUR4", "US", "us-central1+us-west1"),
      fc.array(step, { maxLength: 3 }),
    )
    .map(([placement, steps]) => bucket(placement, { steps }));
  const amount = fc.integer({ min: 0, max: 100_000 });
  const anyUsage = fc
    .record({
      months: fc.integer({ min: 1, max: 6 }),
      storedGib: amount,
      storedAgeDays: fc.integer({ min: 0, max: 300 }),
      ingestGibMonth: amount,
      readGibMonth: amount,
      internetGibMonth: amount,
      cdnGibMonth: amount,
      deleteAfterDays: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
    })
    .map(({ deleteAfterDays, ...more }) =>
      usage({ ...more, ...(deleteAfterDays !== undefined && { deleteAfterDays }) }),
    );

  test("no line is negative, and each is its quantity times its rate", () => {
    fc.assert(
      fc.property(anyBucket, anyUsage, (where, how) => {
        for (const { quantity, usd, rate } of monthlyLines(where, how, LIST_PRICES)) {
          expect(quantity).toBeGreaterThan(0);
          expect(usd).toBeGreaterThanOrEqual(0);
          expect(usd).toBeCloseTo(quantity * rate.usd, 9);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("more stored or more ingested never costs less", () => {
    fc.assert(
      fc.property(anyBucket, anyUsage, amount, (where, how, more) => {
        const cost = (one: typeof how): number =>
          total(
            monthlyLines(where, one, LIST_PRICES).filter(
              // Reads are spread over what is there, so more cold data makes the same reads dearer or cheaper.
              ({ item }) => item !== "retrieval" && item !== "read operations",
            ),
          );
        const before = cost(how);
        expect(cost({ ...how, storedGib: how.storedGib + more })).toBeGreaterThanOrEqual(before - 1e-6);
        expect(cost({ ...how, ingestGibMonth: how.ingestGibMonth + more })).toBeGreaterThanOrEqual(
          before - 1e-6,
        );
      }),
      { numRuns: 40 },
    );
  });
});
