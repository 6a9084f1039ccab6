import { describe, expect, it } from "vitest";
import {
  requestFor,
  signerOf,
  signPostPolicy,
  SigningError,
  signUrl,
} from "../../../services/signing/index.ts";
import type { HmacKey, OperationContext, PolicyToSign, UrlToSign } from "../../../services/signing/index.ts";

/** Values on both sides of each bound: what is one step inside is signed, what is one step outside is not. */
const key: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret: "s" };
const aws: HmacKey = { ...key, scheme: "AWS4", accessId: "AKIDEXAMPLE" };
const at = new Date("2026-11-23T10:20:30Z");
const request: UrlToSign = { method: "GET", bucket: "media", object: "clip.mp4", ttlSeconds: 900, at };

/** Fields that are refused, before the colon of each problem. */
async function refused(sign: () => unknown): Promise<string[]> {
  try {
    await sign();
    return [];
  } catch (error) {
    if (error instanceof SigningError)
      return error.problems.map((problem) => /^[^:]*/.exec(problem)?.[0] ?? "");
    throw error;
  }
}
const url = (change: Partial<UrlToSign>, by = key) => refused(() => signUrl(by, { ...request, ...change }));
const a = (count: number): string => "a".repeat(count);

describe("a bucket's name", () => {
  const allowed = [
    "abc",
    a(63),
    "a-b_c",
    "1.2.3.4.5",
    "1.2.3.a",
    "a.1.2.3.4",
    `${a(63)}.${a(63)}.${a(63)}.${a(30)}`,
    "a.b",
  ];
  const not = ["", "ab", a(64), `${a(64)}.bc`, `ab.${a(64)}`, `${a(63)}.${a(63)}.${a(63)}.${a(31)}`];
  const crooked = [
    "-abc",
    "abc-",
    "_abc",
    "abc_",
    ".abc",
    "abc.",
    "a..b",
    "a.-b",
    "a-.b",
    "ab c",
    "aBc",
    "abc\n",
    "abc/d",
    "10.0.0.255",
    "aé",
  ];

  it.each(allowed)("may be %j", async (bucket) => {
    expect(await url({ bucket })).toEqual([]);
  });
  it.each([...not, ...crooked])("must not be %j", async (bucket) => {
    expect(await url({ bucket })).toEqual(["bucket"]);
  });
});

describe("an object's name", () => {
  it.each(["a", "a/..b/c..", "...", "a.", "/a", "a//b", a(1024)])("may be %j", async (object) => {
    expect(await url({ object })).toEqual([]);
  });
  it.each(["", ".", "..", "../a", "a/..", "a/.", "\u0000", "a\u007f", "\udc00", a(1025)])(
    "must not be %j",
    async (object) => {
      expect(await url({ object })).toEqual(["object"]);
    },
  );
});

describe("a time", () => {
  it.each([1, 604_800])("may last %d seconds", async (ttlSeconds) => {
    expect(await url({ ttlSeconds })).toEqual([]);
  });
  it.each([0, -1, 604_801, 1.5, Number.NaN])("must not last %d seconds", async (ttlSeconds) => {
    expect(await url({ ttlSeconds })).toEqual(["ttlSeconds"]);
  });
  it.each(["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])("may begin at %s", async (time) => {
    expect(await url({ at: new Date(time) })).toEqual([]);
  });
  it.each(["1969-12-31T23:59:59Z", "+010000-01-01T00:00:00Z", "never"])(
    "must not begin at %s",
    async (time) => {
      expect(await url({ at: new Date(time) })).toEqual(["at"]);
    },
  );
  it("may last 12 hours by signBlob", async () => {
    const blob = {
      kind: "blob",
      clientEmail: "s@p.test",
      signBlob: (bytes: Uint8Array) => Promise.resolve(bytes),
    } as const;
    expect(await refused(() => signUrl(blob, { ...request, ttlSeconds: 43_200 }))).toEqual([]);
    expect(await refused(() => signUrl(blob, { ...request, ttlSeconds: 43_201 }))).toEqual(["ttlSeconds"]);
  });
});

