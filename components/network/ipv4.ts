/** A range of IPv4 addresses in CIDR notation, such as `10.0.0.0/20`. */
export interface Ipv4Range {
  /** The first address as a number. */
  readonly first: number;
  /** Length of the prefix in bits, 0 to 32. */
  readonly prefix: number;
}

/** Reads `10.0.0.0/20`; nothing where the text is no range or has bits set behind its prefix. */
export function parseIpv4Range(text: string): Ipv4Range | undefined {
  const [, address = "", bits = ""] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(text) ?? [];
  const octets = address.split(".").map(Number);
  const prefix = Number(bits);
  if (bits === "" || prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const first = octets.reduce((number, octet) => number * 256 + octet, 0);
  return first % sizeOf({ first, prefix }) === 0 ? { first, prefix } : undefined;
}

/** Addresses in the range. */
export const sizeOf = ({ prefix }: Ipv4Range): number => 2 ** (32 - prefix);

/** Whether the two have an address in common. */
export const overlaps = (one: Ipv4Range, other: Ipv4Range): boolean =>
  one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);

/** Whether all of `inner` is in `outer`. */
export const contains = (outer: Ipv4Range, inner: Ipv4Range): boolean =>
  outer.prefix <= inner.prefix && overlaps(outer, inner);

/** The range as text. */
export function ipv4Range({ first, prefix }: Ipv4Range): string {
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Private addresses. Sources: RFC 1918, and RFC 6598 for the shared ones, which GKE also takes for pods. */
export const PRIVATE_RANGES: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
];
