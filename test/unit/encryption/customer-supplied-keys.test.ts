import { describe, expect, test } from "vitest";
import { customerSuppliedKeyProblems } from "../../../components/index.ts";

const paths = (use: Parameters<typeof customerSuppliedKeyProblems>[0]) =>
  customerSuppliedKeyProblems(use).map(({ given }) => given);

describe("customer-supplied keys", () => {
  test("are refused together with a CDN, with a transfer, and with both at once", () => {
    const customerSuppliedEncryption = true;
    expect(paths({ customerSuppliedEncryption, cdn: true })).toEqual(["true together with a CDN"]);
    expect(paths({ customerSuppliedEncryption, transfer: true })).toEqual(["true together with a transfer"]);
    expect(paths({ customerSuppliedEncryption, cdn: true, transfer: true })).toHaveLength(2);
  });

  test("are nobody's business where there is neither", () => {
    expect(paths({ customerSuppliedEncryption: true })).toEqual([]);
    expect(paths({ customerSuppliedEncryption: true, cdn: false, transfer: false })).toEqual([]);
  });

  test("stand in nobody's way where they are not used", () => {
    expect(paths({ cdn: true, transfer: true })).toEqual([]);
    expect(paths({ customerSuppliedEncryption: false, cdn: true, transfer: true })).toEqual([]);
  });
});
