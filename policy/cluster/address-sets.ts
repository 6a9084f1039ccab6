import { isIP } from "node:net";
import { text, texts, type Properties } from "../model/known.ts";

/** Addresses of one version from the first to the last, as numbers. */
interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** Addresses of IPv4 and of IPv6 that ranges have together, each counted once. */
export interface AddressSet {
  readonly 4: readonly Interval[];
  readonly 6: readonly Interval[];
}

/** What is in the ranges, without what is excepted of each. An invalid range contains nothing. */
export function addressesOf(ranges: readonly Properties[]): AddressSet {
  const of = (version: 4 | 6): Interval[] =>
    merged(
      ranges.flatMap((range) => {
        const whole = intervalOf(text(range, "cidr") ?? "", version);
        const except = texts(range, "except").flatMap((one) => intervalOf(one, version));
        return except.reduce((left, hole) => left.flatMap((one) => without(one, hole)), whole);
      }),
    );
  return { 4: of(4), 6: of(6) };
}

export const countOf = (intervals: readonly Interval[]): bigint =>
  intervals.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);

/** What is in a range as well. */
export const within = (intervals: readonly Interval[], range: string): Interval[] =>
  intervalOf(range, range.includes(":") ? 6 : 4).flatMap((bounds) =>
    intervals.flatMap(({ first, last }) => {
      const both = { first: greater(first, bounds.first), last: lesser(last, bounds.last) };
      return both.first <= both.last ? [both] : [];
    }),
  );

const greater = (one: bigint, other: bigint): bigint => (one > other ? one : other);
const lesser = (one: bigint, other: bigint): bigint => (one < other ? one : other);

function merged(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.toSorted((one, other) => (one.first < other.first ? -1 : 1));
  return sorted.reduce<Interval[]>((done, { first, last }) => {
    const before = done.at(-1);
    if (before === undefined || first > before.last + 1n) return [...done, { first, last }];
    return [...done.slice(0, -1), { first: before.first, last: greater(before.last, last) }];
  }, []);
}

function without({ first, last }: Interval, hole: Interval): Interval[] {
  if (hole.last < first || hole.first > last) return [{ first, last }];
  return [
    ...(hole.first > first ? [{ first, last: hole.first - 1n }] : []),
    ...(hole.last < last ? [{ first: hole.last + 1n, last }] : []),
  ];
}

function intervalOf(range: string, version: 4 | 6): Interval[] {
  const [network = "", given] = range.split("/");
  if (isIP(network) !== version) return [];
  const longest = version === 4 ? 32 : 128;
  const prefix = given === undefined ? longest : Number(given);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > longest) return [];
  const size = 1n << BigInt(longest - prefix);
  const address = version === 4 ? numberOfIpv4(network) : numberOfIpv6(network);
  const first = address - (address % size);
  return [{ first, last: first + size - 1n }];
}

const numberOfIpv4 = (address: string): bigint =>
  address.split(".").reduce((number, octet) => number * 256n + BigInt(octet), 0n);

function numberOfIpv6(address: string): bigint {
  const [mantissa = ""] = address.split("%");
  const plain = mantissa.replace(/(?:\d+\.){3}\d+$/, (ipv4) => {
    const number = numberOfIpv4(ipv4);
    return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
  });
  const [head = "", tail] = plain.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [front, back] = [groups(head), groups(tail ?? "")];
  const zeros = Array<string>(tail === undefined ? 0 : 8 - front.length - back.length).fill("0");
  return [...front, ...zeros, ...back].reduce((number, group) => number * 65536n + BigInt(`0x${group}`), 0n);
}
