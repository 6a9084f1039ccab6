import * as gcp from "@pulumi/gcp";
import { beforeEach, describe, expect, test } from "vitest";
import {
  AccessPattern,
  ArchiveClass,
  AutoclassTerminal,
  MediaBucket,
  NotificationEvent,
  NotificationPayload,
  region,
  StorageClass,
  type MediaBucketArgs,
} from "../../../components/index.ts";
import { recordPulumi, type Recorder } from "../pulumi-mocks.ts";

const singleWriter = {
  placement: region("us-central1"),
  accessPattern: AccessPattern.SingleWriter,
} as const;

const network = { network: "projects/acme/global/networks/media", allowedIpCidrRanges: ["10.0.0.0/8"] };

/** The bucket that the lookup of an adoption finds. */
const live = {
  location: "US-CENTRAL1",
  customPlacementConfigs: [],
  hierarchicalNamespaces: [{ enabled: false }],
  enableObjectRetention: false,
};

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi({
    call: ({ token }) =>
      token === "gcp:storage/getBucket:getBucket" ? live : { member: "serviceAccount:looked-up" },
  });
});

async function made(args: Partial<MediaBucketArgs>): Promise<Recorder> {
  new MediaBucket("media", { ...singleWriter, ...args });
  await program.settled();
  return program;
}
const bucket = async (args: Partial<MediaBucketArgs>) => (await made(args)).only("gcp:storage/bucket:Bucket");

describe("what is asked for reaches the bucket:", () => {
  test.each<[string, Partial<MediaBucketArgs>, Record<string, unknown>]>([
    ["a default class", { storageClass: StorageClass.Nearline }, { storageClass: "NEARLINE" }],
    [
      "Autoclass, to Nearline by default",
      { autoclass: {} },
      { autoclass: { enabled: true, terminalStorageClass: "NEARLINE" } },
    ],
    [
      "Autoclass to Archive",
      { autoclass: { terminalStorageClass: AutoclassTerminal.Archive } },
      { autoclass: { enabled: true, terminalStorageClass: "ARCHIVE" } },
    ],
    [
      "retention, which is not locked",
      { retention: { retentionPeriodSeconds: 86_400 } },
      { retentionPolicy: { retentionPeriod: "86400" } },
    ],
    [
      "a lock, once it is confirmed",
      { retention: { retentionPeriodSeconds: 86_400, locked: true, confirmLock: "media" } },
      { retentionPolicy: { retentionPeriod: "86400", isLocked: true } },
    ],
    ["retention of single objects", { objectRetention: true }, { enableObjectRetention: true }],
    ["holds", { defaultEventBasedHold: true }, { defaultEventBasedHold: true }],
    ["folders", { hierarchicalNamespace: true }, { hierarchicalNamespace: { enabled: true } }],
    [
      "CORS",
      {
        cors: [
          { origins: ["https://studio.example.com"], methods: ["PUT"], responseHeaders: ["content-type"] },
        ],
      },
      {
        cors: [
          { origins: ["https://studio.example.com"], methods: ["PUT"], responseHeaders: ["content-type"] },
        ],
      },
    ],
    [
      "an IP filter that lets no service agent in",
      { ipFilter: { publicIpCidrRanges: ["192.0.2.0/24", "2001:db8::/32", "::/0"] } },
      {
        ipFilter: {
          mode: "Enabled",
          allowAllServiceAgentAccess: false,
          publicNetworkSource: { allowedIpCidrRanges: ["192.0.2.0/24", "2001:db8::/32", "::/0"] },
        },
      },
    ],
    [
      "an IP filter with a network",
      { ipFilter: { networks: [network] } },
      {
        ipFilter: {
          mode: "Enabled",
          allowAllServiceAgentAccess: false,
          allowCrossOrgVpcs: false,
          vpcNetworkSources: [network],
        },
      },
    ],
    [
      "an IP filter that is off",
      { ipFilter: { enabled: false } },
      { ipFilter: { mode: "Disabled", allowAllServiceAgentAccess: false } },
    ],
    [
      "logs",
      { accessLogs: { bucketName: "acme-logs", objectNamePrefix: "media/" } },
      { logging: { logBucket: "acme-logs", logObjectPrefix: "media/" } },
    ],
  ])("%s", async (_, args, fields) => {
    expect((await bucket(args)).inputs).toMatchObject(fields);
  });

  test("and nothing else is set", async () => {
    expect(Object.keys((await bucket({})).inputs).sort()).toEqual([
      "deletionPolicy",
      "forceDestroy",
      "labels",
      "lifecycleRules",
      "location",
      "publicAccessPrevention",
      "softDeletePolicy",
      "uniformBucketLevelAccess",
      "versioning",
    ]);
  });

  test("versions are off where they are not asked for, and unsaid where there can be none", async () => {
    expect((await bucket({})).inputs).toMatchObject({ versioning: { enabled: false } });
    program = await recordPulumi();
    expect(Object.keys((await bucket({ hierarchicalNamespace: true })).inputs)).not.toContain("versioning");
  });

  test("logs begin with the bucket's name, where it is known", async () => {
    const accessLogs = { bucketName: "acme-logs" };
    expect((await bucket({ accessLogs, bucketName: "acme-media" })).inputs["logging"]).toEqual({
      logBucket: "acme-logs",
      logObjectPrefix: "acme-media",
    });
  });
});

