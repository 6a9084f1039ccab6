import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startEarlyUploads } from "../../../../services/worker/upload/early-uploads.ts";
import type { OutputFile } from "../../../../services/worker/upload/outputs.ts";

let outputs: string;
beforeEach(async () => {
  outputs = await mkdtemp(path.join(tmpdir(), "early-"));
  await mkdir(path.join(outputs, "720p"));
});
afterEach(() => rm(outputs, { recursive: true }));

const segments = (...numbers: number[]) =>
  Promise.all(numbers.map((number) => writeFile(path.join(outputs, "720p", `segment-${number}.m4s`), "x")));
const start = (upload: (files: readonly OutputFile[], signal: AbortSignal) => Promise<unknown>) =>
  startEarlyUploads({ outputs, folders: ["720p"], upload, everyMs: 5 });
/** An upload that goes on until it is given up. */
const endless = (_: readonly OutputFile[], signal: AbortSignal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(new DOMException("This operation was aborted", "AbortError"));
    });
  });

describe("uploads while an encode goes on", () => {
  it("send each segment once, when the next one is there", async () => {
    const sent: string[] = [];
    await segments(1, 2, 3);
    const early = start((files) => Promise.resolve(sent.push(...files.map(({ name }) => name))));
    await vi.waitFor(() => {
      expect(sent).toHaveLength(2);
    });
    await segments(4);
    await vi.waitFor(() => {
      expect(sent).toHaveLength(3);
    });
    expect([...(await early.finish()).keys()]).toEqual(sent);
    expect(sent).toEqual(["720p/segment-1.m4s", "720p/segment-2.m4s", "720p/segment-3.m4s"]);
  });

  it("tell why one has failed", async () => {
    await segments(1, 2);
    const early = start(() => Promise.reject(new Error("the store is away")));
    await vi.waitFor(() => {
      expect(early.failed.reason).toEqual(new Error("the store is away"));
    });
    await expect(early.finish()).rejects.toThrow("the store is away");
  });

  it("have not failed when they are given up in the middle of one", async () => {
    await segments(1, 2);
    const early = start(endless);
    await vi.waitFor(() => {
      expect(early.begun()).toBe(true);
    });
    await early.abandon();
    expect(early.failed.aborted).toBe(false);
  });
});
