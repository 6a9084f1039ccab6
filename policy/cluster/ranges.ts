import { BlockList, isIP } from "node:net";

/** Whether an address is in a range such as `169.254.0.0/16` or `fd00::/8`. An invalid range contains nothing. */
export function isInRange(address: string, range: string): boolean {
  const [network = "", given] = range.split("/");
  const version = isIP(network);
  if (version === 0 || isIP(address) !== version) return false;
  const type = version === 4 ? "ipv4" : "ipv6";
  const longest = version === 4 ? 32 : 128;
  const bits = given === undefined ? longest : Number(given);
  if (!Number.isInteger(bits) || bits < 0 || bits > longest) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(address, type);
}
