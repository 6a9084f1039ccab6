import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StorageSettings } from "../engine/fixtures/storage/index.ts";
import { openProgram, output, type Program } from "../engine/program.ts";
import { projectId } from "../unit/providers/local-cloud.ts";

let program: Program<StorageSettings>;
beforeAll(async () => {
  program = await openProgram("storage");
  await program.upWell({ ...before, unsent: ["versioning"] });
});
afterAll(() => program.close());

const grant = { name: "readers", role: "roles/storage.objectViewer", member: "group:playout@example.com" };
const ingest = { name: "ingest", eventTypes: ["OBJECT_FINALIZE"] } satisfies NonNullable<
  StorageSettings["notifications"]
>[number];
const before: StorageSettings = { args: { iamMembers: [grant] }, notifications: [ingest] };

/** `before` with one argument changed. */
const changed = (args: StorageSettings["args"]): StorageSettings => ({
  ...before,
  args: { ...before.args, ...args },
});

const BUCKET = "gcp:storage/bucket:Bucket media";

/** What the README's table promises of each argument. */
const inPlace: [string, StorageSettings, string[]][] = [
  ["accessPattern", changed({ accessPattern: "ActiveActive" }), [BUCKET]],
  ["rpo", changed({ rpo: "DEFAULT" }), [BUCKET]],
  ["storageClass", changed({ storageClass: "NEARLINE" }), [BUCKET]],
  [
    "archive",
    changed({ archive: { steps: [{ to: "ARCHIVE", afterDays: 30, countedFrom: "CustomTime" }] } }),
    [BUCKET],
  ],
  ["autoclass", changed({ autoclass: {} }), [BUCKET]],
  [
    "temporaryPrefixes",
    changed({ temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 2 }] }),
    [BUCKET],
  ],
  ["abortIncompleteUploadsAfterDays", changed({ abortIncompleteUploadsAfterDays: 1 }), [BUCKET]],
  ["softDeleteRetentionSeconds", changed({ softDeleteRetentionSeconds: 0 }), [BUCKET]],
  ["versioning", changed({ versioning: true }), [BUCKET]],
  ["retention", changed({ retention: { retentionPeriodSeconds: 60 } }), [BUCKET]],
  ["defaultEventBasedHold", changed({ defaultEventBasedHold: true }), [BUCKET]],
  [
    "kmsKeyName",
    changed({ kmsKeyName: `projects/${projectId}/locations/nam4/keyRings/media/cryptoKeys/objects` }),
    [BUCKET],
  ],
  ["customerSuppliedEncryption", changed({ customerSuppliedEncryption: "FORBIDDEN" }), [BUCKET]],
  ["cors", changed({ cors: [{ origins: ["*"], methods: ["GET"] }] }), [BUCKET]],
  ["ipFilter", changed({ ipFilter: { publicIpCidrRanges: ["192.0.2.0/24"] } }), [BUCKET]],
  ["accessLogs", changed({ accessLogs: { bucketName: "acme-logs" } }), [BUCKET]],
  ["labels", changed({ labels: { team: "video" } }), [BUCKET]],
  ["disposable", changed({ disposable: true }), [BUCKET]],
];

/** Steps of a preview on resources of the cloud, but for the stack's and the component's own records. */
async function planOf(
  settings: StorageSettings,
): Promise<{ plan: string[]; exitCode: number; said: string }> {
  const { steps, exitCode, stderr, diagnostics } = await program.preview(settings);
  return {
    exitCode,
    said: stderr + diagnostics.map(({ message }) => message).join("\n"),
    plan: steps
      .filter(({ op, urn }) => op !== "same" && urn.includes("gcp:"))
      .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ").replace(/^.*\$/, "")}`),
  };
}

test("A bucket of a version that left versioning unsaid is told once, in place", async () => {
  expect((await planOf(before)).plan).toEqual([`update ${BUCKET}`]);
  await program.upWell(before);
  expect((await planOf(before)).plan).toEqual([]);
});

