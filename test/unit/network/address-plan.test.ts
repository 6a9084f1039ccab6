import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressPlanProblems, planned } from "../../../components/network/address-plan.ts";
import { contains, overlaps, parseIpv4Range, sizeOf } from "../../../components/network/ipv4.ts";

const numberOf = (address: string) => address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);

describe("a range", () => {
  const ranges = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));

  test("is read only when nothing is set behind its prefix", () => {
    fc.assert(
      fc.property(ranges, ([address, prefix]) => {
        const behind = numberOf(address) % 2 ** (32 - prefix);
        expect(parseIpv4Range(`${address}/${prefix}`) !== undefined).toBe(behind === 0);
      }),
    );
  });

  test.each(["", "10.0.0.0", "10.0.0/8", "10.0.0.0/33", "256.0.0.0/8", "10.0.0.0/8 ", "::/0"])(
    "is not %j",
    (text) => {
      expect(parseIpv4Range(text)).toBeUndefined();
    },
  );

  test("overlaps another exactly when one holds the other", () => {
    const aligned = ranges.map(([address, prefix]) => {
      const size = 2 ** (32 - prefix);
      return { first: Math.floor(numberOf(address) / size) * size, prefix };
    });
    fc.assert(
      fc.property(aligned, aligned, (one, other) => {
        expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
      }),
    );
  });

  test("holds two to the power of its free bits", () => {
    expect(sizeOf({ first: 0, prefix: 20 })).toBe(4096);
  });
});

describe("the default plan", () => {
  test("has room for 16 regions without one overlap", () => {
    const regions = Array.from({ length: 16 }, (_, index) => ({ region: `us-east${index + 1}` }));
    expect(addressPlanProblems(regions)).toEqual([]);
  });

  test("of the first region does not move when a second is added", () => {
    const [alone] = planned([{ region: "us-central1" }]);
    const [first] = planned([{ region: "us-central1" }, { region: "us-east1" }]);
    expect(first).toEqual(alone);
  });

  test("gives way to what is given", () => {
    expect(planned([{ region: "us-central1", podRange: "100.64.0.0/12" }])[0]).toMatchObject({
      nodeRange: "10.0.0.0/20",
      podRange: "100.64.0.0/12",
    });
  });
});
