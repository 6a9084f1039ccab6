import { describe, expect, test } from "vitest";
import { activeActiveRequiresDualRegion } from "../../../policy/placement/two-writers.ts";
import { UNKNOWN, urnOf, type GivenResource } from "../../../testing/index.ts";
import { runOnResource } from "./run-policy.ts";

const ACTIVE = { "mpegflow-access-pattern": "active-active" };
const SINGLE = { "mpegflow-access-pattern": "single-writer" };
const BUCKET = "gcp:storage/bucket:Bucket";

function bucket(props: Record<string, unknown>, more: Partial<GivenResource> = {}): GivenResource {
  return { type: BUCKET, name: "media", props: { name: "media-1234567", ...props }, ...more };
}

async function run(resource: GivenResource, config?: Readonly<Record<string, unknown>>) {
  return runOnResource(activeActiveRequiresDualRegion, resource, config);
}

describe("a bucket labelled active-active", () => {
  test.each([
    ["a predefined dual-region", { location: "NAM4" }],
    ["a predefined dual-region in lower case", { location: "eur4" }],
    [
      "a configurable dual-region",
      { location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST4"] } },
    ],
    [
      "a configurable dual-region as bare Terraform writes it",
      { location: "us", customPlacementConfig: [{ dataLocations: ["us-central1", "us-east4"] }] },
    ],
  ])("passes as %s with turbo replication", async (_, placement) => {
    expect(await run(bucket({ ...placement, rpo: "ASYNC_TURBO", labels: ACTIVE }))).toEqual({
      violations: [],
      notApplicable: [],
    });
  });

  test.each([
    ["a multi-region", { location: "US" }],
    ["a region", { location: "us-central1" }],
    ["an unknown location", { location: "mars" }],
    ["a dual-region with default replication", { location: "NAM4", rpo: "DEFAULT" }],
    ["a dual-region that does not set rpo", { location: "NAM4" }],
    [
      "a reserved pair",
      {
        location: "US",
        customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST1"] },
        rpo: "ASYNC_TURBO",
      },
    ],
    [
      "one data location",
      { location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1"] }, rpo: "ASYNC_TURBO" },
    ],
    [
      "a predefined code with data locations",
      {
        location: "NAM4",
        customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST1"] },
        rpo: "ASYNC_TURBO",
      },
    ],
  ])("is refused as %s", async (_, placement) => {
    const { violations } = await run(bucket({ ...placement, labels: ACTIVE }));
    expect(violations.map(({ level }) => level)).toEqual(["mandatory"]);
  });

  test.each([
    "google-native:storage/v1:Bucket",
    "google:index/storageBucket:StorageBucket",
    "google-beta:index/storageBucket:StorageBucket",
  ])("is refused under the token %s too", async (type) => {
    const { violations } = await run(bucket({ location: "US", labels: ACTIVE }, { type }));
    expect(violations).toHaveLength(1);
  });

  test("is refused below a MediaBucket too, where a transform changed its location", async () => {
    const parent = "mpegflow-gcs:index:MediaBucket::media";
    const { violations } = await run(bucket({ location: "US", labels: ACTIVE }, { parent }));
    expect(violations).toHaveLength(1);
  });

  test("the message says what, why and what to do", async () => {
    const { violations } = await run(bucket({ location: "US", labels: ACTIVE }));
    expect(violations[0]?.message.split("\n").slice(-4)).toEqual([
      'Bucket "media" must be a dual-region with rpo ASYNC_TURBO, because it is declared active-active (label ' +
        'mpegflow-access-pattern). Its location "US" is a multi-region.',
      "  - Reason: only a dual-region lets you place compute in the bucket's own two regions (reads are free from " +
        "both, turbo replication aims at a recovery point of 15 minutes); a multi-region gives no say over its " +
        "regions, charges for every read, and has a recovery point of 12 hours.",
      '  - Fix: set location: "NAM4", or location: "US" with customPlacementConfig: { dataLocations: ["US-CENTRAL1", ' +
        '"US-EAST4"] }, with rpo: "ASYNC_TURBO"; or use MediaBucket of mpegflow-gcs. A change of location replaces a ' +
        "bucket: if it holds objects already, make a new one and copy them.",
      "  - Otherwise: if one region at a time writes to it, set its label mpegflow-access-pattern to " +
        '"single-writer".',
    ]);
  });

  test("a wrong pair is explained in the bucket's own arguments", async () => {
    const { violations } = await run(
      bucket({
        location: "EU",
        customPlacementConfig: { dataLocations: ["EUROPE-NORTH1", "EUROPE-WEST4"] },
        rpo: "ASYNC_TURBO",
        labels: ACTIVE,
      }),
    );
    expect(violations[0]?.message).toContain("customPlacementConfig.dataLocations: given");
    expect(violations[0]?.message).toContain("use location EUR4 without data locations");
  });
});

describe("other buckets", () => {
  test.each([
    ["labelled single-writer", SINGLE],
    ["with other labels", { team: "video" }],
    ["without labels", undefined],
  ])("a multi-region %s passes", async (_, labels) => {
    expect(await run(bucket({ location: "US", ...(labels && { labels }) }))).toEqual({
      violations: [],
      notApplicable: [],
    });
  });

  test("a label that means nothing is refused", async () => {
    const { violations } = await run(
      bucket({ location: "NAM4", labels: { "mpegflow-access-pattern": "activeactive" } }),
    );
    expect(violations[0]?.message).toContain('allowed: "single-writer" or "active-active"');
  });

  test("a MediaBucket's bucket that lost its label is judged as active-active", async () => {
    const parent = "mpegflow-gcs:index:MediaBucket::media";
    expect((await run(bucket({ location: "US" }, { parent }))).violations).toHaveLength(1);
  });

  test("other resources are not its business", async () => {
    expect(
      await run({ type: "gcp:storage/bucketObject:BucketObject", name: "x", props: { location: "US" } }),
    ).toEqual({ violations: [], notApplicable: ["not a Cloud Storage bucket"] });
  });
});

describe("values that are not known yet", () => {
  const undecided = {
    violations: [],
    notApplicable: ["Cannot tell before the update: the bucket's placement is not known yet."],
  };

  test.each([
    ["location", { location: UNKNOWN.string, labels: ACTIVE }],
    ["rpo", { location: "NAM4", rpo: UNKNOWN.string, labels: ACTIVE }],
    ["placement", { location: "US", customPlacementConfig: UNKNOWN.object, labels: ACTIVE }],
    [
      "a data location",
      {
        location: "US",
        customPlacementConfig: { dataLocations: ["US-WEST1", UNKNOWN.string] },
        rpo: "ASYNC_TURBO",
        labels: ACTIVE,
      },
    ],
    ["labels", { location: "US", labels: UNKNOWN.object }],
    ["the label", { location: "US", labels: { "mpegflow-access-pattern": UNKNOWN.string } }],
  ])("%s: no noise in the preview", async (_, props) => {
    expect(await run(bucket(props))).toEqual(undecided);
  });

  test.each([
    ["rpo, on a multi-region", { location: "US", rpo: UNKNOWN.string, labels: ACTIVE }],
    ["another label", { location: "US", labels: { ...ACTIVE, team: UNKNOWN.string } }],
    ["the name", { location: "US", name: UNKNOWN.string, labels: ACTIVE }],
  ])("%s: refused all the same", async (_, props) => {
    expect((await run(bucket(props))).violations).toHaveLength(1);
  });

  test.each([
    ["labels, on a good dual-region", { location: "NAM4", rpo: "ASYNC_TURBO", labels: UNKNOWN.object }],
    ["location, of a single writer", { location: UNKNOWN.string, labels: SINGLE }],
  ])("%s: passes", async (_, props) => {
    expect(await run(bucket(props))).toEqual({ violations: [], notApplicable: [] });
  });
});

describe("configuration", () => {
  const multiRegion = bucket({ location: "US", labels: ACTIVE });

  test.each(["media", urnOf(`${BUCKET}::media`)])("lets %s off by exception", async (exception) => {
    expect(await run(multiRegion, { exceptions: [exception] })).toEqual({
      violations: [],
      notApplicable: ["exempted by configuration"],
    });
  });

  test("an exception for another bucket lets nothing off", async () => {
    expect((await run(multiRegion, { exceptions: ["medi"] })).violations).toHaveLength(1);
  });

  test("requireDualRegion all refuses buckets of any label", async () => {
    const config = { requireDualRegion: "all" };
    expect((await run(bucket({ location: "US", labels: SINGLE }), config)).violations).toHaveLength(1);
    expect((await run(bucket({ location: "us-west1" }), config)).violations).toHaveLength(1);
    expect((await run(bucket({ location: "NAM4", rpo: "ASYNC_TURBO" }), config)).violations).toEqual([]);
  });
});
