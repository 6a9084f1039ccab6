/** Whether an IPv4 address is in a range such as `169.254.0.0/16`. Ranges of IPv6 hold none. */
export function isInRange(address: string, range: string): boolean {
  const [network = "", prefix = "32"] = range.split("/");
  const from = numberOf(network);
  const one = numberOf(address);
  const bits = Number(prefix);
  if (from === undefined || one === undefined || !Number.isInteger(bits) || bits < 0 || bits > 32)
    return false;
  const size = 2 ** (32 - bits);
  return Math.floor(one / size) === Math.floor(from / size);
}

function numberOf(address: string): number | undefined {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined;
  return parts.reduce((number, part) => number * 256 + part, 0);
}
