import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  combineCrc32c,
  crc32c,
  download,
  encodeCrc32c,
  streamObject,
  TransferError,
  uploadParts,
} from "../../../services/transfer/index.ts";
import { createFilledStore, hasty } from "./store.ts";
import type { TestStore } from "./store.ts";

const mebibyte = 2 ** 20;
let store: TestStore;

beforeAll(async () => {
  store = await createFilledStore();
});
afterAll(() => store.close());
beforeEach(() => {
  store.world.faults.clear();
});
const destination = (): string => join(store.folder, randomUUID());

describe("the CRC32C of two pieces", () => {
  it("is that of both together", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const both = crc32c(Buffer.concat([first, second]));
        expect(combineCrc32c(crc32c(first), crc32c(second), second.length)).toBe(both);
      }),
    );
  });

  it("is right for pieces of gigabytes: one of 4 GiB of zeros is 4096 of one MiB", () => {
    const mebibytes = crc32c(Buffer.alloc(mebibyte));
    const start = crc32c(Buffer.from("start"));
    let doubled = mebibytes;
    for (let length = mebibyte; length < 2 ** 32; length *= 2)
      doubled = combineCrc32c(doubled, doubled, length);
    let bySteps = start;
    for (let step = 0; step < 4096; step += 1) bySteps = combineCrc32c(bySteps, mebibytes, mebibyte);
    expect(combineCrc32c(start, doubled, 2 ** 32)).toBe(bySteps);
  });
});

describe("a large download", () => {
  it("comes over several connections, whole and checked", async () => {
    const match = { method: "GET", range: true } as const;
    store.world.faults.put("count", { match, action: { kind: "stall", milliseconds: 1 } });
    const file = destination();
    const signed = await store.sign({ do: "download", object: "there" });
    const got = await download(signed, file, { pieceBytes: mebibyte / 4 });
    expect((await readFile(file)).equals(store.content)).toBe(true);
    expect(got).toMatchObject({ bytes: store.content.length, crc32c: encodeCrc32c(crc32c(store.content)) });
    expect(store.world.faults.hits("count")).toBeGreaterThan(2);
  });

  it("reports progress up to the full size, never past it", async () => {
    const reports: number[] = [];
    const signed = await store.sign({ do: "download", object: "there" });
    await download(signed, destination(), {
      pieceBytes: mebibyte / 4,
      onProgress: ({ bytes }) => reports.push(bytes),
    });
    expect([Math.max(...reports), reports.at(-1)]).toEqual([store.content.length, store.content.length]);
  });

  it("keeps what has come when its URL runs out, and asks for a fresh one once", async () => {
    let renewals = 0;
    const skew = { kind: "clock-skew", seconds: 3600 } as const;
    // A range that was on its way is signed with the old URL.
    store.world.faults.put("late", { match: { method: "GET", range: true }, action: skew, times: 1 });
    const file = destination();
    await download(await store.sign({ do: "download", object: "there" }), file, {
      ...hasty,
      pieceBytes: mebibyte / 2,
      connections: 2,
      renew: () => {
        renewals += 1;
        return store.sign({ do: "download", object: "there" });
      },
    });
    expect([renewals, (await readFile(file)).equals(store.content)]).toEqual([1, true]);
  });

  it("does not ask for ever where clocks differ", async () => {
    let renewals = 0;
    store.world.faults.put("late", { action: { kind: "clock-skew", seconds: 3600 } });
    const error: unknown = await download(
      await store.sign({ do: "download", object: "there" }),
      destination(),
      {
        ...hasty,
        renew: () => {
          renewals += 1;
          return store.sign({ do: "download", object: "there" });
        },
      },
    ).catch((reason: unknown) => reason);
    expect([error instanceof TransferError && error.code, renewals]).toEqual(["url-expired", 2]);
  });

  it("ends on all connections when it is called off", async () => {
    const stop = new AbortController();
    store.world.faults.put("slow", {
      match: { method: "GET" },
      action: { kind: "stall", milliseconds: 30_000, afterBodyBytes: 1000 },
    });
    const work = download(await store.sign({ do: "download", object: "there" }), destination(), {
      pieceBytes: mebibyte / 2,
      signal: stop.signal,
    });
    setTimeout(() => {
      stop.abort();
    }, 50);
    await expect(work).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("an upload in parts", () => {
  const sign = (object: string, uploadId: string) => (wanted: readonly { number: number; size: number }[]) =>
    Promise.all(
      wanted.map(({ number, size }) =>
        store.sign({ do: "upload-part", object, uploadId, partNumber: number, size }),
      ),
    );

  it("makes the object of the file, with the checksum of the whole", async () => {
    const uploadId = await store.initiate("parts");
    const sent = await uploadParts(store.source, sign("parts", uploadId), { partBytes: 5 * mebibyte });
    expect(sent).toMatchObject({ bytes: store.content.length, crc32c: encodeCrc32c(crc32c(store.content)) });
    expect(sent.parts.map(({ number }) => number)).toEqual([1, 2]);
    expect(await store.complete("parts", uploadId, sent.parts)).toBe(200);
    const { body } = await store.world.json("GET", "/b/media/o/parts");
    expect([body["crc32c"], body["size"]]).toEqual([sent.crc32c, String(sent.bytes)]);
  });

  it("asks for signed requests a few at a time", async () => {
    const uploadId = await store.initiate("small-parts");
    const asked: number[] = [];
    await uploadParts(
      store.source,
      (wanted) => {
        asked.push(wanted.length);
        return sign("small-parts", uploadId)(wanted);
      },
      { partBytes: 300_000 },
    );
    expect(asked).toEqual([16, 5]);
  });

  it("signs a part again whose URL ran out", async () => {
    const uploadId = await store.initiate("late");
    store.world.faults.put("late", {
      match: { method: "PUT" },
      action: { kind: "clock-skew", seconds: 3600 },
      times: 1,
    });
    const { parts } = await uploadParts(store.source, sign("late", uploadId), { partBytes: 5 * mebibyte });
    expect(await store.complete("late", uploadId, parts)).toBe(200);
  });

  it("says that the upload is gone when it is", async () => {
    const work = uploadParts(store.source, sign("gone", "no-such-upload"), {
      ...hasty,
      partBytes: 5 * mebibyte,
    });
    await expect(work).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("404 NoSuchUpload: the upload is gone") as string,
    });
  });
});

describe("a stream of an object", () => {
  it("brings its bytes in order", async () => {
    const got = await buffer(streamObject(await store.sign({ do: "download", object: "there" })));
    expect(createHash("sha256").update(got).digest()).toEqual(
      createHash("sha256").update(store.content).digest(),
    );
  });

  it("goes on unseen where the connection broke", async () => {
    store.world.faults.put("broken", { action: { kind: "truncate", afterBodyBytes: 1_000_000 }, times: 3 });
    const got = await buffer(streamObject(await store.sign({ do: "download", object: "there" }), hasty));
    expect(got.equals(store.content)).toBe(true);
  });

  it("waits for its reader", async () => {
    const stream = streamObject(await store.sign({ do: "download", object: "there" }), {
      highWaterMark: 65_536,
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stream.readableLength).toBeLessThan(mebibyte);
    expect((await buffer(stream)).length).toBe(store.content.length);
  });

  it("ends the transfer when it is destroyed", async () => {
    const signed = await store.sign({ do: "download", object: "there" });
    const stream = streamObject(signed);
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.destroy();
    await closed;
    expect(stream.destroyed).toBe(true);
  });
});
