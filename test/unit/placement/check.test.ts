import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkPlacement,
  CONFIGURABLE_DUAL_REGIONS,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  REGIONS,
  type PlacementToCheck,
} from "../../../components/placement/index.ts";

function problemPaths(given: PlacementToCheck): string[] {
  return checkPlacement(given).problems.map(({ path }) => path);
}

const PREDEFINED = Object.entries(PREDEFINED_DUAL_REGIONS);
const RESERVED = ["europe-north1 europe-west4", "us-central1 us-east1"];
const PAIRS = Object.entries(CONFIGURABLE_DUAL_REGIONS).flatMap(([code, regions]) =>
  regions.flatMap((first, index) =>
    regions
      .slice(index + 1)
      .map((second) => ({ code, first, second, pair: [first, second].sort().join(" ") })),
  ),
);
const OFFERED = PAIRS.filter(({ pair }) => !RESERVED.includes(pair));

describe("a location by itself", () => {
  test.each(PREDEFINED)("%s is a dual-region", (location, regions) => {
    expect(checkPlacement({ location })).toEqual({
      kind: "DualRegion",
      regions: [...regions],
      problems: [],
      warnings: [],
    });
  });

  test.each([...MULTI_REGIONS])("%s is a multi-region whose regions are not known", (location) => {
    expect(checkPlacement({ location })).toEqual({
      kind: "MultiRegion",
      regions: [],
      problems: [],
      warnings: [],
    });
  });

  test.each([...REGIONS])("%s is a region", (location) => {
    expect(checkPlacement({ location })).toEqual({
      kind: "Region",
      regions: [location],
      problems: [],
      warnings: [],
    });
  });

  test.each(["AU", "CA", "DE", "IN", "IT"])("%s needs data locations", (location) => {
    expect(problemPaths({ location })).toEqual(["dataLocations"]);
  });

  test.each(["", "mars", "us-central1-a", "NAM5", "us-east2", "constructor", "__proto__", "EUROPE"])(
    "%j is refused as unknown",
    (location) => {
      expect(checkPlacement({ location })).toMatchObject({
        kind: "Unknown",
        problems: [{ path: "location" }],
      });
    },
  );

  test.each(["nam4", "Nam4", "us", "Us-Central1"])("letter case does not matter: %s", (location) => {
    expect(problemPaths({ location })).toEqual([]);
  });
});

describe("a location with data locations", () => {
  test.each(OFFERED)("$code with $first + $second is a dual-region", ({ code, first, second }) => {
    expect(checkPlacement({ location: code, dataLocations: [first, second] })).toMatchObject({
      kind: "DualRegion",
      regions: [first, second],
      problems: [],
    });
  });

  test("letter case does not matter", () => {
    expect(checkPlacement({ location: "us", dataLocations: ["US-West1", "US-EAST4"] })).toMatchObject({
      regions: ["us-west1", "us-east4"],
      problems: [],
    });
  });

  test.each(PREDEFINED)("%s must not be combined with its own regions", (location, regions) => {
    expect(problemPaths({ location, dataLocations: regions })).toEqual(["dataLocations"]);
  });

  test.each([
    ["US", "us-central1", "us-east1", "NAM4"],
    ["US", "us-east1", "us-central1", "NAM4"],
    ["EU", "europe-north1", "europe-west4", "EUR4"],
    ["EU", "europe-west1", "europe-west2", "EUR5"],
  ])("%s with %s + %s is sent to %s", (location, first, second, code) => {
    const [problem] = checkPlacement({ location, dataLocations: [first, second] }).problems;
    expect(problem?.fix).toContain(`use location ${code}`);
  });

  test.each([
    ["no region", []],
    ["one region", ["us-central1"]],
    ["three regions", ["us-central1", "us-east4", "us-west1"]],
    ["one region twice", ["us-west1", "US-WEST1"]],
    ["a region of another code", ["us-west1", "europe-west1"]],
    ["an unknown region", ["us-west1", "us-west9"]],
    ["a zone", ["us-west1", "us-west2-a"]],
  ])("%s is refused, naming the regions of the code", (_, dataLocations) => {
    const [problem, ...others] = checkPlacement({ location: "US", dataLocations }).problems;
    expect(others).toEqual([]);
    expect(problem?.allowed).toContain(CONFIGURABLE_DUAL_REGIONS.US.join(", "));
  });

  test("a region takes none", () => {
    expect(problemPaths({ location: "us-west1", dataLocations: ["us-west1", "us-west2"] })).toEqual([
      "dataLocations",
    ]);
  });

  test.each([
    ["europe-west8", "europe-west12", "IT"],
    ["europe-west3", "europe-west10", "DE"],
  ])("EU with %s + %s is accepted with a word about %s", (first, second, code) => {
    const verdict = checkPlacement({ location: "EU", dataLocations: [first, second] });
    expect(verdict.problems).toEqual([]);
    expect(verdict.warnings).toEqual([expect.stringContaining(`use location ${code}`)]);
  });

  test("pairs with us-east5 are left to Google, with a warning", () => {
    const verdict = checkPlacement({ location: "US", dataLocations: ["us-east5", "us-west1"] });
    expect(verdict).toMatchObject({ problems: [], warnings: [expect.stringContaining("us-east5")] });
  });
});

