import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPublicKey } from "node:crypto";
import { PubSub, v1 } from "@google-cloud/pubsub";
import { Storage, type Bucket } from "@google-cloud/storage";
import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deliveries } from "../../sandbox/cloud/deliveries.ts";
import { openIdentityTokens } from "../../sandbox/cloud/identity-tokens.ts";
import { openMessaging, type Messaging } from "../../sandbox/cloud/messaging.ts";
import { openStore, type Listener } from "../../sandbox/gcs/index.ts";
import { openIam, signedTokens } from "../../sandbox/iam/index.ts";
import { startPubSub, type PubSub as Emulator } from "../../sandbox/pubsub/index.ts";
import {
  connectMessaging,
  createMetrics,
  objectsIn,
  recordsIn,
  inputsIn,
  slotsIn,
  remindersIn,
  startUploads,
  type Broker,
} from "../../services/coordinator/index.ts";
import { createLog } from "../../services/logging/index.ts";
import { jobIdOf } from "../../services/coordinator/uploads/upload-request.ts";

const projectId = "mpegflow-local";
const projectNumber = "123456789012";
const pusher = { email: `pusher@${projectId}.iam.gserviceaccount.com`, uniqueId: "100000000000000000001" };

interface Call {
  request: IncomingMessage;
  body: string;
}

let directory: string;
let emulator: Emulator;
let messaging: Messaging;
let storage: Listener;
let client: PubSub;
let bucket: Bucket;
let endpoint: Server;
let endpointUrl: string;
let identityTokens: ReturnType<typeof openIdentityTokens>;
let stopDeliveries: () => Promise<void>;
let ask: (method: string, path: string, body: string | object) => Promise<Response>;
let grant: (member: string, role: string, resource: string) => void;
const calls: Call[] = [];
/** What the endpoint answers next; then 204. */
const answers: number[] = [];

