import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  SigningError,
  signCdnCookie,
  signCdnPrefix,
  signCdnUrl,
  signCdnUrlByPrefix,
  type CdnKey,
} from "../../../services/signing/index.ts";

/** The key and the answers of Google's own samples: GoogleCloudPlatform/python-docs-samples, cdn; golang-samples, cdn. */
const key: CdnKey = { name: "my-key", value: "nZtRohdNF9m3cKM24IcK4w==" };
const until = (expires: number) => ({ ttlSeconds: 60, at: new Date((expires - 60) * 1000) });
const sample = until(1_549_751_401);

describe("Google's samples, signed as Google's code signs them", () => {
  test.each([
    [
      "http://35.186.234.33/index.html",
      "?Expires=1549751401&KeyName=my-key&Signature=CRFqQnVfFyiUyR63OQf-HRUpIwc=",
    ],
    ["http://www.example.com/", "?Expires=1549751401&KeyName=my-key&Signature=OqDUFfHpN5Vxga6r80bhsgxKves="],
    [
      "http://www.example.com/some/path?some=query&another=param",
      "&Expires=1549751401&KeyName=my-key&Signature=9Q9TCxSju8-W5nUkk5CuTrun2_o=",
    ],
  ])("the URL %s", (url, signature) => {
    expect(signCdnUrl(key, url, sample)).toBe(url + signature);
  });

  test.each([
    [
      "http://35.186.234.33/index.html",
      "http://35.186.234.33/",
      "?URLPrefix=aHR0cDovLzM1LjE4Ni4yMzQuMzMv&Expires=1549751401&KeyName=my-key&Signature=j7HYgoQ8dIOVsW3Rw4cpkjWfRMA=",
    ],
    [
      "http://www.example.com/",
      "http://www.example.com/",
      "?URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS8=&Expires=1549751401&KeyName=my-key&Signature=UdT5nVks6Hh8QFMJI9kmXuXYBk0=",
    ],
    [
      "http://www.example.com/some/path?some=query&another=param",
      "http://www.example.com/some/",
      "&URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS9zb21lLw==&Expires=1549751401&KeyName=my-key&Signature=3th4ThmpS95I1TAKYyYSCSq3dnQ=",
    ],
  ])("the URL %s by the prefix %s", (url, prefix, signature) => {
    expect(signCdnUrlByPrefix(key, { url, prefix }, sample)).toBe(url + signature);
  });

  test.each([
    [
      "http://35.186.234.33/index.html",
      1_549_751_401,
      "URLPrefix=aHR0cDovLzM1LjE4Ni4yMzQuMzMvaW5kZXguaHRtbA==:Expires=1549751401:KeyName=my-key:Signature=uImwlOBCPs91mlCyG9vyyZRrNWU=",
    ],
    [
      "http://www.example.com/foo/",
      1_549_751_401,
      "URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS9mb28v:Expires=1549751401:KeyName=my-key:Signature=Z9uYAu73YHioRScZDxnP-TnS274=",
    ],
    [
      "https://media.example.com/segments/",
      1_558_131_350,
      "URLPrefix=aHR0cHM6Ly9tZWRpYS5leGFtcGxlLmNvbS9zZWdtZW50cy8=:Expires=1558131350:KeyName=my-key:Signature=_qwhz38bxCKdiDqENLIx4ujrw-U=",
    ],
    [
      "https://video.example.com/manifests/123/",
      1_558_131_350,
      "URLPrefix=aHR0cHM6Ly92aWRlby5leGFtcGxlLmNvbS9tYW5pZmVzdHMvMTIzLw==:Expires=1558131350:KeyName=my-key:Signature=0ZSSGg0VdRH29siXG8wiPTV5LOE=",
    ],
  ])("a cookie for %s", (prefix, expires, value) => {
    expect(signCdnCookie(key, prefix, until(expires))).toEqual({
      name: "Cloud-CDN-Cookie",
      value,
      expiresAt: new Date(expires * 1000).toISOString(),
    });
  });
});

const keys = fc.record({
  name: fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/),
  value: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => Buffer.from(bytes).toString("base64url")),
});
const prefixes = fc
  .webUrl({ validSchemes: ["https"] })
  .map((url) => `${new URL(url).origin}/${encodeURIComponent(url)}/`);

