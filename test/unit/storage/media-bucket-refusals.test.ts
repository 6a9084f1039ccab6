import { beforeEach, describe, expect, test } from "vitest";
import {
  AccessPattern,
  ArchiveClass,
  InvalidArguments,
  MediaBucket,
  multiRegion,
  predefined,
  region,
  Rpo,
  type ArchiveStep,
  type MediaBucketArgs,
} from "../../../components/index.ts";
import { recordPulumi, type Recorder } from "../pulumi-mocks.ts";

const good = { placement: predefined("NAM4"), accessPattern: AccessPattern.ActiveActive } as const;

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi();
});

function refusalOf(args: MediaBucketArgs): InvalidArguments {
  try {
    new MediaBucket("media", args);
  } catch (error) {
    if (error instanceof InvalidArguments) return error;
    throw error;
  }
  throw new Error("accepted");
}

function refusedPaths(args: MediaBucketArgs): string[] {
  return refusalOf(args).problems.map(({ path }) => path);
}

describe("active-active", () => {
  test.each([multiRegion("US"), multiRegion("EU"), multiRegion("ASIA"), region("us-central1")])(
    "$location is refused",
    (placement) => {
      expect(refusedPaths({ ...good, placement })).toEqual(["accessPattern"]);
    },
  );

  test("default replication is refused", () => {
    expect(refusedPaths({ ...good, rpo: Rpo.DEFAULT })).toEqual(["rpo"]);
  });

  test("the message says why and what to do", () => {
    const { message } = refusalOf({ ...good, placement: multiRegion("US") });
    expect(message).toMatch(/^MediaBucket "media": 1 problem\./);
    expect(message).toContain("only a dual-region lets you place compute in the bucket's own two regions");
    expect(message).toContain("NAM4 (us-central1 + us-east1)");
  });
});

describe("placement", () => {
  test.each([region("us-central1"), multiRegion("US")])(
    "turbo replication on $kind is refused",
    (placement) => {
      expect(
        refusedPaths({ placement, accessPattern: AccessPattern.SingleWriter, rpo: Rpo.ASYNC_TURBO }),
      ).toEqual(["rpo"]);
    },
  );

  test.each<[string, MediaBucketArgs["placement"], string[]]>([
    [
      "reserved pair",
      {
        kind: "DualRegion",
        location: "US",
        dataLocations: ["US-CENTRAL1", "US-EAST1"],
        regions: ["us-central1", "us-east1"],
      },
      ["placement.dataLocations"],
    ],
    [
      "regions of another bucket",
      { kind: "DualRegion", location: "NAM4", regions: ["us-central1", "us-east4"] },
      ["placement.regions"],
    ],
    [
      "another kind",
      { kind: "Region", location: "NAM4", regions: ["us-central1", "us-east1"] },
      ["placement.regions"],
    ],
    [
      "unknown location",
      { kind: "DualRegion", location: "NAM5", regions: [] },
      ["placement.location", "accessPattern"],
    ],
  ])("a placement written by hand is not trusted: %s", (_, placement, paths) => {
    expect(refusedPaths({ ...good, placement })).toEqual(paths);
  });
});

