import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signPath, type TestKey, type TestRequest } from "./test-signer.ts";
import { createWorld, SIGNER, xmlCode, type World } from "./world.ts";

let world: World;
const keys = new Map<TestKey["algorithm"], TestKey>();
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
  const [hmac, secret] = await storage.createHmacKey(SIGNER);
  const accessId = hmac.metadata.accessId ?? "";
  world.publicKeys.set(SIGNER, [rsa.publicKey]);
  keys.set("AWS4-HMAC-SHA256", { kind: "hmac", algorithm: "AWS4-HMAC-SHA256", accessId, secret });
  keys.set("GOOG4-HMAC-SHA256", { kind: "hmac", algorithm: "GOOG4-HMAC-SHA256", accessId, secret });
  keys.set("GOOG4-RSA-SHA256", {
    kind: "rsa",
    algorithm: "GOOG4-RSA-SHA256",
    email: SIGNER,
    privateKey: rsa.privateKey,
  });
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.shiftSeconds = 0;
});

const host = (): string => new URL(world.url).host;
const keyOf = (algorithm: TestKey["algorithm"]): TestKey => {
  const key = keys.get(algorithm);
  if (key === undefined) throw new Error(`no key for ${algorithm}`);
  return key;
};
const signed = (algorithm: TestKey["algorithm"], change: Partial<TestRequest> = {}): string =>
  signPath(keyOf(algorithm), {
    path: "/signed/read/me.txt",
    host: host(),
    at: world.clock.now(),
    ...change,
  });

const algorithms = ["AWS4-HMAC-SHA256", "GOOG4-HMAC-SHA256", "GOOG4-RSA-SHA256"] as const;

