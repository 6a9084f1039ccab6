import { shown } from "../validation/problem.ts";
import { placementAt, placementOfPair } from "./constructors.ts";
import { InvalidPlacement } from "./error.ts";
import type { Placement, PlacementText } from "./types.ts";

/**
 * Reads a placement from configuration, in any letter case.
 *
 * | text | placement |
 * |---|---|
 * | `us-central1` | one region |
 * | `NAM4` | a predefined dual-region |
 * | `US:us-central1+us-west1` | a configurable dual-region |
 * | `us-central1+us-west1` | the same, its code found by itself |
 * | `US` | a multi-region |
 *
 * @throws {@link InvalidPlacement} with every problem found
 */
export function parsePlacement(given: string | PlacementText): Placement {
  if (typeof given !== "string") return placementAt(shown(given), given.location, given.dataLocations);
  const text = given.trim();
  const [head = "", tail, ...rest] = text.split(":").map((part) => part.trim());
  if (rest.length > 0 || head === "" || tail === "")
    throw new InvalidPlacement(shown(given), [malformed(given)]);
  if (tail !== undefined) return placementAt(shown(given), head, regionsIn(tail));
  const [first, second, ...more] = regionsIn(head);
  if (first !== undefined && second !== undefined && more.length === 0) return placementOfPair(first, second);
  if (second !== undefined) throw new InvalidPlacement(shown(given), [malformed(given)]);
  return placementAt(shown(given), head);
}

function regionsIn(text: string): string[] {
  return text.split("+").map((name) => name.trim());
}

function malformed(given: string) {
  return {
    path: "placement",
    given: shown(given),
    allowed: '"us-central1", "NAM4", "US:us-central1+us-west1" or "US"',
    fix: "write it in one of these forms",
  };
}
