import { describe, expect, test } from "vitest";
import {
  ACCESS_PATTERN_LABEL,
  checkPlacement,
  dualRegion,
  formatPlacement,
  InvalidPlacement,
  multiRegion,
  parsePlacement,
  predefined,
  region,
  withFirstRegion,
  type PlacementToCheck,
} from "../../../components/placement/index.ts";
import { dualRegionsNear } from "../../../components/placement/near.ts";
import { describeProblem } from "../../../components/validation/index.ts";

/** The one place that holds what users read of a refused placement; other tests assert paths and values. */
const refusals = (given: PlacementToCheck): string[] => checkPlacement(given).problems.map(describeProblem);

function thrown(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidPlacement);
    return String(error);
  }
  throw new Error("nothing was thrown");
}

describe("what a user reads of a refused location", () => {
  test.each<[string, PlacementToCheck]>([
    ["unknown", { location: "mars" }],
    ["predefined, with data locations", { location: "nam4", dataLocations: ["us-west1"] }],
    ["a region, with data locations", { location: "us-west1", dataLocations: ["us-west1"] }],
    ["a code without data locations", { location: "it" }],
    ["a code with one", { location: "us", dataLocations: ["us-west1"] }],
    ["a code with three", { location: "us", dataLocations: ["us-west1", "us-west2", "us-west3"] }],
    ["one region twice", { location: "us", dataLocations: ["us-west1", "US-WEST1"] }],
    ["regions of another code", { location: "us", dataLocations: ["europe-west1", "europe-west4"] }],
    [
      "a pair that is predefined elsewhere",
      { location: "us", dataLocations: ["asia-northeast1", "asia-northeast2"] },
    ],
    ["a reserved pair", { location: "us", dataLocations: ["us-central1", "us-east1"] }],
    ["rpo that does not exist", { location: "nam4", rpo: "SOON" }],
    ["rpo of a region", { location: "us-west1", rpo: "DEFAULT" }],
    ["turbo of a multi-region", { location: "us", rpo: "ASYNC_TURBO" }],
    ["active-active in a region", { location: "us-west1", accessPattern: "ActiveActive" }],
    ["active-active in a multi-region", { location: "eu", accessPattern: "ActiveActive" }],
    ["active-active nowhere", { location: "mars", accessPattern: "ActiveActive" }],
    ["active-active without rpo", { location: "nam4", accessPattern: "ActiveActive" }],
    ["active-active with default rpo", { location: "nam4", rpo: "DEFAULT", accessPattern: "ActiveActive" }],
    ["an access pattern that does not exist", { location: "nam4", accessPattern: "Sometimes" }],
  ])("%s", (_, given) => {
    expect(refusals(given)).toMatchSnapshot();
  });
});

describe("what a user reads of a refused constructor", () => {
  test.each<[string, () => unknown]>([
    ["region", () => region("mars" as "us-west1")],
    ["predefined", () => predefined("NAM5" as "NAM4")],
    ["multiRegion", () => multiRegion("AU" as "US")],
    ["dualRegion with a stranger", () => dualRegion("us-west1", "mars" as "us-west2")],
    ["dualRegion of two codes", () => dualRegion("us-west1", "europe-west1" as "us-west2")],
    ["dualRegion of a reserved pair", () => dualRegion("us-central1", "us-east1" as "us-west2")],
    ["withFirstRegion", () => withFirstRegion(predefined("NAM4"), "us-west1")],
    ["parsePlacement", () => parsePlacement("us-west1+us-west2+us-west3")],
    ["parsePlacement of an object", () => parsePlacement({ location: "mars" })],
  ])("%s", (_, act) => {
    expect(thrown(act)).toMatchSnapshot();
  });
});

test("constructors take any letter case", () => {
  expect(region("US-CENTRAL1" as "us-central1").regions).toEqual(["us-central1"]);
  expect(predefined("nam4" as "NAM4").location).toBe("NAM4");
  expect(multiRegion("eu" as "EU").location).toBe("EU");
});

test("dual-regions near a location have that region, or are of its continent", () => {
  expect(dualRegionsNear("us-central1")).toEqual([
    { location: "NAM4" },
    { location: "US", dataLocations: ["us-central1", "us-east4"] },
  ]);
  // Zürich is in a predefined dual-region alone, Warsaw in a configurable one alone.
  expect(dualRegionsNear("EUROPE-WEST6")).toEqual([{ location: "EUR8" }]);
  expect(dualRegionsNear("europe-central2")).toEqual([
    { location: "EU", dataLocations: ["europe-central2", "europe-north1"] },
  ]);
  const asia = [
    { location: "ASIA1" },
    { location: "ASIA", dataLocations: ["asia-east1", "asia-southeast1"] },
  ];
  const europe = [{ location: "EUR4" }, { location: "EU", dataLocations: ["europe-west1", "europe-west4"] }];
  const america = [{ location: "NAM4" }, { location: "US", dataLocations: ["us-central1", "us-east4"] }];
  expect(dualRegionsNear("asia-east2")).toEqual(asia);
  expect(dualRegionsNear("ASIA")).toEqual(asia);
  expect(dualRegionsNear("EU")).toEqual(europe);
  expect(dualRegionsNear("europe-north2")).toEqual(europe);
  expect(dualRegionsNear("US")).toEqual(america);
  expect(dualRegionsNear("southamerica-east1")).toEqual(america);
});

test("a placement is read with blanks around its parts, and written as it is read", () => {
  for (const text of ["us-west1", "NAM4", "US", "US:us-central1+us-west1"]) {
    expect(formatPlacement(parsePlacement(text))).toBe(text);
  }
  expect(formatPlacement(parsePlacement("  us : us-west1 + us-central1 "))).toBe("US:us-central1+us-west1");
  expect(formatPlacement(parsePlacement(" US-WEST1 "))).toBe("us-west1");
});

test("the warnings of a pair name its regions and its code", () => {
  const warnings = (location: string, ...dataLocations: string[]) =>
    checkPlacement({ location, dataLocations }).warnings;
  expect(warnings("EU", "europe-west8", "europe-west12")).toEqual([
    "europe-west8 + europe-west12 under EU: Google lists this pair under IT; use location IT.",
  ]);
  expect(warnings("IT", "europe-west8", "europe-west12")).toEqual([]);
  expect(warnings("EU", "europe-west1", "europe-west4")).toEqual([]);
  expect(warnings("US", "us-east5", "us-west1")).toEqual([
    "us-east5 + us-west1: Google limits the pairs of us-east5; its API may refuse this one.",
  ]);
});

// Buckets carry it; another key would replace nothing, and blind the policies.
test("the label of the access pattern keeps its key", () => {
  expect(ACCESS_PATTERN_LABEL).toBe("mpegflow-access-pattern");
});
