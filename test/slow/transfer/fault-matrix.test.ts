import { randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FaultRuleInput } from "../../../sandbox/gcs/index.ts";
import type { SignedRequest } from "../../../services/protocol/index.ts";
import type { Operation } from "../../../services/signing/index.ts";
import {
  download,
  streamObject,
  TransferError,
  upload,
  uploadParts,
} from "../../../services/transfer/index.ts";
import { bucket, createFilledStore, hasty } from "../../unit/transfer/store.ts";
import type { TestStore } from "../../unit/transfer/store.ts";

const mebibyte = 2 ** 20;
let store: TestStore;

beforeAll(async () => {
  store = await createFilledStore();
});
afterAll(() => store.close());
beforeEach(() => {
  store.world.faults.clear();
});

type Match = FaultRuleInput["match"];

interface Work {
  /** The requests that are disturbed. */
  readonly match: Match;
  /** Does it under disturbance; answers with the bytes that came out, wherever that is. */
  readonly run: () => Promise<Buffer>;
}

const renewing = async (operation: Operation): Promise<[SignedRequest, () => Promise<SignedRequest>]> => [
  await store.sign(operation),
  () => store.sign(operation),
];

/** What lies in the store under a name, and that there is one generation of it only. */
async function stored(object: string): Promise<Buffer> {
  store.world.faults.clear();
  const [content] = await store.world.client().bucket(bucket).file(object).download();
  return content;
}

const works: Record<string, Work> = {
  "a download": {
    match: { method: "GET" },
    run: async () => {
      const file = join(store.folder, randomUUID());
      const [signed, renew] = await renewing({ do: "download", object: "there" });
      await download(signed, file, { ...hasty, renew, connections: 1 });
      return readFile(file);
    },
  },
  "a download in pieces": {
    match: { method: "GET", range: true },
    run: async () => {
      const file = join(store.folder, randomUUID());
      const [signed, renew] = await renewing({ do: "download", object: "there" });
      await download(signed, file, { ...hasty, renew, connections: 4, pieceBytes: mebibyte / 2 });
      return readFile(file);
    },
  },
  "a stream": {
    match: { method: "GET" },
    run: async () => {
      const [signed, renew] = await renewing({ do: "download", object: "there" });
      return buffer(streamObject(signed, { ...hasty, renew }));
    },
  },
  "an upload": {
    match: { method: "PUT" },
    run: async () => {
      const object = randomUUID();
      const operation: Operation = { do: "upload", object, createOnly: true, size: store.content.length };
      for (let fresh = 0; ; fresh += 1) {
        try {
          await upload(await store.sign(operation), store.source, hasty);
          return await stored(object);
        } catch (error) {
          if (!(error instanceof TransferError) || error.code !== "url-expired" || fresh > 2) throw error;
        }
      }
    },
  },
  "an upload in parts": {
    match: { method: "PUT", query: ["partNumber"] },
    run: async () => {
      const object = randomUUID();
      const uploadId = await store.initiate(object);
      const { parts } = await uploadParts(
        store.source,
        (wanted) =>
          Promise.all(
            wanted.map(({ number, size }) =>
              store.sign({ do: "upload-part", object, uploadId, partNumber: number, size }),
            ),
          ),
        { ...hasty, partBytes: 5 * mebibyte, connections: 2 },
      );
      expect(await store.complete(object, uploadId, parts)).toBe(200);
      return stored(object);
    },
  },
};

type Action = FaultRuleInput["action"];
const passing: [string, Action][] = [
  ...([408, 429, 500, 502, 503, 504] as const).map((status): [string, Action] => [
    String(status),
    { kind: "status", status },
  ]),
  ["a 503 after the work", { kind: "status", status: 503, when: "after" }],
  ["a 429 that says when", { kind: "status", status: 429, retryAfterSeconds: 0 }],
  ["a reset at once", { kind: "reset" }],
  ["a reset after the work", { kind: "reset", when: "after" }],
  ["a stall", { kind: "stall", milliseconds: 5000 }],
  ["a clock that is an hour ahead", { kind: "clock-skew", seconds: 3600 }],
];
const ofBodies: [string, Action][] = [
  ["a body that ends early", { kind: "truncate", afterBodyBytes: 100_000 }],
  ["a body that breaks off", { kind: "truncate", afterBodyBytes: 100_000, reset: true }],
  ["a body that stands still", { kind: "stall", milliseconds: 5000, afterBodyBytes: 100_000 }],
];
const ofUploads: [string, Action][] = [
  ["a reset in the middle of the request", { kind: "reset", afterRequestBytes: 1_000_000 }],
];