describe("a header", () => {
  const hopByHop = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ];
  it.each([
    ["x-goog-meta-a", "\t ~"],
    ["!#$%&'*+-.^_`|~09AZaz", ""],
    ["content-length", "0"],
  ])("may be %j: %j", async (name, value) => {
    expect(await url({ headers: { [name]: value } })).toEqual([]);
  });
  it.each<readonly [string, string]>([
    ["", ""],
    ["a b", ""],
    ["a:", ""],
    [":a", ""],
    ["é", ""],
    ["a", "é"],
    ["a", "b\u007f"],
    ["a", "\nb"],
    ["content-length", ""],
    ["content-length", "-1"],
    ["content-length", "1x"],
    ["x-amz-a", ""],
    ...hopByHop.map((name) => [name, ""] as const),
    ...hopByHop.map((name) => [name.toUpperCase(), ""] as const),
  ])("must not be %j: %j", async (name, value) => {
    expect(await url({ headers: { [name]: value } })).toEqual(["headers"]);
  });
});

describe("a parameter", () => {
  const ofSigner = [
    "algorithm",
    "credential",
    "date",
    "expires",
    "signedheaders",
    "signature",
    "security-token",
  ];
  it.each(["a", "x-goog-user-project", "dates", "é"])("may be called %j", async (name) => {
    expect(await url({ query: { [name]: "" } })).toEqual([]);
  });
  it.each(ofSigner)("must not be the signer's X-Goog-%s or X-Amz-%s", async (part) => {
    expect(await url({ query: { [`X-Goog-${part}`]: "" } })).toEqual(["query"]);
    expect(await url({ query: { [`X-Amz-${part}`]: "" } }, aws)).toEqual(["query"]);
  });
  it.each([
    ["a", "\ud800"],
    ["\ud800", ""],
    ["a", "\n"],
    ["a\n", ""],
    ["X-Amz-b", ""],
  ])("must not be %j: %j", async (name, value) => {
    expect(await url({ query: { [name]: value } })).toEqual(["query"]);
  });
});

describe("an endpoint", () => {
  const path = (address: string) => ({ endpoint: { url: address, style: "path" as const } });
  it.each([
    "https://h",
    "HTTPS://H.TEST",
    "http://h:1/",
    "https://h:65535",
    "http://[::1]",
    "http://[fe80::a]:9000",
    "https://a-b.c",
  ])("may be %s", async (address) => {
    expect(await url(path(address))).toEqual([]);
  });
  it.each([
    "",
    "h",
    "ftp://h",
    "xhttps://h",
    "https:///",
    "https://h//",
    "https://h/a",
    "https://h?a",
    "https://h#a",
    "https://u@h",
    "https://h:",
    "https://h:a",
    "https://h:65536",
    "https://h:123456",
    "https://[::1",
    "https://[x]",
    "https://h h",
    "https://0x7f.1",
    "https://ｅ.test",
    "https://h\\a",
  ])("must not be %s", async (address) => {
    expect(await url(path(address))).toEqual(["endpoint.url"]);
  });
  const virtual = (address: string) => ({ endpoint: { url: address, style: "virtual-hosted" as const } });
  it.each(["https://storage.googleapis.com", "https://1.2.3.a"])(
    "may stand behind the bucket's name: %s",
    async (address) => {
      expect(await url(virtual(address))).toEqual([]);
    },
  );
  it.each(["http://10.0.0.1", "http://255.255.255.255:80", "http://[::1]"])(
    "must not stand behind the bucket's name: %s",
    async (address) => {
      expect(await url(virtual(address))).toEqual(["endpoint.style"]);
    },
  );

  const withKey = (address: string, name = "x-goog-encryption-key") => ({
    ...path(address),
    headers: { [name]: "k" },
  });
  it.each([
    "https://h.test",
    "http://localhost",
    "http://127.0.0.1",
    "http://127.1.2.3:9000",
    "http://[::1]:9000",
  ])("may be sent a customer's key: %s", async (address) => {
    expect(await url(withKey(address))).toEqual([]);
  });
  it.each([
    "http://h.test",
    "http://localhost.test",
    "http://a.localhost",
    "http://128.0.0.1",
    "http://[::2]",
    "http://10.127.0.1",
  ])("must not be sent a customer's key: %s", async (address) => {
    expect(await url(withKey(address))).toEqual(["endpoint.url"]);
    expect(await url(withKey(address, "X-Goog-Copy-Source-Encryption-Key"))).toEqual(["endpoint.url"]);
    expect(await url(withKey(address, "x-goog-encryption-key-sha256"))).toEqual([]);
    expect(await url(withKey(address, "x-goog-meta-x-goog-encryption-key"))).toEqual([]);
  });
});

