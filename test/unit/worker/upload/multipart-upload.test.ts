import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MultipartCompleteRequest } from "../../../../services/protocol/index.ts";
import { crc32c, encodeCrc32c } from "../../../../services/transfer/index.ts";
import { CoordinatorError } from "../../../../services/worker/lease/coordinator-client.ts";
import type { CoordinatorClient } from "../../../../services/worker/lease/coordinator-client.ts";
import { isInParts, uploadInParts } from "../../../../services/worker/upload/multipart-upload.ts";
import type { TransferContext } from "../../../../services/worker/upload/transfer-context.ts";
import { createTestStore } from "../../transfer/store.ts";
import type { TestStore } from "../../transfer/store.ts";

const mebibyte = 2 ** 20;
let store: TestStore;
let calls: string[];
let completed: MultipartCompleteRequest | undefined;

beforeAll(async () => {
  store = await createTestStore(6 * mebibyte + 1);
});
afterAll(() => store.close());
beforeEach(() => {
  calls = [];
  completed = undefined;
  store.world.faults.clear();
});

/** A coordinator's part of the work, against the real store; the rest is not called. */
function contextFor(object: string, changed: Partial<CoordinatorClient> = {}): TransferContext {
  const unused = () => Promise.reject(new Error("not called here"));
  const coordinator: CoordinatorClient = {
    ...{ lease: unused, urls: unused, heartbeat: unused, complete: unused, fail: unused },
    ...{ release: unused, close: unused },
    startMultipart: async () => {
      calls.push("start");
      return { upload: await store.initiate(object), partBytes: 5 * mebibyte };
    },
    signParts: async (_lease, { upload: uploadId, parts }) => {
      calls.push(`sign ${parts.map(({ number }) => number).join()}`);
      const signed = parts.map(({ number, size }) =>
        store.sign({ do: "upload-part", object, uploadId, partNumber: number, size }),
      );
      return { parts: await Promise.all(signed) };
    },
    completeMultipart: async (_lease, body) => {
      calls.push("complete");
      completed = body;
      expect(await store.complete(object, body.upload, body.parts)).toBe(200);
    },
    abortMultipart: () => {
      calls.push("abort");
      return Promise.resolve();
    },
    ...changed,
  };
  const session = { credential: () => ({ jobId: "job-1", token: "t" }) } as TransferContext["session"];
  return { coordinator, session, signal: new AbortController().signal, onProgress: () => undefined };
}
const output = () => ({
  name: "out.mp4",
  file: store.source,
  contentType: "video/mp4",
  size: store.content.length,
});

describe("an output in parts", () => {
  it("is one of 128 MiB and more", () => {
    expect([isInParts({ size: 128 * mebibyte - 1 }), isInParts({ size: 128 * mebibyte })]).toEqual([
      false,
      true,
    ]);
  });

  it("becomes the object, and is completed with size and checksum", async () => {
    await uploadInParts(contextFor("whole"), output());
    expect(calls).toEqual(["start", "sign 1,2", "complete"]);
    expect(completed).toMatchObject({
      size: store.content.length,
      crc32c: encodeCrc32c(crc32c(store.content)),
    });
    const [content] = await store.world.client().bucket("media").file("whole").download();
    expect(content.equals(store.content)).toBe(true);
  });

  it("waits for a coordinator that is away for a moment", async () => {
    let away = 1;
    const context = contextFor("patient");
    const coordinator: CoordinatorClient = {
      ...context.coordinator,
      startMultipart: (...given) =>
        away-- > 0
          ? Promise.reject(new CoordinatorError("away", "busy"))
          : context.coordinator.startMultipart(...given),
    };
    await uploadInParts({ ...context, coordinator }, output());
    expect(calls.at(-1)).toBe("complete");
  });

  it("is aborted when a part is refused", async () => {
    store.world.faults.put("gone", {
      match: { method: "PUT" },
      action: { kind: "clock-skew", seconds: 3600 },
    });
    const work = uploadInParts(contextFor("refused"), output());
    await expect(work).rejects.toMatchObject({ code: "url-expired" });
    expect(calls.at(-1)).toBe("abort");
  });

  it("is aborted when the completion is refused", async () => {
    const completeMultipart = () => Promise.reject(new CoordinatorError("refused", "upload-mismatch"));
    const work = uploadInParts(contextFor("mismatch", { completeMultipart }), output());
    await expect(work).rejects.toMatchObject({ kind: "refused" });
    expect(calls.at(-1)).toBe("abort");
  });
});