describe("rpo", () => {
  test.each([
    [{ location: "NAM4", rpo: "ASYNC_TURBO" }, []],
    [{ location: "NAM4", rpo: "DEFAULT" }, []],
    [{ location: "US", dataLocations: ["us-west1", "us-west2"], rpo: "ASYNC_TURBO" }, []],
    [{ location: "US", rpo: "DEFAULT" }, []],
    [{ location: "US", rpo: "ASYNC_TURBO" }, ["rpo"]],
    [{ location: "us-west1", rpo: "ASYNC_TURBO" }, ["rpo"]],
    [{ location: "us-west1", rpo: "DEFAULT" }, ["rpo"]],
    [{ location: "NAM4", rpo: "TURBO" }, ["rpo"]],
    [{ location: "NAM4", rpo: "toString" }, ["rpo"]],
  ])("%j has problems with %j", (given, paths) => {
    expect(problemPaths(given)).toEqual(paths);
  });
});

describe("active-active", () => {
  const accessPattern = "ActiveActive";

  test.each(["NAM4", "EUR4", "ASIA1"])("%s with turbo replication is accepted", (location) => {
    expect(problemPaths({ location, rpo: "ASYNC_TURBO", accessPattern })).toEqual([]);
  });

  test.each([undefined, "DEFAULT"])("a dual-region with rpo %s is refused", (rpo) => {
    expect(problemPaths({ location: "NAM4", ...(rpo && { rpo }), accessPattern })).toEqual(["rpo"]);
  });

  test.each(["US", "EU", "ASIA", "us-west1"])("%s is refused", (location) => {
    expect(problemPaths({ location, accessPattern })).toEqual(["accessPattern"]);
  });

  test("an unknown location is refused as such too", () => {
    expect(problemPaths({ location: "mars", accessPattern })).toEqual(["location", "accessPattern"]);
  });

  test("the refusal gives the reasons", () => {
    const [problem] = checkPlacement({ location: "US", accessPattern }).problems;
    expect(problem?.because).toBe(
      "only a dual-region lets you place compute in the bucket's own two regions (reads are free from both, turbo " +
        "replication aims at a recovery point of 15 minutes); a multi-region gives no say over its regions, " +
        "charges for every read, and has a recovery point of 12 hours.",
    );
  });

  test("no message calls replication synchronous", () => {
    const given = [
      { location: "US", rpo: "ASYNC_TURBO", accessPattern },
      { location: "NAM4", rpo: "DEFAULT", accessPattern },
      { location: "us-west1", rpo: "DEFAULT", accessPattern },
    ];
    expect(JSON.stringify(given.map(checkPlacement))).not.toMatch(/(?<!a)synchronous/i);
  });

  test.each([
    ["US", "NAM4 (us-central1 + us-east1)"],
    ["EU", "EUR4 (europe-north1 + europe-west4)"],
    ["ASIA", "ASIA1 (asia-northeast1 + asia-northeast2)"],
    ["europe-west6", "EUR8 (europe-west3 + europe-west6)"],
    ["australia-southeast1", "AU with australia-southeast1 + australia-southeast2"],
    ["me-west1", "NAM4 (us-central1 + us-east1)"],
  ])("instead of %s it offers %s", (location, offered) => {
    expect(checkPlacement({ location, accessPattern }).problems[0]?.fix).toContain(offered);
  });

  test("a single writer may use any placement", () => {
    for (const location of ["US", "us-west1", "NAM4"]) {
      expect(problemPaths({ location, accessPattern: "SingleWriter" })).toEqual([]);
    }
  });

  test("an unknown access pattern is refused", () => {
    expect(problemPaths({ location: "NAM4", accessPattern: "active" })).toEqual(["accessPattern"]);
  });
});

