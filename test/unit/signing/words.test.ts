import { describe, expect, test } from "vitest";
import {
  objectUnder,
  requestFor,
  signerOf,
  signPostPolicy,
  SigningError,
  signUrl,
} from "../../../services/signing/index.ts";
import type {
  HmacKey,
  Operation,
  OperationContext,
  PolicyToSign,
  RsaKey,
  SigningKey,
  UrlToSign,
} from "../../../services/signing/index.ts";

/** The one place that holds what callers read of a refusal; other tests assert which field it is about. */
const key: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret: "s" };
const aws: HmacKey = { ...key, scheme: "AWS4", accessId: "AKIDEXAMPLE" };
const blob: SigningKey = {
  kind: "blob",
  clientEmail: "signer@project.iam.gserviceaccount.com",
  signBlob: (bytes) => Promise.resolve(bytes),
};
const at = new Date("2026-11-23T10:20:30Z");
const request: UrlToSign = { method: "GET", bucket: "media", object: "clip.mp4", ttlSeconds: 900, at };

async function problemsOf(sign: () => unknown): Promise<readonly string[]> {
  try {
    await sign();
  } catch (error) {
    if (error instanceof SigningError) return error.problems;
    throw error;
  }
  throw new Error("it was signed");
}

describe("what a caller reads of a refused request", () => {
  test.each<[string, Partial<UrlToSign>, SigningKey]>([
    ["a method", { method: "PATCH" as "GET" }, key],
    ["a bucket", { bucket: "Media" }, key],
    ["a very long bucket", { bucket: "B".repeat(200) }, key],
    ["no object name", { object: "" }, key],
    ["all that an object name may not be", { object: `a\n\ud800/./${"é".repeat(512)}` }, key],
    ["a header's name and value", { headers: { "x note": "ü", ["n".repeat(130) + ":"]: "" } }, key],
    ["headers that are not the caller's", { headers: { Host: "h", TE: "trailers", "X-Amz-Acl": "a" } }, key],
    ["a header twice", { headers: { note: "1", Note: "2" } }, key],
    ["a size", { headers: { "Content-Length": "1e3" } }, key],
    ["a parameter's name and value", { query: { "": "", a: "\ud800", "\n": "" } }, key],
    ["parameters that are not the caller's", { query: { "X-Amz-Date": "", "x-goog-date": "" } }, key],
    ["a header of the other scheme, by AWS4", { headers: { "x-goog-acl": "private" } }, aws],
    ["a validity", { ttlSeconds: 604_801 }, key],
    ["a validity by signBlob", { ttlSeconds: 43_201 }, blob],
    ["a time", { at: new Date(Number.NaN) }, key],
    ["an endpoint", { endpoint: { url: "https://u:p@h.test", style: "path" } }, key],
    ["an endpoint's style", { endpoint: { url: "https://h.test", style: "bucket" as "path" } }, key],
    ["no endpoint's style", { endpoint: { url: "https://h.test" } as UrlToSign["endpoint"] }, key],
    ["a virtual host", { endpoint: { url: "http://127.0.0.1:9000", style: "virtual-hosted" } }, key],
    [
      "an encryption key in clear",
      {
        endpoint: { url: "http://h.test", style: "path" },
        headers: { "x-goog-encryption-key": "k" },
      },
      key,
    ],
  ])("%s", async (_, change, by) => {
    expect(await problemsOf(() => signUrl(by, { ...request, ...change }))).toMatchSnapshot();
  });
});

describe("what a caller reads of a refused key", () => {
  const rsa: RsaKey = { kind: "rsa", clientEmail: "signer@project.iam.gserviceaccount.com", privateKey: "" };
  test.each<[string, SigningKey]>([
    ["HMAC", { ...aws, accessId: "a/b", secret: "s\n", region: "a/b", sessionToken: "a b" }],
    ["HMAC of an unknown scheme", { ...key, scheme: "AWS5" as "AWS4" }],
    ["HMAC with the token of another scheme", { ...key, sessionToken: "t" }],
    ["RSA", { ...rsa, clientEmail: "signer" }],
    ["signBlob", { ...blob, clientEmail: "" }],
  ])("%s", async (_, refused) => {
    expect(await problemsOf(() => signUrl(refused, request))).toMatchSnapshot();
  });
});

