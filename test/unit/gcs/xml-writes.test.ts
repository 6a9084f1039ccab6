import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createWorld, SIGNER, STRANGER, xmlCode, type World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("xml-bucket");
});
afterAll(() => world.close());

const get = (init: RequestInit = {}, target = "/xml-bucket/digits"): Promise<Response> =>
  world.fetch(target, { as: ADMIN, ...init });

describe("PUT of an object", () => {
  const put = (name: string, init: RequestInit): Promise<Response> =>
    get({ method: "PUT", ...init }, `/xml-bucket/${name}`);

  test("keeps headers and metadata, x-amz-meta too", async () => {
    await put("with-headers", {
      body: "x",
      headers: {
        "content-type": "video/mp4",
        "cache-control": "no-cache",
        "content-disposition": "inline",
        "content-language": "en",
        "x-goog-meta-a": "1",
        "x-amz-meta-b": "2",
        "x-goog-storage-class": "NEARLINE",
      },
    });
    const [metadata] = await world.client().bucket("xml-bucket").file("with-headers").getMetadata();
    expect(metadata).toMatchObject({
      contentType: "video/mp4",
      cacheControl: "no-cache",
      contentDisposition: "inline",
      contentLanguage: "en",
      metadata: { a: "1", b: "2" },
      storageClass: "NEARLINE",
    });
  });

  test.each([
    ["content-md5", "AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest"],
    ["x-goog-hash", "md5=AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest"],
    ["x-goog-hash", "crc32c=AAAAAA==", "CrcMismatch"],
  ])("with a wrong %s is refused and stores nothing", async (name, value, code) => {
    const response = await put("bad-hash", { body: "x", headers: { [name]: value } });
    expect([response.status, await xmlCode(response)]).toEqual([400, code]);
    expect((await get({}, "/xml-bucket/bad-hash")).status).toBe(404);
  });

  test("with the right hashes is stored", async () => {
    const headers = { "x-goog-hash": "crc32c=KAwGng==,md5=eB5eJF1ptWaXm4bijSPyxw==" };
    expect((await put("good-hash", { body: "0123456789", headers })).status).toBe(200);
  });

  test("that would overwrite also needs storage.objects.delete", async () => {
    world.grants.add(`serviceAccount:${STRANGER} storage.objects.create`);
    const as = `serviceAccount:${STRANGER}`;
    const write = (): Promise<Response> =>
      world.fetch("/xml-bucket/guarded", { as, method: "PUT", body: "x" });
    expect((await write()).status).toBe(200);
    const again = await write();
    expect(again.status).toBe(403);
    expect(await again.text()).toContain("storage.objects.delete");
  });

  test("with a condition that Google has for reads only is refused, not ignored", async () => {
    const response = await put("digits", { body: "x", headers: { "if-none-match": "*" } });
    expect(response.status).toBe(501);
  });

  test("needs no bearer, signature or length to be told no", async () => {
    const response = await world.fetch("/xml-bucket/nobody", { method: "PUT", body: "x" });
    expect(response.status).toBe(403);
  });
});

describe("DELETE of an object", () => {
  test("happens once, and only at the generation asked for", async () => {
    const as = `serviceAccount:${SIGNER}`;
    const target = "/xml-bucket/to-delete";
    const made = await world.fetch(target, { as, method: "PUT", body: "x" });
    const remove = (generation: string): Promise<Response> =>
      world.fetch(target, { as, method: "DELETE", headers: { "x-goog-if-generation-match": generation } });
    expect((await remove("1")).status).toBe(412);
    expect((await remove(made.headers.get("x-goog-generation") ?? "")).status).toBe(204);
    expect((await world.fetch(target, { as, method: "DELETE" })).status).toBe(404);
  });
});
