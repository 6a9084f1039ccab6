/** Ranges of addresses in network policies: what is one, and which of them pods may be let out to. */
import {
  contains,
  ipv4Range,
  overlaps,
  parseIpv4Range,
  PRIVATE_RANGES,
  sizeOf,
  type Ipv4Range,
} from "../network/ipv4.ts";
import { shown, type Problem } from "../validation/index.ts";

/** Of a wider range most hosts have nothing to do with what is named by it. */
const WIDEST_PREFIX = 8;

/** Addresses to let out to in all, as the policy workers-reach-named-hosts has them: four /8, and of private ones a /16. */
export const MOST_ADDRESSES = 2 ** 26;
export const MOST_PRIVATE_ADDRESSES = 2 ** 16;

const parsed = (ranges: readonly string[]) => ranges.flatMap((range) => parseIpv4Range(range) ?? []);

const PRIVATE = parsed(PRIVATE_RANGES);

/**
 * No host of a network: the node itself, metadata servers, multicast.
 *
 * Source: https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const NO_HOSTS = parsed(["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"]);

/** Problems of ranges of addresses in CIDR notation. */
export function rangeProblems(path: string, ranges: readonly string[]): Problem[] {
  return ranges.flatMap((range, index) =>
    /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\/(?:3[0-2]|[12]?\d)$/.test(range)
      ? []
      : [
          {
            path: `${path}[${index}]`,
            given: shown(range),
            allowed: "a range of IPv4 addresses in CIDR notation: 199.36.153.4/30",
            fix: "write address and length of the prefix",
          },
        ],
  );
}

interface Naming {
  /** What lets out to every public address instead, where there is something. */
  readonly instead?: string;
  /** Whether a whole block of private addresses may be named. @default false */
  readonly privateBlocks?: boolean;
}

/** Problems of a list of ranges to let pods out to. An empty one would stand for every address. */
export function egressRangesProblems(
  path: string,
  ranges: readonly string[] | undefined,
  naming: Naming = {},
): Problem[] {
  if (ranges === undefined) return [];
  if (ranges.length > 0) {
    const single = ranges.flatMap((range, index) => egressRangeProblems(`${path}[${index}]`, range, naming));
    return single.length > 0 ? single : sumProblems(path, parsed(ranges), naming);
  }
  return [
    {
      path,
      given: "no range",
      allowed: "one range or more",
      because: "Kubernetes takes a rule without a destination for one to every address.",
      fix: "name a range, or leave the list out",
    },
  ];
}

/** Problems of what ranges add up to: a wide one in pieces is as wide. */
function sumProblems(path: string, ranges: readonly Ipv4Range[], { instead }: Naming): Problem[] {
  const merged = mergedRanges(ranges);
  const block = PRIVATE.find((one) => merged.some((range) => contains(range, one)));
  const isPrivate = (range: Ipv4Range): boolean => PRIVATE.some((one) => contains(one, range));
  const sum = (some: readonly Ipv4Range[]): number => some.reduce((total, one) => total + sizeOf(one), 0);
  const privates = sum(merged.filter(isPrivate));
  const publics = sum(merged.filter((range) => !isPrivate(range)));
  const name = `name the hosts' own ranges`;
  return [
    ...(block !== undefined || privates > MOST_PRIVATE_ADDRESSES
      ? [
          {
            path,
            given:
              block === undefined
                ? `${privates} private addresses in all`
                : `all of ${ipv4Range(block)} in pieces`,
            allowed: `${MOST_PRIVATE_ADDRESSES} private addresses at most, those of a /16, and no whole block`,
            because: "they let out to most of the network and of those that it is connected to.",
            fix: name,
          },
        ]
      : []),
    ...(publics > MOST_ADDRESSES
      ? [
          {
            path,
            given: `${publics} public addresses in all`,
            allowed: `${MOST_ADDRESSES} public addresses at most, those of four /8`,
            because: "they let out to hosts that are nobody's in particular, in pieces.",
            fix: `${name}${instead === undefined ? "" : `, or ${instead}`}`,
          },
        ]
      : []),
  ];
}

/** The fewest ranges with the same addresses: two halves are the whole. */
function mergedRanges(ranges: readonly Ipv4Range[]): Ipv4Range[] {
  const sorted = ranges.toSorted((one, other) => one.first - other.first || one.prefix - other.prefix);
  return sorted.reduce<Ipv4Range[]>(withRange, []);
}

function withRange(merged: readonly Ipv4Range[], range: Ipv4Range): Ipv4Range[] {
  const before = merged.at(-1);
  if (before === undefined) return [range];
  if (contains(before, range)) return [...merged];
  const whole = { first: before.first, prefix: before.prefix - 1 };
  const areHalves =
    before.prefix === range.prefix && before.first % sizeOf(whole) === 0 && contains(whole, range);
  return areHalves ? withRange(merged.slice(0, -1), whole) : [...merged, range];
}

/** Problems of a range to let pods out to. */
export function egressRangeProblems(path: string, text: string, naming: Naming = {}): Problem[] {
  const [unreadable] = rangeProblems("", [text]);
  if (unreadable) return [{ ...unreadable, path }];
  const range = parseIpv4Range(text);
  const given = shown(text);
  if (range === undefined) {
    return [
      {
        path,
        given,
        allowed: "a range with no bits behind its prefix: 10.0.0.0/20",
        fix: `write ${shown(aligned(text))}`,
      },
    ];
  }
  if (range.prefix < WIDEST_PREFIX) {
    return [
      {
        path,
        given,
        allowed: `a range of /${WIDEST_PREFIX} or smaller`,
        because: `a prefix of ${range.prefix} bits lets out to hosts that are nobody's in particular.`,
        fix: `name the hosts' own ranges${naming.instead === undefined ? "" : `, or ${naming.instead}`}`,
      },
    ];
  }
  if (NO_HOSTS.some((one) => overlaps(one, range))) {
    return [
      {
        path,
        given,
        allowed: "addresses of hosts: none of 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and 224.0.0.0/3",
        because: "metadata servers, which give out credentials, and the node itself are there.",
        fix: "name the hosts' own ranges",
      },
    ];
  }
  if (naming.privateBlocks !== true && PRIVATE.some((one) => contains(range, one))) {
    return [
      {
        path,
        given,
        allowed: "a part of the private addresses: 10.20.0.0/24",
        because: "it lets out to everything in the network and in those that it is connected to.",
        fix: "name the host's own address or subnet",
      },
    ];
  }
  return [];
}

/** Problems of the range of an API server, as far as it is known. */
export function apiServerRangeProblems(path: string, range: unknown): Problem[] {
  return typeof range === "string" ? egressRangeProblems(path, range, { privateBlocks: true }) : [];
}

/** The range that an address with its prefix is in. */
function aligned(text: string): string {
  const [address = "", bits = ""] = text.split("/");
  const size = sizeOf({ first: 0, prefix: Number(bits) });
  const first = parseIpv4Range(`${address}/32`)?.first ?? 0;
  return ipv4Range({ first: first - (first % size), prefix: Number(bits) });
}
