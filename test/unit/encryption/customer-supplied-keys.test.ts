import { describe, expect, test } from "vitest";
import { CustomerSuppliedEncryption, customerSuppliedKeyProblems } from "../../../components/index.ts";

const refused = (use: Parameters<typeof customerSuppliedKeyProblems>[0]) =>
  customerSuppliedKeyProblems(use).map(({ given }) => given);
const customerSuppliedEncryption = CustomerSuppliedEncryption.Allowed;

describe("customer-supplied keys", () => {
  test("are refused together with a CDN, with a transfer, and with both at once", () => {
    expect(refused({ customerSuppliedEncryption, cdn: true })).toEqual(["ALLOWED together with a CDN"]);
    expect(refused({ customerSuppliedEncryption, transfer: true })).toEqual([
      "ALLOWED together with a transfer",
    ]);
    expect(refused({ customerSuppliedEncryption, cdn: true, transfer: true })).toHaveLength(2);
  });

  test("are nobody's business where there is neither", () => {
    expect(refused({ customerSuppliedEncryption })).toEqual([]);
    expect(refused({ customerSuppliedEncryption, cdn: false, transfer: false })).toEqual([]);
  });

  test.each([undefined, CustomerSuppliedEncryption.Forbidden])("stand in nobody's way when %s", (state) => {
    const use = { cdn: true, transfer: true, ...(state && { customerSuppliedEncryption: state }) };
    expect(refused(use)).toEqual([]);
  });
});
