import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { crc32c, download, encodeCrc32c, TransferError } from "../../../services/transfer/index.ts";
import type { TransferOptions } from "../../../services/transfer/index.ts";
import { answer, reset, serve, signature, startFaultyServer } from "./faulty-server.ts";
import type { Behaviour, FaultyServer } from "./faulty-server.ts";

const content = randomBytes(700_001);
const hash = encodeCrc32c(crc32c(content));
const identity = { etag: '"v1"', "x-goog-generation": "1", "x-goog-hash": `crc32c=${hash},md5=x` };
const whole: Behaviour = serve({ content, headers: identity });
const cutAt = (bytes: number): TransferOptions => ({
  retry: { initialDelayMs: 1, longestDelayMs: 5 },
  onProgress: (progress) => {
    if (progress.bytes % bytes === 0) server.cut();
  },
});
const quick = cutAt(300_000);

let server: FaultyServer;
let folder: string;
let destination: string;
beforeAll(async () => {
  server = await startFaultyServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-"));
  destination = join(folder, "clip.mp4");
  return () => rm(folder, { recursive: true });
});

const failure = async (...behaviours: Behaviour[]): Promise<TransferError> => {
  server.play(...behaviours);
  return failureOf(download(server.signed("GET"), destination, quick));
};
const failureOf = (promise: Promise<unknown>): Promise<TransferError> =>
  promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => (error instanceof TransferError ? error : expect.fail(String(error))),
  );
const ranges = (): (string | undefined)[] => server.seen.map(({ headers }) => headers.range);

describe("a download", () => {
  it("puts the object's bytes into the file", async () => {
    server.play(whole);
    await download(server.signed("GET"), destination);
    expect((await readFile(destination)).equals(content)).toBe(true);
  });

  it("tells size, checksum and version", async () => {
    server.play(whole);
    expect(await download(server.signed("GET"), destination)).toEqual({
      bytes: content.length,
      crc32c: hash,
      etag: '"v1"',
      generation: "1",
    });
  });

  it("takes an empty object", async () => {
    server.play(serve({ content: Buffer.of() }));
    expect((await download(server.signed("GET"), destination)).bytes).toBe(0);
  });

  it("sends the signed headers byte for byte and adds none of its own but those of the connection", async () => {
    server.play(whole);
    const headers = { "x-goog-encryption-key": "a+/b==", "x-goog-meta-note": "two  words" };
    await download(server.signed("GET", headers), destination);
    const raw = server.seen[0]?.rawHeaders ?? [];
    const sent = Object.fromEntries(raw.flatMap((name, i) => (i % 2 ? [] : [[name, raw[i + 1]]])));
    expect(sent).toEqual({ ...headers, host: expect.any(String) as string, connection: "keep-alive" });
  });

  it("sends path and query as they were signed", async () => {
    server.play(whole);
    const signed = server.signed("GET");
    await download(signed, destination);
    expect(signed.url.endsWith(server.seen[0]?.url ?? "nothing")).toBe(true);
  });

  it("reports progress up to the full size", async () => {
    server.play(whole);
    const reports: unknown[] = [];
    await download(server.signed("GET"), destination, { onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)).toEqual({ bytes: content.length, totalBytes: content.length });
  });

  it("replaces a file of that name", async () => {
    await writeFile(destination, "old");
    server.play(whole);
    await download(server.signed("GET"), destination);
    expect((await readFile(destination)).length).toBe(content.length);
  });

  it("takes a range when the range is signed", async () => {
    server.play((_, response) => {
      response.writeHead(206, { ...identity, "content-range": "bytes 1-4/700001", "content-length": "4" });
      response.end(content.subarray(1, 5));
    });
    expect((await download(server.signed("GET", { range: "bytes=1-4" }), destination)).bytes).toBe(4);
  });

  it("takes an object that the store decompresses on the way, whose checksum is of other bytes", async () => {
    const headers = {
      ...identity,
      "x-goog-hash": "crc32c=AAAAAA==",
      "x-goog-stored-content-encoding": "gzip",
    };
    server.play((_, response) => response.writeHead(200, headers).end(content));
    expect((await download(server.signed("GET"), destination)).bytes).toBe(content.length);
  });
});

