import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partLimits, partOf, planParts } from "../../../services/transfer/index.ts";

const mebibyte = 2 ** 20;

describe("the way an object goes up", () => {
  it.each([0, 1, 128 * mebibyte - 1])("is one PUT for %i bytes", (size) => {
    expect(planParts(size)).toEqual({ kind: "single" });
  });

  it("is in parts of 32 MiB from 128 MiB on", () => {
    expect(planParts(128 * mebibyte + 1)).toEqual({ kind: "multipart", partBytes: 32 * mebibyte, parts: 5 });
  });

  it("keeps within the store's limits and covers every byte once, whatever the size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: partLimits.largestObject }), (size) => {
        const plan = planParts(size);
        if (plan.kind === "single") {
          expect(size).toBeLessThan(128 * mebibyte);
          return;
        }
        const last = partOf(size, plan.partBytes, plan.parts);
        expect(plan.parts).toBeLessThanOrEqual(partLimits.parts);
        expect(plan.partBytes).toBeGreaterThanOrEqual(partLimits.smallestPart);
        expect(plan.partBytes).toBeLessThanOrEqual(partLimits.largestPart);
        expect(last.size).toBeGreaterThan(0);
        expect(last.start + last.size).toBe(size);
      }),
    );
  });

  it("does not exist beyond 5 TiB, nor in parts below 5 MiB", () => {
    expect(() => planParts(partLimits.largestObject + 1)).toThrow(RangeError);
    expect(() => planParts(2 ** 30, { partBytes: mebibyte })).toThrow(RangeError);
  });
});