describe("archive ladder", () => {
  const { Archive, Coldline, Nearline } = ArchiveClass;

  test.each<[string, ArchiveStep[], string[]]>([
    ["no step", [], ["archive.steps"]],
    ["age 0", [{ to: Nearline, afterDays: 0 }], ["archive.steps[0].afterDays"]],
    ["half a day", [{ to: Nearline, afterDays: 0.5 }], ["archive.steps[0].afterDays"]],
    ["no number", [{ to: Nearline, afterDays: Number.NaN }], ["archive.steps[0].afterDays"]],
    ["no prefix in the list", [{ to: Nearline, afterDays: 1, prefixes: [] }], ["archive.steps[0].prefixes"]],
    [
      "an empty prefix",
      [{ to: Nearline, afterDays: 1, prefixes: ["a/", ""] }],
      ["archive.steps[0].prefixes[1]"],
    ],
    [
      "a leading slash",
      [{ to: Nearline, afterDays: 1, prefixes: ["/a/"] }],
      ["archive.steps[0].prefixes[0]"],
    ],
    [
      "warmer with age",
      [
        { to: Archive, afterDays: 30 },
        { to: Nearline, afterDays: 90 },
      ],
      ["archive.steps[1].to"],
    ],
    [
      "warmer with age, written in another order",
      [
        { to: Nearline, afterDays: 90 },
        { to: Archive, afterDays: 30 },
      ],
      ["archive.steps[0].to"],
    ],
    [
      "the same class twice",
      [
        { to: Coldline, afterDays: 30 },
        { to: Coldline, afterDays: 60 },
      ],
      ["archive.steps[1].to"],
    ],
    [
      "two classes at one age",
      [
        { to: Coldline, afterDays: 30 },
        { to: Nearline, afterDays: 30 },
      ],
      ["archive.steps[0].afterDays"],
    ],
    [
      "warmer with age below one prefix",
      [
        { to: Archive, afterDays: 30, prefixes: ["a/", "b/"] },
        { to: Nearline, afterDays: 90, prefixes: ["b/"] },
      ],
      ["archive.steps[1].to"],
    ],
  ])("%s is refused", (_, steps, paths) => {
    expect(refusedPaths({ ...good, archive: { steps } })).toEqual(paths);
  });

  test("Standard is no destination", () => {
    // @ts-expect-error lifecycle rules never move objects to Standard
    const steps: ArchiveStep[] = [{ to: "STANDARD", afterDays: 1 }];
    expect(refusedPaths({ ...good, archive: { steps } })).toEqual(["archive.steps[0].to"]);
  });

  test("ladders of different prefixes do not disturb each other", async () => {
    const steps = [
      { to: Archive, afterDays: 30, prefixes: ["a/"] },
      { to: Nearline, afterDays: 90, prefixes: ["b/"] },
    ];
    new MediaBucket("media", { ...good, archive: { steps } });
    await program.settled();
    expect(program.ofType("gcp:storage/bucket:Bucket")).toHaveLength(1);
  });
});

describe("other arguments", () => {
  test.each<[string, Partial<MediaBucketArgs>, string[]]>([
    ["upper case in the name", { bucketName: "Media" }, ["bucketName"]],
    ["a short name", { bucketName: "ab" }, ["bucketName"]],
    ["a long name", { bucketName: "a".repeat(64) }, ["bucketName"]],
    ["a name that ends in a dash", { bucketName: "media-" }, ["bucketName"]],
    ["a name like an address", { bucketName: "10.0.0.1" }, ["bucketName"]],
    ["a name with an empty part", { bucketName: "media..example.com" }, ["bucketName"]],
    ["Google's prefix", { bucketName: "goog-media" }, ["bucketName"]],
    ["a name like Google's", { bucketName: "my-g00gle" }, ["bucketName"]],
    [
      "the label that is ours",
      { labels: { "mpegflow-access-pattern": "x" } },
      ['labels["mpegflow-access-pattern"]'],
    ],
    ["an upper-case label", { labels: { Team: "video" } }, ['labels["Team"]']],
    ["an upper-case label value", { labels: { team: "Video" } }, ['labels["team"]']],
    [
      "a week less a second of soft delete",
      { softDeleteRetentionSeconds: 604_799 },
      ["softDeleteRetentionSeconds"],
    ],
    ["91 days of soft delete", { softDeleteRetentionSeconds: 91 * 86_400 }, ["softDeleteRetentionSeconds"]],
    ["uploads aborted at once", { abortIncompleteUploadsAfterDays: 0 }, ["abortIncompleteUploadsAfterDays"]],
    [
      "objects that expire at once",
      { temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 0 }] },
      ["temporaryPrefixes[0].expireAfterDays"],
    ],
    [
      "everything temporary",
      { temporaryPrefixes: [{ prefix: "", expireAfterDays: 1 }] },
      ["temporaryPrefixes[0].prefix"],
    ],
    [
      "too many prefixes",
      {
        temporaryPrefixes: Array.from({ length: 1_001 }, (_, i) => ({ prefix: `${i}/`, expireAfterDays: 1 })),
      },
      ["archive.steps, temporaryPrefixes"],
    ],
  ])("%s is refused", (_, args, paths) => {
    expect(refusedPaths({ ...good, ...args })).toEqual(paths);
  });

  test("all problems are told at once", () => {
    expect(
      refusedPaths({
        ...good,
        placement: multiRegion("US"),
        bucketName: "X",
        abortIncompleteUploadsAfterDays: -1,
      }),
    ).toEqual(["accessPattern", "bucketName", "abortIncompleteUploadsAfterDays"]);
  });

  test("nothing is registered", async () => {
    refusalOf({ ...good, bucketName: "X" });
    await program.settled();
    expect(program.resources).toEqual([]);
  });
});
