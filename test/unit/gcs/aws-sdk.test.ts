import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, SIGNER, type World } from "./world.ts";

let world: World;
let s3: S3Client;
const Bucket = "interop";

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket(Bucket);
  const [key, secret] = await world.client().createHmacKey(SIGNER);
  s3 = new S3Client({
    endpoint: world.url,
    region: "auto",
    forcePathStyle: true,
    credentials: { accessKeyId: key.metadata.accessId ?? "", secretAccessKey: secret },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  s3.destroy();
  await world.close();
});

describe("@aws-sdk/client-s3 with an HMAC key", () => {
  test("puts, heads and gets an object with metadata, by signed headers", async () => {
    const put = { Bucket, Key: "dir/naïve name+1.txt", Body: "body", ContentType: "text/plain" };
    await s3.send(new PutObjectCommand({ ...put, Metadata: { owner: "team" } }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: put.Key }));
    expect(head).toMatchObject({ ContentLength: 4, ContentType: "text/plain", Metadata: { owner: "team" } });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: put.Key }));
    expect(await got.Body?.transformToString()).toBe("body");
  });

  test("reads a range", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "range", Body: "0123456789" }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "range", Range: "bytes=3-5" }));
    expect([got.$metadata.httpStatusCode, await got.Body?.transformToString()]).toEqual([206, "345"]);
  });

  test("lists by version 2, page by page", async () => {
    for (const name of ["l/1", "l/2", "l/x/1", "l/x/2"]) {
      await s3.send(new PutObjectCommand({ Bucket, Key: name, Body: name }));
    }
    const query = { Bucket, Prefix: "l/", Delimiter: "/", MaxKeys: 2 };
    const first = await s3.send(new ListObjectsV2Command(query));
    expect(first.Contents?.map((entry) => entry.Key)).toEqual(["l/1", "l/2"]);
    const rest = await s3.send(
      new ListObjectsV2Command({ ...query, ContinuationToken: first.NextContinuationToken }),
    );
    expect(rest.CommonPrefixes).toEqual([{ Prefix: "l/x/" }]);
    expect(rest.IsTruncated).toBe(false);
  });

  test("deletes", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "gone", Body: "x" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: "gone" }))).rejects.toMatchObject({
      name: "NoSuchKey",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("is refused when its clock is off by more than 15 minutes", async () => {
    world.clock.shiftSeconds = 16 * 60;
    const refused = s3.send(new GetObjectCommand({ Bucket, Key: "range" }));
    await expect(refused).rejects.toMatchObject({ name: "RequestTimeTooSkewed" });
    world.clock.shiftSeconds = 0;
  });
});

describe("@aws-sdk/s3-request-presigner", () => {
  test("presigns a GET", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "a b/c?d", Body: "presigned" }));
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "a b/c?d" }), { expiresIn: 60 });
    expect(await (await fetch(url)).text()).toBe("presigned");
  });

  test("presigns a PUT", async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "put" }), { expiresIn: 60 });
    expect((await fetch(url, { method: "PUT", body: "uploaded" })).status).toBe(200);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "put" }));
    expect(await got.Body?.transformToString()).toBe("uploaded");
  });

  test("presigns a PUT with a signed content type, which then binds", async () => {
    const put = new PutObjectCommand({ Bucket, Key: "typed", ContentType: "video/mp4" });
    const url = await getSignedUrl(s3, put, { expiresIn: 60, signableHeaders: new Set(["content-type"]) });
    const send = (type: string): Promise<Response> =>
      fetch(url, { method: "PUT", body: "x", headers: { "content-type": type } });
    expect((await send("video/mp4")).status).toBe(200);
    expect((await send("text/html")).status).toBe(403);
  });

  test("presigns a DELETE and a HEAD", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "pre", Body: "x" }));
    const head = await getSignedUrl(s3, new HeadObjectCommand({ Bucket, Key: "pre" }), { expiresIn: 60 });
    expect((await fetch(head, { method: "HEAD" })).status).toBe(200);
    const remove = await getSignedUrl(s3, new DeleteObjectCommand({ Bucket, Key: "pre" }), { expiresIn: 60 });
    expect((await fetch(remove, { method: "DELETE" })).status).toBe(204);
  });

  test("is told that chunk-encoded bodies are not modelled", async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "chunked" }), { expiresIn: 60 });
    const headers = { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" };
    expect((await fetch(url, { method: "PUT", body: "x", headers })).status).toBe(501);
  });
});