describe.each(Object.entries(works))("%s", (name, work) => {
  const faults = [...passing, ...(name.includes("upload") ? ofUploads : ofBodies)];

  it.each(faults)("comes to its end, whole and once, after %s", async (_, action) => {
    store.world.faults.put("fault", { match: work.match, action, times: 2 });
    expect((await work.run()).equals(store.content)).toBe(true);
    // An upload looks at what it has made with the faults cleared, and their counts.
    if (!name.includes("upload")) expect(store.world.faults.hits("fault")).toBeGreaterThan(0);
  });

  it.each([
    ["a store that is away", { kind: "status", status: 503 }, "unavailable"],
    ["a store that asks for less", { kind: "status", status: 429 }, "rate-limited"],
    ["connections that break", { kind: "reset" }, "connection-failed"],
  ] as [string, Action, string][])(
    "gives up in time and says why in one line: %s",
    async (_, action, code) => {
      store.world.faults.put("fault", { match: work.match, action });
      const error: unknown = await work.run().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TransferError);
      const { code: found, message } = error as TransferError;
      expect(found).toBe(code);
      expect(message).toMatch(
        /^(GET|PUT) http:\/\/127\.0\.0\.1:\d+\/media\/[^?\n]+ (was|got) [^?\n]+; gave up after 9 tries\.$/,
      );
    },
  );
});

describe("bytes that are damaged on the way", () => {
  it.each([
    ["a download", "body"],
    ["a download", "checksum"],
    ["a download in pieces", "body"],
    ["a stream", "body"],
    ["a stream", "checksum"],
  ] as const)("are never taken for good: %s, %s", async (name, what) => {
    store.world.faults.put("fault", { match: { method: "GET" }, action: { kind: "corrupt", what } });
    const before = await readdir(store.folder);
    const error: unknown = await works[name]?.run().catch((reason: unknown) => reason);
    expect(error instanceof TransferError && error.code).toBe("checksum-mismatch");
    expect(await readdir(store.folder)).toEqual(before);
  });

  it("are told by an upload whose store has another checksum", async () => {
    store.world.faults.put("fault", {
      match: { method: "PUT" },
      action: { kind: "corrupt", what: "checksum" },
    });
    const signed = await store.sign({ do: "upload", object: "damaged" });
    await expect(upload(signed, store.source, hasty)).rejects.toMatchObject({ code: "checksum-mismatch" });
  });
});

describe("a rate limit of one write a second", () => {
  it("is waited out by whoever writes the same object twice", async () => {
    store.world.rateLimits.set({ objectWrites: 1 });
    const signed = await store.sign({ do: "upload", object: "busy", ifGeneration: "0" });
    await upload(signed, store.source, hasty);
    const again = await store.sign({ do: "upload", object: "busy" });
    const patient = { retry: { initialDelayMs: 600, longestDelayMs: 600 } };
    expect((await upload(again, store.source, { ...patient, idempotent: true })).created).toBe(true);
    store.world.rateLimits.set({});
  });
});

describe("an object that changes while it is fetched in pieces", () => {
  it("is not put together from two versions", async () => {
    const object = "changing";
    await upload(await store.sign({ do: "upload", object }), store.source);
    const signed = await store.sign({ do: "download", object });
    let changed: Promise<unknown> | undefined;
    const file = join(store.folder, randomUUID());
    const error: unknown = await download(signed, file, {
      ...hasty,
      pieceBytes: mebibyte / 2,
      onProgress: () => {
        changed ??= store.world.client().bucket(bucket).file(object).save("other", { resumable: false });
      },
    }).catch((reason: unknown) => reason);
    await changed;
    // Whoever was quick enough has the old version whole; nobody has a mixture.
    if (error instanceof TransferError) expect(["object-changed", "refused"]).toContain(error.code);
    else expect((await readFile(file)).equals(store.content)).toBe(true);
  });
});