describe.each(algorithms)("%s", (algorithm) => {
  const goog = algorithm.startsWith("GOOG4");
  const refused = async (path: string, init?: RequestInit): Promise<[number, string | undefined]> => {
    const response = await world.fetch(path, init);
    return [response.status, await xmlCode(response)];
  };

  test("reads", async () => {
    const response = await world.fetch(signed(algorithm));
    expect([response.status, await response.text()]).toEqual([200, "content"]);
  });

  test("is accepted with the port in the signed host or without it", async () => {
    const response = await world.fetch(signed(algorithm, { host: "127.0.0.1" }));
    expect(response.status).toBe(200);
  });

  test("writes, and binds the headers that were signed", async () => {
    const headers = { "content-type": "video/mp4", "x-goog-if-generation-match": "0" };
    const path = signed(algorithm, { method: "PUT", path: `/signed/out-${algorithm}.mp4`, headers });
    const put = (): Promise<Response> => world.fetch(path, { method: "PUT", headers, body: "movie" });
    expect((await put()).status).toBe(200);
    const again = await put();
    expect([again.status, await xmlCode(again)]).toEqual([412, "PreconditionFailed"]);
  });

  test.runIf(goog)(
    "carries custom audit entries, on reads and writes, only as they were signed",
    async () => {
      const headers = { "x-goog-custom-audit-job": "job-1", "x-goog-custom-audit-attempt": "1" };
      const read = signed(algorithm, { headers });
      const write = signed(algorithm, { method: "PUT", path: `/signed/audited-${algorithm}`, headers });
      expect((await world.fetch(read, { headers })).status).toBe(200);
      expect((await world.fetch(write, { method: "PUT", headers, body: "movie" })).status).toBe(200);
      const changed = { ...headers, "x-goog-custom-audit-job": "job-2" };
      expect(await refused(read, { headers: changed })).toEqual([403, "SignatureDoesNotMatch"]);
    },
  );

  test("deletes", async () => {
    const path = `/signed/gone-${algorithm}`;
    await world.client().bucket("signed").file(`gone-${algorithm}`).save("x", { resumable: false });
    const url = signed(algorithm, { method: "DELETE", path });
    expect((await world.fetch(url, { method: "DELETE" })).status).toBe(204);
  });

  test("answers HEAD", async () => {
    const response = await world.fetch(signed(algorithm, { method: "HEAD" }), { method: "HEAD" });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, "7"]);
  });

  test("lists the bucket", async () => {
    const response = await world.fetch(signed(algorithm, { path: "/signed", query: { prefix: "read/" } }));
    expect(await response.text()).toContain("<Key>read/me.txt</Key>");
  });

  test("may be used up to its last second, then is refused as expired", async () => {
    const url = signed(algorithm, { expires: 60 });
    world.clock.shiftSeconds = 58;
    expect((await world.fetch(url)).status).toBe(200);
    world.clock.shiftSeconds = 62;
    expect(await refused(url)).toEqual([400, "ExpiredToken"]);
  });

  test("may be used from 15 minutes before its date, not earlier", async () => {
    const at = new Date(Date.now() + 15 * 60_000);
    expect((await world.fetch(signed(algorithm, { at: new Date(at.getTime() - 5000) }))).status).toBe(200);
    expect(await refused(signed(algorithm, { at: new Date(at.getTime() + 5000) }))).toEqual([
      403,
      "AccessDenied",
    ]);
  });

  test("is refused with a path that was tampered with", async () => {
    const url = signed(algorithm).replace("/signed/read/me.txt", "/signed/read/you.txt");
    expect(await refused(url)).toEqual([403, "SignatureDoesNotMatch"]);
  });

  test("is refused with a query that was tampered with", async () => {
    const url = signed(algorithm, { query: { generation: "1" } }).replace("generation=1", "generation=2");
    expect(await refused(url)).toEqual([403, "SignatureDoesNotMatch"]);
  });

  test("is refused with a query parameter added", async () => {
    expect(await refused(`${signed(algorithm)}&response-content-type=text%2Fhtml`)).toEqual([
      403,
      "SignatureDoesNotMatch",
    ]);
  });

  test("is refused with a lifetime that was tampered with", async () => {
    const url = signed(algorithm).replace(/(Expires=)900/, "$1901");
    expect(await refused(url)).toEqual([403, "SignatureDoesNotMatch"]);
  });

  test("is refused with a broken signature", async () => {
    const url = signed(algorithm).replace(/Signature=.{4}/, "Signature=0000");
    expect(await refused(url)).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await refused(signed(algorithm).replace(/Signature=.*/, "Signature=zz"))).toEqual([
      403,
      "SignatureDoesNotMatch",
    ]);
  });

  test.each(["x-goog-meta-owner", "x-goog-if-generation-match", "x-amz-meta-owner"])(
    "is refused with %s sent but not signed, and names it",
    async (name) => {
      const response = await world.fetch(signed(algorithm), { headers: { [name]: "1" } });
      const body = await response.text();
      expect(response.status).toBe(403);
      expect(body).toContain(name);
    },
  );

  test("is accepted with other headers sent but not signed", async () => {
    const response = await world.fetch(signed(algorithm), {
      headers: { range: "bytes=0-2", "x-other": "1" },
    });
    expect([response.status, await response.text()]).toEqual([206, "con"]);
  });

  test("is refused without a header that was signed", async () => {
    const url = signed(algorithm, { headers: { "x-goog-meta-a": "1" } });
    expect(await refused(url)).toEqual([400, "MalformedSecurityHeader"]);
  });

  test("is refused with another value for a header that was signed", async () => {
    const url = signed(algorithm, { method: "PUT", headers: { "content-type": "video/mp4" } });
    const init = { method: "PUT", headers: { "content-type": "text/html" }, body: "x" };
    expect(await refused(url, init)).toEqual([403, "SignatureDoesNotMatch"]);
  });

  test("is refused with a body of another size than the signed content-length", async () => {
    const url = signed(algorithm, { method: "PUT", headers: { "content-length": "5" } });
    expect(await refused(url, { method: "PUT", body: "123456" })).toEqual([403, "SignatureDoesNotMatch"]);
  });

  test("is refused with another method", async () => {
    expect(await refused(signed(algorithm), { method: "PUT", body: "x" })).toEqual([
      403,
      "SignatureDoesNotMatch",
    ]);
    expect(await refused(signed(algorithm), { method: "DELETE" })).toEqual([403, "SignatureDoesNotMatch"]);
  });

  test("is refused with a lifetime over seven days", async () => {
    expect((await world.fetch(signed(algorithm, { expires: 604_800 }))).status).toBe(200);
    expect(await refused(signed(algorithm, { expires: 604_801 }))).toEqual([
      400,
      "AuthorizationQueryParametersError",
    ]);
  });

  test("is refused with the scope of another day or another service", async () => {
    expect(await refused(signed(algorithm, { scopeDate: "20200101" }))).toEqual([
      400,
      "MalformedSecurityHeader",
    ]);
    const service = goog ? "s3" : "storage";
    expect(await refused(signed(algorithm, { service }))).toEqual([400, "MalformedSecurityHeader"]);
  });

  test("is refused under the parameters of the other family", async () => {
    const url = goog
      ? signed(algorithm).replaceAll("X-Goog-", "X-Amz-")
      : signed(algorithm).replaceAll("X-Amz-", "X-Goog-");
    expect(await refused(url)).toEqual([400, "MalformedSecurityHeader"]);
  });

  test("is refused on another host", async () => {
    expect(await refused(signed(algorithm, { host: "storage.googleapis.com" }))).toEqual([
      403,
      "SignatureDoesNotMatch",
    ]);
  });

  test("is refused when its account may not do that", async () => {
    const grants = [...world.grants];
    world.grants.delete(`serviceAccount:${SIGNER} storage.objects.`);
    world.grants.add(`serviceAccount:${SIGNER} storage.objects.create`);
    const response = await world.fetch(signed(algorithm));
    const body = await response.text();
    world.grants.clear();
    for (const grant of grants) world.grants.add(grant);
    expect(response.status).toBe(403);
    expect(body).toContain(
      `<Code>AccessDenied</Code><Message>Access denied.</Message><Details>${SIGNER} does not have storage.objects.get access`,
    );
  });

  test("says what the store signed, and never with which key", async () => {
    const response = await world.fetch(signed(algorithm, { path: "/signed/a&b" }).replace("/a&b", "/a&c"));
    const body = await response.text();
    expect(body).toContain(`<StringToSign>${algorithm}\n`);
    expect(body).toContain("<CanonicalRequest>GET\n/signed/a%26c\n");
    const key = keyOf(algorithm);
    if (key.kind === "hmac") expect(body).not.toContain(key.secret);
  });
});
