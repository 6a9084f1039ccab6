import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { defaultCacheDirectory } from "../../../sandbox/process/index.ts";
import { signOperation } from "../../../services/signing/index.ts";
import type { Operation } from "../../../services/signing/index.ts";

const folder = import.meta.dirname;
const environment = path.join(defaultCacheDirectory(), "botocore-1.44.8");
const python = path.join(environment, "bin", "python");
const run = promisify(execFile);

/** A virtual environment of its own below the user's cache, made once. */
async function installBotocore(): Promise<void> {
  const done = await run(python, ["-c", "import botocore; print(botocore.__version__)"]).catch(
    () => undefined,
  );
  if (done?.stdout.trim() === "1.44.8") return;
  await mkdir(path.dirname(environment), { recursive: true });
  await run("python3", ["-m", "venv", "--clear", environment]);
  await run(python, ["-m", "pip", "install", "--quiet", "-r", path.join(folder, "requirements.txt")]);
  if (!existsSync(python)) throw new Error(`python3 -m venv made no ${python}`);
}

/** botocore reuses a client for each of these, whose making is slow. */
const clients = fc
  .record({
    accessId: fc.constantFrom("AKIDEXAMPLE000000001", "GOOG1EXAMPLEGOOG1EXAMPLE"),
    secret: fc.constantFrom(
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      "not/a/real+secret/of+forty/characters/==",
    ),
    token: fc.constantFrom(null, "FwoGZXIvYXdzE/+token=="),
    region: fc.constantFrom("us-east-1", "eu-central-1", "auto"),
    url: fc.constantFrom("https://s3.test", "https://s3.test:8443", "http://127.0.0.1:9000"),
    style: fc.constantFrom("path", "virtual"),
  })
  // Asked for a virtual host on an IP address, botocore makes up a host that cannot be.
  .map((client) => (client.url.includes("127.0.0.1") ? { ...client, style: "path" } : client));

const printable = fc
  .string({ minLength: 1, maxLength: 12 })
  .map((value) => `a${value.replaceAll("\u007f", "")}`);
const segment = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 10 })
  .filter((value) => !/[\p{Cc}\p{Cs}/]|^\.{1,2}$/u.test(value));
const object = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join("/"))
  .filter((name) => Buffer.byteLength(name) <= 1024);
const uploadId = fc.stringMatching(/^[A-Za-z0-9_.~+/=-]{1,60}$/);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

/** What one side calls it and what the other does. */
interface Pair {
  readonly operation: Operation;
  readonly theirs: string;
  readonly params: Record<string, unknown>;
}

const reads = (what: "download" | "head", theirs: string): fc.Arbitrary<Pair> =>
  fc
    .record({
      object,
      version: maybe(uploadId),
      contentType: maybe(printable),
      disposition: maybe(printable),
    })
    .map(({ object, version, contentType, disposition }) => ({
      operation: {
        do: what,
        object,
        version,
        response: { contentType, contentDisposition: disposition },
      },
      theirs,
      params: {
        Key: object,
        VersionId: version,
        ResponseContentType: contentType,
        ResponseContentDisposition: disposition,
      },
    }));