describe("what a caller reads of a refused operation", () => {
  const gcs: OperationContext = { store: "gcs", bucket: "media", ttlSeconds: 900, at };
  const long = "9".repeat(100);
  test.each<[string, HmacKey, OperationContext, Operation]>([
    ["a store", key, { ...gcs, store: "r2" }, { do: "head", object: "o" }],
    [
      "an audit's names",
      key,
      { ...gcs, audit: { "a b": "", [`${long}-`]: "" } },
      { do: "head", object: "o" },
    ],
    ["an audit of S3", aws, { ...gcs, store: "s3", audit: { job: "j" } }, { do: "head", object: "o" }],
    ["a generation to read", key, gcs, { do: "head", object: "o", version: `${long}x` }],
    ["no version", aws, { ...gcs, store: "s3" }, { do: "head", object: "o", version: "" }],
    ["a version of R2", aws, { ...gcs, store: "r2" }, { do: "delete", object: "o", version: "v" }],
    ["a size and a checksum", key, gcs, { do: "upload", object: "o", size: -1, md5: "0" }],
    ["two conditions", key, gcs, { do: "upload", object: "o", createOnly: true, ifGeneration: `${long}x` }],
    ["a generation to replace, by AWS4", aws, gcs, { do: "upload", object: "o", ifGeneration: "1" }],
    ["create-only by AWS4", aws, gcs, { do: "upload", object: "o", createOnly: true }],
    ["a customer's key by AWS4", aws, gcs, { do: "head", object: "o", encryptionKey: Buffer.alloc(32) }],
    ["a short customer's key", key, gcs, { do: "head", object: "o", encryptionKey: Buffer.alloc(16) }],
    ["a resumable upload by AWS4", aws, gcs, { do: "start-resumable", object: "o" }],
    [
      "a resumable upload with a checksum",
      key,
      gcs,
      { do: "start-resumable", object: "o", md5: `${"A".repeat(22)}==` },
    ],
    ["a part", key, gcs, { do: "upload-part", object: "o", uploadId: "", partNumber: 10_001 }],
    ["a page", key, gcs, { do: "list", maxKeys: 1001 }],
  ])("%s", async (_, by, context, operation) => {
    expect(await problemsOf(() => requestFor(signerOf(by).scheme, context, operation))).toMatchSnapshot();
  });
});

describe("what a caller reads of a refused form", () => {
  const policy: PolicyToSign = { bucket: "media", object: "inbox/clip.mp4", ttlSeconds: 900, at };
  test.each<[string, Partial<PolicyToSign>]>([
    ["fields that are not the caller's", { fields: { Key: "k", "X-Goog-Date": "d", "x-amz-acl": "a" } }],
    ["a field's name and value", { fields: { "a b": "\r\n" } }],
    [
      "conditions",
      {
        fields: { acl: "private" },
        conditions: [
          { startsWith: "ACL", value: "" },
          { startsWith: "content-length", value: "1" },
          { contentLengthRange: [2, 1] },
          { contentLengthRange: [0, 1] },
        ],
      },
    ],
    ["a form variable", { object: "inbox/${filename}" }],
    ["a prefix", { object: { under: "inbox//" } }],
  ])("%s", async (_, change) => {
    expect(await problemsOf(() => signPostPolicy(key, { ...policy, ...change }))).toMatchSnapshot();
  });
});

test("what a caller reads of a name that would leave its prefix", async () => {
  expect(await problemsOf(() => objectUnder("jobs", ""))).toMatchSnapshot();
  expect(await problemsOf(() => objectUnder("jobs/", "..\\x//y"))).toMatchSnapshot();
});

test("a refusal names all problems in one line", async () => {
  const refused = signUrl(key, { ...request, object: "", ttlSeconds: 0 });
  await expect(refused).rejects.toThrow(
    "Nothing was signed: object: is empty; leave it out for a request on the bucket; ttlSeconds: 0 must be a whole number from 1 to 604800.",
  );
});
