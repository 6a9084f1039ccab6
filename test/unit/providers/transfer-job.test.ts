import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { connect, type Engine } from "./engine-client.ts";
import { projectId, projectNumber, startTestCloud, type TestCloud } from "./local-cloud.ts";

const transferJob = { type: "gcp:storage/transferJob:TransferJob" };
const schedule = { scheduleStartDate: { year: 2026, month: 12, day: 1 } };
const job = {
  description: "first wave",
  transferSpec: {
    awsS3DataSource: { bucketName: "archive", roleArn: "arn:aws:iam::123456789012:role/transfer" },
    gcsDataSink: { bucketName: "media" },
    objectConditions: { includePrefixes: ["2019/"] },
  },
  schedule,
};

let cloud: TestCloud;
let gcp: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  gcp = await connect(gcpModel, cloud.addressFile, { project: projectId });
});
afterAll(async () => {
  await gcp.close();
  await cloud.close();
});

describe("a transfer job", () => {
  it("is recorded under a name that the service chooses, and enabled", async () => {
    const { id, state } = await gcp.make(transferJob, job);
    expect(state).toMatchObject({
      name: expect.stringMatching(/^transferJobs\/\d+$/) as string,
      status: "ENABLED",
    });
    expect(await gcp.read(transferJob, id)).toMatchObject({ state: { description: "first wave" } });
  });

  it("is paused in place", async () => {
    const made = await gcp.make(transferJob, job);
    const { inputs } = await gcp.check(transferJob, { ...job, status: "DISABLED" }, made.inputs);
    expect(await gcp.diff(transferJob, made, inputs)).toMatchObject({ changed: true, replaces: [] });
    const { state } = await gcp.update(transferJob, made, inputs);
    expect(state).toMatchObject({ status: "DISABLED", name: made.state["name"] });
  });

  it("moves its first day in place, and repeats daily unless told otherwise", async () => {
    const made = await gcp.make(transferJob, job);
    const later = { ...job, schedule: { scheduleStartDate: { year: 2026, month: 12, day: 2 } } };
    const { inputs } = await gcp.check(transferJob, later, made.inputs);
    expect(await gcp.diff(transferJob, made, inputs)).toMatchObject({ changed: true, replaces: [] });
    expect(made.state).toMatchObject({ schedule: { repeatInterval: "86400s" } });
  });

  it("is gone after its deletion", async () => {
    const made = await gcp.make(transferJob, job);
    await gcp.delete(transferJob, made);
    expect((await gcp.read(transferJob, made.id)).id).toBe("");
  });

  it.each([
    [
      "both a schedule and an event stream",
      { ...job, eventStream: { name: "arn:aws:sqs:eu-west-1:123456789012:q" } },
    ],
    ["a repetition below an hour", { ...job, schedule: { ...schedule, repeatInterval: "3599s" } }],
    [
      "deletions on both sides",
      {
        ...job,
        transferSpec: {
          ...job.transferSpec,
          transferOptions: { deleteObjectsUniqueInSink: true, deleteObjectsFromSourceAfterTransfer: true },
        },
      },
    ],
    [
      "a prefix that another covers",
      {
        ...job,
        transferSpec: { ...job.transferSpec, objectConditions: { includePrefixes: ["2019/", "2019/10/"] } },
      },
    ],
    [
      "a storage class of S3 to preserve",
      {
        ...job,
        transferSpec: {
          ...job.transferSpec,
          transferOptions: { metadataOptions: { storageClass: "STORAGE_CLASS_PRESERVE" } },
        },
      },
    ],
    ["a topic's short name", { ...job, notificationConfig: { pubsubTopic: "news", payloadFormat: "JSON" } }],
  ])("is refused with %s", async (_what, inputs) => {
    expect((await gcp.check(transferJob, inputs)).failures).toHaveLength(1);
  });
});

it("tells the address and subject id of the project's transfer agent", async () => {
  const token = "gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount";
  const answer = JSON.stringify(await gcp.invoke(token, {}));
  expect(answer).toContain(`project-${projectNumber}@storage-transfer-service.iam.gserviceaccount.com`);
  expect(answer).toMatch(/"subjectId":"\d{21}"/);
});
