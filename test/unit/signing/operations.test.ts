import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { requestFor, signerOf, SigningError, signOperation } from "../../../services/signing/index.ts";
import type { HmacKey, Operation, OperationContext } from "../../../services/signing/index.ts";

const at = new Date("2026-11-23T10:20:30Z");
const goog: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret: "secret" };
const aws: HmacKey = { ...goog, scheme: "AWS4", region: "eu-west-1" };
const gcs: OperationContext = { store: "gcs", bucket: "media", ttlSeconds: 900, at };
const s3: OperationContext = { ...gcs, store: "s3" };
const encryptionKey = Buffer.alloc(32, 7);
const sha256 = createHash("sha256").update(encryptionKey).digest("base64");
const md5 = createHash("md5").update(encryptionKey).digest("base64");
const base64 = encryptionKey.toString("base64");

const partsOf = (key: HmacKey, context: OperationContext, operation: Operation) => {
  const { method, headers, query } = requestFor(signerOf(key).scheme, context, operation);
  return { method, ...(headers && { headers }), ...(query && { query }) };
};
const problemsOf = (key: HmacKey, context: OperationContext, operation: Operation): readonly string[] => {
  try {
    requestFor(signerOf(key).scheme, context, operation);
    return [];
  } catch (error) {
    if (error instanceof SigningError) return error.problems;
    throw error;
  }
};

describe("an operation on Cloud Storage with a GOOG4 key", () => {
  const cases: [string, Operation, object][] = [
    ["download", { do: "download", object: "o" }, { method: "GET" }],
    [
      "download of a generation under another name",
      { do: "download", object: "o", version: "17", response: { contentDisposition: "attachment" } },
      { method: "GET", query: { generation: "17", "response-content-disposition": "attachment" } },
    ],
    ["head", { do: "head", object: "o" }, { method: "HEAD" }],
    [
      "create-only upload of exact size, type and MD5",
      {
        do: "upload",
        object: "o",
        size: 5,
        contentType: "video/mp4",
        md5: "XrY7u+Ae7tCTyyK7j1rNww==",
        createOnly: true,
        metadata: { note: "n" },
      },
      {
        method: "PUT",
        headers: {
          "content-length": "5",
          "content-type": "video/mp4",
          "content-md5": "XrY7u+Ae7tCTyyK7j1rNww==",
          "x-goog-meta-note": "n",
          "x-goog-if-generation-match": "0",
        },
      },
    ],
    [
      "replacement of one generation",
      { do: "upload", object: "o", ifGeneration: "17" },
      { method: "PUT", headers: { "x-goog-if-generation-match": "17" } },
    ],
    ["deletion", { do: "delete", object: "o" }, { method: "DELETE" }],
    [
      "list",
      { do: "list", prefix: "a/", delimiter: "/", maxKeys: 10 },
      { method: "GET", query: { "list-type": "2", prefix: "a/", delimiter: "/", "max-keys": "10" } },
    ],
    [
      "start of a resumable upload",
      { do: "start-resumable", object: "o", size: 9, contentType: "video/mp4" },
      {
        method: "POST",
        headers: {
          "content-type": "video/mp4",
          "x-goog-resumable": "start",
          "x-upload-content-length": "9",
        },
      },
    ],
    [
      "start of a multipart upload",
      { do: "initiate-multipart", object: "o" },
      { method: "POST", query: { uploads: "" } },
    ],
    [
      "upload of a part",
      { do: "upload-part", object: "o", uploadId: "u", partNumber: 3, size: 5 },
      { method: "PUT", headers: { "content-length": "5" }, query: { partNumber: "3", uploadId: "u" } },
    ],
    [
      "list of parts",
      { do: "list-parts", object: "o", uploadId: "u" },
      { method: "GET", query: { uploadId: "u" } },
    ],
    [
      "completion of a multipart upload",
      { do: "complete-multipart", object: "o", uploadId: "u" },
      { method: "POST", query: { uploadId: "u" } },
    ],
    [
      "abortion of a multipart upload",
      { do: "abort-multipart", object: "o", uploadId: "u" },
      { method: "DELETE", query: { uploadId: "u" } },
    ],
  ];

  it.each(cases)("is what the XML API takes: %s", (_, operation, expected) => {
    expect(partsOf(goog, gcs, operation)).toEqual(expected);
  });

  it("says in the audit log for whom it was", async () => {
    const audited = { ...gcs, audit: { job: "j1", attempt: "2" } };
    const { headers, url } = await signOperation(goog, audited, { do: "download", object: "o" });
    expect(headers).toEqual({ "x-goog-custom-audit-attempt": "2", "x-goog-custom-audit-job": "j1" });
    expect(new URL(url).searchParams.get("X-Goog-SignedHeaders")).toBe(
      "host;x-goog-custom-audit-attempt;x-goog-custom-audit-job",
    );
  });

  it.each(["download", "head", "upload", "initiate-multipart"] as const)(
    "sends a customer's key in three headers: %s",
    (what) => {
      expect(partsOf(goog, gcs, { do: what, object: "o", encryptionKey })).toMatchObject({
        headers: {
          "x-goog-encryption-algorithm": "AES256",
          "x-goog-encryption-key": base64,
          "x-goog-encryption-key-sha256": sha256,
        },
      });
    },
  );
});

