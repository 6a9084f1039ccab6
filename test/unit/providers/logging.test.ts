import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import type { Properties } from "../../../sandbox/providers/values.ts";
import { connect, type Engine } from "./engine-client.ts";
import { projectId, projectNumber, startTestCloud, type TestCloud } from "./local-cloud.ts";

let cloud: TestCloud;
let engine: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  engine = await connect(gcpModel, cloud.addressFile, { project: projectId });
});
afterAll(async () => {
  await engine.close();
  await cloud.close();
});

const logBucket = { type: "gcp:logging/projectBucketConfig:ProjectBucketConfig" };
const sink = { type: "gcp:logging/projectSink:ProjectSink" };
const bucketInputs = (bucketId: string, more: Properties = {}): Properties => ({
  project: projectId,
  location: "us-central1",
  bucketId,
  retentionDays: 400,
  ...more,
});

/** Updates as the engine does; the problem, or nothing. */
async function refusalOf(
  old: Awaited<ReturnType<Engine["make"]>>,
  news: Properties,
): Promise<string | undefined> {
  const { inputs } = await engine.check(logBucket, news, old.inputs);
  return engine.update(logBucket, old, inputs).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
}

describe("A locked log bucket", () => {
  it.each([
    ["shorter retention", { locked: true, retentionDays: 30 }, "the retention period of a locked log bucket"],
    ["longer retention", { locked: true, retentionDays: 800 }, "the retention period of a locked log bucket"],
    ["unlocking", { locked: false }, "a locked log bucket cannot be unlocked"],
    ["leaving the lock out", {}, "a locked log bucket cannot be unlocked"],
  ])("refuses %s", async (change, news, says) => {
    const id = change.replaceAll(" ", "-");
    const old = await engine.make(logBucket, bucketInputs(id, { locked: true }));
    expect(await refusalOf(old, bucketInputs(id, news))).toContain(says);
  });

  it("still takes a description", async () => {
    const old = await engine.make(logBucket, bucketInputs("described", { locked: true }));
    expect(
      await refusalOf(old, bucketInputs("described", { locked: true, description: "x" })),
    ).toBeUndefined();
  });

  it("is not deleted", async () => {
    const old = await engine.make(logBucket, bucketInputs("kept", { locked: true }));
    await expect(engine.delete(logBucket, old)).rejects.toThrow("is locked");
    expect((await engine.read(logBucket, old.id, old)).id).toBe(old.id);
  });

  it("stays locked when another program declares it unlocked, as the real provider takes over what exists", async () => {
    await engine.make(logBucket, bucketInputs("taken", { locked: true }));
    await expect(engine.make(logBucket, bucketInputs("taken"))).rejects.toThrow("cannot be unlocked");
  });
});

describe("A log bucket", () => {
  it("is locked and given a longer retention in place", async () => {
    const old = await engine.make(logBucket, bucketInputs("open"));
    const { inputs } = await engine.check(
      logBucket,
      bucketInputs("open", { locked: true, retentionDays: 800 }),
    );
    expect(await engine.diff(logBucket, old, inputs)).toMatchObject({ changed: true, replaces: [] });
    expect(await refusalOf(old, inputs)).toBeUndefined();
  });

  it("keeps analytics and encryption once it has them", async () => {
    const cmekSettings = { kmsKeyName: "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k" };
    const old = await engine.make(logBucket, bucketInputs("rich", { enableAnalytics: true, cmekSettings }));
    expect(await refusalOf(old, bucketInputs("rich", { enableAnalytics: false }))).toMatch(
      /analytics cannot be disabled once enabled; a log bucket with a customer-managed key/,
    );
  });
});

describe("A sink's writer", () => {
  const writerOf = async (name: string, inputs: Properties) =>
    (await engine.make(sink, { name, ...inputs })).state["writerIdentity"];

  it("is the project's logging account", async () => {
    expect(await writerOf("to-bucket", { destination: "storage.googleapis.com/archive" })).toBe(
      `serviceAccount:service-${projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`,
    );
  });

  it("is nobody where the log bucket is of the same project", async () => {
    const destination = `logging.googleapis.com/projects/${projectId}/locations/global/buckets/audit`;
    expect(await writerOf("to-own", { destination })).toBe("");
  });

  it("is needed for a log bucket of another project", async () => {
    const destination = "logging.googleapis.com/projects/central/locations/global/buckets/audit";
    expect(await writerOf("to-other", { destination })).toMatch(/^serviceAccount:service-/);
  });
});

describe("Wrong values are refused", () => {
  it.each<{ what: string; type: string; inputs: Properties; says: string }>([
    {
      what: "a retention beyond ten years",
      type: logBucket.type,
      inputs: bucketInputs("x", { retentionDays: 4000 }),
      says: "retentionDays must be an integer from 1 to 3650, not 4000",
    },
    {
      what: "a destination without a service",
      type: sink.type,
      inputs: { name: "x", destination: "archive" },
      says: "destination must be a destination such as",
    },
    {
      what: "a metric's label without an extractor",
      type: "gcp:logging/metric:Metric",
      inputs: {
        name: "x",
        filter: "a=1",
        metricDescriptor: { metricKind: "DELTA", valueType: "INT64", labels: [{ key: "who" }] },
      },
      says: "the label who has no entry in labelExtractors",
    },
    {
      what: "an alert on log entries without a rate limit",
      type: "gcp:monitoring/alertPolicy:AlertPolicy",
      inputs: {
        displayName: "x",
        combiner: "OR",
        conditions: [{ displayName: "x", conditionMatchedLog: { filter: "a=1" } }],
      },
      says: "alertStrategy.notificationRateLimit is required with conditionMatchedLog",
    },
    {
      what: "a condition of two kinds",
      type: "gcp:monitoring/alertPolicy:AlertPolicy",
      inputs: {
        displayName: "x",
        combiner: "OR",
        conditions: [
          {
            displayName: "x",
            conditionPrometheusQueryLanguage: { query: "1 > 0", evaluationInterval: "45s" },
            conditionAbsent: { filter: "a", duration: "60s" },
          },
        ],
      },
      says: "conditions[0] must have one of conditionThreshold,",
    },
    {
      what: "an exemption for a federated principal",
      type: "gcp:projects/iAMAuditConfig:IAMAuditConfig",
      inputs: {
        project: projectId,
        service: "storage.googleapis.com",
        auditLogConfigs: [
          { logType: "DATA_READ", exemptedMembers: ["principal://iam.googleapis.com/x"] },
          { logType: "DATA_READ" },
        ],
      },
      says: "auditLogConfigs[0].exemptedMembers[0] must be a member such as",
    },
  ])("$what", async ({ type, inputs, says }) => {
    const { failures } = await engine.check({ type }, inputs);
    expect(failures.join("\n")).toContain(says);
  });
});