describe("a key", () => {
  const by = (change: Partial<HmacKey>) => refused(() => signUrl({ ...aws, ...change }, request));
  it.each<Partial<HmacKey>>([
    { accessId: "!~" },
    { secret: "!/~" },
    { region: a(63) },
    { region: "A-0" },
    { sessionToken: "!/~" },
  ])("may have %j", async (change) => {
    expect(await by(change)).toEqual([]);
  });
  it.each<[Partial<HmacKey>, string]>([
    [{ accessId: "" }, "accessId"],
    [{ accessId: "a b" }, "accessId"],
    [{ accessId: " a" }, "accessId"],
    [{ accessId: "a/" }, "accessId"],
    [{ accessId: "a\u007f" }, "accessId"],
    [{ secret: "" }, "secret"],
    [{ secret: " s" }, "secret"],
    [{ secret: "s " }, "secret"],
    [{ region: "" }, "region"],
    [{ region: a(64) }, "region"],
    [{ region: "a_" }, "region"],
    [{ region: "/a" }, "region"],
    [{ sessionToken: "" }, "sessionToken"],
    [{ sessionToken: " t" }, "sessionToken"],
    [{ sessionToken: "t\n" }, "sessionToken"],
  ])("must not have %j", async (change, field) => {
    expect(await by(change)).toEqual([field]);
  });
  it.each(["a@b", "signer@project.iam.gserviceaccount.com"])(
    "may be of the account %s",
    async (clientEmail) => {
      const signBlob = (bytes: Uint8Array) => Promise.resolve(bytes);
      expect(await refused(() => signUrl({ kind: "blob", clientEmail, signBlob }, request))).toEqual([]);
    },
  );
  it.each(["", "@b", "a@", "a b@c", "a@b c", "a/b@c", "a@b/c"])(
    "must not be of the account %j",
    async (clientEmail) => {
      const signBlob = (bytes: Uint8Array) => Promise.resolve(bytes);
      expect(await refused(() => signUrl({ kind: "blob", clientEmail, signBlob }, request))).toEqual([
        "clientEmail",
      ]);
    },
  );
});

