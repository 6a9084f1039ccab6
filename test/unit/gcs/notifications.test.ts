import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore, type Listener } from "../../../sandbox/gcs/index.ts";
import { openIam, signedTokens } from "../../../sandbox/iam/index.ts";

const projectId = "mpegflow-local";
const projectNumber = "123456789012";
const agent = `serviceAccount:service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;
const topic = `projects/${projectId}/topics/uploads`;

interface Published {
  topic: string;
  data: Record<string, unknown>;
  attributes: Record<string, string>;
}

let directory: string;
let storage: Listener;
let published: Published[];
let grant: (member: string) => void;
let ask: (method: string, path: string, body?: unknown) => Promise<Response>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "notifications-"));
  const clock = (): Date => new Date();
  const iam = openIam(directory, projectId);
  const tokens = signedTokens(Buffer.alloc(32, 7), clock);
  const owner = "user:owner@example.com";
  iam.bindings.put("owner", {
    resource: `//cloudresourcemanager.googleapis.com/projects/${projectId}`,
    role: "roles/owner",
    member: owner,
  });
  grant = (member) => {
    iam.bindings.put("publisher", {
      resource: `//pubsub.googleapis.com/${topic}`,
      role: "roles/pubsub.publisher",
      member,
    });
  };
  published = [];
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
      exists: (name) => name === topic,
      publish: (name, data, attributes) => {
        const text = Buffer.from(data).toString();
        published.push({
          topic: name,
          data: text === "" ? {} : (JSON.parse(text) as object as never),
          attributes,
        });
        return Promise.resolve();
      },
    },
  });
  storage = await store.listen({ host: "127.0.0.1", port: 0 });
  ask = (method, path, body) =>
    fetch(`${storage.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens.issue(owner, 60)}`, "content-type": "application/json" },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  await ask("POST", `/storage/v1/b?project=${projectId}`, { name: "media", location: "US" });
});
afterEach(async () => {
  await storage.close();
  rmSync(directory, { recursive: true });
});

const settings = {
  topic: `//pubsub.googleapis.com/${topic}`,
  payload_format: "JSON_API_V1",
  event_types: ["OBJECT_FINALIZE"],
  object_name_prefix: "incoming/",
};
const configure = (more: object = {}): Promise<Response> =>
  ask("POST", "/storage/v1/b/media/notificationConfigs", { ...settings, ...more });
const upload = (name: string): Promise<Response> =>
  ask("POST", `/upload/storage/v1/b/media/o?uploadType=media&name=${encodeURIComponent(name)}`, "bytes");

describe("A bucket with a notification", () => {
  test("tells the topic of each upload under the prefix, with the object and Google's attributes", async () => {
    grant(agent);
    expect((await configure()).status).toBe(200);
    const { generation } = (await (await upload("incoming/clip.mp4")).json()) as { generation: string };
    await upload("elsewhere/clip.mp4");
    expect(published).toMatchObject([
      {
        topic,
        data: { bucket: "media", name: "incoming/clip.mp4", size: "5", generation },
        attributes: {
          notificationConfig: "projects/_/buckets/media/notificationConfigs/1",
          eventType: "OBJECT_FINALIZE",
          payloadFormat: "JSON_API_V1",
          bucketId: "media",
          objectId: "incoming/clip.mp4",
          objectGeneration: generation,
        },
      },
    ]);
  });

  test("says which generation a new one overwrote", async () => {
    grant(agent);
    await configure({ payload_format: "NONE", custom_attributes: { from: "test" } });
    const { generation } = (await (await upload("incoming/a")).json()) as { generation: string };
    await upload("incoming/a");
    expect(published[1]).toMatchObject({
      data: {},
      attributes: { overwroteGeneration: generation, from: "test" },
    });
  });

  test("cannot be made before Cloud Storage's own account may publish", async () => {
    const refused = await configure();
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("does not have pubsub.topics.publish access");
  });

  test("tells nobody any more once the configuration is deleted", async () => {
    grant(agent);
    await configure();
    expect((await ask("DELETE", "/storage/v1/b/media/notificationConfigs/1")).status).toBe(204);
    await upload("incoming/clip.mp4");
    expect(published).toEqual([]);
  });

  test("is refused for events that are not modelled, rather than kept without effect", async () => {
    grant(agent);
    expect((await configure({ event_types: ["OBJECT_DELETE"] })).status).toBe(501);
    expect((await configure({ event_types: undefined })).status).toBe(501);
  });
});