describe("an operation on S3 or R2", () => {
  it("creates only by If-None-Match", () => {
    expect(partsOf(aws, s3, { do: "upload", object: "o", createOnly: true })).toEqual({
      method: "PUT",
      headers: { "if-none-match": "*" },
    });
  });

  it("names a version of S3", () => {
    expect(partsOf(aws, s3, { do: "download", object: "o", version: "v" })).toEqual({
      method: "GET",
      query: { versionId: "v" },
    });
  });

  it("sends a customer's key with its MD5", () => {
    expect(
      partsOf(aws, s3, { do: "upload-part", object: "o", uploadId: "u", partNumber: 1, encryptionKey }),
    ).toEqual({
      method: "PUT",
      headers: {
        "x-amz-server-side-encryption-customer-algorithm": "AES256",
        "x-amz-server-side-encryption-customer-key": base64,
        "x-amz-server-side-encryption-customer-key-md5": md5,
      },
      query: { partNumber: "1", uploadId: "u" },
    });
  });
});

describe("an operation that a store does not offer", () => {
  const audit = { job: "j" };
  const cases: [string, HmacKey, OperationContext, Operation, RegExp][] = [
    ["S3 with a GOOG4 key", goog, s3, { do: "head", object: "o" }, /^store: s3 needs an AWS4 key/],
    ["an audit entry with AWS4", aws, { ...gcs, audit }, { do: "head", object: "o" }, /^audit:/],
    ["a crooked audit name", goog, { ...gcs, audit: { "a b": "" } }, { do: "head", object: "o" }, /^audit:/],
    ["create-only by AWS4 on GCS", aws, gcs, { do: "upload", object: "o", createOnly: true }, /^createOnly:/],
    [
      "a customer's key by AWS4 on GCS",
      aws,
      gcs,
      { do: "head", object: "o", encryptionKey },
      /^encryptionKey:/,
    ],
    [
      "a generation condition by AWS4",
      aws,
      s3,
      { do: "upload", object: "o", ifGeneration: "1" },
      /^ifGeneration:/,
    ],
    [
      "two conditions at once",
      goog,
      gcs,
      { do: "upload", object: "o", ifGeneration: "1", createOnly: true },
      /^ifGeneration: cannot go with createOnly/,
    ],
    ["a version in R2", aws, { ...gcs, store: "r2" }, { do: "head", object: "o", version: "v" }, /^version:/],
    ["a generation that is no number", goog, gcs, { do: "head", object: "o", version: "1&x" }, /^version:/],
    ["a resumable upload by AWS4", aws, gcs, { do: "start-resumable", object: "o" }, /^do:/],
    ["part 0", goog, gcs, { do: "upload-part", object: "o", uploadId: "u", partNumber: 0 }, /^partNumber:/],
    ["no upload id", goog, gcs, { do: "abort-multipart", object: "o", uploadId: "" }, /^uploadId:/],
    ["an MD5 in hex", goog, gcs, { do: "upload", object: "o", md5: "0".repeat(32) }, /^md5:/],
    ["a size with a fraction", goog, gcs, { do: "upload", object: "o", size: 1.5 }, /^size:/],
    ["a page of 2000", goog, gcs, { do: "list", maxKeys: 2000 }, /^maxKeys:/],
    [
      "a short key",
      goog,
      gcs,
      { do: "head", object: "o", encryptionKey: Buffer.alloc(16) },
      /^encryptionKey: .*16/,
    ],
  ];

  it.each(cases)("is refused: %s", (_, key, context, operation, problem) => {
    expect(problemsOf(key, context, operation)).toEqual([expect.stringMatching(problem)]);
  });
});
