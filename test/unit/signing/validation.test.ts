import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SigningError, signUrl } from "../../../services/signing/index.ts";
import type { HmacKey, SigningKey, UrlToSign } from "../../../services/signing/index.ts";

const secret = "sEcReTsEcReTsEcReT";
const goog: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret };
const aws: HmacKey = { ...goog, scheme: "AWS4" };
const sound: UrlToSign = {
  method: "GET",
  bucket: "media",
  object: "clip.mp4",
  ttlSeconds: 900,
  at: new Date("2026-11-23T10:20:30Z"),
};

async function problemsOf(key: SigningKey, request: UrlToSign): Promise<readonly string[]> {
  try {
    await signUrl(key, request);
    return [];
  } catch (error) {
    if (error instanceof SigningError) return error.problems;
    throw error;
  }
}

const onEndpoint = (url: string): Partial<UrlToSign> => ({ endpoint: { url, style: "path" } });

describe("a request that must not be signed", () => {
  const refused: [string, Partial<UrlToSign>, string][] = [
    ["an unknown method", { method: "PATCH" as "GET" }, "method:"],
    ["a bucket with capitals", { bucket: "Media" }, "bucket:"],
    ["a bucket that climbs", { bucket: "../other" }, "bucket:"],
    ["a bucket with a slash", { bucket: "media/x" }, "bucket:"],
    ["a bucket that is an IP address", { bucket: "10.0.0.1" }, "bucket:"],
    ["a bucket of two characters", { bucket: "ab" }, "bucket:"],
    ["a bucket of 64 characters", { bucket: "b".repeat(64) }, "bucket:"],
    ["an empty object name", { object: "" }, "object:"],
    ["an object name with a line break", { object: "a\nb" }, "object:"],
    ["an object name with a . segment", { object: "a/./b" }, "object:"],
    ["an object name with a .. segment", { object: "a/../b" }, "object:"],
    ["an object name with half a surrogate pair", { object: "a\ud800" }, "object:"],
    ["an object name of 1025 bytes", { object: `${"é".repeat(512)}x` }, "object:"],
    ["no time to live", { ttlSeconds: 0 }, "ttlSeconds: 0"],
    ["more than seven days", { ttlSeconds: 604_801 }, "ttlSeconds: 604801"],
    ["a fraction of a second", { ttlSeconds: 1.5 }, "ttlSeconds: 1.5"],
    ["an invalid date", { at: new Date(Number.NaN) }, "at:"],
    ["a year of five digits", { at: new Date(8.64e15) }, "at:"],
    ["a header name with a space", { headers: { "x goog": "1" } }, "headers:"],
    ["a header value with a line break", { headers: { note: "a\r\nx-goog-acl: public-read" } }, "headers:"],
    ["a header value beyond ASCII", { headers: { note: "ü" } }, "headers:"],
    ["a host header", { headers: { Host: "elsewhere" } }, "headers:"],
    ["a header twice", { headers: { note: "1", Note: "2" } }, "headers:"],
    ["a hop-by-hop header", { headers: { Connection: "close" } }, "headers:"],
    ["a content-length that is no number", { headers: { "content-length": "1e3" } }, "headers:"],
    ["a header of the other scheme", { headers: { "X-Amz-Acl": "private" } }, "headers:"],
    ["a parameter of the other scheme", { query: { "x-amz-date": "x" } }, "query:"],
    ["a parameter that the signer sets", { query: { "X-Goog-Expires": "1" } }, "query:"],
    ["a signature given by hand", { query: { "x-goog-signature": "1" } }, "query:"],
    ["a parameter with a line break", { query: { "response-content-type": "a\r\nb" } }, "query:"],
    ["a parameter without a name", { query: { "": "1" } }, "query:"],
    ["an endpoint with a path", onEndpoint("https://h.test/x"), "endpoint.url:"],
    ["an endpoint with credentials", onEndpoint("https://u:p@h.test"), "endpoint.url:"],
    ["an endpoint of another scheme", onEndpoint("file://h.test"), "endpoint.url:"],
    ["an endpoint that a URL parser rewrites", onEndpoint("http://0x7f.1"), "endpoint.url:"],
    ["an endpoint with an impossible port", onEndpoint("http://h.test:70000"), "endpoint.url:"],
    [
      "a virtual host on an IP address",
      { endpoint: { url: "http://127.0.0.1", style: "virtual-hosted" } },
      "endpoint.style:",
    ],
    [
      "an encryption key over plain http",
      { ...onEndpoint("http://h.test"), headers: { "X-Goog-Encryption-Key": "k" } },
      "endpoint.url:",
    ],
  ];

  it.each(refused)("is refused: %s", async (_, change, start) => {
    expect(await problemsOf(goog, { ...sound, ...change })).toEqual([
      expect.stringMatching(new RegExp(`^${start.replaceAll(".", "\\.")}`)),
    ]);
  });

  it("is refused: an x-goog- header with an AWS4 key", async () => {
    expect(await problemsOf(aws, { ...sound, headers: { "x-goog-acl": "private" } })).toHaveLength(1);
  });

  it("is refused: more than 12 hours by signBlob", async () => {
    const key: SigningKey = {
      kind: "blob",
      clientEmail: "s@p.test",
      signBlob: (bytes) => Promise.resolve(bytes),
    };
    expect(await problemsOf(key, { ...sound, ttlSeconds: 43_201 })).toEqual([
      expect.stringMatching(/^ttlSeconds: 43201 must be a whole number from 1 to 43200/),
    ]);
  });

  it("is told all its problems at once, the key's too", async () => {
    const problems = await problemsOf(
      { ...goog, accessId: "a/b" },
      { ...sound, bucket: "X", object: "..", ttlSeconds: -1, headers: { host: "h" } },
    );
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "accessId",
      "bucket",
      "object",
      "headers",
      "ttlSeconds",
    ]);
  });
});

