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
  const blocks = fc.shuffledSubarray(
    Array.from({ length: 16 }, (_, block) => block),
    { minLength: 2 },
  );
  const regions = blocks.map((chosen) =>
    chosen.map((block, index) => ({ region: `us-east${index + 1}`, block })),
  );

  test("has room for 16 regions without one overlap", () => {
    const regions = Array.from({ length: 16 }, (_, block) => ({ region: `us-east${block + 1}`, block }));
    expect(addressPlanProblems(regions)).toEqual([]);
  });

  test("is the same for every order of the regions", () => {
    fc.assert(
      fc.property(
        regions.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(planned(shuffled)).toEqual(planned(list));
        },
      ),
    );
  });

  test("of no region moves when another is added or removed", () => {
    fc.assert(
      fc.property(
        regions.chain((list) => fc.tuple(fc.constant(list), fc.subarray(list))),
        ([list, some]) => {
          expect(planned(list)).toEqual(expect.arrayContaining(planned(some)));
        },
      ),
    );
  });

  test("of the only region is the one that it had as the first of many", () => {
    expect(planned([{ region: "us-central1" }])).toEqual(planned([{ region: "us-central1", block: 0 }]));
  });

  test("gives way to what is given", () => {
    expect(planned([{ region: "us-central1", podRange: "100.64.0.0/12" }])[0]).toMatchObject({
      nodeRange: "10.0.0.0/20",
      podRange: "100.64.0.0/12",
    });
  });
});
