import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificateAuthority } from "../../../services/certificates/index.ts";
import { s3Store, type S3StoreOptions } from "../../../services/coordinator/index.ts";
import type { MediaStore, SignedOperation } from "../../../services/coordinator/ports.ts";
import { signUrl } from "../../../services/signing/index.ts";
import { accessId, secret, startMinio, type Minio } from "./minio.ts";

/** Least size of a part that is not the last. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const leastPart = 5 << 20;
const encryptionKey = Buffer.alloc(32, 7);

let minio: Minio;
let store: MediaStore;

const options = (): S3StoreOptions => ({
  kind: "s3",
  bucket: "media",
  region: "us-east-1",
  endpoint: { url: minio.url, style: "path" },
  credentials: () => Promise.resolve({ accessKeyId: accessId, secretAccessKey: secret }),
  ttlSeconds: 60,
  now: () => new Date(),
});

async function send(operation: SignedOperation, body?: string | Buffer) {
  const { url, method, headers } = await store.sign(operation, {});
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: new Blob([body]) }) });
  return { status: answer.status, etag: answer.headers.get("etag") ?? "", text: await answer.text() };
}

async function put(object: string, body = "frames", key?: Uint8Array): Promise<void> {
  const upload = { do: "upload", object, contentType: "video/mp4", size: Buffer.byteLength(body) } as const;
  expect((await send({ ...upload, encryptionKey: key }, body)).status).toBe(200);
}

/** Sends two parts, by the URLs that a worker would get. */
async function sendParts(object: string, uploadId: string, key?: Uint8Array) {
  const parts: { number: number; etag: string }[] = [];
  for (const body of [Buffer.alloc(leastPart, 1), Buffer.from("end")]) {
    const number = parts.length + 1;
    const part = { do: "upload-part", object, uploadId, partNumber: number, size: body.length } as const;
    const { status, etag } = await send({ ...part, encryptionKey: key }, body);
    expect(status).toBe(200);
    parts.push({ number, etag });
  }
  return parts;
}

const namesBelow = async (prefix: string): Promise<string[]> =>
  (await store.objects.list(prefix)).map(({ name }) => name).sort();

