import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createWorld, xmlCode, type World } from "./world.ts";

let world: World;
const key = randomBytes(32);
const other = randomBytes(32);

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("csek");
  await world.client().bucket("csek").file("plain").save("content", { resumable: false });
  await put("/csek/locked", headersOf(key));
});
afterAll(() => world.close());

function headersOf(bytes: Buffer, prefix = "x-goog-"): Record<string, string> {
  return {
    [`${prefix}encryption-algorithm`]: "AES256",
    [`${prefix}encryption-key`]: bytes.toString("base64"),
    [`${prefix}encryption-key-sha256`]: createHash("sha256").update(bytes).digest("base64"),
  };
}
const put = (path: string, headers: Record<string, string>, body = "content"): Promise<Response> =>
  world.fetch(path, { as: ADMIN, method: "PUT", headers, body });
const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> =>
  world.fetch(path, { as: ADMIN, method, headers });

describe("an object with a customer-supplied key", () => {
  test("is read with the key, which the answer names by its hash alone", async () => {
    const answer = await get("/csek/locked", headersOf(key));
    expect([answer.status, await answer.text()]).toEqual([200, "content"]);
    expect(answer.headers.get("x-goog-encryption-key-sha256")).toBe(
      headersOf(key)["x-goog-encryption-key-sha256"],
    );
    expect(answer.headers.get("x-goog-encryption-key")).toBeNull();
  });

  test("is read by the official client", async () => {
    const file = world.client().bucket("csek").file("official", { encryptionKey: key });
    await file.save("by the client", { resumable: false });
    expect((await file.download())[0].toString()).toBe("by the client");
    const keyless = world.client().bucket("csek").file("official");
    await expect(keyless.download()).rejects.toMatchObject({ code: 400 });
  });

  test.each([
    ["no key", {}, "ResourceIsEncryptedWithCustomerEncryptionKey"],
    ["another key", headersOf(other), "CustomerEncryptionKeyIsIncorrect"],
    [
      "no algorithm",
      { "x-goog-encryption-key": key.toString("base64") },
      "CustomerEncryptionAlgorithmIsInvalid",
    ],
    [
      "a short key",
      { ...headersOf(key), "x-goog-encryption-key": Buffer.alloc(8).toString("base64") },
      "CustomerEncryptionKeyFormatIsInvalid",
    ],
    [
      "a hash of another key",
      {
        ...headersOf(key),
        "x-goog-encryption-key-sha256": headersOf(other)["x-goog-encryption-key-sha256"] ?? "",
      },
      "CustomerEncryptionKeySha256IsInvalid",
    ],
  ])("is not read with %s", async (_, headers, code) => {
    const answer = await get("/csek/locked", headers);
    expect([answer.status, await xmlCode(answer)]).toEqual([400, code]);
  });

  test("shows its metadata to whoever may read it, but for the hashes", async () => {
    const { body } = await world.json("GET", "/b/csek/o/locked");
    expect([body["size"], body["crc32c"], body["md5Hash"]]).toEqual(["7", undefined, undefined]);
    const head = await get("/csek/locked", {}, "HEAD");
    expect([head.status, head.headers.get("content-length"), head.headers.get("x-goog-hash")]).toEqual([
      200,
      "7",
      null,
    ]);
    expect((await get("/csek/locked", headersOf(key), "HEAD")).headers.get("x-goog-hash")).toContain(
      "crc32c=",
    );
  });

  test("is overwritten and deleted without the key", async () => {
    await put("/csek/gone", headersOf(key));
    expect((await put("/csek/gone", {})).status).toBe(200);
    await put("/csek/gone", headersOf(key));
    expect((await get("/csek/gone", {}, "DELETE")).status).toBe(204);
  });

  test("changes its key by a rewrite with both", async () => {
    const answer = await world.fetch("/storage/v1/b/csek/o/locked/rewriteTo/b/csek/o/rotated", {
      as: ADMIN,
      method: "POST",
      headers: { ...headersOf(key, "x-goog-copy-source-"), ...headersOf(other) },
    });
    expect(answer.status).toBe(200);
    expect(await (await get("/csek/rotated", headersOf(other))).text()).toBe("content");
  });

  test("is not copied without its key", async () => {
    const answer = await world.json("POST", "/b/csek/o/locked/rewriteTo/b/csek/o/stolen");
    expect(answer.body.error?.errors[0]?.reason).toBe("resourceIsEncryptedWithCustomerEncryptionKey");
  });

  test("keeps its key over a restart", async () => {
    await world.restart();
    expect(await xmlCode(await get("/csek/locked"))).toBe("ResourceIsEncryptedWithCustomerEncryptionKey");
    expect((await get("/csek/locked", headersOf(key))).status).toBe(200);
  });

  test("can be made of parts, each sent with the key", async () => {
    const started = await world.fetch("/csek/parts?uploads", {
      as: ADMIN,
      method: "POST",
      headers: headersOf(key),
    });
    const id = /<UploadId>([^<]+)</.exec(await started.text())?.[1] ?? "";
    const part = `/csek/parts?partNumber=1&uploadId=${id}`;
    expect((await put(part, {})).status).toBe(400);
    const etag = (await put(part, headersOf(key))).headers.get("etag") ?? "";
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
    const completed = await world.fetch(`/csek/parts?uploadId=${id}`, { as: ADMIN, method: "POST", body });
    expect(completed.status).toBe(200);
    expect(await xmlCode(await get("/csek/parts"))).toBe("ResourceIsEncryptedWithCustomerEncryptionKey");
    expect(await (await get("/csek/parts", headersOf(key))).text()).toBe("content");
  });
});

test("an object without such a key is not read with one", async () => {
  expect(await xmlCode(await get("/csek/plain", headersOf(key)))).toBe(
    "ResourceNotEncryptedWithCustomerEncryptionKey",
  );
});

test("a bucket that forbids such keys takes no new object with one", async () => {
  const config = { customerSuppliedEncryptionEnforcementConfig: { restrictionMode: "FullyRestricted" } };
  await world.json("POST", "/b?project=test-project", { name: "csek-never", encryption: config });
  expect((await put("/csek-never/o", headersOf(key))).status).toBe(412);
  expect((await put("/csek-never/o", {})).status).toBe(200);
});