describe("for any input", () => {
  const locationLike = fc.oneof(
    fc.constantFrom(
      ...Object.keys(PREDEFINED_DUAL_REGIONS),
      ...Object.keys(CONFIGURABLE_DUAL_REGIONS),
      ...REGIONS,
    ),
    fc.string(),
  );
  const anyCase = (value: string) => fc.constantFrom(value, value.toUpperCase(), value.toLowerCase());
  const given = fc.record(
    {
      location: locationLike.chain(anyCase),
      dataLocations: fc.array(fc.oneof(fc.constantFrom(...REGIONS).chain(anyCase), fc.string()), {
        maxLength: 3,
      }),
      rpo: fc.oneof(fc.constantFrom("DEFAULT", "ASYNC_TURBO"), fc.string()),
      accessPattern: fc.constantFrom("SingleWriter", "ActiveActive"),
    },
    { requiredKeys: ["location"] },
  );

  /** Google's documented rules, written apart from the code under test. */
  function googleRefuses({ location, dataLocations, rpo, accessPattern }: PlacementToCheck): boolean {
    const code = location.toUpperCase();
    const names = dataLocations?.map((name) => name.toUpperCase());
    const isPredefined = Object.hasOwn(PREDEFINED_DUAL_REGIONS, code);
    const isRegion = REGIONS.some((name) => name.toUpperCase() === code);
    const pair = names === undefined ? undefined : [...new Set(names)].sort().join(" ").toLowerCase();
    const isOfferedPair =
      OFFERED.some((one) => one.code === code && one.pair === pair) && names?.length === 2;
    const isDual = (isPredefined && names === undefined) || isOfferedPair;
    const isMulti = ["US", "EU", "ASIA"].includes(code) && names === undefined;
    if (!isDual && !isMulti && !(isRegion && names === undefined)) return true;
    if (rpo !== undefined && isRegion) return true;
    if (rpo !== undefined && !["DEFAULT", "ASYNC_TURBO"].includes(rpo)) return true;
    if (rpo === "ASYNC_TURBO" && !isDual) return true;
    return accessPattern === "ActiveActive" && !(isDual && rpo === "ASYNC_TURBO");
  }

  test("it refuses exactly what Google's rules and the active-active rule refuse", () => {
    fc.assert(
      fc.property(given, (one) => {
        expect(checkPlacement(one).problems.length > 0).toBe(googleRefuses(one));
      }),
      { numRuns: 5_000 },
    );
  });

  test("every problem says what was given, what is allowed and what to do", () => {
    fc.assert(
      fc.property(given, (one) => {
        for (const problem of checkPlacement(one).problems) {
          expect(Object.values<string | undefined>({ ...problem })).not.toContain("");
          expect(problem.path).toMatch(/^(location|dataLocations|rpo|accessPattern)$/);
        }
      }),
    );
  });
});