test("ladders of different prefixes do not disturb each other", async () => {
  const steps = [
    { to: ArchiveClass.Archive, afterDays: 30, prefixes: ["a/"] },
    { to: ArchiveClass.Nearline, afterDays: 90, prefixes: ["b/"] },
  ];
  expect((await bucket({ archive: { steps } })).inputs["lifecycleRules"]).toHaveLength(3);
});

describe("a grant", () => {
  const grant = {
    name: "outputs-readers",
    role: "roles/storage.objectViewer",
    member: "group:playout@example.com",
    condition: {
      title: "outputs only",
      expression: 'resource.name.startsWith("projects/_/buckets/acme/objects/outputs/")',
    },
  };

  test("is a member of a role on this bucket, below the component", async () => {
    await made({ bucketName: "acme", iamMembers: [grant] });
    const { name, ...granted } = grant;
    expect(program.only("gcp:storage/bucketIAMMember:BucketIAMMember")).toMatchObject({
      name: `media-${name}`,
      parent: "mpegflow-gcs:index:MediaBucket::media",
      inputs: { bucket: "acme", ...granted },
    });
  });

  test("keeps its name when others go", async () => {
    const others = [{ ...grant, name: "first", role: "roles/storage.objectUser" }, grant];
    expect(
      (await made({ iamMembers: others })).ofType("gcp:storage/bucketIAMMember:BucketIAMMember")[1]?.name,
    ).toBe("media-outputs-readers");
  });
});

describe("a notification", () => {
  const topic = "projects/acme/topics/ingest";
  const NOTIFICATION = "gcp:storage/notification:Notification";
  const PUBLISHER = "gcp:pubsub/topicIAMMember:TopicIAMMember";

  test("comes after the grant that lets Storage's service agent publish it", async () => {
    await made({
      bucketName: "acme-media",
      projectNumber: "123456789012",
      notifications: [
        {
          name: "ingest",
          topic,
          eventTypes: [NotificationEvent.Finalize],
          objectNamePrefix: "ingest/",
          payloadFormat: NotificationPayload.None,
          customAttributes: { stage: "ingest" },
        },
      ],
    });
    expect(program.only(PUBLISHER)).toMatchObject({
      name: "media-ingest-publisher",
      inputs: {
        topic,
        role: "roles/pubsub.publisher",
        member: "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com",
      },
    });
    const notification = program.only(NOTIFICATION);
    expect(notification.dependencies).toContain(`${PUBLISHER}::media-ingest-publisher`);
    expect(notification.inputs).toEqual({
      bucket: "acme-media",
      topic,
      eventTypes: ["OBJECT_FINALIZE"],
      objectNamePrefix: "ingest/",
      payloadFormat: "NONE",
      customAttributes: { stage: "ingest" },
    });
  });

  test("carries the object's metadata unless it is told not to", async () => {
    await made({ projectNumber: "1", notifications: [{ name: "all", topic }] });
    expect(program.only(NOTIFICATION).inputs).toMatchObject({ payloadFormat: "JSON_API_V1" });
  });

  test("looks the service agent up where no project number is given", async () => {
    await made({ notifications: [{ name: "all", topic }] });
    expect(program.only(PUBLISHER).inputs).toMatchObject({ member: "serviceAccount:looked-up" });
  });

  test("shares the grant with others to the same topic", async () => {
    const declared = new gcp.pubsub.Topic("ingest", {});
    await made({
      projectNumber: "1",
      notifications: [
        { name: "masters", topic: declared.id, objectNamePrefix: "masters/" },
        { name: "outputs", topic: declared.id, objectNamePrefix: "outputs/" },
      ],
    });
    expect(program.ofType(PUBLISHER).map(({ name }) => name)).toEqual(["media-masters-publisher"]);
    expect(program.ofType(NOTIFICATION).map(({ name }) => name)).toEqual(["media-masters", "media-outputs"]);
  });
});

test("an adopted bucket is imported under its own name, and protected", async () => {
  expect(await bucket({ adopt: { bucketName: "old-media" } })).toMatchObject({
    importId: "old-media",
    protect: true,
    inputs: { name: "old-media", deletionPolicy: "PREVENT" },
  });
});