beforeAll(async () => {
  process.env["METADATA_SERVER_DETECTION"] = "none";
  directory = mkdtempSync(join(tmpdir(), "messaging-"));
  const clock = (): Date => new Date();
  const env = Object.entries(process.env).filter(([key]) => key !== "PUBSUB_EMULATOR_HOST");
  emulator = await startPubSub({ env: Object.fromEntries(env) });
  const iam = openIam(directory, projectId);
  const tokens = signedTokens(Buffer.alloc(32, 7), clock);
  const owner = "user:owner@example.com";
  grant = (member, role, resource) => {
    iam.bindings.put(`${resource} ${role} ${member}`, { resource, role, member });
  };
  grant(owner, "roles/owner", `//cloudresourcemanager.googleapis.com/projects/${projectId}`);
  identityTokens = openIdentityTokens(join(directory, "identity-key"), clock);
  const started = deliveries({
    host: emulator.host,
    projectId,
    projectNumber,
    iam: {
      serviceAccounts: {
        ...iam.serviceAccounts,
        get: (email) => (email === pusher.email ? (pusher as never) : undefined),
      },
    },
    identityTokens,
    accessToken: (principal) => tokens.issue(principal, 60),
    storage: () => storage.url,
    clock,
    log: () => undefined,
  });
  messaging = await openMessaging(directory, emulator.host, projectId, started.start);
  stopDeliveries = started.close;
  const nothing = (): void => undefined;
  const store = await openStore({
    directory: join(directory, "gcs"),
    clock,
    authorizer: iam,
    tokens,
    projectId,
    projectNumber,
    publicKeys: () => [],
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    topics: {
      exists: (topic) => messaging.topics.get(topic.replace(/^.*\//, "")) !== undefined,
      publish: messaging.publish,
    },
  });
  storage = await store.listen({ host: "127.0.0.1", port: 0 });
  ask = (method, path, body) =>
    fetch(`${storage.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens.issue(owner, 60)}`, "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  await ask("POST", `/storage/v1/b?project=${projectId}`, { name: "media", location: "US" });
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: tokens.issue(owner, 600) });
  const google = new Storage({
    projectId,
    apiEndpoint: storage.url,
    useAuthWithCustomEndpoint: true,
    authClient,
  });
  bucket = google.bucket("media");
  client = new PubSub({ projectId, apiEndpoint: emulator.host, emulatorMode: true });
  endpoint = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      calls.push({ request, body });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  endpointUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/events`;
});
afterAll(async () => {
  await client.close();
  await messaging.close();
  await stopDeliveries();
  await storage.close();
  endpoint.close();
  endpoint.closeAllConnections();
  await emulator.stop();
  rmSync(directory, { recursive: true });
});

/** The claims of a delivery's token, verified with Google's own library against the sandbox's published keys. */
async function verified(call: Call | undefined, audience: string) {
  const certificates = Object.fromEntries(
    identityTokens
      .keys()
      .keys.map(({ kid, ...key }) => [
        kid,
        createPublicKey({ key: key, format: "jwk" }).export({ type: "spki", format: "pem" }).toString(),
      ]),
  );
  const token = call?.request.headers.authorization?.replace("Bearer ", "") ?? "";
  const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(token, certificates, audience, [
    "https://accounts.google.com",
  ]);
  return ticket.getPayload();
}

const pushed = (name: string, more: object = {}, pushConfig: object = {}): Promise<void> =>
  messaging.subscriptions.put(name, {
    topic: name,
    ackDeadlineSeconds: 10,
    retryPolicy: { minimumBackoff: "1s", maximumBackoff: "2s" },
    pushConfig: {
      pushEndpoint: endpointUrl,
      oidcToken: { serviceAccountEmail: pusher.email, audience: "https://hooks.example.com" },
      ...pushConfig,
    },
    ...more,
  });

describe("A push subscription", () => {
  test("posts each message once, in the wrapper, with a token that Google's library verifies", async () => {
    await messaging.topics.put("wrapped", {});
    await pushed("wrapped");
    calls.length = 0;
    await client.topic("wrapped").publishMessage({ json: { id: "1" }, attributes: { job: "a" } });
    await expect.poll(() => calls.length, { timeout: 5000 }).toBe(1);
    const { message, subscription } = JSON.parse(calls[0]?.body ?? "") as {
      message: { data: string; attributes: object };
      subscription: string;
    };
    expect(JSON.parse(Buffer.from(message.data, "base64").toString())).toEqual({ id: "1" });
    expect(message.attributes).toEqual({ job: "a" });
    expect(subscription).toBe(`projects/${projectId}/subscriptions/wrapped`);
    expect(await verified(calls[0], "https://hooks.example.com")).toMatchObject({
      email: pusher.email,
      email_verified: true,
      aud: "https://hooks.example.com",
    });
    await expect(verified(calls[0], "https://other.example.com")).rejects.toThrow("Wrong recipient");
  });

  test("delivers again, after a back-off, until the endpoint takes the message; then never again", async () => {
    await messaging.topics.put("retried", {});
    await pushed("retried");
    calls.length = 0;
    answers.push(500, 302);
    const start = Date.now();
    await client.topic("retried").publishMessage({ json: { id: "2" } });
    await expect.poll(() => calls.length, { timeout: 15_000 }).toBe(3);
    expect(Date.now() - start).toBeGreaterThan(2500);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(calls).toHaveLength(3);
  });

  test("without the wrapper posts the event itself, with its attributes as headers", async () => {
    await messaging.topics.put("unwrapped", {});
    await pushed("unwrapped", {}, { noWrapper: { writeMetadata: true } });
    calls.length = 0;
    await client.topic("unwrapped").publishMessage({
      json: { specversion: "1.0" },
      attributes: { "content-type": "application/cloudevents+json" },
    });
    await expect.poll(() => calls.length, { timeout: 5000 }).toBe(1);
    expect(calls[0]?.body).toBe('{"specversion":"1.0"}');
    expect(calls[0]?.request.headers).toMatchObject({
      "content-type": "application/cloudevents+json",
      "x-goog-pubsub-subscription-name": `projects/${projectId}/subscriptions/unwrapped`,
    });
  });

  test("that no endpoint takes ends as a dead letter", async () => {
    for (const topic of ["refused", "refused-dead"]) await messaging.topics.put(topic, {});
    await messaging.subscriptions.put("refused-dead", { topic: "refused-dead", ackDeadlineSeconds: 10 });
    answers.push(...Array.from({ length: 20 }, () => 503));
    await pushed("refused", {
      retryPolicy: { minimumBackoff: "0s", maximumBackoff: "0s" },
      deadLetterPolicy: { deadLetterTopic: "refused-dead", maxDeliveryAttempts: 5 },
    });
    await client.topic("refused").publishMessage({ json: { id: "3" } });
    const subscriber = new v1.SubscriberClient({ ...(await client.getClientConfig()) });
    const subscription = `projects/${projectId}/subscriptions/refused-dead`;
    const dead = async () => {
      const [{ receivedMessages }] = await subscriber.pull(
        { subscription, maxMessages: 1 },
        { timeout: 15_000 },
      );
      return Buffer.from(receivedMessages?.[0]?.message?.data ?? "").toString();
    };
    await expect.poll(dead, { timeout: 15_000 }).toBe('{"id":"3"}');
    await subscriber.close();
    answers.length = 0;
  });
});

test("A Cloud Storage subscription writes messages to a file, in the name of Pub/Sub's own account", async () => {
  const agent = `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  grant(agent, "roles/storage.objectCreator", "//storage.googleapis.com/projects/_/buckets/media");
  await messaging.topics.put("kept", {});
  await messaging.subscriptions.put("kept", {
    topic: "kept",
    ackDeadlineSeconds: 60,
    cloudStorageConfig: {
      bucket: "media",
      filenamePrefix: "job-events/",
      filenameSuffix: ".jsonl",
      maxDuration: "60s",
      maxMessages: 2,
      textConfig: {},
    },
  });
  const topic = client.topic("kept", { batching: { maxMessages: 1 } });
  await topic.publishMessage({ json: { id: "1" } });
  await topic.publishMessage({ json: { id: "2" } });
  const files = async () => (await bucket.getFiles({ prefix: "job-events/" }))[0];
  await expect.poll(async () => (await files()).length, { timeout: 10_000 }).toBe(1);
  const [file] = await files();
  expect(file?.name).toMatch(/^job-events\/\d{4}-.*\.jsonl$/);
  const [contents] = (await file?.download()) ?? [];
  const lines = contents?.toString().split("\n");
  expect(lines?.sort()).toEqual(["", '{"id":"1"}', '{"id":"2"}']);
});

test("An uploaded object becomes a job, once, by way of bucket, topic and coordinator", async () => {
  for (const topic of ["jobs", "job-events", "uploads"]) await messaging.topics.put(topic, {});
  for (const topic of ["jobs", "uploads"]) {
    await messaging.subscriptions.put(topic, { topic, ackDeadlineSeconds: 10 });
  }
  grant(
    `serviceAccount:service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`,
    "roles/pubsub.publisher",
    `//pubsub.googleapis.com/projects/${projectId}/topics/uploads`,
  );
  await ask("POST", "/storage/v1/b/media/notificationConfigs", {
    topic: `//pubsub.googleapis.com/projects/${projectId}/topics/uploads`,
    payload_format: "JSON_API_V1",
    event_types: ["OBJECT_FINALIZE"],
    object_name_prefix: "incoming/",
  });
  process.env["PUBSUB_EMULATOR_HOST"] = emulator.host;
  const connected = await connectMessaging({
    project: projectId,
    jobsTopic: "jobs",
    jobsSubscription: "jobs",
    eventsTopic: "job-events",
    uploadsSubscription: "uploads",
    pullSeconds: 1,
  });
  delete process.env["PUBSUB_EMULATOR_HOST"];
  const records = recordsIn(bucket, ".mpegflow/jobs/");
  const broker: Broker = {
    settings: {
      project: projectId,
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
    },
    ...connected,
    records,
    objects: objectsIn(bucket),
    reminders: remindersIn(bucket, ".mpegflow/jobs/"),
    inputs: inputsIn(bucket, ".mpegflow/jobs/"),
    slots: slotsIn(bucket, ".mpegflow/jobs/"),
    metrics: createMetrics(),
    otherStores: new Map(),
    readEncryptionKey: () => Promise.reject(new Error("there are no keys")),
    sign: () => Promise.reject(new Error("nothing is signed here")),
    leaseKey: Buffer.alloc(32),
    now: () => new Date(),
    log: createLog("silent", {}),
  };
  const rules = {
    bucket: "media",
    prefix: "incoming/",
    suffixes: [".mp4"],
    outputPrefix: "encoded/",
    profile: "hls-h264",
  };
  if (connected.uploads === undefined) throw new Error("the uploads subscription was asked for");
  const uploads = startUploads(broker, connected.uploads, rules);
  const upload = async (name: string) => {
    const answer = await ask(
      "POST",
      `/upload/storage/v1/b/media/o?uploadType=media&name=${encodeURIComponent(name)}`,
      "bytes",
    );
    return ((await answer.json()) as { generation: string }).generation;
  };
  await upload("incoming/notes.txt");
  const generation = await upload("incoming/show/clip.mp4");
  const id = jobIdOf("media", "incoming/show/clip.mp4", generation);
  await expect
    .poll(() => records.read(id), { timeout: 10_000 })
    .toMatchObject({
      record: {
        state: "queued",
        request: {
          input: "gs://media/incoming/show/clip.mp4",
          outputPrefix: `gs://media/encoded/show/clip/${generation}/`,
        },
      },
    });
  const [message] = await connected.queue.pull(1, new AbortController().signal);
  expect(JSON.parse(Buffer.from(message?.data ?? "").toString())).toMatchObject({ id });
  await uploads.drain();
  await connected.close();
  const [all] = await bucket.getFiles({ prefix: ".mpegflow/jobs/" });
  expect(all.map(({ name }) => name)).toEqual([
    ".mpegflow/jobs/inputs/gs/media/incoming/show/clip.mp4",
    `.mpegflow/jobs/${id}.json`,
  ]);
});
