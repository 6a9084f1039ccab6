import { text, texts, type Properties } from "../model/known.ts";
import { addressesOf, countOf } from "./address-sets.ts";
import { isInRange } from "./ranges.ts";

/** Private addresses. Sources: RFC 1918, and RFC 6598 for the shared ones, which GKE also takes for pods. */
export const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Of ranges with shorter prefixes most hosts have nothing to do with what is named by them: those of a /8 are 16,777,216. */
const SHORTEST_PREFIX = { 4: 8, 6: 16 };

/** The ranges, each as it is written, that take in more than hosts which somebody has named. */
export const openRanges = (blocks: readonly Properties[]): string[] =>
  blocks.flatMap((block) => {
    const range = text(block, "cidr") ?? "";
    return isOpen(range, texts(block, "except")) ? [range] : [];
  });

function isOpen(range: string, except: readonly string[]): boolean {
  const version = range.includes(":") ? 6 : 4;
  const prefix = prefixOf(range);
  if (prefix < SHORTEST_PREFIX[version]) {
    return (
      version === 6 ||
      countOf(addressesOf([{ cidr: range, except }])[4]) > 1n << BigInt(32 - SHORTEST_PREFIX[4])
    );
  }
  return PRIVATE.some((one) => isWithin(one, range) && !except.some((excepted) => isWithin(one, excepted)));
}

/** Whether all of a range is in another. */
function isWithin(range: string, outer: string): boolean {
  const [network = ""] = range.split("/");
  return prefixOf(range) >= prefixOf(outer) && isInRange(network, outer);
}

function prefixOf(range: string): number {
  const [network = "", given] = range.split("/");
  return given === undefined ? (network.includes(":") ? 128 : 32) : Number(given);
}
