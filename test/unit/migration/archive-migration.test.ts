import { beforeEach, describe, expect, it } from "vitest";
import {
  ArchiveMigration,
  ArrivalClass,
  MigrationLogging,
  type ArchiveMigrationArgs,
} from "../../../components/migration/index.ts";
import { recordPulumi, valueOf, type RecordedResource, type Recorder } from "../pulumi-mocks.ts";

const queueArn = "arn:aws:sqs:eu-central-1:111122223333:arrivals";
const agent = "serviceAccount:project-123456789012@storage-transfer-service.iam.gserviceaccount.com";

let program: Recorder;
let calls: string[];
beforeEach(async () => {
  calls = [];
  program = await recordPulumi({
    outputs: ({ type, name }) => {
      if (type === "aws:iam/role:Role") return { arn: `arn:aws:iam::111122223333:role/${name}` };
      if (type === "aws:sqs/queue:Queue") return { arn: queueArn, url: "https://sqs.example/arrivals" };
      return {};
    },
    call: ({ token }) => {
      calls.push(token);
      return token.startsWith("aws:")
        ? { accountId: "111122223333" }
        : { member: agent, subjectId: "100000000123456789012" };
    },
  });
});

const waves = [
  { name: "first", prefixes: ["2019/"], enabled: true },
  { name: "second", prefixes: ["2020/"] },
];
const good: ArchiveMigrationArgs = {
  projectId: "studio",
  projectNumber: "123456789012",
  transferSubjectId: "100000000123456789012",
  source: { bucketName: "studio-archive" },
  sink: { bucketName: "studio-media" },
  waves,
  schedule: { startDate: "2027-01-15", startTime: "22:30" },
};
async function make(args: Partial<ArchiveMigrationArgs> = {}): Promise<ArchiveMigration> {
  const made = new ArchiveMigration("archive", { ...good, ...args });
  await program.settled();
  return made;
}
const job = (name: string): RecordedResource =>
  program.only("gcp:storage/transferJob:TransferJob", `archive-${name}`);
const follow = { replaceBucketNotifications: true };
const actionsOf = (policy: unknown): string[] =>
  (JSON.parse(String(policy)) as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
    ({ Action }) => Action,
  );

