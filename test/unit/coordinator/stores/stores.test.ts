import { hash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Broker,
  claimNext,
  complete,
  encryptionKeys,
  type MediaStore,
  s3Store,
  submit,
  urls,
} from "../../../../services/coordinator/index.ts";
import { createWorld as createStore, SIGNER, type World as Store } from "../../gcs/world.ts";
import { bucket, createWorld, jobRequest, media, worker } from "../world.ts";

const never = new AbortController().signal;
const keySecret = "projects/p/secrets/job-key/versions/1";
const key = Buffer.alloc(32, 7);

describe("a job with an input and outputs elsewhere", () => {
  const s3 = (): MediaStore => {
    const store = s3Store({
      kind: "s3",
      bucket: "films",
      region: "eu-west-1",
      endpoint: { url: "https://s3.eu-west-1.amazonaws.com", style: "virtual-hosted" },
      credentials: () => Promise.resolve({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" }),
      ttlSeconds: 900,
      now: () => new Date("2026-01-01T00:00:00Z"),
    });
    const { objects } = createWorld().replica();
    return { sign: store.sign, objects: { ...objects, exists: () => Promise.resolve(true) } };
  };
  const elsewhere = (world: ReturnType<typeof createWorld>, more: Partial<Broker> = {}) =>
    world.replica(
      { otherBuckets: ["s3://films/"] },
      { otherStores: new Map([["s3://films/", s3()]]), ...more },
    );

  it("reads it from S3, and writes to the own bucket", async () => {
    const world = createWorld();
    const broker = elsewhere(world);
    await submit(broker, jobRequest("job-1", { input: "s3://films/raw/a b.mov" }));
    const lease = await claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);
    const input = new URL(lease?.input.url ?? "");
    expect([input.host, input.pathname]).toEqual(["films.s3.eu-west-1.amazonaws.com", "/raw/a%20b.mov"]);
    expect(input.searchParams.get("X-Amz-Algorithm")).toBe("AWS4-HMAC-SHA256");
    const { outputs } = await urls(broker, "job-1", lease?.token ?? "", {
      input: false,
      outputs: [{ name: "a.mp4", size: 3, contentType: "video/mp4" }],
    });
    expect(new URL(outputs[0]?.url ?? "").pathname).toBe(`/${bucket}/${world.outputName("a.mp4")}`);
  });

  it("writes to S3, create only, when told so", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const broker = elsewhere(world);
    await submit(broker, jobRequest("job-1", { outputPrefix: "s3://films/out/" }));
    const lease = await claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);
    const { outputs } = await urls(broker, "job-1", lease?.token ?? "", {
      input: false,
      outputs: [{ name: "a.mp4", size: 3, contentType: "video/mp4" }],
    });
    expect(new URL(outputs[0]?.url ?? "").pathname).toBe(
      `/out/${world.outputName("a.mp4").split("/").slice(-2).join("/")}`,
    );
    expect(outputs[0]?.headers).toMatchObject({ "if-none-match": "*", "content-length": "3" });
  });

  it.each(["s3://other/a.mov", "r2://films/a.mov", "gs://films/a.mov"])(
    "is refused for %s",
    async (input) => {
      const broker = elsewhere(createWorld());
      await expect(submit(broker, jobRequest("job-1", { input }))).rejects.toMatchObject({
        code: "bucket-not-allowed",
      });
    },
  );
});

