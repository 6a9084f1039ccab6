import { PubSub, type Message, v1 } from "@google-cloud/pubsub";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPubSub, type PubSub as Emulator } from "../../sandbox/pubsub/index.ts";

const project = "test-project";
/** The shortest deadline Pub/Sub knows, in seconds. */
const ackDeadlineSeconds = 10;

let emulator: Emulator;
let client: PubSub;
let subscriber: v1.SubscriberClient;
beforeAll(async () => {
  emulator = await startPubSub({ env: withoutEmulator() });
  client = new PubSub({ projectId: project, apiEndpoint: emulator.host, emulatorMode: true });
  // Or the library looks for a machine of Google's around it.
  process.env["METADATA_SERVER_DETECTION"] = "none";
  subscriber = new v1.SubscriberClient({ ...(await client.getClientConfig()) });
});
afterAll(async () => {
  await subscriber.close();
  await client.close();
  await emulator.stop();
});

describe("The Pub/Sub emulator", () => {
  test("brings a published message to a subscriber, once it is acknowledged never again", async () => {
    const { topic, subscription } = await topicWithSubscription("simple");
    const received = nextMessage(subscription);
    await topic.publishMessage({ data: Buffer.from("hello"), attributes: { job: "1" } });
    const message = await received;
    expect([message.data.toString(), message.attributes]).toEqual(["hello", { job: "1" }]);
    message.ack();
    await subscription.close();
    await expect.poll(() => pullNow("simple")).toEqual([]);
  });

  test("delivers a message again when its deadline passes without an acknowledgement", async () => {
    const { topic } = await topicWithSubscription("redelivery");
    await topic.publishMessage({ data: Buffer.from("again") });
    const [first] = await pull("redelivery");
    const start = Date.now();
    const [second] = await pull("redelivery");
    expect(second?.message?.messageId).toBe(first?.message?.messageId);
    expect(Date.now() - start).toBeGreaterThan((ackDeadlineSeconds - 1) * 1000);
  });

  test("delivers a message again at once when it is handed back", async () => {
    const { topic } = await topicWithSubscription("nack");
    await topic.publishMessage({ data: Buffer.from("back") });
    const [first] = await pull("nack");
    await subscriber.modifyAckDeadline({
      subscription: path("nack"),
      ackIds: [first?.ackId ?? ""],
      ackDeadlineSeconds: 0,
    });
    const [second] = await pull("nack");
    expect(second?.message?.messageId).toBe(first?.message?.messageId);
  });

  test("keeps a message from others while its deadline is extended", async () => {
    const { topic } = await topicWithSubscription("extended");
    await topic.publishMessage({ data: Buffer.from("mine") });
    const [first] = await pull("extended");
    const ackIds = [first?.ackId ?? ""];
    await subscriber.modifyAckDeadline({ subscription: path("extended"), ackIds, ackDeadlineSeconds: 60 });
    await sleep((ackDeadlineSeconds + 2) * 1000);
    expect(await pullNow("extended")).toEqual([]);
  });

  test("moves a message to the dead-letter topic after the attempts allowed", async () => {
    const dead = await topicWithSubscription("dead");
    const [topic] = await client.createTopic("fragile");
    await topic.createSubscription("fragile", {
      ackDeadlineSeconds,
      deadLetterPolicy: { deadLetterTopic: dead.topic.name, maxDeliveryAttempts: 5 },
    });
    await topic.publishMessage({ data: Buffer.from("broken") });
    const attempts: unknown[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      const [message] = await pull("fragile");
      attempts.push(message?.deliveryAttempt);
      const ackIds = [message?.ackId ?? ""];
      await subscriber.modifyAckDeadline({ subscription: path("fragile"), ackIds, ackDeadlineSeconds: 0 });
    }
    expect(attempts).toEqual([1, 2, 3, 4, 5]);
    expect(await pullNow("fragile")).toEqual([]);
    const [message] = await pull("dead");
    expect(String(message?.message?.data)).toBe("broken");
  });

  test("gives a subscription with a filter only the messages that match", async () => {
    const [topic] = await client.createTopic("filtered");
    await topic.createSubscription("filtered", { ackDeadlineSeconds, filter: 'attributes.kind = "failed"' });
    await topic.publishMessage({ data: Buffer.from("a"), attributes: { kind: "succeeded" } });
    await topic.publishMessage({ data: Buffer.from("b"), attributes: { kind: "failed" } });
    const messages = await pull("filtered");
    expect(messages.map(({ message }) => String(message?.data))).toEqual(["b"]);
  });
});

describe("Starting the emulator", () => {
  test("on a port that is taken fails with a sentence that names it", async () => {
    const port = Number(emulator.host.split(":")[1]);
    await expect(startPubSub({ env: withoutEmulator(), port })).rejects.toThrow(
      new RegExp(`The Pub/Sub emulator did not start. cannot listen on 127.0.0.1:${port}: .*in use`),
    );
  });

  test("on a given port makes it serve there", async () => {
    const first = await startPubSub({ env: withoutEmulator() });
    await first.stop();
    const second = await startPubSub({ env: withoutEmulator(), port: Number(first.host.split(":")[1]) });
    expect(second.host).toBe(first.host);
    await second.stop();
  });

  test("does not start one where another is configured, and leaves that alone", async () => {
    const other = await startPubSub({ env: { PUBSUB_EMULATOR_HOST: emulator.host } });
    expect(other).toMatchObject({ host: emulator.host, pid: undefined });
    await other.stop();
    expect((await client.getTopics())[0].length).toBeGreaterThan(0);
  });

  test("leaves none behind when the process that started it is killed", async () => {
    const module = fileURLToPath(new URL("../../sandbox/pubsub/index.ts", import.meta.url));
    const program = `import { startPubSub } from ${JSON.stringify(module)}; console.log((await startPubSub()).pid);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      env: withoutEmulator(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [chunk] = (await once(parent.stdout, "data")) as [Buffer];
    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(Number(chunk.toString())), { timeout: 5_000 }).toBe(false);
  });
});

function withoutEmulator(): NodeJS.ProcessEnv {
  return { ...process.env, PUBSUB_EMULATOR_HOST: undefined };
}

async function topicWithSubscription(name: string) {
  const [topic] = await client.createTopic(name);
  const [subscription] = await topic.createSubscription(name, { ackDeadlineSeconds });
  return { topic, subscription };
}

function nextMessage(subscription: {
  once(event: "message", listener: (message: Message) => void): unknown;
}): Promise<Message> {
  return new Promise((resolve) => subscription.once("message", resolve));
}

function path(subscription: string): string {
  return `projects/${project}/subscriptions/${subscription}`;
}

async function pullNow(subscription: string) {
  const [{ receivedMessages }] = await subscriber.pull({
    subscription: path(subscription),
    maxMessages: 10,
    returnImmediately: true,
  });
  return receivedMessages ?? [];
}

/** Waits for at least one message. */
async function pull(subscription: string) {
  for (;;) {
    const messages = await pullNow(subscription);
    if (messages.length > 0) return messages;
    await sleep(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