const pairs: fc.Arbitrary<Pair> = fc.oneof(
  reads("download", "get_object"),
  reads("head", "head_object"),
  fc
    .record({
      object,
      size: maybe(fc.integer({ min: 0, max: 5_000_000_000 })),
      contentType: maybe(printable),
      createOnly: fc.boolean(),
      cacheControl: maybe(printable),
      note: maybe(fc.stringMatching(/^[a-z]{1,8}$/)),
    })
    .map(({ object, size, contentType, createOnly, cacheControl, note }) => ({
      operation: {
        do: "upload" as const,
        ...{ object, size, contentType, createOnly, cacheControl },
        ...(note !== undefined && { metadata: { [note]: note } }),
      },
      theirs: "put_object",
      params: {
        Key: object,
        ContentLength: size,
        ContentType: contentType,
        CacheControl: cacheControl,
        ...(createOnly && { IfNoneMatch: "*" }),
        ...(note !== undefined && { Metadata: { [note]: note } }),
      },
    })),
  fc.record({ object }).map((given) => ({
    operation: { do: "delete" as const, ...given },
    theirs: "delete_object",
    params: { Key: given.object },
  })),
  fc.record({ prefix: maybe(object), maxKeys: maybe(fc.integer({ min: 1, max: 1000 })) }).map((given) => ({
    operation: { do: "list" as const, encodedNames: true, ...given },
    theirs: "list_objects_v2",
    params: { Prefix: given.prefix, MaxKeys: given.maxKeys },
  })),
  fc.record({ object, contentType: maybe(printable) }).map((given) => ({
    operation: { do: "initiate-multipart" as const, ...given },
    theirs: "create_multipart_upload",
    params: { Key: given.object, ContentType: given.contentType },
  })),
  fc
    .record({
      object,
      uploadId,
      partNumber: fc.integer({ min: 1, max: 10_000 }),
      key: maybe(fc.uint8Array({ minLength: 32, maxLength: 32 })),
    })
    .map(({ object, uploadId, partNumber, key }) => ({
      operation: { do: "upload-part" as const, object, uploadId, partNumber, encryptionKey: key },
      theirs: "upload_part",
      params: {
        ...{ Key: object, UploadId: uploadId, PartNumber: partNumber },
        // botocore encodes raw key material itself, which JSON cannot carry: text of 32 characters stands for it.
        ...(key !== undefined && {
          SSECustomerAlgorithm: "AES256",
          SSECustomerKey: keyText(key),
        }),
      },
    })),
  fc
    .record({
      object,
      uploadId,
      what: fc.constantFrom(
        ["list-parts", "list_parts"] as const,
        ["complete-multipart", "complete_multipart_upload"] as const,
        ["abort-multipart", "abort_multipart_upload"] as const,
      ),
    })
    .map(({ object, uploadId, what }) => ({
      operation: { do: what[0], object, uploadId },
      theirs: what[1],
      params: { Key: object, UploadId: uploadId },
    })),
);

/** A key of printable bytes, which is its own text. */
const keyText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.map((byte) => 33 + (byte % 94))).toString("latin1");

const cases = fc.record({
  client: clients,
  bucket: fc.constantFrom("media", "a-b-c", "media.with.dots"),
  pair: pairs,
  at: fc.integer({ min: 946_684_800, max: 4_000_000_000 }),
  ttl: fc.integer({ min: 1, max: 604_800 }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** The address and every parameter in one order; botocore puts the signature's where they come to it. */
const sorted = (url: string): string => {
  const [address = "", query = ""] = url.split("?");
  return `${address}?${query.split("&").sort().join("&")}`;
};

async function ours({ client, bucket, pair, at, ttl }: Case): Promise<string> {
  // A bucket with dots has no certificate under its own host, and so botocore names it in the path.
  const virtual = client.style === "virtual" && !bucket.includes(".");
  const operation =
    pair.operation.do === "upload-part" && pair.operation.encryptionKey !== undefined
      ? { ...pair.operation, encryptionKey: Buffer.from(keyText(pair.operation.encryptionKey), "latin1") }
      : pair.operation;
  const signed = await signOperation(
    {
      kind: "hmac",
      scheme: "AWS4",
      accessId: client.accessId,
      secret: client.secret,
      region: client.region,
      sessionToken: client.token ?? undefined,
    },
    {
      store: "s3",
      bucket,
      endpoint: { url: client.url, style: virtual ? "virtual-hosted" : "path" },
      ttlSeconds: ttl,
      at: new Date(at * 1000),
    },
    operation,
  );
  return signed.url;
}

async function theirs(all: readonly Case[]): Promise<string[]> {
  const child = spawn(python, [path.join(folder, "botocore_presign.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], AWS_EC2_METADATA_DISABLED: "true" },
  });
  const lines = all.map(({ client, bucket, pair, at, ttl }) =>
    JSON.stringify({
      ...client,
      at,
      ttl,
      operation: pair.theirs,
      params: { Bucket: bucket, ...pair.params },
    }),
  );
  child.stdin.end(`${lines.join("\n")}\n`);
  return (await text(child.stdout)).trimEnd().split("\n");
}

describe("AWS4-HMAC-SHA256", () => {
  beforeAll(installBotocore);

  it("signs 10,000 random operations byte for byte as botocore does", async () => {
    const all = fc.sample(cases, { numRuns: 10_000, seed: Number(process.env["SEED"] ?? Date.now()) });
    const expected = await theirs(all);
    expect(expected).toHaveLength(all.length);
    const wrong: { case: Case; ours: string; botocore: string | undefined }[] = [];
    for (const [index, one] of all.entries()) {
      const url = sorted(await ours(one));
      const botocore = sorted(expected[index] ?? "");
      if (url !== botocore) wrong.push({ case: one, ours: url, botocore });
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(new Set(all.map(({ pair }) => pair.theirs)).size).toBe(10);
  });
});
