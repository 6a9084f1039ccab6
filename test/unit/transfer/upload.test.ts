import { randomBytes } from "node:crypto";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { crc32c, encodeCrc32c, TransferError, upload } from "../../../services/transfer/index.ts";
import type { UploadOptions } from "../../../services/transfer/index.ts";
import { answer, reset, signature, startFaultyServer } from "./faulty-server.ts";
import type { Behaviour, FaultyServer } from "./faulty-server.ts";

const content = randomBytes(700_001);
const hash = encodeCrc32c(crc32c(content));
const stored = answer(200, { etag: '"e"', "x-goog-generation": "7", "x-goog-hash": `crc32c=${hash}` });
const createOnly = {
  "content-length": String(content.length),
  "content-type": "video/mp4",
  "x-goog-if-generation-match": "0",
};
const quick: UploadOptions = { retry: { initialDelayMs: 1, longestDelayMs: 5 } };

let server: FaultyServer;
let folder: string;
let file: string;
beforeAll(async () => {
  server = await startFaultyServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upload-"));
  file = join(folder, "segment.m4s");
  await writeFile(file, content);
  return () => rm(folder, { recursive: true });
});

const failureOf = (promise: Promise<unknown>): Promise<TransferError> =>
  promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => (error instanceof TransferError ? error : expect.fail(String(error))),
  );
const play = (headers: Record<string, string>, ...behaviours: Behaviour[]) => {
  server.play(...behaviours);
  return upload(server.signed("PUT", headers), file, quick);
};

describe("an upload", () => {
  it("sends the file's bytes", async () => {
    await play(createOnly, stored);
    expect(server.seen[0]?.body.equals(content)).toBe(true);
  });

  it("tells size, checksum and what the store made of it", async () => {
    expect(await play(createOnly, stored)).toEqual({
      bytes: content.length,
      crc32c: hash,
      created: true,
      etag: '"e"',
      generation: "7",
    });
  });

  it("sends the signed headers byte for byte and an exact length, not chunks", async () => {
    await play(createOnly, stored);
    const raw = server.seen[0]?.rawHeaders ?? [];
    const sent = Object.fromEntries(raw.flatMap((name, i) => (i % 2 ? [] : [[name, raw[i + 1]]])));
    expect(sent).toEqual({ ...createOnly, host: expect.any(String) as string, connection: "keep-alive" });
  });

  it("sends the length when it is not signed, too", async () => {
    await play({}, stored);
    expect(server.seen[0]?.headers["content-length"]).toBe(String(content.length));
  });

  it("sends an empty file", async () => {
    await truncate(file);
    await play({ "content-length": "0" }, answer(200));
    expect([server.seen[0]?.headers["content-length"], server.seen[0]?.body.length]).toEqual(["0", 0]);
  });

  it("reports progress up to the full size", async () => {
    server.play(stored);
    const reports: unknown[] = [];
    await upload(server.signed("PUT"), file, { onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)).toEqual({ bytes: content.length, totalBytes: content.length });
  });
});

describe("a create-only upload that is disturbed", () => {
  it.each([408, 429, 500, 502, 503, 504])("sends everything again after %d", async (status) => {
    await play(createOnly, answer(status), stored);
    expect(server.seen[1]?.body.equals(content)).toBe(true);
  });

  it("sends everything again after a reset connection", async () => {
    await play(createOnly, reset, stored);
    expect(server.seen[1]?.body.equals(content)).toBe(true);
  });

  it.each([
    ["a lost answer", reset],
    ["503", answer(503)],
  ] as [string, Behaviour][])(
    "is done, though not confirmed, when the object is there after %s",
    async (_, first) => {
      expect(await play(createOnly, first, answer(412))).toMatchObject({
        created: false,
        bytes: content.length,
        crc32c: hash,
      });
    },
  );

  it("fails when the object is there after 429, which stored nothing", async () => {
    expect((await failureOf(play(createOnly, answer(429), answer(412)))).code).toBe("precondition-failed");
  });

  it("fails when the object was there before the first try", async () => {
    const { code, status } = await failureOf(play(createOnly, answer(412)));
    expect([code, status]).toEqual(["precondition-failed", 412]);
  });

  it("fails when another condition than create-only does not hold after a lost answer", async () => {
    const headers = { "x-goog-if-generation-match": "5" };
    expect((await failureOf(play(headers, reset, answer(412)))).code).toBe("precondition-failed");
  });
});

