import { describe, expect, test } from "vitest";
import { deploymentOf } from "../workloads/pods.ts";
import { made } from "./world.ts";

describe("a platform with an audit trail", () => {
  test("logs who reads and writes objects, and who signs", async () => {
    const { recorder } = await made(["us-central1"], { audit: {} });
    expect(
      recorder.ofType("gcp:projects/iAMAuditConfig:IAMAuditConfig").map(({ inputs }) => inputs["service"]),
    ).toEqual(expect.arrayContaining(["storage.googleapis.com", "iam.googleapis.com"]));
  });

  test("keeps what concerns its own bucket and signer", async () => {
    const { recorder } = await made(["us-central1"], { audit: {} });
    const { filter } = recorder.ofType("gcp:logging/projectSink:ProjectSink")[0]?.inputs ?? {};
    expect(filter).toContain("mpegflow-media");
    expect(filter).toContain("mpegflow-broker-signer@my-project.iam");
  });

  test("tells where its log bucket is", async () => {
    const { platform } = await made(["us-central1"], { audit: {} });
    expect(platform.auditLogBucket).toBeDefined();
  });
});

describe("the platform's bucket", () => {
  const BUCKET = "gcp:storage/bucket:Bucket";

  test("is what its user wants of soft delete, versions, pages, networks, logs, age and use", async () => {
    const { recorder } = await made(["us-central1", "us-east1"], {
      softDeleteRetentionSeconds: 0,
      versioning: true,
      cors: [{ origins: ["https://studio.example.com"], methods: ["GET"] }],
      ipFilter: { publicIpCidrRanges: ["192.0.2.0/24"] },
      accessLogs: { bucketName: "my-project-logs" },
      temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 2 }],
      autoclass: {},
      objectRetention: true,
    });
    expect(recorder.only(BUCKET).inputs).toMatchObject({
      softDeletePolicy: { retentionDurationSeconds: 0 },
      versioning: { enabled: true },
      cors: [{ origins: ["https://studio.example.com"], methods: ["GET"] }],
      ipFilter: { mode: "Enabled", publicNetworkSource: { allowedIpCidrRanges: ["192.0.2.0/24"] } },
      logging: { logBucket: "my-project-logs" },
      autoclass: { enabled: true, terminalStorageClass: "NEARLINE" },
      enableObjectRetention: true,
      lifecycleRules: expect.arrayContaining([
        { action: { type: "Delete" }, condition: expect.objectContaining({ age: 2 }) as unknown },
      ]) as unknown,
    });
  });

  test("gives roles beside those that the platform needs", async () => {
    const member = "group:playout@example.com";
    const { recorder } = await made(["us-central1"], {
      iamMembers: [{ name: "readers", role: "roles/storage.objectViewer", member }],
    });
    const members = recorder.ofType("gcp:storage/bucketIAMMember:BucketIAMMember");
    expect(members.filter(({ inputs }) => inputs["member"] === member)).toHaveLength(1);
    expect(members.length).toBeGreaterThan(1);
  });

  test("is refused in the bucket's own words, once", async () => {
    const refused = made(["us-central1"], {
      autoclass: {},
      archive: { steps: [{ to: "NEARLINE", afterDays: 30 }] },
    });
    await expect(refused).rejects.toThrow(
      'MpegFlowPlatform "mpegflow": 1 problem.\n  - autoclass: given autoclass and archive; allowed: one of them.',
    );
  });
});

describe("a platform with uploads that start jobs", () => {
  const uploads = { prefix: "incoming/", outputPrefix: "encoded/", suffixes: [".mp4"] };

  test("is notified of uploads to its own bucket", async () => {
    const { recorder } = await made(["us-central1"], { uploads });
    expect(recorder.only("gcp:storage/notification:Notification").inputs).toMatchObject({
      bucket: "mpegflow-media",
      objectNamePrefix: "incoming/",
    });
  });

  test("lets coordinators read the notifications by the same rule", async () => {
    const { recorder } = await made(["us-central1"], { uploads });
    const { environment } = deploymentOf(
      recorder.only("kubernetes:apps/v1:Deployment", "mpegflow-us-central1-coordinator"),
    );
    expect(Object.fromEntries(environment)).toMatchObject({
      MPEGFLOW_UPLOADS_SUBSCRIPTION: "mpegflow-uploads",
      MPEGFLOW_UPLOADS_PREFIX: "incoming/",
      MPEGFLOW_UPLOADS_OUTPUT_PREFIX: "encoded/",
      MPEGFLOW_UPLOADS_SUFFIXES: ".mp4",
    });
  });
});

test("job events go to webhooks, and into history", async () => {
  const { recorder } = await made(["us-central1"], {
    webhooks: [{ name: "orders", endpoint: "https://hooks.example.com/mpegflow" }],
    history: { bigQuery: { location: "US" } },
  });
  const subscriptions = recorder.ofType("gcp:pubsub/subscription:Subscription");
  expect(subscriptions.filter(({ inputs }) => "pushConfig" in inputs)).toHaveLength(1);
  expect(subscriptions.filter(({ inputs }) => "bigqueryConfig" in inputs)).toHaveLength(1);
});

describe("a platform with delivery", () => {
  const delivery = { domains: ["media.example.com"] };

  test("puts the CDN before its own bucket", async () => {
    const { recorder } = await made(["us-central1"], { delivery });
    const buckets = recorder
      .ofType("gcp:compute/backendBucket:BackendBucket")
      .map(({ inputs }) => inputs["bucketName"]);
    expect(new Set(buckets)).toEqual(new Set(["mpegflow-media"]));
  });

  test("keeps the keys of signed requests in the bucket's regions", async () => {
    const { recorder } = await made(["us-central1"], { delivery });
    const secrets = recorder
      .ofType("gcp:secretmanager/secret:Secret")
      .filter(({ name }) => name.startsWith("mpegflow-cdn"));
    expect(secrets).toHaveLength(1);
    expect(secrets[0]?.inputs["replication"]).toEqual({
      userManaged: { replicas: [{ location: "us-central1" }, { location: "us-east1" }] },
    });
  });

  test("tells where viewers reach it, and which DNS records that takes", async () => {
    const { platform } = await made(["us-central1"], { delivery });
    expect(platform.deliveryUrl).toBeDefined();
    expect(platform.deliveryDnsRecords).toBeDefined();
  });
});
