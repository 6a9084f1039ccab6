import { generateKeyPairSync } from "node:crypto";
import { Storage, type File } from "@google-cloud/storage";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signPath, type TestKey } from "./test-signer.ts";
import { createWorld, SIGNER, STRANGER, xmlCode, type World } from "./world.ts";

let world: World;
const rsa = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

beforeAll(async () => {
  world = await createWorld();
  const storage = world.client();
  await storage.createBucket("signed");
  await storage.bucket("signed").file("read/me.txt").save("content", { resumable: false });
  world.publicKeys.set(SIGNER, [rsa.publicKey]);
});
afterAll(() => world.close());

const host = (): string => new URL(world.url).host;

describe("an HMAC key", () => {
  const make = async (): Promise<
    [TestKey & { kind: "hmac" }, (state: "ACTIVE" | "INACTIVE") => Promise<unknown>]
  > => {
    const [key, secret] = await world.client().createHmacKey(SIGNER);
    const accessId = key.metadata.accessId ?? "";
    return [
      { kind: "hmac", algorithm: "GOOG4-HMAC-SHA256", accessId, secret },
      (state) => key.setMetadata({ state }),
    ];
  };
  const read = async (key: TestKey): Promise<[number, string | undefined]> => {
    const url = signPath(key, { path: "/signed/read/me.txt", host: host(), at: world.clock.now() });
    const response = await world.fetch(url);
    return [response.status, await xmlCode(response)];
  };

  test("that is inactive is refused, and accepted again when active", async () => {
    const [key, setState] = await make();
    await setState("INACTIVE");
    expect(await read(key)).toEqual([403, "InvalidSecurity"]);
    await setState("ACTIVE");
    expect((await read(key))[0]).toBe(200);
  });

  test("that is deleted is refused", async () => {
    const [key, setState] = await make();
    await setState("INACTIVE");
    await world.client().hmacKey(key.accessId).delete();
    expect(await read(key)).toEqual([403, "InvalidSecurity"]);
  });

  test("that is unknown is refused", async () => {
    const [key] = await make();
    expect(await read({ ...key, accessId: `GOOG1E${"A".repeat(55)}` })).toEqual([403, "InvalidSecurity"]);
  });

  test("with a wrong secret is refused", async () => {
    const [key] = await make();
    expect(await read({ ...key, secret: "x".repeat(40) })).toEqual([403, "SignatureDoesNotMatch"]);
  });

  test("of an account without permission is refused", async () => {
    const [key, secret] = await world.client().createHmacKey(STRANGER);
    const accessId = key.metadata.accessId ?? "";
    expect(await read({ kind: "hmac", algorithm: "AWS4-HMAC-SHA256", accessId, secret })).toEqual([
      403,
      "AccessDenied",
    ]);
  });
});

test("an RSA key of an account that has none is refused", async () => {
  const key: TestKey = {
    kind: "rsa",
    algorithm: "GOOG4-RSA-SHA256",
    email: STRANGER,
    privateKey: rsa.privateKey,
  };
  const url = signPath(key, { path: "/signed/read/me.txt", host: host(), at: world.clock.now() });
  const response = await world.fetch(url);
  expect([response.status, await xmlCode(response)]).toEqual([403, "InvalidSecurity"]);
});

describe("the official client's getSignedUrl", () => {
  const file = (): File => {
    const storage = new Storage({
      apiEndpoint: world.url,
      credentials: { client_email: SIGNER, private_key: rsa.privateKey },
    });
    return storage.bucket("signed").file("from client/ü+1 & more.txt");
  };

  test("writes and reads", async () => {
    const target = file();
    const expires = Date.now() + 60_000;
    const headers = { "x-goog-meta-kind": "test", "x-goog-if-generation-match": "0" };
    const [write] = await target.getSignedUrl({
      version: "v4",
      action: "write",
      expires,
      contentType: "text/plain",
      extensionHeaders: headers,
    });
    const put = await fetch(write, {
      method: "PUT",
      body: "signed",
      headers: { ...headers, "content-type": "text/plain" },
    });
    expect(put.status).toBe(200);
    const [read] = await target.getSignedUrl({
      version: "v4",
      action: "read",
      expires,
      promptSaveAs: "name of mine.txt",
    });
    const got = await fetch(read);
    expect(await got.text()).toBe("signed");
    expect(got.headers.get("content-disposition")).toContain("name of mine.txt");
    expect(got.headers.get("x-goog-meta-kind")).toBe("test");
  });

  test("starts a resumable upload, whose session needs no signature", async () => {
    const target = file();
    const [start] = await target.getSignedUrl({
      version: "v4",
      action: "resumable",
      expires: Date.now() + 60_000,
    });
    const started = await fetch(start, { method: "POST", headers: { "x-goog-resumable": "start" } });
    expect(started.status).toBe(201);
    const finished = await fetch(started.headers.get("location") ?? "", { method: "PUT", body: "resumed" });
    expect(finished.status).toBe(200);
  });
});
