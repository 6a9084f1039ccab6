import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PubSub, v1 } from "@google-cloud/pubsub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JOB_EVENT_SCHEMA, JOB_REQUEST_SCHEMA } from "../../components/events/index.ts";
import { openMessaging, type Messaging } from "../../sandbox/cloud/messaging.ts";
import { startPubSub, type PubSub as Emulator } from "../../sandbox/pubsub/index.ts";
import { finalEvent } from "../../services/coordinator/jobs/events.ts";
import type { JobRecord } from "../../services/protocol/index.ts";

const project = "test-project";
const directory = mkdtempSync(join(tmpdir(), "schemas-"));
let emulator: Emulator;
let messaging: Messaging;
let client: PubSub;
let service: v1.SchemaServiceClient;

beforeAll(async () => {
  process.env["METADATA_SERVER_DETECTION"] = "none";
  const env = Object.entries(process.env).filter(([key]) => key !== "PUBSUB_EMULATOR_HOST");
  emulator = await startPubSub({ env: Object.fromEntries(env) });
  messaging = await openMessaging(directory, emulator.host, project);
  client = new PubSub({ projectId: project, apiEndpoint: emulator.host, emulatorMode: true });
  service = new v1.SchemaServiceClient({ ...(await client.getClientConfig()) });
  for (const [name, definition] of [
    ["job-event", JOB_EVENT_SCHEMA],
    ["job-request", JOB_REQUEST_SCHEMA],
  ] as const) {
    await messaging.schemas.put(name, { type: "PROTOCOL_BUFFER", definition });
    await messaging.topics.put(name, {
      schemaSettings: { schema: `projects/${project}/schemas/${name}`, encoding: "JSON" },
    });
  }
});
afterAll(async () => {
  await service.close();
  await client.close();
  await messaging.close();
  await emulator.stop();
  rmSync(directory, { recursive: true });
});

const publish = (topic: string, json: object): Promise<string> =>
  client.topic(topic).publishMessage({ json });

const request = {
  id: "a",
  input: "gs://media/in.mp4",
  outputPrefix: "gs://media/out/",
  profile: "hls-h264",
  labels: { show: "pilot" },
  priority: "high" as const,
};
const record: JobRecord = {
  version: 1,
  request,
  state: "succeeded",
  attempt: 2,
  releases: 0,
  deadLetters: 0,
  attemptIds: { "2": "0123456789abcdef01234567" },
  percentDone: 100,
  createdAt: "2026-01-01T00:00:00Z",
  finishedAt: "2026-01-01T00:01:00Z",
  media: { kind: "video", durationSeconds: 12.5, width: 1920, height: 1080, renditions: ["720p"] },
  outputs: [
    {
      name: "hls/master.m3u8",
      uri: "gs://media/out/2/hls/master.m3u8",
      contentType: "application/vnd.apple.mpegurl",
      size: 9_007_199_254_740_991,
      crc32c: "AAAAAA==",
      generation: "1767225600000000",
    },
  ],
};
const settings = {
  project,
  region: "us-central1",
  bucket: "media",
  jobsPrefix: ".mpegflow/jobs/",
  leaseSeconds: 60,
  urlTtlSeconds: 900,
  maxAttempts: 5,
  leasesPerPod: 1,
  inputWaitSeconds: 3600,
  inputPrefixes: [],
  outputPrefixes: [],
  otherBuckets: [],
  encryptionKeySecrets: [],
};

describe("A topic with a schema", () => {
  test("takes the coordinator's events, whole", async () => {
    const event = finalEvent(record, settings);
    await expect(publish("job-event", event ?? {})).resolves.toMatch(/^m\d+$/);
  });

  test("takes job requests", async () => {
    await expect(publish("job-request", request)).resolves.toMatch(/^m\d+$/);
  });

  test.each([
    [
      "job-event",
      "a field it does not know",
      { specversion: "1.0", dataref: "x" },
      'unknown field "dataref"',
    ],
    ["job-event", "a wrong type", { data: { attempt: 1.5 } }, "invalid value for int32 field attempt"],
    ["job-request", "a number for a text", { ...request, id: 7 }, "invalid value for string field id"],
    [
      "job-request",
      "a misspelt field",
      { ...request, outputprefix: "gs://b/o/" },
      'unknown field "outputprefix"',
    ],
  ])("%s refuses %s", async (topic, _what, message, reason) => {
    await expect(publish(topic, message)).rejects.toThrow(
      new RegExp(`INVALID_ARGUMENT: the message does not conform to .*${topic}.*${reason}`),
    );
  });

  test("says of each message which schema it was checked against", async () => {
    await messaging.subscriptions.put("checked", { topic: "job-request", ackDeadlineSeconds: 10 });
    await publish("job-request", request);
    const subscriber = new v1.SubscriberClient({ ...(await client.getClientConfig()) });
    const [{ receivedMessages }] = await subscriber.pull({
      subscription: `projects/${project}/subscriptions/checked`,
      maxMessages: 1,
    });
    await subscriber.close();
    expect(receivedMessages?.[0]?.message?.attributes).toEqual({
      googclient_schemaencoding: "JSON",
      googclient_schemaname: `projects/${project}/schemas/job-request`,
    });
  });
});

describe("A schema", () => {
  const definition = (fields: string): string => `syntax = "proto3"; message M { ${fields} }`;
  const put = (name: string, fields: string): Promise<void> =>
    messaging.schemas.put(name, { type: "PROTOCOL_BUFFER", definition: definition(fields) });

  test("with a new definition has a revision more, and topics take messages of either", async () => {
    await put("grows", "string a = 1;");
    await messaging.topics.put("grows", {
      schemaSettings: { schema: `projects/${project}/schemas/grows`, encoding: "JSON" },
    });
    await expect(publish("grows", { b: "new" })).rejects.toThrow("INVALID_ARGUMENT");
    await put("grows", "string b = 2;");
    await publish("grows", { b: "new" });
    await publish("grows", { a: "old" });
    await expect(publish("grows", { a: "old", b: "new" })).rejects.toThrow("INVALID_ARGUMENT");
  });

  test("is refused where it is none, or has imports", async () => {
    await expect(put("broken", "string a = ;")).rejects.toThrow("invalid schema definition");
    await expect(
      messaging.schemas.put("imports", {
        type: "PROTOCOL_BUFFER",
        definition:
          'syntax = "proto3"; import "google/protobuf/any.proto"; message M { google.protobuf.Any a = 1; }',
      }),
    ).rejects.toThrow("INVALID_ARGUMENT");
  });

  test("checks messages that are not published", async () => {
    const validate = (message: object) =>
      service.validateMessage({
        parent: `projects/${project}`,
        name: `projects/${project}/schemas/job-event`,
        encoding: "JSON",
        message: Buffer.from(JSON.stringify(message)),
      });
    await expect(validate({ id: "1" })).resolves.toBeDefined();
    await expect(validate({ id: 1 })).rejects.toThrow("INVALID_ARGUMENT");
  });
});
