import { describe, expect, test } from "vitest";
import { JobMessaging, type JobMessagingArgs } from "../../../components/events/index.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";

const PUBSUB_AGENT = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com";
const STORAGE_AGENT = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com";
const SUBSCRIPTION = "gcp:pubsub/subscription:Subscription";
const TOPIC_GRANT = "gcp:pubsub/topicIAMMember:TopicIAMMember";
const SUBSCRIPTION_GRANT = "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember";

async function made(args: Partial<JobMessagingArgs>) {
  const recorder = await recordPulumi({
    outputs: ({ type, name }) =>
      type === "gcp:serviceaccount/account:Account"
        ? { email: `${name}@example.com`, name: `path-of-${name}` }
        : {},
  });
  const messaging = new JobMessaging("mpegflow", {
    projectId: "my-project",
    projectNumber: "123456789012",
    regions: ["us-central1", "us-east1"],
    coordinatorPrincipals: ["principal://coordinator"],
    ...args,
  });
  await recorder.settled();
  return { recorder, messaging };
}

describe("A webhook", () => {
  const webhook = { name: "crm", endpoint: "https://hooks.example.com/jobs" };

  test("is a push subscription that signs as an account of its own", async () => {
    const { recorder } = await made({ webhooks: [{ ...webhook, filter: 'attributes.job = "a"' }] });
    expect(recorder.only(SUBSCRIPTION, "mpegflow-webhook-crm").inputs).toEqual({
      name: "mpegflow-webhook-crm",
      project: "my-project",
      topic: "projects/my-project/topics/mpegflow-job-events",
      ackDeadlineSeconds: 30,
      messageRetentionDuration: "604800s",
      expirationPolicy: { ttl: "" },
      filter: 'attributes.job = "a"',
      retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
      deadLetterPolicy: {
        deadLetterTopic: "projects/my-project/topics/mpegflow-webhooks-dead-letter",
        maxDeliveryAttempts: 20,
      },
      pushConfig: {
        pushEndpoint: "https://hooks.example.com/jobs",
        oidcToken: {
          serviceAccountEmail: "mpegflow-webhook-crm@example.com",
          audience: "https://hooks.example.com/jobs",
        },
      },
      deletionPolicy: "PREVENT",
    });
    expect(recorder.only("gcp:serviceaccount/iAMMember:IAMMember").inputs).toEqual({
      serviceAccountId: "path-of-mpegflow-webhook-crm",
      role: "roles/iam.serviceAccountTokenCreator",
      member: PUBSUB_AGENT,
    });
  });

  test("is there only when its tokens can be made and its dead letters are kept", async () => {
    const { recorder } = await made({ webhooks: [webhook] });
    expect(recorder.only(SUBSCRIPTION, "mpegflow-webhook-crm").dependencies).toEqual(
      expect.arrayContaining([
        "gcp:serviceaccount/iAMMember:IAMMember::mpegflow-webhook-crm-token",
        `${TOPIC_GRANT}::mpegflow-forwarder-publishes-webhooks`,
        `${SUBSCRIPTION}::mpegflow-webhooks-dead-letter`,
      ]),
    );
    expect(
      recorder.only(SUBSCRIPTION_GRANT, "mpegflow-forwarder-acknowledges-webhook-crm").inputs,
    ).toMatchObject({ subscription: "mpegflow-webhook-crm", member: PUBSUB_AGENT });
  });

  test("signs as a given account, for a given audience, without the wrapper", async () => {
    const { recorder } = await made({
      webhooks: [{ ...webhook, serviceAccountEmail: "own@example.com", audience: "crm", wrapper: false }],
    });
    expect(recorder.ofType("gcp:serviceaccount/account:Account")).toEqual([]);
    expect(recorder.only(SUBSCRIPTION, "mpegflow-webhook-crm").inputs["pushConfig"]).toEqual({
      pushEndpoint: "https://hooks.example.com/jobs",
      oidcToken: { serviceAccountEmail: "own@example.com", audience: "crm" },
      noWrapper: { writeMetadata: true },
    });
  });

  test("has an account id of at most 30 characters that no other webhook has", async () => {
    const names = ["a-very-long-name-of-a-webhook-indeed", "a-very-long-name-of-a-webhook-indeed-2", "b"];
    const { recorder } = await made({ webhooks: names.map((name) => ({ ...webhook, name })) });
    const ids = recorder
      .ofType("gcp:serviceaccount/account:Account")
      .map(({ inputs }) => inputs["accountId"]);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
  });
});