describe("whatever is signed", () => {
  test("verifies with the documented algorithm over everything before the signature, and with no other key", () => {
    fc.assert(
      fc.property(keys, keys, prefixes, (one, other, prefix) => {
        fc.pre(one.value !== other.value);
        const signed = [signCdnUrl(one, prefix, sample), signCdnPrefix(one, prefix, sample)];
        for (const text of signed) {
          const [, toSign = "", signature = ""] = /^(.*)&Signature=(.*)$/.exec(text) ?? [];
          const by = (secret: string) =>
            createHmac("sha1", Buffer.from(secret, "base64url")).update(toSign).digest();
          expect(Buffer.from(signature, "base64url").equals(by(one.value))).toBe(true);
          expect(Buffer.from(signature, "base64url").equals(by(other.value))).toBe(false);
        }
      }),
    );
  });

  test("a cookie and a prefix carry the same fields, the cookie between colons, and only characters that a cookie may have", () => {
    fc.assert(
      fc.property(keys, prefixes, (one, prefix) => {
        const cookie = signCdnCookie(one, prefix, sample).value;
        const fields = (text: string, separator: string) => text.split(separator).slice(0, -1);
        expect(fields(cookie, ":")).toEqual(fields(signCdnPrefix(one, prefix, sample), "&"));
        expect(cookie).toMatch(/^[A-Za-z0-9_=:-]+$/);
      }),
    );
  });

  test("gives the prefix back to who decodes it", () => {
    fc.assert(
      fc.property(prefixes, (prefix) => {
        const encoded = /URLPrefix=([^&]*)&/.exec(signCdnPrefix(key, prefix, sample))?.[1] ?? "";
        expect(Buffer.from(encoded, "base64url").toString()).toBe(prefix);
      }),
    );
  });

  test("is the same for a key with and without padding", () => {
    const bare = { ...key, value: key.value.replace(/=+$/, "") };
    expect(signCdnUrl(bare, "https://m.example/a", sample)).toBe(
      signCdnUrl(key, "https://m.example/a", sample),
    );
  });
});

describe("refused, with every problem at once and no secret in the message", () => {
  const problemsOf = (sign: () => unknown): readonly string[] => {
    try {
      sign();
    } catch (error) {
      if (error instanceof SigningError) return error.problems;
      throw error;
    }
    return [];
  };

  test.each<[string, () => unknown, string[]]>([
    [
      "a key of another length",
      () => signCdnUrl({ ...key, value: "c2hvcnQtc2VjcmV0" }, "https://m.example/a", sample),
      ["key.value: must be 128 bits in URL-safe base64 (value not shown)"],
    ],
    [
      "a key in plain base64",
      () => signCdnUrl({ ...key, value: "++++ohdNF9m3cKM24IcK4w==" }, "https://m.example/a", sample),
      ["key.value: must be 128 bits in URL-safe base64 (value not shown)"],
    ],
    [
      "a key's name that no backend can have",
      () => signCdnUrl({ ...key, name: "My_Key" }, "https://m.example/a", sample),
      [
        'key.name: "My_Key" must be 1 to 63 characters of a-z, 0-9 and -, starting with a letter, not ending with -',
      ],
    ],
    [
      "a URL that is signed already",
      () => signCdnUrl(key, "https://m.example/a?Expires=1&KeyName=b", sample),
      ["url: already has Expires, KeyName in its query"],
    ],
    [
      "a path without a host, and no time",
      () => signCdnUrl(key, "/a", { ttlSeconds: 0, at: new Date(Number.NaN) }),
      [
        "url: must begin with http:// or https://, a host and a slash",
        "ttlSeconds: 0 must be a whole number of seconds, 1 or more",
        "at: must be a valid date",
      ],
    ],
    [
      "a bare host for a prefix, which begins the name of other hosts",
      () => signCdnCookie(key, "https://media.example", sample),
      ["prefix: must begin with http:// or https://, a host and a slash"],
    ],
    [
      "a prefix with a query and a fragment",
      () => signCdnPrefix(key, "https://m.example/a?b#c", sample),
      ["prefix: must have no fragment", "prefix: must have no query"],
    ],
    [
      "an unencoded path",
      () => signCdnUrl(key, "https://m.example/größe 1", sample),
      ["url: must be percent-encoded: visible ASCII characters only"],
    ],
    [
      "a URL outside its prefix",
      () => signCdnUrlByPrefix(key, { url: "https://m.example/b", prefix: "https://m.example/a/" }, sample),
      ["url: must begin with the prefix"],
    ],
  ])("%s", (_what, sign, problems) => {
    expect(problemsOf(sign)).toEqual(problems);
  });
});
