import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test } from "vitest";
import {
  AccessPattern,
  ArchiveClass,
  CustomerSuppliedEncryption,
  dualRegion,
  MediaBucket,
  multiRegion,
  predefined,
  region,
  Rpo,
  type MediaBucketArgs,
} from "../../../components/index.ts";
import { recordPulumi, valueOf, type RecordedResource, type Recorder } from "../pulumi-mocks.ts";

const BUCKET = "gcp:storage/bucket:Bucket";
const activeActive = { placement: predefined("NAM4"), accessPattern: AccessPattern.ActiveActive } as const;
const singleWriter = {
  placement: region("us-central1"),
  accessPattern: AccessPattern.SingleWriter,
} as const;

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi({
    outputs: ({ name }) => ({ url: `gs://${name}`, name }),
  });
});

async function bucketOf(
  args: MediaBucketArgs,
  opts?: pulumi.ComponentResourceOptions,
): Promise<RecordedResource> {
  new MediaBucket("media", args, opts);
  await program.settled();
  return program.only(BUCKET);
}

describe("children", () => {
  test("one bucket, named after the component and below it", async () => {
    expect(await bucketOf(activeActive)).toMatchObject({
      name: "media",
      parent: "mpegflow-gcs:index:MediaBucket::media",
    });
    expect(program.resources.map(({ type }) => type)).toEqual(["mpegflow-gcs:index:MediaBucket", BUCKET]);
  });

  test("two components in one program do not collide", async () => {
    new MediaBucket("in", activeActive);
    new MediaBucket("out", activeActive);
    await program.settled();
    expect(program.ofType(BUCKET).map(({ name }) => name)).toEqual(["in", "out"]);
  });
});

test("a bucket has a single writer, unless it is said to have more", async () => {
  const { inputs } = await bucketOf({ placement: multiRegion("EU") });
  expect(inputs["labels"]).toEqual({ "mpegflow-access-pattern": "single-writer" });
});

describe("placement", () => {
  test("a predefined dual-region has no data locations and turbo replication", async () => {
    const { inputs } = await bucketOf(activeActive);
    expect(inputs).toMatchObject({ location: "NAM4", rpo: "ASYNC_TURBO" });
    expect(inputs).not.toHaveProperty("customPlacementConfig");
  });

  test("a configurable dual-region has both", async () => {
    const { inputs } = await bucketOf({ ...activeActive, placement: dualRegion("us-west1", "us-east4") });
    expect(inputs).toMatchObject({
      location: "US",
      customPlacementConfig: { dataLocations: ["US-EAST4", "US-WEST1"] },
      rpo: "ASYNC_TURBO",
    });
  });

  test.each([region("us-central1"), multiRegion("EU")])("$kind has no rpo", async (placement) => {
    const { inputs } = await bucketOf({ ...singleWriter, placement });
    expect(inputs).not.toHaveProperty("rpo");
  });

  test("a single writer may turn turbo replication off", async () => {
    const { inputs } = await bucketOf({
      placement: predefined("EUR4"),
      accessPattern: AccessPattern.SingleWriter,
      rpo: Rpo.DEFAULT,
    });
    expect(inputs).toMatchObject({ rpo: "DEFAULT" });
  });

  test.each([
    [activeActive, "active-active"],
    [singleWriter, "single-writer"],
  ])("the access pattern is stamped as a label beside the user's", async (args, label) => {
    const { inputs } = await bucketOf({ ...args, labels: { team: "video" } });
    expect(inputs["labels"]).toEqual({ team: "video", "mpegflow-access-pattern": label });
  });
});