describe("a form", () => {
  const policy: PolicyToSign = { bucket: "media", object: "inbox/clip.mp4", ttlSeconds: 900, at };
  const form = (change: Partial<PolicyToSign>) =>
    refused(() => signPostPolicy(key, { ...policy, ...change }));
  const range = (least: number, most: number) => ({
    conditions: [{ contentLengthRange: [least, most] as const }],
  });
  const largest = 5 * 2 ** 40;
  it.each([
    [0, 0],
    [0, largest],
    [largest, largest],
  ])("may take %d to %d bytes", async (least, most) => {
    expect(await form(range(least, most))).toEqual([]);
  });
  it.each([
    [-1, 0],
    [0, largest + 1],
    [1, 0],
    [0.5, 1],
    [0, Number.NaN],
  ])("must not take %d to %d bytes", async (least, most) => {
    expect(await form(range(least, most))).toEqual(["conditions"]);
  });
  it.each([
    "bucket",
    "key",
    "policy",
    "file",
    "signature",
    "x-goog-algorithm",
    "x-goog-credential",
    "x-goog-date",
    "x-goog-signature",
    "x-goog-security-token",
    "x-amz-a",
    "content-length",
    "",
    "a b",
    " a",
    "a:",
  ])("must not have the field %j", async (name) => {
    expect(await form({ fields: { [name]: "v" } })).toEqual(["fields"]);
  });
  it.each(["acl", "content-type", "x-goog-meta-a_b", "A9"])("may have the field %j", async (name) => {
    expect(await form({ fields: { [name]: "v" } })).toEqual([]);
  });
  it.each(["a/", "a/b/"])("may be for names under %j", async (under) => {
    expect(await form({ object: { under } })).toEqual([]);
  });
  it.each(["a", "/", "a//", "a/b"])("must not be for names under %j", async (under) => {
    expect(await form({ object: { under } })).toEqual(["object.under"]);
  });
});

describe("an operation", () => {
  const gcs: OperationContext = { store: "gcs", bucket: "media", ttlSeconds: 900, at };
  const operation = (...[context, what]: [OperationContext, Parameters<typeof requestFor>[2]]) =>
    refused(() => requestFor(signerOf(key).scheme, context, what));
  const part = (partNumber: number) =>
    operation(gcs, { do: "upload-part", object: "o", uploadId: "u", partNumber });
  const page = (maxKeys: number) => operation(gcs, { do: "list", maxKeys });
  const size = (bytes: number) => operation(gcs, { do: "upload", object: "o", size: bytes });
  const generation = (version: string) => operation(gcs, { do: "head", object: "o", version });
  const replaced = (ifGeneration: string) => operation(gcs, { do: "upload", object: "o", ifGeneration });
  const audit = (name: string) => operation({ ...gcs, audit: { [name]: "v" } }, { do: "head", object: "o" });
  const md5 = (text: string) => operation(gcs, { do: "upload", object: "o", md5: text });

  it("has bounds", async () => {
    expect([await part(1), await part(10_000), await part(0), await part(10_001), await part(1.5)]).toEqual([
      [],
      [],
      ["partNumber"],
      ["partNumber"],
      ["partNumber"],
    ]);
    expect([await page(1), await page(1000), await page(0), await page(1001), await page(1.5)]).toEqual([
      [],
      [],
      ["maxKeys"],
      ["maxKeys"],
      ["maxKeys"],
    ]);
    expect([await size(0), await size(2 ** 53 - 1), await size(-1), await size(2 ** 53)]).toEqual([
      [],
      [],
      ["size"],
      ["size"],
    ]);
  });
  it.each(["0", "9".repeat(19)])("may be on the generation %s", async (digits) => {
    expect([await generation(digits), await replaced(digits)]).toEqual([[], []]);
  });
  it.each(["9".repeat(20), "1x", "x1", "-1"])("must not be on the generation %s", async (text) => {
    expect([await generation(text), await replaced(text)]).toEqual([["version"], ["ifGeneration"]]);
  });
  it.each(["a", "0", "a-b", a(60)])("may be logged with %j", async (name) => {
    expect(await audit(name)).toEqual([]);
  });
  it.each(["", "-a", "a-", "A", "a_b", a(61)])("must not be logged with %j", async (name) => {
    expect(await audit(name)).toEqual(["audit"]);
  });
  it.each([`${a(22)}==`, `${a(20)}+/==`])("may have the checksum %s", async (text) => {
    expect(await md5(text)).toEqual([]);
  });
  it.each(["", a(22), `${a(21)}==`, `${a(23)}==`, `${a(21)}_==`, ` ${a(22)}==`, `${a(22)}== `])(
    "must not have the checksum %j",
    async (text) => {
      expect(await md5(text)).toEqual(["md5"]);
    },
  );
});
