import { describe, expect, test } from "vitest";
import {
  CONFIGURABLE_DUAL_REGIONS,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  REGIONS,
} from "../../../components/placement/index.ts";

/** Google's page, written down a second time and in its own spelling, so that a slip in either shows. */
const PREDEFINED = `
  ASIA1 ASIA-NORTHEAST1 ASIA-NORTHEAST2
  EUR4 EUROPE-NORTH1 EUROPE-WEST4
  EUR5 EUROPE-WEST1 EUROPE-WEST2
  EUR7 EUROPE-WEST2 EUROPE-WEST3
  EUR8 EUROPE-WEST3 EUROPE-WEST6
  NAM4 US-CENTRAL1 US-EAST1`;

const CONFIGURABLE = `
  ASIA ASIA-EAST1 ASIA-SOUTHEAST1
  AU AUSTRALIA-SOUTHEAST1 AUSTRALIA-SOUTHEAST2
  CA NORTHAMERICA-NORTHEAST1 NORTHAMERICA-NORTHEAST2
  DE EUROPE-WEST3 EUROPE-WEST10
  EU EUROPE-CENTRAL2 EUROPE-NORTH1 EUROPE-SOUTHWEST1 EUROPE-WEST1 EUROPE-WEST3 EUROPE-WEST4 EUROPE-WEST8 EUROPE-WEST9 EUROPE-WEST10 EUROPE-WEST12
  IN ASIA-SOUTH1 ASIA-SOUTH2
  IT EUROPE-WEST8 EUROPE-WEST12
  US US-CENTRAL1 US-EAST1 US-EAST4 US-EAST5 US-SOUTH1 US-WEST1 US-WEST2 US-WEST3 US-WEST4`;

function rows(page: string): [string, string[]][] {
  return page
    .trim()
    .split("\n")
    .map((line) => line.trim().split(" "))
    .map(([code = "", ...regions]) => [code, regions.map((name) => name.toLowerCase())]);
}

describe("tables of locations", () => {
  test("predefined dual-regions are Google's", () => {
    expect(Object.entries(PREDEFINED_DUAL_REGIONS)).toEqual(rows(PREDEFINED));
  });

  test("configurable dual-regions are Google's", () => {
    expect(Object.entries(CONFIGURABLE_DUAL_REGIONS)).toEqual(rows(CONFIGURABLE));
  });

  test("every region of a dual-region is a region", () => {
    const named = [...rows(PREDEFINED), ...rows(CONFIGURABLE)].flatMap(([, regions]) => regions);
    expect(named.filter((name) => !(REGIONS as readonly string[]).includes(name))).toEqual([]);
  });

  test("multi-regions are the three continents", () => {
    expect(MULTI_REGIONS).toEqual(["ASIA", "EU", "US"]);
  });

  test.each(["europe-west2", "europe-west6", "asia-northeast1", "asia-northeast2"])(
    "%s is in no configurable dual-region",
    (region) => {
      const codes = rows(CONFIGURABLE).filter(([, regions]) => regions.includes(region));
      expect(codes).toEqual([]);
    },
  );
});
