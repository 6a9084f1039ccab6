import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Bucket } from "@google-cloud/storage";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, SIGNER, STRANGER, type World } from "./world.ts";

let world: World;
let bucket: Bucket;

beforeAll(async () => {
  world = await createWorld();
  const storage = world.client();
  await storage.createBucket("media-bucket", {
    location: "US",
    customPlacementConfig: { dataLocations: ["us-east4", "us-central1"] },
    rpo: "ASYNC_TURBO",
    versioning: { enabled: false },
  });
  bucket = storage.bucket("media-bucket");
});
afterAll(() => world.close());

/**
 * Starts a resumable upload. Asked for explicitly, because version 8.4 of the client forgets its credentials when
 * `createWriteStream` starts one at an endpoint outside Google's domains.
 */
async function sessionFor(name: string, ifGenerationMatch?: number): Promise<string> {
  const [uri] = await bucket
    .file(name)
    .createResumableUpload(
      ifGenerationMatch === undefined ? {} : { preconditionOpts: { ifGenerationMatch } },
    );
  return uri;
}

describe("@google-cloud/storage against the JSON API", () => {
  test("creates a dual-region bucket and reads it back in Google's shape", async () => {
    const [metadata] = await bucket.getMetadata();
    expect(metadata).toMatchObject({
      kind: "storage#bucket",
      location: "US",
      locationType: "dual-region",
      rpo: "ASYNC_TURBO",
      customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST4"] },
      storageClass: "STANDARD",
      metageneration: "1",
      projectNumber: "123456789012",
      softDeletePolicy: { retentionDurationSeconds: "604800" },
    });
  });

  test("saves by a multipart upload, with metadata and hashes", async () => {
    await bucket.file("simple.txt").save("hello", {
      resumable: false,
      metadata: { contentType: "text/plain", cacheControl: "no-store", metadata: { title: "Grüße" } },
    });
    const [metadata] = await bucket.file("simple.txt").getMetadata();
    expect(metadata).toMatchObject({
      size: "5",
      contentType: "text/plain",
      cacheControl: "no-store",
      metadata: { title: "Grüße" },
      md5Hash: "XUFAKrxLKna5cZ2REBfFkg==",
      crc32c: "mnG7TA==",
    });
  });

  test("downloads with its own checksum validation", async () => {
    const body = randomBytes(300_000);
    await bucket.file("random.bin").save(body, { resumable: false });
    const [downloaded] = await bucket.file("random.bin").download({ validation: "crc32c" });
    expect(downloaded.equals(body)).toBe(true);
  });

  test("downloads a range", async () => {
    await bucket.file("range.txt").save("0123456789", { resumable: false });
    const [part] = await bucket.file("range.txt").download({ start: 2, end: 5 });
    expect(part.toString()).toBe("2345");
  });

  test("uploads a file resumably in one request", async () => {
    const source = path.join(world.directory, "upload.bin");
    await writeFile(source, randomBytes(700_000));
    const uri = await sessionFor("resumable.bin");
    const [uploaded] = await bucket.upload(source, { destination: "resumable.bin", resumable: true, uri });
    expect(uploaded.metadata.size).toBe(700_000);
  });

  test("uploads resumably in chunks", async () => {
    const body = randomBytes(1_000_000);
    const uri = await sessionFor("chunked.bin");
    await bucket.file("chunked.bin").save(body, { resumable: true, chunkSize: 256 * 1024, uri });
    const [downloaded] = await bucket.file("chunked.bin").download();
    expect(downloaded.equals(body)).toBe(true);
  });

  test("uploads an empty object", async () => {
    await bucket.file("empty").save("", { resumable: false });
    const [downloaded] = await bucket.file("empty").download();
    expect(downloaded.length).toBe(0);
  });

  test("lists with prefix and delimiter, page by page", async () => {
    for (const name of ["tree/a", "tree/b/1", "tree/b/2", "tree/c", "other"]) {
      await bucket.file(name).save(name, { resumable: false });
    }
    const [first, next] = await bucket.getFiles({ prefix: "tree/", maxResults: 3, autoPaginate: false });
    const [second] = await bucket.getFiles({ ...next, autoPaginate: false });
    expect([...first, ...second].map((file) => file.name)).toEqual([
      "tree/a",
      "tree/b/1",
      "tree/b/2",
      "tree/c",
    ]);
    const [shallow, , response] = await bucket.getFiles({
      prefix: "tree/",
      delimiter: "/",
      autoPaginate: false,
    });
    expect(shallow.map((file) => file.name)).toEqual(["tree/a", "tree/c"]);
    expect((response as { prefixes: string[] }).prefixes).toEqual(["tree/b/"]);
  });

  test("swaps only the generation that it read", async () => {
    const file = bucket.file("record.json");
    await file.save("1", { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
    const generation = Number((await file.getMetadata())[0].generation);
    await file.save("2", { resumable: false, preconditionOpts: { ifGenerationMatch: generation } });
    await expect(
      file.save("3", { resumable: false, preconditionOpts: { ifGenerationMatch: generation } }),
    ).rejects.toMatchObject({ code: 412 });
    expect(String((await file.download())[0])).toBe("2");
  });

  test("refuses to create what exists, resumably too", async () => {
    await bucket.file("taken").save("1", { resumable: false });
    const uri = await sessionFor("taken", 0);
    await expect(bucket.file("taken").save("2", { resumable: true, uri })).rejects.toMatchObject({
      code: 412,
    });
  });

  test("patches metadata and counts the metageneration", async () => {
    const file = bucket.file("patched");
    await file.save("x", { resumable: false, metadata: { metadata: { a: "1", b: "2" } } });
    const [metadata] = await file.setMetadata({ contentType: "video/mp4", metadata: { b: null, c: "3" } });
    expect(metadata).toMatchObject({
      metageneration: "2",
      contentType: "video/mp4",
      metadata: { a: "1", c: "3" },
    });
    expect(metadata.metadata).not.toHaveProperty("b");
  });

  test("keeps metadata that no header can carry, and still serves the object", async () => {
    const file = bucket.file("odd");
    const metadata = { "a b": "1", ü: "2", plain: "line\nbreak ✓" };
    await file.save("x", { resumable: false, metadata: { metadata } });
    expect((await file.getMetadata())[0].metadata).toEqual(metadata);
    expect(String((await file.download())[0])).toBe("x");
  });

  test("copies, composes and deletes", async () => {
    await bucket.file("part-1").save("one ", { resumable: false, metadata: { contentType: "text/plain" } });
    await bucket.file("part-2").save("two", { resumable: false });
    await bucket.file("part-1").copy(bucket.file("copy-1"));
    expect((await bucket.file("copy-1").getMetadata())[0]).toMatchObject({
      contentType: "text/plain",
      size: "4",
    });
    await bucket.combine(["part-1", "part-2"], "whole.txt");
    expect(String((await bucket.file("whole.txt").download())[0])).toBe("one two");
    const [whole] = await bucket.file("whole.txt").getMetadata();
    expect(whole.componentCount).toBe(2);
    expect(whole.md5Hash).toBeUndefined();
    await bucket.file("whole.txt").delete();
    expect((await bucket.file("whole.txt").exists())[0]).toBe(false);
  });

  test("answers a missing object as Google does", async () => {
    await expect(bucket.file("missing").getMetadata()).rejects.toMatchObject({
      code: 404,
      message: expect.stringContaining("No such object: media-bucket/missing") as unknown,
    });
  });

  test("runs the life of an HMAC key", async () => {
    const storage = world.client();
    const [key, secret] = await storage.createHmacKey(SIGNER);
    expect(key.metadata.accessId).toMatch(/^GOOG1E[A-Z2-7]{55}$/);
    expect(secret).toMatch(/^[A-Za-z0-9+/]{40}$/);
    await expect(key.delete()).rejects.toMatchObject({ code: 400 });
    const [updated] = await key.setMetadata({ state: "INACTIVE" });
    expect(updated.state).toBe("INACTIVE");
    await key.delete();
    const [listed] = await storage.getHmacKeys({ serviceAccountEmail: SIGNER });
    expect(listed).toHaveLength(0);
    const [all] = await storage.getHmacKeys({ serviceAccountEmail: SIGNER, showDeletedKeys: true });
    expect(all.map((found) => found.metadata.state)).toEqual(["DELETED"]);
  });

  test("refuses a principal without the permission in Google's words", async () => {
    const stranger = world.client(`serviceAccount:${STRANGER}`).bucket("media-bucket");
    await expect(stranger.file("simple.txt").getMetadata()).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining(
        `${STRANGER} does not have storage.objects.get access to the Google Cloud Storage object. Permission 'storage.objects.get' denied on resource (or it may not exist).`,
      ) as unknown,
    });
  });

  test("works through STORAGE_EMULATOR_HOST too, whose paths have no /storage/v1", async () => {
    const response = await world.fetch("/b/media-bucket/o?prefix=simple", { as: "user:admin@example.com" });
    expect(await response.json()).toMatchObject({ items: [{ name: "simple.txt" }] });
  });
});
