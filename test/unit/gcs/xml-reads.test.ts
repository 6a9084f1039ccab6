import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createWorld, STRANGER, xmlCode, type World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
  const storage = world.client();
  await storage.createBucket("xml-bucket");
  await storage
    .bucket("xml-bucket")
    .file("digits")
    .save("0123456789", {
      resumable: false,
      metadata: { contentType: "text/plain", cacheControl: "max-age=60", metadata: { owner: "team" } },
    });
});
afterAll(() => world.close());

const get = (init: RequestInit = {}, target = "/xml-bucket/digits"): Promise<Response> =>
  world.fetch(target, { as: ADMIN, ...init });

describe("GET of an object", () => {
  test("tells everything about it in headers", async () => {
    const { headers } = await get();
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "text/plain",
      "content-length": "10",
      "cache-control": "max-age=60",
      etag: '"781e5e245d69b566979b86e28d23f2c7"',
      "x-goog-hash": "crc32c=KAwGng==,md5=eB5eJF1ptWaXm4bijSPyxw==",
      "x-goog-stored-content-length": "10",
      "x-goog-stored-content-encoding": "identity",
      "x-goog-metageneration": "1",
      "x-goog-storage-class": "STANDARD",
      "x-goog-meta-owner": "team",
      "accept-ranges": "bytes",
    });
    expect(headers.get("x-goog-generation")).toMatch(/^\d{16}$/);
  });

  test.each([
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=3-", 206, "3456789", "bytes 3-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=-4", 206, "6789", "bytes 6-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
    ["bytes=5-2", 200, "0123456789", null],
  ])("with Range: %s answers %i", async (range, status, body, contentRange) => {
    const response = await get({ headers: { range } });
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
      status,
      body,
      contentRange,
    ]);
  });

  test.each(["bytes=10-", "bytes=-0"])("with Range: %s answers 416", async (range) => {
    const response = await get({ headers: { range } });
    expect([response.status, response.headers.get("content-range"), await xmlCode(response)]).toEqual([
      416,
      "bytes */10",
      "InvalidRange",
    ]);
  });

  test.each([
    ["if-match", () => '"781e5e245d69b566979b86e28d23f2c7"', 200],
    ["if-match", () => '"other"', 412],
    ["if-none-match", () => '"other", "781e5e245d69b566979b86e28d23f2c7"', 304],
    ["if-none-match", () => '"other"', 200],
    ["if-modified-since", () => new Date(Date.now() + 60_000).toUTCString(), 304],
    ["if-modified-since", () => new Date(0).toUTCString(), 200],
    ["if-unmodified-since", () => new Date(0).toUTCString(), 412],
    ["x-goog-if-generation-match", () => "1", 412],
    ["x-goog-if-metageneration-match", () => "1", 200],
    ["x-goog-if-metageneration-match", () => "2", 412],
  ])("with %s answers as the condition asks", async (name, value, status) => {
    expect((await get({ headers: { [name]: value() } })).status).toBe(status);
  });

  test("lets an authenticated reader override headers of the answer", async () => {
    const query =
      "response-content-disposition=attachment%3B%20filename%3Da.txt&response-content-type=video%2Fmp4";
    const { headers } = await get({}, `/xml-bucket/digits?${query}`);
    expect([headers.get("content-disposition"), headers.get("content-type")]).toEqual([
      "attachment; filename=a.txt",
      "video/mp4",
    ]);
  });

  test("is addressed by the host too: bucket.storage.googleapis.com and bucket.storage.localhost", async () => {
    const { request } = await import("node:http");
    for (const host of ["xml-bucket.storage.googleapis.com", "xml-bucket.storage.localhost:8080"]) {
      const status = await new Promise((resolve, reject) => {
        const headers = { host, authorization: `Bearer ${world.token(ADMIN)}` };
        request(`${world.url}/digits`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end();
      });
      expect([host, status]).toEqual([host, 200]);
    }
  });
});

