import { isPredefinedCode } from "./lookup.ts";
import { PREDEFINED_DUAL_REGIONS, type PredefinedCode } from "./tables.ts";
import type { Placement, PlacementText } from "./types.ts";

/** `NAM4 (us-central1 + us-east1)`. */
export function withRegions(code: PredefinedCode): string {
  return `${code} (${PREDEFINED_DUAL_REGIONS[code].join(" + ")})`;
}

/** All predefined dual-regions with their regions. */
export function listPredefined(): string {
  return (Object.keys(PREDEFINED_DUAL_REGIONS) as PredefinedCode[]).map(withRegions).join(", ");
}

/** A placement as stack configuration spells it, and as `parsePlacement` reads it: `US:us-central1+us-west1`. */
export function formatPlacement(placement: Placement): string {
  if (placement.dataLocations !== undefined) return `${placement.location}:${placement.regions.join("+")}`;
  return placement.kind === "Region" ? placement.location.toLowerCase() : placement.location;
}

/** A location for a sentence: `NAM4 (us-central1 + us-east1)`, `US with us-central1 + us-east4`. */
export function describeText({ location, dataLocations }: PlacementText): string {
  if (dataLocations !== undefined) return `${location} with ${dataLocations.join(" + ")}`;
  return isPredefinedCode(location) ? withRegions(location) : location;
}