describe("a wave", () => {
  it("is a job of its own, on only when it is switched on", async () => {
    await make();
    expect(job("first").inputs).toMatchObject({
      status: "ENABLED",
      transferSpec: { objectConditions: { includePrefixes: ["2019/"] } },
    });
    expect(job("second").inputs).toMatchObject({ status: "DISABLED" });
  });

  it("starts when the schedule says, and repeats until it is switched off", async () => {
    await make();
    expect(job("first").inputs["schedule"]).toEqual({
      scheduleStartDate: { year: 2027, month: 1, day: 15 },
      startTimeOfDay: { hours: 22, minutes: 30, seconds: 0, nanos: 0 },
    });
  });

  it("can have a schedule of its own", async () => {
    const once = { startDate: "2027-03-01", endDate: "2027-03-01" };
    await make({ waves: [{ name: "first", schedule: once }] });
    expect(job("first").inputs["schedule"]).toEqual({
      scheduleStartDate: { year: 2027, month: 3, day: 1 },
      scheduleEndDate: { year: 2027, month: 3, day: 1 },
    });
  });

  it("copies again what differs, so that a run that broke off is made good by the next", async () => {
    await make();
    expect(job("first").inputs).toMatchObject({
      transferSpec: { transferOptions: { overwriteWhen: "DIFFERENT" } },
    });
  });

  it("can be a list of objects, which the agent may read where it lies", async () => {
    const manifest = "gs://studio-lists/first.csv";
    await make({ waves: [{ name: "first", manifest }] });
    expect(job("first").inputs).toMatchObject({ transferSpec: { transferManifest: { location: manifest } } });
    expect(
      program.only("gcp:storage/bucketIAMMember:BucketIAMMember", "archive-reads-manifests-in-studio-lists")
        .inputs,
    ).toMatchObject({ bucket: "studio-lists", role: "roles/storage.objectViewer", member: agent });
  });

  it("can write another class and keep the time of change", async () => {
    await make({
      sink: { bucketName: "studio-media", storageClass: ArrivalClass.Archive, keepModificationTime: true },
    });
    expect(job("first").inputs).toMatchObject({
      transferSpec: {
        transferOptions: {
          metadataOptions: {
            storageClass: "STORAGE_CLASS_ARCHIVE",
            timeCreated: "TIME_CREATED_PRESERVE_AS_CUSTOM_TIME",
          },
        },
      },
    });
  });

  it("waits for every grant of its own account, on both sides", async () => {
    await make({ notificationTopic: "projects/studio/topics/transfers" });
    expect(job("first").dependencies).toEqual(
      expect.arrayContaining([
        "aws:iam/rolePolicy:RolePolicy::archive-transfer",
        "gcp:pubsub/topicIAMMember:TopicIAMMember::archive-notifies",
        "gcp:storage/bucketIAMMember:BucketIAMMember::archive-lists-sink",
        "gcp:storage/bucketIAMMember:BucketIAMMember::archive-writes-sink",
      ]),
    );
  });

  it("logs failures alone unless told otherwise", async () => {
    await make();
    expect(job("first").inputs).toMatchObject({ loggingConfig: { logActionStates: ["FAILED"] } });
  });

  it("logs nothing where that is asked for", async () => {
    await make({ logging: MigrationLogging.Nothing });
    expect(job("first").inputs).not.toHaveProperty("loggingConfig");
  });

  it("deletes nothing at the source, and its role could not", async () => {
    await make();
    expect(JSON.stringify(job("first").inputs)).not.toContain("deleteObjects");
    expect(actionsOf(program.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"])).not.toContain(
      "s3:DeleteObject",
    );
  });

  it("deletes what it has copied once the bucket is named again", async () => {
    await make({ deleteFromSource: "studio-archive" });
    expect(job("first").inputs).toMatchObject({
      transferSpec: { transferOptions: { deleteObjectsFromSourceAfterTransfer: true } },
    });
    expect(actionsOf(program.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"])).toContain(
      "s3:DeleteObject",
    );
  });
});

describe("the sink", () => {
  it("is opened to the transfer account by the two roles it needs", async () => {
    await make();
    const grants = program.ofType("gcp:storage/bucketIAMMember:BucketIAMMember").map(({ inputs }) => inputs);
    expect(grants).toEqual([
      { bucket: "studio-media", role: "roles/storage.legacyBucketReader", member: agent },
      { bucket: "studio-media", role: "roles/storage.objectUser", member: agent },
    ]);
  });
});

describe("the role", () => {
  it("trusts the project's transfer account by its id", async () => {
    const migration = await make();
    const policy = program.only("aws:iam/role:Role").inputs["assumeRolePolicy"];
    expect(policy).toContain('"accounts.google.com:sub":"100000000123456789012"');
    expect(await valueOf(migration.awsTrustPolicy)).toBe(policy);
  });

  it("reads below the source's path only", async () => {
    await make({ source: { bucketName: "studio-archive", path: "films/" }, waves: [{ name: "all" }] });
    expect(program.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"]).toContain(
      '"arn:aws:s3:::studio-archive/films/*"',
    );
  });

  it("can be somebody else's, who is told what it needs; then no provider of AWS is used", async () => {
    const roleArn = "arn:aws:iam::444455556666:role/google-transfer";
    const migration = await make({ source: { bucketName: "studio-archive", roleArn } });
    expect(program.resources.filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
    expect(job("first").inputs).toMatchObject({ transferSpec: { awsS3DataSource: { roleArn } } });
    expect(actionsOf(await valueOf(migration.awsPermissions))).toEqual([
      "s3:GetBucketLocation",
      "s3:ListBucket",
      "s3:GetObject",
    ]);
  });
});

describe("lookups", () => {
  it("are none, where number and id are configured", async () => {
    await make();
    expect(calls).toEqual([]);
  });

  it("ask Google for the account of the project otherwise", async () => {
    const { source, sink, schedule } = good;
    const migration = new ArchiveMigration("archive", {
      projectId: "studio",
      source,
      sink,
      waves,
      ...(schedule && { schedule }),
    });
    await program.settled();
    expect(calls).toEqual(["gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount"]);
    expect(await valueOf(migration.transferAgent)).toBe(agent);
  });
});

describe("following", () => {
  it("is a job on the queue's events, off until it is switched on", async () => {
    await make({ follow: { ...follow, endsAt: "2027-06-30T00:00:00Z" } });
    expect(job("follow").inputs).toMatchObject({
      status: "DISABLED",
      eventStream: { name: queueArn, eventStreamExpirationTime: "2027-06-30T00:00:00Z" },
    });
    expect(job("follow").inputs).not.toHaveProperty("schedule");
  });

  it("lets the bucket alone send to the queue, before the bucket does", async () => {
    await make({ follow });
    const [allow] = (
      JSON.parse(String(program.only("aws:sqs/queuePolicy:QueuePolicy").inputs["policy"])) as {
        Statement: object[];
      }
    ).Statement;
    expect(allow).toMatchObject({
      Principal: { Service: "s3.amazonaws.com" },
      Condition: {
        StringEquals: { "aws:SourceAccount": "111122223333" },
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::studio-archive" },
      },
    });
    expect(program.only("aws:s3/bucketNotification:BucketNotification").dependencies).toContain(
      "aws:sqs/queuePolicy:QueuePolicy::archive-arrivals",
    );
  });

  it("hears of the prefixes only", async () => {
    await make({ follow: { ...follow, prefixes: ["2026/", "2027/"] } });
    expect(program.only("aws:s3/bucketNotification:BucketNotification").inputs["queues"]).toMatchObject([
      { filterPrefix: "2026/", events: ["s3:ObjectCreated:*"] },
      { filterPrefix: "2027/", events: ["s3:ObjectCreated:*"] },
    ]);
  });

  it("lets the role take messages, and tells the owner of another role so", async () => {
    const migration = await make({ follow });
    const taking = program.only("aws:iam/rolePolicy:RolePolicy", "archive-arrivals").inputs["policy"];
    expect(actionsOf(taking)).toEqual([
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
    ]);
    expect(actionsOf(await valueOf(migration.awsPermissions))).toContain("sqs:ReceiveMessage");
  });

  it("deletes nothing, whatever the waves do", async () => {
    await make({ follow, deleteFromSource: "studio-archive" });
    expect(JSON.stringify(job("follow").inputs)).not.toContain("deleteObjects");
  });

  it("puts the queue into the source's region, and asks for no account that is given", async () => {
    await make({
      source: { bucketName: "studio-archive", region: "us-west-2" },
      follow: { ...follow, awsAccountId: "444455556666" },
    });
    const regional = [
      "aws:sqs/queue:Queue",
      "aws:sqs/queuePolicy:QueuePolicy",
      "aws:s3/bucketNotification:BucketNotification",
    ];
    expect(regional.map((type) => program.only(type).inputs["region"])).toEqual(
      regional.map(() => "us-west-2"),
    );
    expect(calls).toEqual([]);
  });
});

it("gives every child to the component", async () => {
  await make({ follow, notificationTopic: "projects/studio/topics/transfers" });
  const children = program.resources.filter(({ custom }) => custom);
  expect(new Set(children.map(({ parent }) => parent))).toEqual(
    new Set(["mpegflow-gcs:index:ArchiveMigration::archive"]),
  );
});