describe("an upload without a precondition", () => {
  it.each([
    ["503", answer(503)],
    ["a lost answer", reset],
  ] as [string, Behaviour][])("is not repeated after %s", async (_, first) => {
    await failureOf(play({}, first, stored));
    expect(server.seen).toHaveLength(1);
  });

  it("is repeated after 429, which stored nothing", async () => {
    expect((await play({}, answer(429), stored)).created).toBe(true);
  });

  it("is repeated when the caller says that it does no harm", async () => {
    server.play(answer(503), stored);
    expect((await upload(server.signed("PUT"), file, { ...quick, idempotent: true })).created).toBe(true);
  });

  it("is repeated when it is a part of a multipart upload", async () => {
    server.play(answer(503), stored);
    const { url, ...rest } = server.signed("PUT");
    expect((await upload({ ...rest, url: `${url}&partNumber=1&uploadId=u` }, file, quick)).created).toBe(
      true,
    );
  });
});

describe("an upload that fails", () => {
  it("says so when the store kept other bytes", async () => {
    const other = answer(200, { "x-goog-hash": "crc32c=AAAAAA==" });
    expect((await failureOf(play(createOnly, other))).code).toBe("checksum-mismatch");
  });

  it("sends nothing when the signed length is not the file's", async () => {
    const error = await failureOf(play({ "content-length": "5" }, stored));
    expect([error.code, server.seen.length]).toEqual(["size-mismatch", 0]);
  });

  it("has one sentence without the signature", async () => {
    const error = await failureOf(play(createOnly, answer(403, {}, `<Code>AccessDenied</Code>${signature}`)));
    expect(error.message).toMatch(
      /^PUT http:\/\/127\.0\.0\.1:\d+\/media\/a%20b\.mp4 was answered 403 AccessDenied: whoever signed may not do this; check the signer's grants\.$/,
    );
  });

  it("names the file when it cannot be read", async () => {
    const lost = join(folder, "lost");
    const error = await failureOf(upload(server.signed("PUT"), lost));
    expect(error.message).toBe(`Could not read ${lost}: ENOENT.`);
  });

  it("names the file when it is a folder", async () => {
    expect((await failureOf(upload(server.signed("PUT"), folder))).message).toContain("not a regular file");
  });

  it("says so when the file shrinks while it is sent", async () => {
    const big = join(folder, "big");
    await writeFile(big, Buffer.alloc(64 * 1024 * 1024));
    server.play(stored);
    const onProgress = (): void => void truncate(big, 0);
    const error = await failureOf(upload(server.signed("PUT"), big, { onProgress }));
    expect([error.code, error.message]).toEqual(["file", expect.stringContaining("shrank") as string]);
  });

  it("is refused for a GET", async () => {
    expect((await failureOf(upload(server.signed("GET"), file))).code).toBe("invalid-request");
  });

  it("ends at once when called off", async () => {
    server.play(() => undefined);
    const signal = AbortSignal.timeout(150);
    expect((await failureOf(upload(server.signed("PUT"), file, { signal }))).code).toBe("aborted");
  });
});

describe("a store that refuses before it has read the body", () => {
  it("is heard", async () => {
    const big = join(folder, "big");
    await writeFile(big, Buffer.alloc(16 * 1024 * 1024));
    const refusing = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        socket.resume();
      });
    }).listen(0, "127.0.0.1");
    await once(refusing, "listening");
    const address = refusing.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const signed = {
      ...server.signed("PUT", createOnly),
      url: `http://127.0.0.1:${port}/media/o?s=${signature}`,
    };
    const { code } = await failureOf(upload({ ...signed, headers: {} }, big, quick));
    refusing.close();
    expect(code).toBe("access-denied");
  });
});
