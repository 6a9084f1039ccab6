import { codesWith, isRegion, partnersOf } from "./lookup.ts";
import { PREDEFINED_DUAL_REGIONS, type PredefinedCode } from "./tables.ts";
import type { PlacementText } from "./types.ts";

/** Dual-regions to offer instead of a location: those with the region itself, else those of its continent. */
export function dualRegionsNear(location: string): PlacementText[] {
  const name = location.toLowerCase();
  const predefined = (Object.keys(PREDEFINED_DUAL_REGIONS) as PredefinedCode[]).filter((code) =>
    (PREDEFINED_DUAL_REGIONS[code] as readonly string[]).includes(name),
  );
  const [partner] = partnersOf(name);
  const [code] = codesWith(name);
  const pair =
    partner === undefined || code === undefined ? [] : [{ location: code, dataLocations: [name, partner] }];
  const withItself = [...predefined.map((one) => ({ location: one })), ...pair];
  return withItself.length > 0 ? withItself : NEAR[continentOf(name)];
}

function continentOf(name: string): keyof typeof NEAR {
  if (!isRegion(name)) return name === "asia" || name === "eu" ? name : "us";
  if (name.startsWith("asia-")) return "asia";
  return name.startsWith("europe-") ? "eu" : "us";
}

const NEAR = {
  asia: [{ location: "ASIA1" }, { location: "ASIA", dataLocations: ["asia-east1", "asia-southeast1"] }],
  eu: [{ location: "EUR4" }, { location: "EU", dataLocations: ["europe-west1", "europe-west4"] }],
  us: [{ location: "NAM4" }, { location: "US", dataLocations: ["us-central1", "us-east4"] }],
};
