import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { archiveLadderProblems } from "../../../components/storage/archive.ts";
import { lifecycleRules } from "../../../components/storage/lifecycle.ts";
import { ArchiveClass, type ArchiveStep } from "../../../components/storage/index.ts";

const COLDNESS = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"];

const step = fc.record(
  {
    to: fc.constantFrom(...Object.values(ArchiveClass)),
    afterDays: fc.integer({ min: -1, max: 400 }),
    prefixes: fc.uniqueArray(fc.constantFrom("a/", "b/", "c/", ""), { maxLength: 2 }),
  },
  { requiredKeys: ["to", "afterDays"] },
);

function acceptedLadders(check: (steps: ArchiveStep[]) => void): void {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
      fc.pre(archiveLadderProblems({ steps }).length === 0);
      check(steps);
    }),
    { numRuns: 500, maxSkipsPerRun: 1_000 },
  );
}

/** Google's: of several rules that match, the cheapest class at rest wins; nothing moves warmer. */
function classAt(steps: readonly ArchiveStep[], objectName: string, ageDays: number): string {
  let current = "STANDARD";
  for (let day = 0; day <= ageDays; day++) {
    const targets = lifecycleRules({ archive: { steps: [...steps] }, abortIncompleteUploadsAfterDays: 7 })
      .map((rule) => rule as { action: Action; condition: Condition })
      .filter(({ action }) => action.type === "SetStorageClass")
      .filter(({ condition }) => condition.age <= day && condition.matchesStorageClasses.includes(current))
      .filter(({ condition }) => condition.matchesPrefixes?.some((one) => objectName.startsWith(one)) ?? true)
      .map(({ action }) => COLDNESS.indexOf(action.storageClass ?? ""));
    current = COLDNESS[Math.max(COLDNESS.indexOf(current), ...targets)] ?? current;
  }
  return current;
}

interface Action {
  type: string;
  storageClass?: string;
}

interface Condition {
  age: number;
  matchesStorageClasses: string[];
  matchesPrefixes?: string[];
}

describe("rules of any accepted ladder", () => {
  test("have an age of a day or more, so that none acts at the next midnight", () => {
    acceptedLadders((steps) => {
      for (const rule of lifecycleRules({ archive: { steps }, abortIncompleteUploadsAfterDays: 7 })) {
        expect((rule as { condition: Condition }).condition.age).toBeGreaterThanOrEqual(1);
      }
    });
  });

  test("move objects only from warmer classes", () => {
    acceptedLadders((steps) => {
      const rules = lifecycleRules({ archive: { steps }, abortIncompleteUploadsAfterDays: 7 });
      const moves = rules.slice(0, steps.length) as { action: Action; condition: Condition }[];
      expect(moves.map(({ action }) => action.storageClass).toSorted()).toEqual(
        steps.map(({ to }) => to).toSorted(),
      );
      for (const { action, condition } of moves) {
        const target = COLDNESS.indexOf(action.storageClass ?? "");
        expect(condition.matchesStorageClasses).toEqual(COLDNESS.slice(0, target));
      }
    });
  });

  test("bring an object to each step's class on its day, or it is colder already", () => {
    acceptedLadders((steps) => {
      for (const { to, afterDays, prefixes } of steps) {
        const reached = classAt(steps, `${prefixes?.[0] ?? ""}object`, afterDays);
        expect(COLDNESS.indexOf(reached)).toBeGreaterThanOrEqual(COLDNESS.indexOf(to));
      }
    });
  });
});
