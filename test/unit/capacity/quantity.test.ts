import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cpuText,
  gibText,
  mebibytesOf,
  milliCpusOf,
  quantityOf,
} from "../../../components/capacity/index.ts";

describe("a Kubernetes quantity", () => {
  it.each([
    ["4", 4],
    ["500m", 0.5],
    ["1.5Gi", 1_610_612_736],
    ["128974848", 128_974_848],
    ["129e6", 129_000_000],
    ["129M", 129_000_000],
    ["1k", 1000],
    ["2Ti", 2 * 2 ** 40],
    [".5", 0.5],
  ])("%s is %d", (text, value) => {
    expect(quantityOf(text)).toBe(value);
  });

  it.each(["", "4K", "4ki", "4mi", "Gi", "-1", "4 Gi", "1e", "four"])("is not %j", (text) => {
    expect(quantityOf(text)).toBeUndefined();
  });

  it("of CPU and memory is counted in thousandths and MiB", () => {
    expect(milliCpusOf("7500m")).toBe(7500);
    expect(milliCpusOf("0.1")).toBe(100);
    expect(mebibytesOf("1Gi")).toBe(1024);
    expect(mebibytesOf("1M")).toBeCloseTo(0.953674, 6);
  });

  it("is written so that it can be read again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (amount) => {
        expect(milliCpusOf(cpuText(amount))).toBe(amount);
        expect(mebibytesOf(gibText(amount * 1024))).toBe(amount * 1024);
      }),
    );
  });
});
