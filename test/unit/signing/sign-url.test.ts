import { createHash, createHmac, generateKeyPairSync, sign, verify } from "node:crypto";
import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signUrl } from "../../../services/signing/index.ts";
import type { BlobKey, Endpoint, HmacKey, RsaKey, UrlToSign } from "../../../services/signing/index.ts";

const at = new Date("2026-11-23T10:20:30.900Z");
const goog: HmacKey = {
  kind: "hmac",
  scheme: "GOOG4",
  accessId: "GOOG1EXAMPLE",
  secret: "not/a/real+secret=",
};
const aws: HmacKey = { ...goog, scheme: "AWS4", accessId: "AKIDEXAMPLE", region: "eu-west-1" };
const download: UrlToSign = { method: "GET", bucket: "media", object: "a b/ü.mp4", ttlSeconds: 900, at };

/** The parameters sorted by name, for comparing with signers that put the signature elsewhere. */
const sorted = (url: string): string => {
  const [path, query = ""] = url.split("?");
  const parameters = query.split("&").map((parameter) => parameter.split("=") as [string, string]);
  parameters.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${path ?? ""}?${parameters.map((parameter) => parameter.join("=")).join("&")}`;
};

describe("a signed request", () => {
  it("expires its seconds after the signed time, which has no fraction", async () => {
    expect((await signUrl(goog, download)).expiresAt).toBe("2026-11-23T10:35:30.000Z");
  });

  it("names the headers to send in lower case and canonical form, without host", async () => {
    const headers = { "Content-Type": "video/mp4", "X-Goog-Meta-Note": "  two \t words " };
    expect((await signUrl(goog, { ...download, method: "PUT", headers })).headers).toEqual({
      "content-type": "video/mp4",
      "x-goog-meta-note": "two words",
    });
  });

  it("is on the default endpoint in path style unless another is given", async () => {
    expect((await signUrl(goog, download)).url).toMatch(
      /^https:\/\/storage\.googleapis\.com\/media\/a%20b\/%C3%BC\.mp4\?/,
    );
  });

  it("can be a part of a multipart upload", async () => {
    const { url } = await signUrl(goog, {
      ...download,
      method: "PUT",
      query: { uploadId: "u/1", partNumber: "3" },
    });
    expect(new URL(url).search).toMatch(/&partNumber=3&uploadId=u%2F1&X-Goog-Signature=[0-9a-f]{64}$/);
  });

  it("can start a resumable upload", async () => {
    const signed = await signUrl(goog, {
      ...download,
      method: "POST",
      headers: { "x-goog-resumable": "start" },
    });
    expect(new URL(signed.url).searchParams.get("X-Goog-SignedHeaders")).toBe("host;x-goog-resumable");
  });

  it("keeps an encryption key in the headers and out of the URL", async () => {
    const bytes = Buffer.alloc(32, 7);
    const headers = {
      "x-goog-encryption-algorithm": "AES256",
      "x-goog-encryption-key": bytes.toString("base64"),
      "x-goog-encryption-key-sha256": createHash("sha256").update(bytes).digest("base64"),
    };
    const signed = await signUrl(goog, { ...download, headers });
    expect([signed.headers, decodeURIComponent(signed.url).includes(bytes.toString("base64"))]).toEqual([
      headers,
      false,
    ]);
  });
});

describe("the host of a signed request", () => {
  const names = ["path", "virtual-hosted", "bucket-bound"] as const;
  const endpoints: [Endpoint["style"], string][] = [
    ["path", "http://127.0.0.1:9000/media/o?"],
    ["virtual-hosted", "http://media.store.test:9000/o?"],
    ["bucket-bound", "http://store.test:9000/o?"],
  ];

  it.each(endpoints)("is reached in %s style", async (style, start) => {
    const url = style === "path" ? "http://127.0.0.1:9000" : "http://store.test:9000";
    const signed = await signUrl(goog, { ...download, object: "o", endpoint: { url, style } });
    expect(signed.url.startsWith(start)).toBe(true);
  });

  it.each(names)("is a bucket's root without an object in %s style", async (style) => {
    const signed = await signUrl(goog, {
      ...download,
      object: undefined,
      endpoint: { url: "https://h.test", style },
    });
    expect(new URL(signed.url).pathname).toBe(style === "path" ? "/media" : "/");
  });
});

// The SDK builds a client and resolves an endpoint for each value.
describe("AWS4-HMAC-SHA256", { timeout: 30_000 }, () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  it("reproduces the presigned GET in Amazon's documentation", async () => {
    const key: HmacKey = {
      kind: "hmac",
      scheme: "AWS4",
      accessId: "AKIAIOSFODNN7EXAMPLE",
      secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      region: "us-east-1",
    };
    const { url } = await signUrl(key, {
      method: "GET",
      bucket: "examplebucket",
      object: "test.txt",
      ttlSeconds: 86400,
      at: new Date("2013-05-24T00:00:00Z"),
      endpoint: { url: "https://s3.amazonaws.com", style: "virtual-hosted" },
    });
    expect(url).toBe(
      "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    );
  });

  const segment = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .filter((text) => !/[\p{Cc}\p{Cs}]|^\.{1,2}$/u.test(text) && !text.includes("/"));
  const input = fc.record({
    accessId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
    secret: fc.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    region: fc.constantFrom<string>("us-east-1", "eu-central-1", "auto"),
    object: fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join("/")),
    at: fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
    ttlSeconds: fc.integer({ min: 1, max: 604_800 }),
    url: fc.constantFrom(
      "https://s3.test",
      "http://127.0.0.1:9000",
      "https://s3.test:443",
      "https://s3.test:8443",
    ),
    style: fc.constantFrom("path" as const, "virtual-hosted" as const),
  });
  const clientFor = ({
    accessId,
    secret,
    region,
    url,
    style,
  }: typeof input extends fc.Arbitrary<infer T> ? T : never) =>
    new S3Client({
      endpoint: url,
      region,
      forcePathStyle: style === "path" || url.includes("127.0.0.1"),
      credentials: { accessKeyId: accessId, secretAccessKey: secret },
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
  const endpointFor = ({ url, style }: { url: string; style: Endpoint["style"] }): Endpoint => ({
    // The SDK leaves the default port out of URL and Host header.
    url: url.replace(/:443$/, ""),
    style: url.includes("127.0.0.1") ? "path" : style,
  });
  // The SDK adds these two parameters of its own.
  const sdkQuery = (operation: string): Record<string, string> => ({
    "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
    "x-id": operation,
  });

  it("signs a download as the AWS SDK does, for any key, object, time and endpoint", async () => {
    await fc.assert(
      fc.asyncProperty(input, async (values) => {
        const { accessId, secret, region, object, ttlSeconds } = values;
        const command = new GetObjectCommand({ Bucket: "media", Key: object });
        const expected = await getSignedUrl(clientFor(values), command, {
          expiresIn: ttlSeconds,
          signingDate: values.at,
        });
        const { url } = await signUrl(
          { kind: "hmac", scheme: "AWS4", accessId, secret, region },
          {
            method: "GET",
            bucket: "media",
            object,
            ttlSeconds,
            at: values.at,
            endpoint: endpointFor(values),
            query: sdkQuery("GetObject"),
          },
        );
        expect(sorted(url)).toBe(sorted(expected));
      }),
      { numRuns: 60 },
    );
  });

  it("signs an upload part as the AWS SDK does, for any part and upload id", async () => {
    await fc.assert(
      fc.asyncProperty(
        input,
        fc.integer({ min: 1, max: 10_000 }),
        fc.stringMatching(/^[A-Za-z0-9_.~+/=-]{1,60}$/),
        async (values, part, uploadId) => {
          const { accessId, secret, region, object, ttlSeconds } = values;
          const command = new UploadPartCommand({
            Bucket: "media",
            Key: object,
            PartNumber: part,
            UploadId: uploadId,
          });
          const expected = await getSignedUrl(clientFor(values), command, {
            expiresIn: ttlSeconds,
            signingDate: values.at,
          });
          const { url } = await signUrl(
            { kind: "hmac", scheme: "AWS4", accessId, secret, region },
            {
              method: "PUT",
              bucket: "media",
              object,
              ttlSeconds,
              at: values.at,
              endpoint: endpointFor(values),
              query: { ...sdkQuery("UploadPart"), partNumber: String(part), uploadId },
            },
          );
          expect(sorted(url)).toBe(sorted(expected));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("signs with a temporary key as the AWS SDK does, for any session token", async () => {
    const token = fc.stringMatching(/^[A-Za-z0-9+/=]{20,400}$/);
    await fc.assert(
      fc.asyncProperty(input, token, async (values, sessionToken) => {
        const { accessId, secret, region, object, ttlSeconds } = values;
        const client = clientFor(values);
        client.config.credentials = () =>
          Promise.resolve({ accessKeyId: accessId, secretAccessKey: secret, sessionToken });
        const expected = await getSignedUrl(client, new GetObjectCommand({ Bucket: "media", Key: object }), {
          expiresIn: ttlSeconds,
          signingDate: values.at,
        });
        const { url } = await signUrl(
          { kind: "hmac", scheme: "AWS4", accessId, secret, region, sessionToken },
          {
            method: "GET",
            bucket: "media",
            object,
            ttlSeconds,
            at: values.at,
            endpoint: endpointFor(values),
            query: sdkQuery("GetObject"),
          },
        );
        expect(sorted(url)).toBe(sorted(expected));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["a key of Google", { ...goog, sessionToken: "token" }, "sessionToken: goes with AWS4 keys only"],
    ["a line break in it", { ...aws, sessionToken: "to\nken" }, "sessionToken: must be the token as text"],
  ])("refuses a session token with %s, and does not show it", async (_what, key, problem) => {
    const refusal = await signUrl(key, download).catch((error: unknown) => String(error));
    expect(refusal).toContain(problem);
    expect(refusal).not.toContain("to\nken");
  });

  it("signs an upload's headers as the AWS SDK does", async () => {
    const client = clientFor({
      accessId: aws.accessId,
      secret: aws.secret,
      region: "eu-west-1",
      object: "o",
      at,
      ttlSeconds: 60,
      url: "https://s3.test",
      style: "path",
    });
    const command = new PutObjectCommand({ Bucket: "media", Key: "o", IfNoneMatch: "*", ContentLength: 12 });
    const expected = await getSignedUrl(client, command, {
      expiresIn: 60,
      signingDate: at,
      signableHeaders: new Set(["host", "content-length", "if-none-match"]),
    });
    const { url } = await signUrl(aws, {
      method: "PUT",
      bucket: "media",
      object: "o",
      headers: { "Content-Length": "12", "If-None-Match": "*" },
      query: sdkQuery("PutObject"),
      ttlSeconds: 60,
      at,
      endpoint: { url: "https://s3.test", style: "path" },
    });
    expect(sorted(url)).toBe(sorted(expected));
  });

  it("defaults to the location auto", async () => {
    const { url } = await signUrl({ ...aws, region: undefined }, download);
    expect(new URL(url).searchParams.get("X-Amz-Credential")).toBe(
      "AKIDEXAMPLE/20261123/auto/s3/aws4_request",
    );
  });
});

describe("GOOG4-HMAC-SHA256", () => {
  // No public vectors exist for it; the expectation is Google's description, written out by hand.
  const byHand = (day: string): string => {
    const time = `${day}T102030Z`;
    const scope = `${day}/auto/storage/goog4_request`;
    const query = `X-Goog-Algorithm=GOOG4-HMAC-SHA256&X-Goog-Credential=GOOG1EXAMPLE%2F${day}%2Fauto%2Fstorage%2Fgoog4_request&X-Goog-Date=${time}&X-Goog-Expires=900&X-Goog-SignedHeaders=host`;
    const canonical = `GET\n/media/a%20b/%C3%BC.mp4\n${query}\nhost:storage.googleapis.com\n\nhost\nUNSIGNED-PAYLOAD`;
    const digest = createHash("sha256").update(canonical).digest("hex");
    const mac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
    const kSign = mac(mac(mac(mac(`GOOG4${goog.secret}`, day), "auto"), "storage"), "goog4_request");
    return mac(kSign, `GOOG4-HMAC-SHA256\n${time}\n${scope}\n${digest}`).toString("hex");
  };

  it("is the signature that Google's description gives", async () => {
    const { url } = await signUrl(goog, download);
    expect(new URL(url).searchParams.get("X-Goog-Signature")).toBe(byHand("20261123"));
  });

  it("derives another key when the day changes, and back", async () => {
    const signatures: (string | null)[] = [];
    for (const day of ["2026-11-23", "2026-11-24", "2026-11-23"]) {
      const { url } = await signUrl(goog, { ...download, at: new Date(`${day}T10:20:30Z`) });
      signatures.push(new URL(url).searchParams.get("X-Goog-Signature"));
    }
    expect(signatures).toEqual([byHand("20261123"), byHand("20261124"), byHand("20261123")]);
  });
});

describe("GOOG4-RSA-SHA256", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const clientEmail = "signer@project.iam.gserviceaccount.com";
  const rsa: RsaKey = {
    kind: "rsa",
    clientEmail,
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };

  it("signs the same with signBlob as with the key itself", async () => {
    const blob: BlobKey = {
      kind: "blob",
      clientEmail,
      signBlob: (bytes) => Promise.resolve(sign("sha256", bytes, privateKey)),
    };
    expect(await signUrl(blob, download)).toEqual(await signUrl(rsa, download));
  });

  it("hands signBlob the string to sign", async () => {
    const texts: string[] = [];
    const signBlob = (bytes: Uint8Array): Promise<Uint8Array> => {
      texts.push(Buffer.from(bytes).toString());
      return Promise.resolve(bytes);
    };
    await signUrl({ kind: "blob", clientEmail, signBlob }, download);
    expect(texts).toEqual([
      expect.stringMatching(
        /^GOOG4-RSA-SHA256\n20261123T102030Z\n20261123\/auto\/storage\/goog4_request\n[0-9a-f]{64}$/,
      ),
    ]);
  });

  it("lets signBlob's failure through", async () => {
    const signBlob = (): Promise<Uint8Array> => Promise.reject(new Error("permission denied on signBlob"));
    await expect(signUrl({ kind: "blob", clientEmail, signBlob }, download)).rejects.toThrow(
      "permission denied",
    );
  });

  it("takes a PKCS#1 key too", async () => {
    const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    expect(await signUrl({ ...rsa, privateKey: pkcs1 }, download)).toEqual(await signUrl(rsa, download));
  });

  it("is verified by the public key", async () => {
    const texts: Buffer[] = [];
    const capture: BlobKey = {
      kind: "blob",
      clientEmail,
      signBlob: (bytes) => {
        texts.push(Buffer.from(bytes));
        return Promise.resolve(bytes);
      },
    };
    await signUrl(capture, download);
    const signature = new URL((await signUrl(rsa, download)).url).searchParams.get("X-Goog-Signature") ?? "";
    expect(verify("sha256", texts[0] ?? Buffer.of(), publicKey, Buffer.from(signature, "hex"))).toBe(true);
  });
});
