import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandsOf, simulate, type Ageing, type MinimumDays } from "../../../../tools/cost/simulation.ts";

const minimum: MinimumDays = { STANDARD: 0, NEARLINE: 30, COLDLINE: 90, ARCHIVE: 365 };
const plain: Ageing = { steps: [], softDeleteDays: 0 };
const fresh = (gib: number) => ({ gib, agesDays: 0 });
const nothing = fresh(0);

describe("what is there at the start", () => {
  test("stays in Standard without a ladder", () => {
    const months = simulate(plain, fresh(30), 0, minimum, 2);
    expect(months.map(({ atRest }) => atRest.STANDARD)).toEqual([30, 30]);
  });

  test("moves to Nearline after the days of the step, once", () => {
    const [first, second, third] = simulate(
      { ...plain, steps: [{ to: "NEARLINE", afterDays: 30 }] },
      fresh(30),
      0,
      minimum,
      3,
    );
    expect(first).toMatchObject({ atRest: { STANDARD: 30, NEARLINE: 0 }, moved: { NEARLINE: 0 } });
    expect(second).toMatchObject({ atRest: { STANDARD: 0, NEARLINE: 30 }, moved: { NEARLINE: 30 } });
    expect(third).toMatchObject({ atRest: { NEARLINE: 30 }, moved: { NEARLINE: 0 } });
  });

  test("is in the classes of its ages: 60 GiB of 1 to 60 days, half of it older than 30", () => {
    const [first] = simulate(
      { ...plain, steps: [{ to: "NEARLINE", afterDays: 30 }] },
      { gib: 60, agesDays: 60 },
      0,
      minimum,
      1,
    );
    // Of the day cohorts 1 to 29, the one of age n is in Standard for 30 - n days: (29 + ... + 1) / 30 GiB-months.
    expect(first?.atRest.STANDARD).toBeCloseTo(435 / 30, 9);
    expect(first?.atRest.NEARLINE).toBeCloseTo(60 - 435 / 30, 9);
  });
});

describe("a steady ingest", () => {
  test("of 30 GiB a month is 15.5 GiB-months in the first month: 1 GiB for 30 days, 1 GiB for 29, and so on", () => {
    const [first, second] = simulate(plain, nothing, 30, minimum, 2);
    expect(first?.ingested).toBeCloseTo(30, 9);
    expect(first?.atRest.STANDARD).toBeCloseTo(15.5, 9);
    expect(second?.atRest.STANDARD).toBeCloseTo(45.5, 9);
  });

  test("holds what a ladder's first class keeps for 30 days at one month's ingest", () => {
    const ageing: Ageing = { ...plain, steps: [{ to: "ARCHIVE", afterDays: 30 }] };
    const sixth = simulate(ageing, nothing, 30, minimum, 6)[5];
    expect(sixth?.atRest.STANDARD).toBeCloseTo(30, 9);
    expect(sixth?.moved.ARCHIVE).toBeCloseTo(30, 9);
  });

  test("ends when it is said to end", () => {
    const months = simulate(plain, nothing, 30, minimum, 3, 1);
    expect(months.map(({ ingested }) => Math.round(ingested))).toEqual([30, 0, 0]);
    expect(months[2]?.atRest.STANDARD).toBeCloseTo(30, 9);
  });
});

describe("deletion", () => {
  test("is billed for the days before it, and for those of soft delete", () => {
    const [first, second] = simulate(
      { steps: [], deleteAfterDays: 10, softDeleteDays: 7 },
      fresh(30),
      0,
      minimum,
      2,
    );
    expect(first?.atRest.STANDARD).toBeCloseTo(10, 9);
    expect(first?.softDeleted.STANDARD).toBeCloseTo(7, 9);
    expect(second?.atRest.STANDARD).toBe(0);
  });

  test("before the minimum duration is billed for the days that are missing, soft delete counted: 30 - 27 of Nearline", () => {
    const [first] = simulate(
      { steps: [{ to: "NEARLINE", afterDays: 5 }], deleteAfterDays: 20, softDeleteDays: 7 },
      fresh(30),
      0,
      minimum,
      1,
    );
    expect(first?.early).toEqual({ STANDARD: 0, NEARLINE: 3, COLDLINE: 0, ARCHIVE: 0 });
  });

  test("after the minimum duration costs nothing more", () => {
    const months = simulate(
      { steps: [{ to: "NEARLINE", afterDays: 5 }], deleteAfterDays: 40, softDeleteDays: 0 },
      fresh(30),
      0,
      minimum,
      3,
    );
    expect(months.map(({ early }) => early.NEARLINE)).toEqual([0, 0, 0]);
  });
});

describe("the bands of a life", () => {
  test("leave out a step after the deletion and one that a colder step overtakes", () => {
    const bands = bandsOf({
      steps: [
        { to: "NEARLINE", afterDays: 30 },
        { to: "COLDLINE", afterDays: 10 },
        { to: "ARCHIVE", afterDays: 100 },
      ],
      deleteAfterDays: 50,
      softDeleteDays: 7,
    });
    expect(bands).toEqual([
      { storageClass: "STANDARD", from: 0, to: 10, state: "live" },
      { storageClass: "COLDLINE", from: 10, to: 50, state: "live" },
      { storageClass: "COLDLINE", from: 50, to: 57, state: "soft-deleted" },
    ]);
  });

  test("go on after the deletion where versions are kept, and age on", () => {
    const bands = bandsOf({
      steps: [{ to: "ARCHIVE", afterDays: 100 }],
      deleteAfterDays: 50,
      softDeleteDays: 7,
      versioning: true,
    });
    expect(bands).toEqual([
      { storageClass: "STANDARD", from: 0, to: 50, state: "live" },
      { storageClass: "STANDARD", from: 50, to: 100, state: "noncurrent" },
      { storageClass: "ARCHIVE", from: 100, to: Infinity, state: "noncurrent" },
    ]);
  });

  test("begin in the class that objects arrive in, and no step moves to a warmer one", () => {
    const steps = [{ to: "NEARLINE" as const, afterDays: 30 }];
    expect(bandsOf({ steps, softDeleteDays: 0, startsIn: "COLDLINE" })).toEqual([
      { storageClass: "COLDLINE", from: 0, to: Infinity, state: "live" },
    ]);
  });
});

test("whatever the ladder, nothing is lost: what came in by a month's start is at rest for all of it", () => {
  const step = fc.record({
    to: fc.constantFrom("NEARLINE" as const, "COLDLINE" as const, "ARCHIVE" as const),
    afterDays: fc.integer({ min: 1, max: 400 }),
  });
  const amount = fc.integer({ min: 0, max: 1000 });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 4 }),
      amount,
      amount,
      fc.integer({ min: 0, max: 500 }),
      (steps, stored, ingest, age) => {
        const months = simulate(
          { steps, softDeleteDays: 7 },
          { gib: stored, agesDays: age },
          ingest,
          minimum,
          8,
        );
        months.forEach(({ atRest }, index) => {
          const sum = Object.values(atRest).reduce((total, one) => total + one, 0);
          expect(sum).toBeCloseTo(stored + ingest * index + (ingest * 15.5) / 30, 5);
        });
      },
    ),
    { numRuns: 50 },
  );
});