/** Where MinIO differs from Amazon S3, S3's documented answers are in test/unit/coordinator/stores/s3-store.test.ts. */
describe("the coordinator's store of S3, at MinIO,", () => {
  const trusted = getCACertificates();

  beforeAll(async () => {
    // MinIO takes customer-supplied keys by HTTPS alone.
    const authority = await certificateAuthority("authority of MinIO");
    setDefaultCACertificates([...trusted, authority.certificate]);
    minio = await startMinio(await authority.issue({ commonName: "minio", hosts: ["127.0.0.1"] }));
    store = s3Store(options());
    const made = await signUrl(
      { kind: "hmac", scheme: "AWS4", accessId, secret, region: "us-east-1" },
      { bucket: "media", method: "PUT", endpoint: options().endpoint, ttlSeconds: 60, at: new Date() },
    );
    expect((await fetch(made.url, { method: "PUT" })).status).toBe(200);
  });
  afterAll(async () => {
    await minio.close();
    setDefaultCACertificates(trusted);
  });

  describe("of objects,", () => {
    const names = [
      "names/a b.mp4",
      "names/ü/映画/🎬.mp4",
      "names/&<>\"'+%.mp4",
      "names/%2e%20?#=;.mp4",
      "names/~-_.!*().mp4",
    ];

    it.each(names)("looks at, lists and removes %s", async (name) => {
      expect(await store.objects.exists(name)).toBe(false);
      await put(name);
      expect(await store.objects.exists(name)).toBe(true);
      const listed = await store.objects.list(name);
      expect(listed).toMatchObject([{ name, size: 6, contentType: "video/mp4" }]);
      for (const object of listed) await store.objects.remove(object);
      expect(await store.objects.exists(name)).toBe(false);
    });

    it("lists what is below a prefix, and nothing else", async () => {
      for (const name of ["out/1/a.mp4", "out/1/hls/b.m4s", "out/10/c.mp4"]) await put(name);
      expect(await namesBelow("out/1/")).toEqual(["out/1/a.mp4", "out/1/hls/b.m4s"]);
      expect(await namesBelow("none/")).toEqual([]);
    });

    it("lists more than a page", async () => {
      const all = Array.from({ length: 1001 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
      for (let from = 0; from < all.length; from += 16)
        await Promise.all(all.slice(from, from + 16).map((name) => put(name, "x")));
      expect(await namesBelow("many/")).toEqual(all);
    });

    it("removes what is gone already", async () => {
      await store.objects.remove({ name: "never", generation: "1" });
    });

    it("has an object created once where creation alone is signed", async () => {
      const once = { do: "upload", object: "once", size: 5, createOnly: true } as const;
      expect([(await send(once, "first")).status, (await send(once, "again")).status]).toEqual([200, 412]);
      expect((await send({ do: "download", object: "once" })).text).toBe("first");
    });

    it("throws where access is denied, since that is not absence", async () => {
      const credentials = () => Promise.resolve({ accessKeyId: "nobody", secretAccessKey: "none" });
      const stranger = s3Store({ ...options(), credentials });
      await expect(stranger.objects.exists("names/none")).rejects.toMatchObject({
        $metadata: { httpStatusCode: 403 },
      });
    });
  });

  describe("of uploads in parts,", () => {
    it("makes the object of its parts, once", async () => {
      const { multipart, list } = store.objects;
      const id = await multipart.start("parts/film.mp4", "video/mp4");
      const parts = await sendParts("parts/film.mp4", id);
      expect(await list("parts/")).toEqual([]);
      expect(await multipart.complete("parts/film.mp4", id, parts)).toBe(true);
      expect(await list("parts/")).toMatchObject([
        { name: "parts/film.mp4", size: leastPart + 3, contentType: "video/mp4" },
      ]);
      expect(await multipart.complete("parts/film.mp4", id, parts)).toBe(false);
    });

    it("knows no upload that was never started", async () => {
      const parts = [{ number: 1, etag: "e" }];
      expect(await store.objects.multipart.complete("parts/none.mp4", "unknown", parts)).toBe(false);
      await store.objects.multipart.abort("parts/none.mp4", "unknown");
    });

    it("refuses parts that were not sent, with a reason that ends the attempt", async () => {
      const { multipart } = store.objects;
      const id = await multipart.start("parts/wrong.mp4", "video/mp4");
      await sendParts("parts/wrong.mp4", id);
      const parts = [{ number: 1, etag: '"00000000000000000000000000000000"' }];
      await expect(multipart.complete("parts/wrong.mp4", id, parts)).rejects.toMatchObject({
        status: 400,
        code: "parts-refused",
        message: expect.stringContaining("InvalidPart") as unknown,
      });
      await multipart.abort("parts/wrong.mp4", id);
    });

    it("aborts, as often as one likes", async () => {
      const { multipart } = store.objects;
      const id = await multipart.start("parts/aborted.mp4", "video/mp4");
      const parts = await sendParts("parts/aborted.mp4", id);
      await multipart.abort("parts/aborted.mp4", id);
      await multipart.abort("parts/aborted.mp4", id);
      expect(await multipart.complete("parts/aborted.mp4", id, parts)).toBe(false);
    });

    // MinIO takes the prefix of this list for the whole name of an object: components/workloads/README.md.
    it.each(["left/a b&<>\"'+%ü.mp4", "left/plain.mp4"])(
      "lists all unfinished ones of %s",
      async (object) => {
        const { multipart } = store.objects;
        expect(await multipart.unfinished(object)).toEqual([]);
        const ids = [await multipart.start(object, "video/mp4"), await multipart.start(object, "video/mp4")];
        const other = await multipart.start("left/other.mp4", "video/mp4");
        const found = await multipart.unfinished(object);
        expect(found.map((one) => one.object)).toEqual([object, object]);
        expect(found.map(({ uploadId }) => uploadId).sort()).toEqual([...ids].sort());
        for (const { object: name, uploadId } of found) await multipart.abort(name, uploadId);
        expect(await multipart.unfinished(object)).toEqual([]);
        await multipart.abort("left/other.mp4", other);
      },
    );

    it("finds none below a prefix at MinIO, which sweeps them away itself", async () => {
      const { multipart } = store.objects;
      const id = await multipart.start("below/1/film.mp4", "video/mp4");
      expect(await multipart.unfinished("below/1/")).toEqual([]);
      await multipart.abort("below/1/film.mp4", id);
    });
  });

  describe("with a customer-supplied key,", () => {
    const object = "sealed/a.mp4";

    it("looks at, lists, reads and removes what is encrypted with it", async () => {
      await put(object, "frames", encryptionKey);
      expect(await store.objects.exists(object, encryptionKey)).toBe(true);
      const read = await send({ do: "download", object, encryptionKey });
      expect([read.status, read.text]).toEqual([200, "frames"]);
      expect((await send({ do: "download", object })).status).toBe(400);
      const listed = await store.objects.list("sealed/", encryptionKey);
      expect(listed).toMatchObject([{ name: object, size: 6, contentType: "video/mp4" }]);
      for (const one of listed) await store.objects.remove(one, encryptionKey);
      expect(await namesBelow("sealed/")).toEqual([]);
    });

    it("does not take it for absent with another key, or none", async () => {
      await put(object, "frames", encryptionKey);
      for (const [key, httpStatusCode] of [
        [Buffer.alloc(32, 8), 403],
        [undefined, 400],
      ] as const)
        await expect(store.objects.exists(object, key)).rejects.toMatchObject({
          $metadata: { httpStatusCode },
        });
    });

    it("lists it without the key too, as clean-up does", async () => {
      await put(object, "frames", encryptionKey);
      expect(await store.objects.list("sealed/")).toMatchObject([{ name: object, size: 6 }]);
    });

    it("makes an object of parts", async () => {
      const { multipart } = store.objects;
      const name = "sealed-parts/film.mp4";
      const id = await multipart.start(name, "video/mp4", encryptionKey);
      const parts = await sendParts(name, id, encryptionKey);
      expect(await multipart.complete(name, id, parts)).toBe(true);
      expect(await store.objects.list("sealed-parts/", encryptionKey)).toMatchObject([
        { name, size: leastPart + 3 },
      ]);
    });
  });
});