describe("An update of the argument", () => {
  test.each(inPlace)("%s is made in place", async (_, settings, resources) => {
    const { plan, exitCode, said } = await planOf(settings);
    expect(exitCode, said).toBe(0);
    expect(plan).toEqual(resources.map((resource) => `update ${resource}`));
  });

  test.each<[string, StorageSettings]>([
    ["placement", { ...before, location: "EU" }],
    ["bucketName", changed({ bucketName: "acme-other-media" })],
    ["objectRetention", changed({ objectRetention: true })],
    ["hierarchicalNamespace", changed({ hierarchicalNamespace: true })],
  ])("%s would replace the bucket, and is refused before anything is done", async (_, settings) => {
    const preview = await program.run(["preview"], settings);
    expect(preview.exitCode).not.toBe(0);
    expect(output(preview)).toMatch(/unable to replace resource .*marked for protection/s);
    const update = await program.up(settings);
    expect(update.exitCode).not.toBe(0);
    expect((await program.cloud.storage("GET", "/storage/v1/b/acme-media")).status).toBe(200);
  });

  test.each<[string, StorageSettings, string]>([
    [
      "iamMembers",
      changed({ iamMembers: [{ ...grant, role: "roles/storage.objectUser" }] }),
      "gcp:storage/bucketIAMMember:BucketIAMMember media-readers",
    ],
    [
      "notifications",
      { ...before, notifications: [{ ...ingest, objectNamePrefix: "in/" }] },
      "gcp:storage/notification:Notification media-ingest",
    ],
  ])("%s replaces what it changes, and nothing else", async (_, settings, resource) => {
    const { plan } = await planOf(settings);
    expect(plan).toContain(`replace ${resource}`);
    expect(plan.filter((step) => !step.endsWith(` ${resource}`))).toEqual([]);
  });
});

// One after another, each instead of the one before.
describe("A bucket with something in it, when an argument changes", () => {
  interface Live {
    metageneration: string;
    timeCreated: string;
  }
  const live = async (): Promise<Live> =>
    (await (await program.cloud.storage("GET", "/storage/v1/b/acme-media")).json()) as Live;
  beforeAll(async () => {
    await program.cloud.storage(
      "POST",
      "/upload/storage/v1/b/acme-media/o?uploadType=media&name=master.mxf",
      "frames",
    );
  });

  /** The local store models no filter that is enabled; test/engine/encryption.test.ts applies a key with its grants. */
  const applied = inPlace
    .filter(([argument]) => argument !== "kmsKeyName")
    .map(([argument, settings]): [string, StorageSettings] =>
      argument === "ipFilter"
        ? [argument, changed({ ipFilter: { publicIpCidrRanges: ["192.0.2.0/24"], enabled: false } })]
        : [argument, settings],
    );

  test.each(applied)(
    "%s, is the same bucket with another setting and the same objects",
    async (_, settings) => {
      const { metageneration, timeCreated } = await live();
      await program.upWell(settings);
      const after = await live();
      expect(Number(after.metageneration)).toBeGreaterThan(Number(metageneration));
      expect(after.timeCreated).toBe(timeCreated);
      const object = await program.cloud.storage("GET", "/storage/v1/b/acme-media/o/master.mxf?alt=media");
      expect(await object.text()).toBe("frames");
    },
  );

  test("has no versions any more once they are not asked for", async () => {
    await program.upWell(changed({ versioning: true }));
    expect(await live()).toMatchObject({ versioning: { enabled: true } });
    await program.upWell(before);
    expect(await live()).toMatchObject({ versioning: { enabled: false } });
  });

  test("has logs that begin with its name once no other beginning is asked for", async () => {
    const accessLogs = { bucketName: "acme-logs" };
    await program.upWell(changed({ accessLogs: { ...accessLogs, objectNamePrefix: "other/" } }));
    await program.upWell(changed({ accessLogs }));
    expect(await live()).toMatchObject({
      logging: { logBucket: "acme-logs", logObjectPrefix: "acme-media" },
    });
  });

  test("can go back to what it was", async () => {
    await program.upWell(before);
    expect((await planOf(before)).plan).toEqual([]);
  });
});

describe("A bucket that is made disposable", () => {
  test("can be replaced by the next update", async () => {
    const disposable = changed({ disposable: true });
    const moved = { ...disposable, location: "EU" };
    expect((await program.up(disposable)).exitCode).toBe(0);
    const { plan, exitCode } = await planOf(moved);
    expect(exitCode).toBe(0);
    expect(plan).toContain(`replace ${BUCKET}`);
  });
});
