import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftUrl, signerOf, SigningError, signUrl, signUrlNow } from "../../../services/signing/index.ts";
import type { HmacKey, UrlToSign } from "../../../services/signing/index.ts";

/** One request signed by the long way, with nothing remembered and nothing but createHmac. */
function plainly(key: HmacKey, request: UrlToSign): string {
  const draft = draftUrl(signerOf(key), request);
  const { scheme, location } = signerOf(key);
  const signing = [draft.day, location, scheme.service, scheme.requestType].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `${key.scheme}${key.secret}`,
  );
  const signature = createHmac("sha256", signing).update(draft.stringToSign).digest("hex");
  return `${draft.unsignedUrl}&${scheme.parameterPrefix}Signature=${signature}`;
}

const header = fc.dictionary(
  fc.constantFrom("Content-Type", "x-size", "x-meta-a", "Accept", "x-meta-b", "Zone"),
  fc.stringMatching(/^[1-9 ]{0,6}$/).map((text) => `7${text}`),
  { maxKeys: 4 },
);
const requests = fc.array(
  fc.record<UrlToSign>({
    method: fc.constantFrom("GET", "PUT", "DELETE"),
    bucket: fc.constantFrom("media", "other"),
    object: fc.oneof(
      fc.constantFrom("a", "a/b.m4s", "ü b", "..x/y", "a/.b", "~-_.", "%2e"),
      fc.stringMatching(/^[a-z +%&?#]{1,9}$/),
    ),
    headers: fc.option(header, { nil: undefined }),
    ttlSeconds: fc.constantFrom(60, 900),
    at: fc.integer({ min: 0, max: 4 }).map((half) => new Date(1_780_000_000_000 + half * 500)),
    endpoint: fc.constantFrom(
      undefined,
      { url: "http://127.0.0.1:9000", style: "path" as const },
      { url: "https://store.test:8443", style: "virtual-hosted" as const },
    ),
  }),
  { minLength: 10, maxLength: 40 },
);

describe("a request like an earlier one", () => {
  it.each(["GOOG4", "AWS4"] as const)(
    "is signed as if it were the first, whatever came before: %s",
    (scheme) => {
      fc.assert(
        fc.property(requests, (all) => {
          const key: HmacKey = {
            kind: "hmac",
            scheme,
            accessId: "AKIDEXAMPLE",
            secret: "not/a/real+secret=",
          };
          for (const request of all) expect(signUrlNow(key, request).url).toBe(plainly(key, request));
        }),
        { numRuns: 100 },
      );
    },
  );

  it("is refused like the first", () => {
    const key: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret: "s" };
    const sound: UrlToSign = { method: "GET", bucket: "media", object: "a", ttlSeconds: 60, at: new Date(0) };
    signUrlNow(key, sound);
    signUrlNow(key, { ...sound, headers: { "content-type": "a/b" } });
    const problems: Partial<UrlToSign>[] = [
      { object: "" },
      { object: ".." },
      { object: "a/./b" },
      { object: "a\nb" },
      { object: "x".repeat(1025) },
      { method: "PATCH" as "PUT" },
      { headers: { "content-type": "a\r\nb" } },
      { headers: { "content-type": "a/b", "Content-Type": "a/b" } },
      { at: new Date(NaN) },
    ];
    for (const problem of problems)
      expect(() => signUrlNow(key, { ...sound, ...problem })).toThrow(SigningError);
  });

  it("gives headers that nobody else holds", async () => {
    const key: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret: "s" };
    const request: UrlToSign = {
      method: "PUT",
      bucket: "media",
      object: "a",
      headers: { "content-type": "a/b" },
      ttlSeconds: 60,
      at: new Date(0),
    };
    const first = await signUrl(key, request);
    first.headers["content-type"] = "changed";
    expect((await signUrl(key, request)).headers).toEqual({ "content-type": "a/b" });
  });
});