describe("History", () => {
  test("in BigQuery is a row an event, which Pub/Sub may write before it tries", async () => {
    const { recorder, messaging } = await made({
      history: { bigQuery: { location: "US", deleteAfterDays: 2 } },
    });
    const table = recorder.only("gcp:bigquery/table:Table");
    expect(table.inputs).toMatchObject({
      datasetId: "mpegflow_history",
      tableId: "job_events",
      timePartitioning: { type: "DAY", field: "publish_time", expirationMs: 172_800_000 },
      deletionProtection: true,
    });
    const columns = JSON.parse(String(table.inputs["schema"])) as { name: string; type: string }[];
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "subscription_name STRING",
      "message_id STRING",
      "publish_time TIMESTAMP",
      "data JSON",
      "attributes JSON",
    ]);
    const subscription = recorder.only(SUBSCRIPTION, "mpegflow-history-bigquery");
    expect(subscription.inputs["bigqueryConfig"]).toEqual({
      table: "my-project.mpegflow_history.job_events",
      writeMetadata: true,
    });
    expect(subscription.dependencies).toContain(
      "gcp:bigquery/datasetIamMember:DatasetIamMember::mpegflow-history-writer",
    );
    expect(messaging.historyTable && (await valueOf(messaging.historyTable))).toBe(
      "my-project.mpegflow_history.job_events",
    );
  });

  test("in a bucket is files that are closed before their messages' deadline", async () => {
    const { recorder } = await made({ history: { storage: { bucket: "audit", maxDurationSeconds: 120 } } });
    const { inputs, dependencies } = recorder.only(SUBSCRIPTION, "mpegflow-history-storage");
    expect(inputs).toMatchObject({
      ackDeadlineSeconds: 120,
      cloudStorageConfig: {
        bucket: "audit",
        filenamePrefix: "job-events/",
        filenameSuffix: ".jsonl",
        maxDuration: "120s",
        textConfig: {},
      },
    });
    expect(dependencies.filter((one) => one.includes("BucketIAMMember"))).toHaveLength(2);
  });

  test("in Avro holds the messages' metadata", async () => {
    const { recorder } = await made({ history: { storage: { bucket: "audit", format: "avro" } } });
    expect(
      recorder.only(SUBSCRIPTION, "mpegflow-history-storage").inputs["cloudStorageConfig"],
    ).toMatchObject({
      filenameSuffix: ".avro",
      avroConfig: { writeMetadata: true },
    });
  });
});

describe("Uploads", () => {
  const uploads = { bucket: "media", prefix: "incoming/", outputPrefix: "encoded/" };

  test("are told by the bucket, once its agent may and somebody keeps what it tells", async () => {
    const { recorder } = await made({ uploads });
    const { inputs, dependencies } = recorder.only("gcp:storage/notification:Notification");
    expect(inputs).toEqual({
      bucket: "media",
      topic: "projects/my-project/topics/mpegflow-uploads",
      payloadFormat: "JSON_API_V1",
      eventTypes: ["OBJECT_FINALIZE"],
      objectNamePrefix: "incoming/",
    });
    expect(dependencies).toEqual(
      expect.arrayContaining([
        `${TOPIC_GRANT}::mpegflow-storage-publishes-uploads`,
        `${SUBSCRIPTION}::mpegflow-uploads`,
      ]),
    );
    expect(recorder.only(TOPIC_GRANT, "mpegflow-storage-publishes-uploads").inputs["member"]).toBe(
      STORAGE_AGENT,
    );
  });

  test("are pulled by the coordinators, and what they cannot use is kept", async () => {
    const { recorder, messaging } = await made({ uploads });
    expect(
      recorder.only(SUBSCRIPTION_GRANT, "mpegflow-coordinator-pulls-uploads-coordinator-58f87efc").inputs,
    ).toMatchObject({
      subscription: "mpegflow-uploads",
      member: "principal://coordinator",
    });
    expect(recorder.only(SUBSCRIPTION, "mpegflow-uploads").inputs["deadLetterPolicy"]).toEqual({
      deadLetterTopic: "projects/my-project/topics/mpegflow-uploads-dead-letter",
      maxDeliveryAttempts: 20,
    });
    expect(
      messaging.uploadsDeadLetterSubscription && (await valueOf(messaging.uploadsDeadLetterSubscription)),
    ).toBe("mpegflow-uploads-dead-letter");
  });
});

test("Every topic, of dead letters and uploads too, has the key, the regions and the labels", async () => {
  const { recorder } = await made({
    kmsKeyName: "projects/p/locations/us/keyRings/r/cryptoKeys/k",
    labels: { team: "video" },
    webhooks: [{ name: "crm", endpoint: "https://hooks.example.com" }],
    uploads: { bucket: "media", prefix: "incoming/", outputPrefix: "encoded/" },
  });
  const topics = recorder.ofType("gcp:pubsub/topic:Topic");
  expect(topics).toHaveLength(6);
  for (const { inputs } of topics) {
    expect(inputs).toMatchObject({
      kmsKeyName: "projects/p/locations/us/keyRings/r/cryptoKeys/k",
      messageStoragePolicy: { allowedPersistenceRegions: ["us-central1", "us-east1"] },
      labels: { team: "video" },
    });
  }
});
