import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkPlacement,
  dualRegion,
  formatPlacement,
  InvalidPlacement,
  multiRegion,
  parsePlacement,
  predefined,
  region,
  REGIONS,
  withFirstRegion,
} from "../../../components/placement/index.ts";

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof InvalidPlacement) return error.message;
    throw error;
  }
  throw new Error("accepted");
}

describe("constructors", () => {
  test("region", () => {
    expect(region("us-central1")).toEqual({
      kind: "Region",
      location: "US-CENTRAL1",
      regions: ["us-central1"],
    });
  });

  test("predefined", () => {
    expect(predefined("NAM4")).toEqual({
      kind: "DualRegion",
      location: "NAM4",
      regions: ["us-central1", "us-east1"],
    });
  });

  test("multiRegion", () => {
    expect(multiRegion("EU")).toEqual({ kind: "MultiRegion", location: "EU", regions: [] });
  });

  test("dualRegion lists its regions by the alphabet, whichever is named first", () => {
    const placement = {
      kind: "DualRegion",
      location: "US",
      dataLocations: ["US-EAST4", "US-WEST1"],
      regions: ["us-east4", "us-west1"],
    };
    expect(dualRegion("us-west1", "us-east4")).toEqual(placement);
    expect(dualRegion("us-east4", "us-west1")).toEqual(placement);
  });

  test("withFirstRegion puts another region first, and changes nothing else", () => {
    const placement = dualRegion("us-east4", "us-west1");
    expect(withFirstRegion(placement, "us-west1")).toEqual({
      ...placement,
      regions: ["us-west1", "us-east4"],
    });
    expect(withFirstRegion(placement, "us-east4")).toEqual(placement);
    expect(() => withFirstRegion(placement, "us-west4")).toThrow(
      'firstRegion: given "us-west4"; allowed: us-east4, us-west1.',
    );
  });

  test("dualRegion prefers a country's own code", () => {
    expect(dualRegion("europe-west8", "europe-west12").location).toBe("IT");
  });
});

describe("impossible placements do not compile, and throw where types are bypassed", () => {
  test.each<[string, () => unknown, string]>([
    [
      "regions of different codes",
      // @ts-expect-error no code has both
      () => dualRegion("us-central1", "europe-west1"),
      "us-central1 with one of us-east4,",
    ],
    [
      "one region twice",
      // @ts-expect-error the same region
      () => dualRegion("us-west1", "us-west1"),
      "given us-west1 + us-west1; allowed: us-west1 with one of us-central1, us-east1, us-east4, us-east5, us-south1, us-west2, us-west3, us-west4. Reason: the same region was given twice.",
    ],
    [
      "the pair of NAM4",
      // @ts-expect-error reserved for the predefined code
      () => dualRegion("us-central1", "us-east1"),
      'use predefined("NAM4")',
    ],
    [
      "the pair of NAM4 turned round",
      // @ts-expect-error reserved for the predefined code
      () => dualRegion("us-east1", "us-central1"),
      'use predefined("NAM4")',
    ],
    [
      "the pair of EUR4",
      // @ts-expect-error reserved for the predefined code
      () => dualRegion("europe-north1", "europe-west4"),
      'use predefined("EUR4")',
    ],
    [
      "a region that is in predefined dual-regions only",
      // @ts-expect-error London is in no code
      () => dualRegion("europe-west1", "europe-west2"),
      'use predefined("EUR5")',
    ],
    [
      "such a region in front",
      // @ts-expect-error London is in no code
      () => dualRegion("europe-west2", "europe-west9"),
      "europe-west2 is in no configurable dual-region",
    ],
    [
      "upper case",
      // @ts-expect-error regions are written in lower case
      () => dualRegion("US-CENTRAL1", "us-east1"),
      'use predefined("NAM4")',
    ],
    [
      "an unknown region",
      // @ts-expect-error no such region
      () => region("us-east2"),
      "us-east4, us-east5",
    ],
    [
      "a multi-region as a region",
      // @ts-expect-error a multi-region is not a region
      () => region("us"),
      "us-central1",
    ],
    [
      "an unknown code",
      // @ts-expect-error no such code
      () => predefined("NAM5"),
      "ASIA1, EUR4, EUR5, EUR7, EUR8, NAM4",
    ],
    [
      "a configurable code as a multi-region",
      // @ts-expect-error not a multi-region
      () => multiRegion("CA"),
      "ASIA, EU, US",
    ],
  ])("%s", (_, make, message) => {
    expect(messageOf(make)).toContain(message);
  });

  test("a region that is known at run time only does not compile", () => {
    const anywhere = "us-west1" as "us-west1" | "europe-west1";
    // @ts-expect-error which partners fit depends on which region it is
    expect(() => dualRegion(anywhere, "us-west2")).not.toThrow();
  });
});

describe("parsePlacement", () => {
  test.each([
    ["us-central1", region("us-central1")],
    ["NAM4", predefined("NAM4")],
    ["nam4", predefined("NAM4")],
    ["US", multiRegion("US")],
    ["US:us-central1+us-west1", dualRegion("us-central1", "us-west1")],
    [" us: US-CENTRAL1 + us-west1 ", dualRegion("us-central1", "us-west1")],
    ["us-central1+us-west1", dualRegion("us-central1", "us-west1")],
    [{ location: "nam4" }, predefined("NAM4")],
    [{ location: "US", dataLocations: ["us-west1", "us-east4"] }, dualRegion("us-west1", "us-east4")],
  ])("reads %j", (given, placement) => {
    expect(parsePlacement(given)).toEqual(placement);
  });

  test.each([
    ["", "write it in one of these forms"],
    ["US:", "write it in one of these forms"],
    [":us-west1+us-west2", "write it in one of these forms"],
    ["US:us-west1+us-west2:x", "write it in one of these forms"],
    ["us-west1+us-west2+us-west3", "write it in one of these forms"],
    ["US:us-west1", "name two regions of US"],
    ["NAM4:us-central1+us-east1", "leave dataLocations out"],
    ["us-central1+us-east1", 'use predefined("NAM4")'],
    ["moon", "a predefined dual-region (ASIA1"],
  ])("refuses %j and says: %s", (given, message) => {
    expect(messageOf(() => parsePlacement(given))).toContain(message);
  });

  test("refuses with an error that Pulumi prints without a stack trace", () => {
    expect.assertions(1);
    try {
      parsePlacement("moon");
    } catch (error) {
      expect(error).toHaveProperty("__pulumiRunError", true);
    }
  });

  test("reads back what formatPlacement writes", () => {
    const name = fc.constantFrom<string>(...REGIONS);
    const text = fc.oneof(
      name,
      fc.constantFrom("US", "EU", "ASIA", "NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1"),
      fc.tuple(name, name).map((pair) => pair.join("+")),
    );
    fc.assert(
      fc.property(text, (given) => {
        let placement;
        try {
          placement = parsePlacement(given);
        } catch {
          fc.pre(false);
          return;
        }
        expect(parsePlacement(formatPlacement(placement))).toEqual(placement);
        expect(checkPlacement(placement)).toMatchObject({ kind: placement.kind, problems: [] });
      }),
    );
  });
});
