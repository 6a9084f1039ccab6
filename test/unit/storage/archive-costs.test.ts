import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArchiveClass, ArchiveClock } from "../../../components/storage/index.ts";
import { archiveCostWarnings, STORAGE_PRICES, stepCost } from "../../../components/storage/archive-costs.ts";

const { Archive, Coldline, Nearline } = ArchiveClass;
const WEEK_SECONDS = 604_800;

describe("a step's cost", () => {
  test.each([
    // 9 days at 0.01 less a month, and 20 more days at 0.01 a month.
    ["STANDARD", Nearline, 1, 10, 0.003, 20 / 3_000],
    // Deleted on the minimum's last day: nothing is added.
    ["STANDARD", Nearline, 10, 30, 20 / 3_000, 0],
    // What early deletion would have cost in the class before is no cost of this step.
    ["NEARLINE", Coldline, 15, 20, 0.001, (70 * 0.004 - 10 * 0.01) / 30],
  ] as const)(
    "%s to %s after %i days, gone after %i",
    (from, to, afterDays, goneAfterDays, saved, charged) => {
      const cost = stepCost(from, to, { afterDays, goneAfterDays });
      expect(cost.saved).toBeCloseTo(saved, 10);
      expect(cost.charged).toBeCloseTo(charged, 10);
    },
  );

  test("never is more than it saves once the minimum duration is over", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(ArchiveClass)),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        (to, afterDays, later) => {
          const goneAfterDays = Math.max(STORAGE_PRICES.classes[to].minimumDays, afterDays) + later;
          const { saved, charged } = stepCost("STANDARD", to, { afterDays, goneAfterDays });
          expect(charged).toBeLessThanOrEqual(saved);
        },
      ),
    );
  });
});

describe("the warning", () => {
  test("names step, objects, days, figures, their date and source, and what to do", () => {
    expect(
      archiveCostWarnings({
        archive: { steps: [{ to: Nearline, afterDays: 1 }] },
        temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 10 }],
        softDeleteRetentionSeconds: 0,
      }),
    ).toEqual([
      'archive.steps[0] costs more than it saves for objects below "scratch/": they move to NEARLINE after 1 day and ' +
        "are deleted after 10 days, but NEARLINE is billed for 30 days at least. For each GiB it saves $0.00300 and " +
        "early deletion adds $0.00667 (estimate at list prices of us-central1, 2026-05-16, " +
        "https://cloud.google.com/storage/pricing). Leave these objects out of the step by its prefixes, or delete " +
        "them later.",
    ]);
  });

  test("counts soft delete as time in the class", () => {
    const given = {
      archive: { steps: [{ to: Nearline, afterDays: 1 }] },
      temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 14 }],
    };
    expect(archiveCostWarnings({ ...given, softDeleteRetentionSeconds: 0 })).toHaveLength(1);
    expect(archiveCostWarnings({ ...given, softDeleteRetentionSeconds: WEEK_SECONDS })).toEqual([]);
  });

  test.each([
    ["objects stay", { archive: { steps: [{ to: Archive, afterDays: 1 }] } }],
    ["there is no ladder", { temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 1 }] }],
    [
      "the step is for other objects",
      {
        archive: { steps: [{ to: Archive, afterDays: 1, prefixes: ["mezzanines/"] }] },
        temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 7 }],
      },
    ],
    [
      "objects are gone before the step",
      {
        archive: { steps: [{ to: Archive, afterDays: 7 }] },
        temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 7 }],
      },
    ],
    [
      "a charge is less than what is saved",
      {
        archive: { steps: [{ to: Coldline, afterDays: 1 }] },
        temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 80 }],
      },
    ],
  ])("is absent when %s", (_, given) => {
    expect(archiveCostWarnings({ ...given, softDeleteRetentionSeconds: 0 })).toEqual([]);
  });

  test("says what it assumes of a step on the custom time", () => {
    const [warning] = archiveCostWarnings({
      archive: { steps: [{ to: Nearline, afterDays: 1, countedFrom: ArchiveClock.CustomTime }] },
      temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 10 }],
      softDeleteRetentionSeconds: 0,
    });
    expect(warning).toContain(
      "they move to NEARLINE after 1 day (if their custom time is the time of their creation) and are deleted after 10 days",
    );
  });

  test("is given for temporary objects that start in a cold class", () => {
    expect(
      archiveCostWarnings({
        temporaryPrefixes: [
          { prefix: "scratch/", expireAfterDays: 10 },
          { prefix: "previews/", expireAfterDays: 60 },
        ],
        softDeleteRetentionSeconds: 0,
        storageClass: "NEARLINE",
      }),
    ).toEqual([
      'temporaryPrefixes[0] costs more in NEARLINE than in STANDARD: objects below "scratch/" start in the bucket\'s ' +
        "storageClass and are deleted after 10 days, but NEARLINE is billed for 30 days at least. For each GiB it saves " +
        "$0.00333 and early deletion adds $0.00667 (estimate at list prices of us-central1, 2026-05-16, " +
        "https://cloud.google.com/storage/pricing). Write these objects in STANDARD, or keep them in another bucket.",
    ]);
  });

  test("is given for a step below a temporary prefix, and once for each step", () => {
    const warnings = archiveCostWarnings({
      archive: {
        steps: [
          { to: Nearline, afterDays: 1, prefixes: ["scratch/"] },
          { to: Archive, afterDays: 2, prefixes: ["scratch/old/", "scratch/older/"] },
        ],
      },
      temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 7 }],
      softDeleteRetentionSeconds: 0,
    });
    expect(warnings.map((text) => text.split(":")[0])).toEqual([
      'archive.steps[0] costs more than it saves for objects below "scratch/"',
      'archive.steps[1] costs more than it saves for objects below "scratch/old/"',
    ]);
  });
});