describe("a request at the edge of what is allowed", () => {
  const allowed: [string, Partial<UrlToSign>][] = [
    ["seven days", { ttlSeconds: 604_800 }],
    ["an object name of 1024 bytes", { object: "é".repeat(512) }],
    ["dots inside an object name", { object: ".../..a/.well" }],
    ["a bucket named after a domain", { bucket: `${"a".repeat(63)}.${"b".repeat(63)}.example.com` }],
    [
      "an encryption key over http on loopback",
      {
        ...onEndpoint("http://127.0.0.1:4443"),
        headers: { "x-goog-encryption-key": "k" },
      },
    ],
    ["an IPv6 endpoint", onEndpoint("http://[::1]:4443")],
    ["an endpoint with a closing slash", onEndpoint("http://localhost:4443/")],
  ];

  it.each(allowed)("is signed: %s", async (_, change) => {
    expect(await problemsOf(goog, { ...sound, ...change })).toEqual([]);
  });
});

describe("a key that cannot sign", () => {
  const pem = (type: "rsa" | "ec"): string =>
    (type === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
      : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    )
      .export({ type: "pkcs8", format: "pem" })
      .toString();
  const broken = pem("rsa").replaceAll("\n", "");

  it.each([
    [
      "an RSA key without its line breaks",
      { kind: "rsa", clientEmail: "s@p.test", privateKey: broken },
      "privateKey:",
    ],
    ["a key of another kind", { kind: "rsa", clientEmail: "s@p.test", privateKey: pem("ec") }, "privateKey:"],
    ["no e-mail address", { kind: "rsa", clientEmail: "signer", privateKey: pem("rsa") }, "clientEmail:"],
    ["an empty access id", { ...goog, accessId: "" }, "accessId:"],
    ["a secret with the line break of its file", { ...goog, secret: `${secret}\n` }, "secret:"],
    ["an unknown scheme", { ...goog, scheme: "AWS5" as "AWS4" }, "scheme:"],
    ["a region with a slash", { ...aws, region: "a/b" }, "region:"],
  ] as [string, SigningKey, string][])("is refused: %s", async (_, key, start) => {
    expect(await problemsOf(key, sound)).toEqual([expect.stringMatching(new RegExp(`^${start}`))]);
  });

  it("is not shown in the error", async () => {
    const keys: SigningKey[] = [
      { kind: "rsa", clientEmail: "s@p.test", privateKey: broken },
      { ...goog, secret: `${secret}\n` },
    ];
    const problems = (await Promise.all(keys.map((key) => problemsOf(key, sound)))).flat();
    const text = new SigningError(problems).message;
    expect([problems.length, text.includes(secret), text.includes(broken.slice(40, 60))]).toEqual([
      2,
      false,
      false,
    ]);
  });

  it("leaves header and query values out of the error", async () => {
    const problems = await problemsOf(goog, {
      ...sound,
      headers: { "x-amz-key": "headerValue" },
      query: { "x-amz-token": "queryValue" },
    });
    expect(problems.join()).not.toMatch(/headerValue|queryValue/);
  });
});

describe("whatever is asked for", { timeout: 30_000 }, () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("a\r\nb", "..", "\ud800", "host", "X-Amz-Date", "x-goog-signature"),
  );
  const mostly = <T>(sound: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
    fc.oneof({ weight: 12, arbitrary: sound }, { weight: 1, arbitrary: other });
  const printable = fc.string({ maxLength: 12 });
  const segments = fc.array(
    fc.constantFrom("", "a", "%2e", "%2E%2e", "\\", "é", "?", "#", "..x", "b c+d&e=f"),
    {
      minLength: 2,
    },
  );
  const headerNames = fc.constantFrom("X-Goog-Meta-A", "content-type", "Cache-Control", "x-goog-meta-a");
  const request = fc.record<UrlToSign>({
    method: fc.constantFrom("GET", "HEAD", "PUT", "POST", "DELETE"),
    bucket: mostly(fc.constantFrom("media", "a.b-c_d.e"), hostile),
    object: mostly(
      segments.map((parts) => parts.join("/")),
      hostile,
    ),
    headers: fc.dictionary(mostly(headerNames, hostile), mostly(printable, hostile), { maxKeys: 3 }),
    query: fc.dictionary(mostly(printable, hostile), mostly(printable, hostile), { maxKeys: 3 }),
    ttlSeconds: mostly(fc.integer({ min: 1, max: 604_800 }), fc.double()),
    at: mostly(fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }), fc.date()),
    endpoint: fc.record({
      url: fc.constantFrom("https://storage.googleapis.com", "http://localhost:9000", "https://h.test"),
      style: fc.constantFrom("path" as const, "virtual-hosted" as const, "bucket-bound" as const),
    }),
  });

  it("an HTTP client sends what was signed, or nothing was signed", async () => {
    let signed = 0;
    await fc.assert(
      fc.asyncProperty(request, async (values) => {
        if ((await problemsOf(goog, values)).length > 0) return;
        signed += 1;
        const { url, headers } = await signUrl(goog, values);
        expect(new URL(url).href).toBe(url);
        expect(Object.fromEntries(new Headers(headers))).toEqual(headers);
      }),
      { numRuns: 1000 },
    );
    expect(signed).toBeGreaterThan(100);
  });
});