describe("safety", () => {
  test("access is uniform and never public", async () => {
    expect((await bucketOf(singleWriter)).inputs).toMatchObject({
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
    });
  });

  test("by default nothing can delete it", async () => {
    const { inputs, protect } = await bucketOf(singleWriter);
    expect({ ...inputs, protect }).toMatchObject({
      protect: true,
      deletionPolicy: "PREVENT",
      forceDestroy: false,
      softDeletePolicy: { retentionDurationSeconds: 604_800 },
    });
  });

  test("a disposable one goes away with everything in it", async () => {
    const { inputs, protect } = await bucketOf({ ...singleWriter, disposable: true });
    expect({ ...inputs, protect }).toMatchObject({
      protect: false,
      deletionPolicy: "DELETE",
      forceDestroy: true,
      softDeletePolicy: { retentionDurationSeconds: 0 },
    });
  });

  test("protection asked for in the options wins", async () => {
    expect((await bucketOf({ ...singleWriter, disposable: true }, { protect: true })).protect).toBe(true);
  });
});

describe("lifecycle", () => {
  test("by default unfinished uploads are aborted after a week, and nothing else", async () => {
    expect((await bucketOf(singleWriter)).inputs["lifecycleRules"]).toEqual([
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    ]);
  });

  test("ladder and temporary prefixes become rules", async () => {
    const { inputs } = await bucketOf({
      ...singleWriter,
      archive: {
        steps: [
          { to: ArchiveClass.Nearline, afterDays: 30, prefixes: ["mezzanines/"] },
          { to: ArchiveClass.Archive, afterDays: 365 },
        ],
      },
      temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 2 }],
      abortIncompleteUploadsAfterDays: 1,
    });
    expect(inputs["lifecycleRules"]).toEqual([
      {
        action: { type: "SetStorageClass", storageClass: "NEARLINE" },
        condition: { age: 30, matchesStorageClasses: ["STANDARD"], matchesPrefixes: ["mezzanines/"] },
      },
      {
        action: { type: "SetStorageClass", storageClass: "ARCHIVE" },
        condition: { age: 365, matchesStorageClasses: ["STANDARD", "NEARLINE", "COLDLINE"] },
      },
      { action: { type: "Delete" }, condition: { age: 2, matchesPrefixes: ["scratch/"] } },
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 1 } },
    ]);
  });
});

describe("encryption", () => {
  const key = "projects/acme/locations/us-central1/keyRings/media/cryptoKeys/objects";

  test("is Google's own unless something is asked for", async () => {
    expect((await bucketOf(singleWriter)).inputs).not.toHaveProperty("encryption");
  });

  test("takes the key of an output, and waits for what the output waits for", async () => {
    const grant = new gcp.pubsub.Topic("stands-for-a-grant", {});
    const { inputs, dependencies } = await bucketOf({
      ...singleWriter,
      kmsKeyName: grant.id.apply(() => key),
    });
    expect(inputs["encryption"]).toEqual({ defaultKmsKeyName: key });
    expect(dependencies).toContain("gcp:pubsub/topic:Topic::stands-for-a-grant");
  });

  test.each([
    [CustomerSuppliedEncryption.Allowed, "NotRestricted"],
    [CustomerSuppliedEncryption.Forbidden, "FullyRestricted"],
  ])("%s keys with requests are Google's %s", async (customerSuppliedEncryption, restrictionMode) => {
    const { inputs } = await bucketOf({ ...singleWriter, kmsKeyName: key, customerSuppliedEncryption });
    expect(inputs["encryption"]).toEqual({
      defaultKmsKeyName: key,
      customerSuppliedEncryptionEnforcementConfig: { restrictionMode },
    });
  });
});

describe("other arguments", () => {
  test("name, project and versioning reach the bucket", async () => {
    const { inputs } = await bucketOf({
      ...singleWriter,
      bucketName: "acme-media",
      projectId: "acme-video",
      versioning: true,
    });
    expect(inputs).toMatchObject({
      name: "acme-media",
      project: "acme-video",
      versioning: { enabled: true },
    });
  });

  test("outputs", async () => {
    const media = new MediaBucket("media", activeActive);
    expect({
      bucketName: await valueOf(media.bucketName),
      url: await valueOf(media.url),
      location: await valueOf(media.location),
      regions: await valueOf(media.regions),
    }).toEqual({
      bucketName: "media",
      url: "gs://media",
      location: "NAM4",
      regions: ["us-central1", "us-east1"],
    });
  });
});
