import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JobMessaging, type JobMessagingArgs } from "../../../components/events/index.ts";
import { jobMessagingProblems } from "../../../components/events/index.ts";
import { once } from "../once.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";

const COORDINATOR = "principal://coordinator";
/** What grants to it are called: its short name, and a digest of the whole. */
const ITS_NAME = "coordinator-58f87efc";
const SCHEMA = "gcp:pubsub/schema:Schema";
const TOPIC = "gcp:pubsub/topic:Topic";
const SUBSCRIPTION = "gcp:pubsub/subscription:Subscription";
const TOPIC_GRANT = "gcp:pubsub/topicIAMMember:TopicIAMMember";
const SUBSCRIPTION_GRANT = "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember";
const FORWARDER = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com";

const made = once(async (args: Partial<JobMessagingArgs> = {}) => {
  const recorder = await recordPulumi();
  const messaging = new JobMessaging("mpegflow", {
    projectId: "my-project",
    projectNumber: "123456789012",
    regions: ["us-central1", "us-east1"],
    coordinatorPrincipals: [COORDINATOR],
    ...args,
  });
  await recorder.settled();
  return { recorder, messaging };
});

describe("JobMessaging", () => {
  test("makes two schemas, three topics, a subscription to each, and their grants, all below itself", async () => {
    const { recorder } = await made();
    const [component, ...children] = recorder.resources;
    expect(component?.type).toBe("mpegflow-gcs:index:JobMessaging");
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(
      [
        `${SCHEMA} mpegflow-job-request`,
        `${SCHEMA} mpegflow-job-event`,
        `${TOPIC} mpegflow-jobs`,
        `${TOPIC} mpegflow-job-events`,
        `${TOPIC} mpegflow-jobs-dead-letter`,
        `${SUBSCRIPTION} mpegflow-jobs`,
        `${SUBSCRIPTION} mpegflow-job-events-audit`,
        `${SUBSCRIPTION} mpegflow-jobs-dead-letter`,
        `${TOPIC_GRANT} mpegflow-forwarder-publishes`,
        `${SUBSCRIPTION_GRANT} mpegflow-forwarder-acknowledges`,
        `${SUBSCRIPTION_GRANT} mpegflow-coordinator-pulls-dead-letters-${ITS_NAME}`,
        `${SUBSCRIPTION_GRANT} mpegflow-coordinator-pulls-jobs-${ITS_NAME}`,
        `${TOPIC_GRANT} mpegflow-coordinator-publishes-jobs-${ITS_NAME}`,
        `${TOPIC_GRANT} mpegflow-coordinator-publishes-job-events-${ITS_NAME}`,
      ].sort(),
    );
    expect(new Set(children.map(({ parent }) => parent))).toEqual(
      new Set(["mpegflow-gcs:index:JobMessaging::mpegflow"]),
    );
  });

  test("keeps messages in the given regions and nowhere else", async () => {
    const { recorder } = await made();
    const policies = recorder.ofType(TOPIC).map(({ inputs }) => inputs["messageStoragePolicy"]);
    const policy = { allowedPersistenceRegions: ["us-central1", "us-east1"] };
    expect(policies).toEqual([policy, policy, policy]);
  });

  test("encrypts every topic with the given key, dead letters included", async () => {
    const kmsKeyName = "projects/p/locations/us/keyRings/r/cryptoKeys/k";
    const { recorder } = await made({ kmsKeyName });
    const keys = recorder.ofType(TOPIC).map(({ inputs }) => inputs["kmsKeyName"]);
    expect(keys).toEqual([kmsKeyName, kmsKeyName, kmsKeyName]);
  });

  test("accepts calls in the given regions only, where that is asked for", async () => {
    const { recorder } = await made({ enforceInTransit: true });
    for (const { inputs } of recorder.ofType(TOPIC)) {
      expect(inputs["messageStoragePolicy"]).toMatchObject({ enforceInTransit: true });
    }
  });

  test("keeps messages, in subscriptions and in topics, and backs off as asked", async () => {
    const { recorder } = await made({
      retention: { jobsSeconds: 600, jobEventsSeconds: 1200, deadLetterSeconds: 1800, topicSeconds: 3600 },
      retryPolicy: { minimumBackoffSeconds: 1, maximumBackoffSeconds: 30 },
    });
    const retentionOf = (type: string): unknown[] =>
      recorder.ofType(type).map(({ name, inputs }) => [name, inputs["messageRetentionDuration"]]);
    expect(retentionOf(TOPIC).sort()).toEqual([
      ["mpegflow-job-events", "3600s"],
      ["mpegflow-jobs", "3600s"],
      ["mpegflow-jobs-dead-letter", "3600s"],
    ]);
    expect(retentionOf(SUBSCRIPTION).sort()).toEqual([
      ["mpegflow-job-events-audit", "1200s"],
      ["mpegflow-jobs", "600s"],
      ["mpegflow-jobs-dead-letter", "1800s"],
    ]);
    expect(recorder.only(SUBSCRIPTION, "mpegflow-jobs").inputs["retryPolicy"]).toEqual({
      minimumBackoff: "1s",
      maximumBackoff: "30s",
    });
  });

  test("has no subscription that expires", async () => {
    const { recorder } = await made();
    const policies = recorder.ofType(SUBSCRIPTION).map(({ inputs }) => inputs["expirationPolicy"]);
    expect(policies).toEqual([{ ttl: "" }, { ttl: "" }, { ttl: "" }]);
  });

  test("delivers a job again when a lease has run out, backing off, and gives up late", async () => {
    const { recorder } = await made({ leaseSeconds: 15 });
    expect(recorder.only(SUBSCRIPTION, "mpegflow-jobs").inputs).toEqual({
      name: "mpegflow-jobs",
      project: "my-project",
      topic: "projects/my-project/topics/mpegflow-jobs",
      ackDeadlineSeconds: 15,
      messageRetentionDuration: "2678400s",
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
      deadLetterPolicy: {
        deadLetterTopic: "projects/my-project/topics/mpegflow-jobs-dead-letter",
        maxDeliveryAttempts: 100,
      },
      deletionPolicy: "PREVENT",
    });
  });

  test("lets Pub/Sub forward dead letters: publish them, and acknowledge the originals", async () => {
    const { recorder } = await made();
    expect(recorder.only(TOPIC_GRANT, "mpegflow-forwarder-publishes").inputs).toEqual({
      topic: "mpegflow-jobs-dead-letter",
      project: "my-project",
      role: "roles/pubsub.publisher",
      member: FORWARDER,
    });
    expect(recorder.only(SUBSCRIPTION_GRANT, "mpegflow-forwarder-acknowledges").inputs).toEqual({
      subscription: "mpegflow-jobs",
      project: "my-project",
      role: "roles/pubsub.subscriber",
      member: FORWARDER,
    });
  });

  test("starts to forward dead letters only when they can be published and are kept", async () => {
    const { recorder } = await made();
    expect(recorder.only(SUBSCRIPTION, "mpegflow-jobs").dependencies).toEqual(
      expect.arrayContaining([
        `${SUBSCRIPTION}::mpegflow-jobs-dead-letter`,
        `${TOPIC_GRANT}::mpegflow-forwarder-publishes`,
      ]),
    );
  });

  test("lets coordinators pull jobs and dead letters, and publish jobs and events; nothing else", async () => {
    const { recorder } = await made();
    const grants = [...recorder.ofType(TOPIC_GRANT), ...recorder.ofType(SUBSCRIPTION_GRANT)]
      .map(({ inputs }) => inputs)
      .filter(({ member }) => member === COORDINATOR);
    expect(grants.map(({ role, topic, subscription }) => ({ role, on: topic ?? subscription }))).toEqual([
      { role: "roles/pubsub.publisher", on: "mpegflow-jobs" },
      { role: "roles/pubsub.publisher", on: "mpegflow-job-events" },
      { role: "roles/pubsub.subscriber", on: "mpegflow-jobs-dead-letter" },
      { role: "roles/pubsub.subscriber", on: "mpegflow-jobs" },
    ]);
  });

  test("protects topics and subscriptions from deletion, unless disposable", async () => {
    const { recorder } = await made();
    expect(recorder.resources.filter(({ protect }) => protect)).toHaveLength(8);
    const { recorder: disposable } = await made({ disposable: true });
    expect(disposable.resources.filter(({ protect }) => protect)).toEqual([]);
    expect(disposable.resources.filter(({ inputs }) => inputs["deletionPolicy"] === "PREVENT")).toEqual([]);
  });

  test("labels topics and subscriptions", async () => {
    const { recorder } = await made({ labels: { team: "video" } });
    const labelled = recorder.resources.filter(
      ({ custom, inputs }) => custom && inputs["labels"] !== undefined,
    );
    expect(labelled.map(({ inputs }) => inputs["labels"])).toEqual(
      Array.from({ length: 6 }, () => ({ team: "video" })),
    );
  });

  test("gives out short names", async () => {
    const { messaging } = await made();
    const names = await Promise.all(
      [
        messaging.jobsTopic,
        messaging.jobsSubscription,
        messaging.jobEventsTopic,
        messaging.jobEventsSubscription,
        messaging.jobsDeadLetterTopic,
        messaging.jobsDeadLetterSubscription,
      ].map(valueOf),
    );
    expect(names).toEqual([
      "mpegflow-jobs",
      "mpegflow-jobs",
      "mpegflow-job-events",
      "mpegflow-job-events-audit",
      "mpegflow-jobs-dead-letter",
      "mpegflow-jobs-dead-letter",
    ]);
  });

  test("refuses wrong arguments, all at once and before anything is made", async () => {
    const recorder = await recordPulumi();
    expect(
      () =>
        new JobMessaging("m", {
          projectId: "my-project",
          projectNumber: "1",
          regions: [],
          coordinatorPrincipals: [],
          leaseSeconds: 5,
          maxDeliveryAttempts: 101,
        }),
    ).toThrow(
      [
        'JobMessaging "m": 3 problems.',
        "  - leaseSeconds: given 5; allowed: a whole number from 10 to 600. Fix: use a number in that range",
        "  - maxDeliveryAttempts: given 101; allowed: a whole number from 5 to 100. Fix: use a number in that range",
        "  - regions: given []; allowed: at least one region. Fix: pass the regions of the bucket's placement",
      ].join("\n"),
    );
    await recorder.settled();
    expect(recorder.resources).toEqual([]);
  });

  test("refuses a name that topics cannot have", async () => {
    await recordPulumi();
    expect(
      () =>
        new JobMessaging("google-jobs", {
          projectId: "my-project",
          projectNumber: "1",
          regions: ["us-central1"],
          coordinatorPrincipals: [],
        }),
    ).toThrow(
      '- name: given "google-jobs"; allowed: letters, digits and . _ ~ % + -, starting with a letter, not with goog. ' +
        "Reason: topics and subscriptions are named after it. Fix: give the component another name",
    );
  });

  test("accepts exactly the deadlines that Pub/Sub has", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -10, max: 1000 }), fc.double()), (leaseSeconds) => {
        const accepted = jobMessagingProblems("m", { leaseSeconds }).length === 0;
        expect(accepted).toBe(Number.isInteger(leaseSeconds) && leaseSeconds >= 10 && leaseSeconds <= 600);
      }),
    );
  });
});