describe("a refusal", () => {
  const answer = async (response: Response): Promise<[number, string | undefined]> => [
    response.status,
    await xmlCode(response),
  ];

  test("names what is missing", async () => {
    expect(await answer(await get({}, "/no-such-bucket/x"))).toEqual([404, "NoSuchBucket"]);
    expect(await answer(await get({}, "/xml-bucket/missing"))).toEqual([404, "NoSuchKey"]);
  });

  test("of an unsigned request is AccessDenied, in Google's words", async () => {
    const response = await world.fetch("/xml-bucket/digits");
    expect(response.status).toBe(403);
    expect(await response.text()).toBe(
      "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code><Message>Access denied.</Message>" +
        "<Details>Anonymous caller does not have storage.objects.get access to the Google Cloud Storage object. " +
        "Permission 'storage.objects.get' denied on resource (or it may not exist).</Details></Error>",
    );
  });

  test("of an unknown bearer token is AuthenticationRequired", async () => {
    const response = await world.fetch("/xml-bucket/digits", { headers: { authorization: "Bearer stolen" } });
    expect(await answer(response)).toEqual([401, "AuthenticationRequired"]);
  });

  test("of an unknown method is MethodNotAllowed", async () => {
    expect(await answer(await get({ method: "PATCH" }))).toEqual([405, "MethodNotAllowed"]);
  });

  test.each(["?acl", "?partNumber=1"])("of %s says that it is not modelled", async (query) => {
    const response = await get({ method: "PUT", body: "x" }, `/xml-bucket/digits${query}`);
    expect(await answer(response)).toEqual([501, "NotImplemented"]);
  });

  test.each(["x-goog-copy-source", "x-amz-server-side-encryption", "x-goog-acl"])(
    "of %s says that it is not modelled, and stores nothing",
    async (name) => {
      const init = { method: "PUT", body: "x", headers: { [name]: "x" } };
      expect(await answer(await get(init, "/xml-bucket/never"))).toEqual([501, "NotImplemented"]);
      expect((await get({}, "/xml-bucket/never")).status).toBe(404);
    },
  );

  test("of broken percent-encoding is InvalidArgument", async () => {
    expect(await answer(await get({}, "/xml-bucket/%zz"))).toEqual([400, "InvalidArgument"]);
  });

  test("of a V2 signature says that it is not modelled", async () => {
    const response = await world.fetch("/xml-bucket/digits?GoogleAccessId=a&Signature=b&Expires=1");
    expect(await answer(response)).toEqual([501, "NotImplemented"]);
  });
});

describe("anonymous access", () => {
  test("is given where allUsers may read, unless public access is prevented", async () => {
    world.grants.add("allUsers storage.objects.get");
    const open = await world.fetch("/xml-bucket/digits");
    expect([open.status, await open.text()]).toEqual([200, "0123456789"]);
    const prevention = { iamConfiguration: { publicAccessPrevention: "enforced" } };
    await world.client().bucket("xml-bucket").setMetadata(prevention);
    expect((await world.fetch("/xml-bucket/digits")).status).toBe(403);
    world.grants.delete("allUsers storage.objects.get");
  });
});

describe("a list", () => {
  test("escapes names, rolls up prefixes and pages by marker", async () => {
    const names = ["list/a&b", "list/c/1", "list/c/2", "list/d"];
    for (const name of names) await get({ method: "PUT", body: "x" }, `/xml-bucket/${encodeURI(name)}`);
    const first = await (await get({}, "/xml-bucket?prefix=list/&delimiter=/&max-keys=2")).text();
    expect(first).toContain("<Key>list/a&amp;b</Key>");
    expect(first).toContain("<CommonPrefixes><Prefix>list/c/</Prefix></CommonPrefixes>");
    expect(first).toContain("<IsTruncated>true</IsTruncated><NextMarker>list/c/</NextMarker>");
    const second = await (await get({}, "/xml-bucket?prefix=list/&delimiter=/&marker=list/c/")).text();
    expect([...second.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1])).toEqual(["list/d"]);
  });

  test("is refused without storage.objects.list", async () => {
    world.grants.add(`serviceAccount:${STRANGER} storage.objects.get`);
    const response = await world.fetch("/xml-bucket", { as: `serviceAccount:${STRANGER}` });
    expect([response.status, await xmlCode(response)]).toEqual([403, "AccessDenied"]);
  });
});