describe("a download that is disturbed", () => {
  it("goes on where the stream broke", async () => {
    server.play(serve({ content, headers: identity, cutAfter: 300_000 }), whole);
    await download(server.signed("GET"), destination, quick);
    expect([ranges(), (await readFile(destination)).equals(content)]).toEqual([
      [undefined, "bytes=300000-"],
      true,
    ]);
  });

  it("goes on as often as it takes while bytes arrive", async () => {
    server.play(serve({ content, headers: identity, cutAfter: 50_000 }));
    const options = cutAt(50_000);
    await download(server.signed("GET"), destination, {
      ...options,
      retry: { ...options.retry, retries: 1 },
    });
    expect([server.seen.length, (await readFile(destination)).equals(content)]).toEqual([15, true]);
  });

  it.each([408, 429, 500, 502, 503, 504])("tries again after %d", async (status) => {
    server.play(answer(status), whole);
    expect((await download(server.signed("GET"), destination, quick)).crc32c).toBe(hash);
  });

  it("tries again after a reset connection", async () => {
    server.play(reset, whole);
    expect((await download(server.signed("GET"), destination, quick)).crc32c).toBe(hash);
  });

  it("tries again when the store falls silent", async () => {
    server.play(() => undefined, whole);
    await download(server.signed("GET"), destination, { ...quick, idleMs: 200 });
    expect(server.seen).toHaveLength(2);
  });

  it("waits as long as Retry-After says", async () => {
    server.play(answer(503, { "retry-after": "1" }), whole);
    const start = performance.now();
    await download(server.signed("GET"), destination, quick);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it("starts over when the store ignores the range", async () => {
    const headers = identity;
    server.play(
      serve({ content, headers, cutAfter: 300_000 }),
      serve({ content, headers, ignoreRange: true }),
    );
    await download(server.signed("GET"), destination, quick);
    expect((await readFile(destination)).equals(content)).toBe(true);
  });

  it("starts over when nothing identifies the version", async () => {
    server.play(serve({ content, cutAfter: 300_000 }), serve({ content }));
    await download(server.signed("GET"), destination, quick);
    expect([ranges(), (await readFile(destination)).equals(content)]).toEqual([[undefined, undefined], true]);
  });

  it("keeps nothing of what it drops when it starts over", async () => {
    server.play(serve({ content, cutAfter: 300_000 }), serve({ content: Buffer.from("short") }));
    await download(server.signed("GET"), destination, quick);
    expect(await readFile(destination, "utf8")).toBe("short");
  });

  it("gives up when no try gets further than an earlier one", async () => {
    const [short, long] = [300_000, 600_000].map((cutAfter) => serve({ content, cutAfter }));
    server.play(...Array.from({ length: 20 }, (_, i) => (i % 2 ? long : short) ?? reset));
    await failureOf(
      download(server.signed("GET"), destination, { ...quick, retry: { ...quick.retry, retries: 2 } }),
    );
    expect(server.seen).toHaveLength(4);
  });

  it("starts over with the new version when the object changed before the first byte", async () => {
    const other = Buffer.from("other");
    server.play(serve({ content, headers: identity, cutAfter: 0 }), serve({ content: other }));
    expect((await download(server.signed("GET"), destination, quick)).bytes).toBe(5);
  });
});

describe("a download that fails", () => {
  const cut = serve({ content, headers: identity, cutAfter: 300_000 });

  it.each([
    ["another generation", serve({ content, headers: { ...identity, "x-goog-generation": "2" } })],
    ["another ETag", serve({ content, headers: { ...identity, etag: '"v2"' } })],
    ["another size", serve({ content: content.subarray(0, 400_000), headers: identity })],
    ["no such range any more", answer(416)],
    ["another version from the start", serve({ content, headers: { etag: '"v2"' }, ignoreRange: true })],
  ])("says that the object changed when it goes on with %s", async (_, second) => {
    expect((await failure(cut, second)).code).toBe("object-changed");
  });

  it("says that the bytes are damaged when the checksum differs", async () => {
    const damaged = serve({ content, headers: { ...identity, "x-goog-hash": "crc32c=AAAAAA==" } });
    expect((await failure(damaged)).code).toBe("checksum-mismatch");
  });

  it.each([
    [401, "access-denied"],
    [403, "access-denied"],
    [404, "not-found"],
    [412, "precondition-failed"],
    [400, "refused"],
    [307, "unexpected-answer"],
    [204, "unexpected-answer"],
  ])("calls status %d %s at once", async (status, code) => {
    expect([(await failure(answer(status))).code, server.seen.length]).toEqual([code, 1]);
  });

  it.each([
    [429, "rate-limited"],
    [503, "unavailable"],
  ])("calls status %d %s in the end, and passing", async (status, code) => {
    const { code: actual, status: last, transient } = await failure(answer(status));
    expect([actual, last, transient, server.seen.length]).toEqual([code, status, true, 9]);
  });

  it("says that the URL has ended when its time is over", async () => {
    server.play(answer(403, {}, "<Error><Code>AccessDenied</Code></Error>"));
    const ended = server.signed("GET", {}, new Date(Date.now() - 1000));
    expect((await failureOf(download(ended, destination))).code).toBe("url-expired");
  });

  it("says that the URL has ended when the store says so", async () => {
    const body = "<?xml version='1.0'?><Error><Code>ExpiredToken</Code></Error>";
    expect((await failure(answer(400, {}, body))).code).toBe("url-expired");
  });

  it("says so in one sentence that has the store's reason and not the signature", async () => {
    const body = `<Error><Code>SignatureDoesNotMatch</Code><CanonicalRequest>${signature}</CanonicalRequest></Error>`;
    const { message } = await failure(answer(403, {}, body));
    expect(message).toMatch(
      /^GET http:\/\/127\.0\.0\.1:\d+\/media\/a%20b\.mp4 was answered 403 SignatureDoesNotMatch: what was sent is not what was signed: [^?]*\.$/,
    );
  });

  it("says after how many tries it gave up", async () => {
    expect((await failure(answer(503))).message).toMatch(
      /was answered 503: the store has trouble of its own, which passes; gave up after 9 tries\.$/,
    );
  });

  it.each([answer(503), answer(403), reset])("never shows the signature", async (behaviour) => {
    const error = await failure(behaviour);
    expect(`${JSON.stringify(error)} ${error.stack ?? ""} ${String(error.cause)}`).not.toContain(signature);
  });

  it("leaves no file behind", async () => {
    await failure(cut, answer(404));
    expect(await readdir(folder)).toEqual([]);
  });

  it("says that there is no connection when nobody listens", async () => {
    const gone = await startFaultyServer();
    const signed = gone.signed("GET");
    await gone.close();
    const { code, transient } = await failureOf(
      download(signed, destination, { retry: { ...quick.retry, retries: 1 } }),
    );
    expect([code, transient]).toEqual(["connection-failed", true]);
  });

  it("names the file when it cannot be written", async () => {
    const lost = join(folder, "no-such-folder", "clip.mp4");
    const error = await failureOf(download(server.signed("GET"), lost));
    expect(error.message).toBe(`Could not write ${lost}: ENOENT.`);
  });

  it("is refused for a PUT", async () => {
    expect((await failureOf(download(server.signed("PUT"), destination))).code).toBe("invalid-request");
  });

  it("is refused for what is no URL", async () => {
    const error = await failureOf(
      download({ ...server.signed("GET"), url: `nonsense?${signature}` }, destination),
    );
    expect([error.code, error.message.includes(signature)]).toEqual(["invalid-request", false]);
  });
});

describe("a download that is called off", () => {
  it.each([
    ["while the store is silent", () => undefined],
    ["while bytes arrive", (_, response) => response.writeHead(200, { "content-length": "9" }).write("x")],
    ["while it waits for the next try", answer(503, { "retry-after": "60" })],
  ] as [string, Behaviour][])("ends at once %s", async (_, behaviour) => {
    server.play(behaviour);
    const signal = AbortSignal.timeout(150);
    const error = await failureOf(download(server.signed("GET"), destination, { signal }));
    expect([error.code, await readdir(folder)]).toEqual(["aborted", []]);
  });

  it("does not even start when the signal was given before", async () => {
    server.play(whole);
    await failureOf(download(server.signed("GET"), destination, { signal: AbortSignal.abort() }));
    expect(server.seen).toHaveLength(0);
  });
});
