import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  egressRangesProblems,
  MOST_ADDRESSES,
  MOST_PRIVATE_ADDRESSES,
} from "../../../components/kubernetes/ranges.ts";
import { PRIVATE_RANGES } from "../../../components/network/ipv4.ts";
import * as policy from "../../../policy/cluster/named-hosts.ts";
import { addressesOf, countOf } from "../../../policy/cluster/address-sets.ts";

const given = (ranges: readonly string[]): string[] =>
  egressRangesProblems("ranges", ranges).map(({ given: shown }) => shown);

const halvesOf = (range: string): string[] => {
  const [address = "", prefix = ""] = range.split("/");
  const half = Number(prefix) + 1;
  const octets = address.split(".").map(Number);
  const upper = octets.map((octet, index) =>
    Math.floor((half - 1) / 8) === index ? octet + 2 ** (7 - ((half - 1) % 8)) : octet,
  );
  return [`${address}/${half}`, `${upper.join(".")}/${half}`];
};

describe("ranges that are refused together", () => {
  test.each(PRIVATE_RANGES)("%s in halves, and in quarters", (block) => {
    const halves = halvesOf(block);
    expect(given(halves)).toEqual([`all of ${block} in pieces`]);
    expect(given(halves.flatMap(halvesOf).reverse())).toEqual([`all of ${block} in pieces`]);
  });

  test("more private addresses than those of a /16", () => {
    expect(given(["10.1.0.0/17", "172.16.0.0/17", "192.168.3.0/24"])).toEqual([
      "65792 private addresses in all",
    ]);
  });

  test("the internet in pieces", () => {
    const all = Array.from({ length: 217 }, (_, index) => `${index + 1}.0.0.0/8`).filter(
      (range) => !/^(?:10|100|127|169|172|192)\./.test(range),
    );
    expect(given(all)).toEqual([`${211 * 2 ** 24} public addresses in all`]);
    expect(given(all.slice(10, 15))).toEqual([`${5 * 2 ** 24} public addresses in all`]);
  });
});

test("four /8, several times, and a /16 of private addresses pass", () => {
  const publics = ["34.0.0.0/8", "35.0.0.0/9", "35.128.0.0/9", "52.0.0.0/8", "54.0.0.0/8", "34.0.0.0/8"];
  expect(given([...publics, "10.7.0.0/17", "10.7.128.0/17", "10.7.1.0/24"])).toEqual([]);
});

test("components and the policy have the same bounds", () => {
  expect([MOST_ADDRESSES, MOST_PRIVATE_ADDRESSES]).toEqual([
    policy.MOST_ADDRESSES,
    policy.MOST_PRIVATE_ADDRESSES,
  ]);
});

test("the policy counts each address once, without what is excepted", () => {
  const part = fc.record({ place: fc.nat(63), bits: fc.constantFrom(26, 28, 32) });
  const cidr = (
    prefix: string,
    longest: number,
    { place, bits }: { place: number; bits: number },
  ): string => {
    const size = 2 ** (32 - bits);
    const address = Math.floor((place * 4) / size) * size;
    return `${prefix}${longest === 128 ? address.toString(16) : address}/${longest - 32 + bits}`;
  };
  const [v4, v6] = [
    ["198.51.100.", 32],
    ["2001:db8::", 128],
  ] as const;
  fc.assert(
    fc.property(fc.array(fc.tuple(part, fc.array(part, { maxLength: 2 })), { maxLength: 5 }), (blocks) => {
      const members = (one: { place: number; bits: number }): number[] => {
        const size = 2 ** (32 - one.bits);
        const first = Math.floor((one.place * 4) / size) * size;
        return Array.from({ length: size }, (_, index) => first + index);
      };
      const expected = new Set(
        blocks.flatMap(([one, except]) => {
          const holes = new Set(except.flatMap(members));
          return members(one).filter((address) => !holes.has(address));
        }),
      ).size;
      for (const [prefix, longest] of [v4, v6]) {
        const set = addressesOf(
          blocks.map(([one, except]) => ({
            cidr: cidr(prefix, longest, one),
            except: except.map((hole) => cidr(prefix, longest, hole)),
          })),
        );
        expect(countOf(set[longest === 32 ? 4 : 6])).toBe(BigInt(expected));
      }
    }),
  );
});
