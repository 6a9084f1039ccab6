import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance, nearest } from "../../../stacks/nearest.ts";

describe("the nearest known word", () => {
  test.each([
    ["leesSeconds", "leaseSeconds"],
    ["LEASESECONDS", "leaseSeconds"],
    ["image", "images"],
    ["wrokerReplicas", "workerReplicas"],
  ])("takes %s for %s", (given, meant) => {
    expect(nearest(given, ["images", "leaseSeconds", "workerReplicas", "placement"])).toBe(meant);
  });

  test("is none when nothing is close", () => {
    expect(nearest("kubernetesVersion", ["images", "placement"])).toBeUndefined();
  });

  test("is the word itself when it is known", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }), (words) => {
        const [word = ""] = words;
        expect(nearest(word, words)?.toLowerCase()).toBe(word.toLowerCase());
      }),
    );
  });
});

describe("the edit distance", () => {
  test("is a metric", () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});
