import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../../../services/coordinator/ports.ts";
import { objectsIn } from "../../../../services/coordinator/stores/storage.ts";
import { ADMIN, createWorld, type World } from "../../gcs/world.ts";

let world: World;
let east: string;
let objects: ObjectStore;
beforeAll(async () => {
  world = await createWorld();
  await world.json("POST", "/b?project=test-project", { name: "both", location: "NAM4" });
  east = await world.endpoint("us-east1");
  objects = objectsIn(world.client(ADMIN, await world.endpoint("us-central1")).bucket("both"));
});
afterAll(() => world.close());

const put = (name: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${east}/both/${name}`, {
    method: "PUT",
    body,
    headers: { authorization: `Bearer ${world.token(ADMIN)}`, ...headers },
  });

describe("an input", () => {
  it("is there when it can be read", async () => {
    await put("in/clip.mp4", "media");
    expect(await objects.exists("in/clip.mp4")).toBe(true);
  });

  it("is not there when there is none", async () => {
    expect(await objects.exists("in/none.mp4")).toBe(false);
  });

  it("is there when it is empty: the worker says what is wrong with it", async () => {
    await put("in/empty.mp4", "");
    expect(await objects.exists("in/empty.mp4")).toBe(true);
  });

  it("is neither there nor gone while its region is out and it is not replicated", async () => {
    world.replication.set({ lagSeconds: 3600 });
    await put("in/late.mp4", "media");
    world.replication.stopRegion("us-east1");
    await expect(objects.exists("in/late.mp4")).rejects.toMatchObject({ status: 503 });
    world.replication.startRegion("us-east1");
    expect(await objects.exists("in/late.mp4")).toBe(true);
  });

  it("with a customer-supplied key is looked at with that; with another key it is the worker that is told", async () => {
    const key = randomBytes(32);
    await put("in/sealed.mp4", "media", {
      "x-goog-encryption-algorithm": "AES256",
      "x-goog-encryption-key": key.toString("base64"),
      "x-goog-encryption-key-sha256": createHash("sha256").update(key).digest("base64"),
    });
    expect(await objects.exists("in/sealed.mp4", key)).toBe(true);
    expect(await objects.exists("in/sealed.mp4", randomBytes(32))).toBe(true);
    expect(await objects.exists("in/sealed.mp4")).toBe(true);
  });
});