describe("a customer-supplied key", () => {
  const secrets = new Map([
    [keySecret, key],
    ["projects/p/secrets/text/versions/1", Buffer.from(`${key.toString("base64")}\n`)],
    ["projects/p/secrets/short/versions/1", Buffer.from("short")],
    ["projects/p/secrets/lease/versions/1", Buffer.alloc(32, 1)],
  ]);
  const reads: string[] = [];
  const read = encryptionKeys(
    (version) => {
      reads.push(version);
      return Promise.resolve(secrets.get(version) ?? Buffer.alloc(0));
    },
    ["job-key", "text", "short"].map((name) => `projects/p/secrets/${name}`),
    () => 0,
  );

  it("is 32 bytes as they are, or as base64, and is kept for a while", async () => {
    expect(Buffer.from(await read(keySecret)).equals(key)).toBe(true);
    expect(Buffer.from(await read("projects/p/secrets/text/versions/1")).equals(key)).toBe(true);
    await read(keySecret);
    expect(reads.filter((version) => version === keySecret).length).toBe(1);
  });

  it("is no secret that is not on the list, whatever it holds", async () => {
    await expect(read("projects/p/secrets/lease/versions/1")).rejects.toMatchObject({
      code: "key-not-allowed",
    });
    expect(reads).not.toContain("projects/p/secrets/lease/versions/1");
  });

  it("is not quoted when it is none", async () => {
    await expect(read("projects/p/secrets/short/versions/1")).rejects.toThrow(
      /^(?!.*"short").*holds no encryption key/,
    );
  });

  it("is signed and handed to the worker as three headers, and is in no record and no log", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const broker = world.replica(
      { encryptionKeySecrets: ["projects/p/secrets/job-key"] },
      { readEncryptionKey: read },
    );
    await submit(broker, jobRequest("job-1", { inputKeySecret: keySecret, outputKeySecret: keySecret }));
    const lease = await claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);
    const headers = {
      "x-goog-encryption-algorithm": "AES256",
      "x-goog-encryption-key": key.toString("base64"),
      "x-goog-encryption-key-sha256": hash("sha256", key, "base64"),
    };
    expect(lease?.input.headers).toMatchObject(headers);
    const { outputs } = await urls(broker, "job-1", lease?.token ?? "", {
      input: false,
      outputs: [{ name: "a.mp4", size: 3, contentType: "video/mp4" }],
    });
    expect(outputs[0]?.headers).toMatchObject(headers);
    expect(new URL(outputs[0]?.url ?? "").searchParams.get("X-Goog-SignedHeaders")).toContain(
      "x-goog-encryption-key;x-goog-encryption-key-sha256",
    );
    world.upload("a.mp4");
    await complete(broker, "job-1", lease?.token ?? "", {
      media: { ...media, renditions: [] },
      outputs: [{ name: "a.mp4", size: 3 }],
    });
    for (const form of [key.toString("base64"), key.toString("hex"), key.toString("base64url")]) {
      expect(JSON.stringify(world.record())).not.toContain(form);
      expect(world.logged.join("")).not.toContain(form);
      expect(JSON.stringify(world.events)).not.toContain(form);
      expect(lease?.token).not.toContain(form);
    }
  });

  it("is refused when the job names another secret", async () => {
    const asked = submit(createWorld().replica(), jobRequest("job-1", { inputKeySecret: keySecret }));
    await expect(asked).rejects.toMatchObject({ code: "key-not-allowed" });
  });
});

describe("a bucket that speaks S3", () => {
  let server: Store;
  let store: MediaStore;
  beforeAll(async () => {
    server = await createStore();
    await server.client().createBucket("interop");
    server.grants.add(`serviceAccount:${SIGNER} storage.multipartUploads.`);
    const [hmac, secretAccessKey] = await server.client().createHmacKey(SIGNER);
    const accessKeyId = hmac.metadata.accessId ?? "";
    store = s3Store({
      kind: "s3",
      bucket: "interop",
      region: "auto",
      endpoint: { url: server.url, style: "path" },
      credentials: () => Promise.resolve({ accessKeyId, secretAccessKey }),
      ttlSeconds: 600,
      now: () => new Date(),
    });
  });
  afterAll(() => server.close());

  it("is looked at, listed, written in parts, read by a signed URL and cleaned", async () => {
    const { objects, sign } = store;
    expect(await objects.exists("out/1/a.mp4")).toBe(false);
    const id = await objects.multipart.start("out/1/a.mp4", "video/mp4");
    const part = await sign(
      { do: "upload-part", object: "out/1/a.mp4", uploadId: id, partNumber: 1, size: 6 },
      {},
    );
    const sent = await fetch(part.url, { method: part.method, headers: part.headers, body: "frames" });
    expect(sent.status).toBe(200);
    const etag = sent.headers.get("etag") ?? "";
    expect(await objects.multipart.complete("out/1/a.mp4", id, [{ number: 1, etag }])).toBe(true);
    expect(await objects.list("out/1/")).toMatchObject([
      { name: "out/1/a.mp4", size: 6, contentType: "video/mp4" },
    ]);
    const read = await sign({ do: "download", object: "out/1/a.mp4" }, {});
    expect(await (await fetch(read.url, { headers: read.headers })).text()).toBe("frames");
    for (const object of await objects.list("out/")) await objects.remove(object);
    expect(await objects.list("out/")).toEqual([]);
  });

  it("names the uploads below a prefix that were neither completed nor aborted", async () => {
    const { multipart } = store.objects;
    const object = "out/1/a b&<>+%.mp4";
    const ids = [await multipart.start(object, "video/mp4"), await multipart.start(object, "video/mp4")];
    await multipart.start("out/10/b.mp4", "video/mp4");
    const found = await multipart.unfinished("out/1/");
    expect(found.map((one) => one.object)).toEqual([object, object]);
    expect(found.map(({ uploadId }) => uploadId).sort()).toEqual([...ids].sort());
    for (const one of found) await multipart.abort(one.object, one.uploadId);
    expect(await multipart.unfinished("out/1/")).toEqual([]);
    expect(await multipart.unfinished("out/")).toHaveLength(1);
  });

  it("says so when it does not know an upload any more", async () => {
    expect(await store.objects.multipart.complete("x", "gone", [{ number: 1, etag: "e" }])).toBe(false);
    await store.objects.multipart.abort("x", "gone");
  });
});
