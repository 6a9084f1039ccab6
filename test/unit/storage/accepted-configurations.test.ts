import fc from "fast-check";
import { expect, test } from "vitest";
import {
  AccessPattern,
  ArchiveClass,
  ArchiveClock,
  AutoclassTerminal,
  dualRegion,
  predefined,
  region,
  Rpo,
  StorageClass,
  type MediaBucketArgs,
} from "../../../components/index.ts";
import { checkedArguments, mediaBucketProblems } from "../../../components/storage/media-bucket-checks.ts";
import { bucketInputs } from "../../../components/storage/bucket-inputs.ts";
import { constraintProblems } from "../../../sandbox/providers/gcp/facts/constraints.ts";
import type { Properties } from "../../../sandbox/providers/values.ts";
import { acceptedByGoogle, type BucketInputs } from "./google-rules.ts";

const REGIONS = [
  "US-CENTRAL1",
  "US-EAST1",
  "US-EAST4",
  "US-WEST1",
  "EUROPE-NORTH1",
  "EUROPE-WEST4",
  "EUROPE-WEST2",
];
const LOCATIONS = ["US", "EU", "ASIA", "CA", "DE", "NAM4", "EUR4", "EUR5", "NAM5", ...REGIONS];
const PREFIXES = ["scratch/", "outputs/", "outputs/live/", "/rooted/", ""];

/** Placements as somebody could write them by hand, and with the regions that they would then have. */
const placement = fc
  .record({
    location: fc.constantFrom(...LOCATIONS),
    dataLocations: fc.option(fc.uniqueArray(fc.constantFrom(...REGIONS), { maxLength: 3 }), {
      nil: undefined,
    }),
    kind: fc.constantFrom("Region" as const, "DualRegion" as const, "MultiRegion" as const),
  })
  .map(({ location, dataLocations, kind }): MediaBucketArgs["placement"] => ({
    kind,
    location,
    ...(dataLocations && { dataLocations }),
    regions: (dataLocations ?? PREDEFINED[location] ?? (kind === "Region" ? [location] : [])).map((one) =>
      one.toLowerCase(),
    ),
  }));
const PREDEFINED: Readonly<Record<string, string[]>> = {
  NAM4: ["US-CENTRAL1", "US-EAST1"],
  EUR4: ["EUROPE-NORTH1", "EUROPE-WEST4"],
  EUR5: ["EUROPE-WEST1", "EUROPE-WEST2"],
};

const days = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 400 }) },
  fc.constantFrom(0, -1, 0.5),
);
const prefix = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...PREFIXES.slice(0, 3)) },
  fc.constantFrom(...PREFIXES),
);
const step = fc.record(
  {
    to: fc.constantFrom(...Object.values(ArchiveClass)),
    afterDays: days,
    countedFrom: fc.constantFrom(...Object.values(ArchiveClock)),
    prefixes: fc.array(prefix, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ["to", "afterDays"] },
);

/** Most configurations leave most out; with everything at once nothing would be accepted. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const ipFilter = fc.record(
  {
    publicIpCidrRanges: fc.subarray(["192.0.2.0/24", "2001:db8::/32"]),
    networks: fc.subarray([
      { network: "projects/acme/global/networks/media", allowedIpCidrRanges: ["10.0.0.0/8"] },
    ]),
    allowServiceAgents: fc.boolean(),
    allowCrossOrganizationNetworks: fc.boolean(),
    enabled: fc.boolean(),
  },
  { requiredKeys: [] },
);

const args = fc
  .record({
    placement: fc.oneof(
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          predefined("NAM4"),
          dualRegion("us-west1", "us-east4"),
          region("us-east1"),
        ),
      },
      { weight: 1, arbitrary: placement },
    ),
    accessPattern: fc.constantFrom(...Object.values(AccessPattern)),
    rpo: seldom(fc.constantFrom(...Object.values(Rpo))),
    storageClass: seldom(fc.constantFrom(...Object.values(StorageClass))),
    archive: seldom(fc.record({ steps: fc.array(step, { maxLength: 3 }) })),
    autoclass: seldom(
      fc.record({ terminalStorageClass: fc.constantFrom(...Object.values(AutoclassTerminal)) }),
    ),
    temporaryPrefixes: seldom(fc.array(fc.record({ prefix, expireAfterDays: days }), { maxLength: 3 })),
    abortIncompleteUploadsAfterDays: seldom(days),
    softDeleteRetentionSeconds: seldom(fc.constantFrom(0, 604_799, 604_800, 7_776_000, 7_776_001)),
    versioning: seldom(fc.boolean()),
    hierarchicalNamespace: seldom(fc.boolean()),
    retention: seldom(
      fc.record({
        retentionPeriodSeconds: fc.constantFrom(0, 1, 86_400, 3_155_759_999, 3_155_760_000),
        locked: fc.boolean(),
        confirmLock: fc.constantFrom("media", "other"),
      }),
    ),
    disposable: seldom(fc.boolean()),
    ipFilter: seldom(ipFilter),
    accessLogs: seldom(
      fc.record({ bucketName: fc.constant("acme-logs"), objectNamePrefix: seldom(fc.constant("media/")) }),
    ),
  })
  .map(
    (given) =>
      Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      ) as unknown as MediaBucketArgs,
  );

test("no accepted configuration asks Google, or its provider, for what they refuse", () => {
  let accepted = 0;
  fc.assert(
    fc.property(args, (given) => {
      if (mediaBucketProblems("media", given).length > 0) return;
      accepted++;
      const inputs = bucketInputs(checkedArguments("media", given));
      const about = JSON.stringify(inputs);
      expect(acceptedByGoogle(inputs as BucketInputs), about).toEqual([]);
      expect(constraintProblems("gcp:storage/bucket:Bucket", inputs as unknown as Properties), about).toEqual(
        [],
      );
    }),
    { numRuns: 3_000 },
  );
  // Otherwise the property would say nothing.
  expect(accepted).toBeGreaterThan(100);
});

test.each<[string, Partial<BucketInputs>]>([
  [
    "an age that the provider adds",
    { lifecycleRules: [{ action: { type: "Delete" }, condition: { daysSinceCustomTime: 1 } }] },
  ],
  [
    "a rule that moves objects to a warmer class",
    {
      lifecycleRules: [
        {
          action: { type: "SetStorageClass", storageClass: "NEARLINE" },
          condition: { age: 1, matchesStorageClasses: ["ARCHIVE"] },
        },
      ],
    },
  ],
  ["turbo replication of one region", { rpo: "ASYNC_TURBO" }],
  [
    "a pair with a location of its own",
    { location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST1"] } },
  ],
  ["versions in folders", { hierarchicalNamespace: { enabled: true }, versioning: { enabled: true } }],
  ["another class with Autoclass", { autoclass: { enabled: true }, storageClass: "NEARLINE" }],
  ["six days of soft delete", { softDeletePolicy: { retentionDurationSeconds: 518_400 } }],
])("the judge finds %s", (_, wrong) => {
  const good: BucketInputs = {
    location: "US-CENTRAL1",
    softDeletePolicy: { retentionDurationSeconds: 0 },
    lifecycleRules: [],
  };
  expect(acceptedByGoogle(good)).toEqual([]);
  expect(acceptedByGoogle({ ...good, ...wrong })).not.toEqual([]);
});
