import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bucket } from "../../unit/transfer/store.ts";
import { clipFile, make, packetTimes } from "./media.ts";
import { type Site, startSite } from "./site.ts";
import { exitOf, startWorkerProcess, until } from "./worker-process.ts";
import type { Worker } from "./worker-process.ts";

let directory: string;
let site: Site;
let worker: Worker;
let indexFirst: Buffer;
let indexLast: Buffer;
let long: Buffer;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-streaming-"));
  site = await startSite({ leaseSeconds: 12 });
  const copied = (name: string, ...options: string[]) =>
    readFile(make(directory, name, "-i", clipFile, "-t", "3", "-c", "copy", ...options));
  indexFirst = await copied("first.mp4", "-movflags", "+faststart");
  indexLast = await copied("last.mp4");
  const looped = ["-stream_loop", "7", "-i", clipFile, "-c", "copy", "-movflags", "+faststart"];
  long = await readFile(make(directory, "long.mp4", ...looped));
});
afterAll(async () => {
  await site.close();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  site.store.world.faults.clear();
  worker = await startWorkerProcess(directory, site.url, { MPEGFLOW_INPUT: "stream" });
});
afterEach(async () => {
  worker.process.kill("SIGTERM");
  await exitOf(worker);
});

const quick = { profile: "mp4-h264", overrides: { maxShortEdge: 144, poster: false, captions: false } };
const succeeded = async (id: string): Promise<void> => {
  await until(() => site.record(id)?.state === "succeeded" || site.record(id)?.state === "failed");
  expect(site.record(id)).toMatchObject({ state: "succeeded" });
};
/** The one output of a job, on the disk. */
async function fileOf(id: string): Promise<string> {
  const [output, ...more] = await site.outputs(id);
  if (output === undefined || more.length > 0)
    throw new Error(`${id} has ${more.length} outputs more than one`);
  const file = path.join(directory, `${id}.mp4`);
  await site.store.world.client().bucket(bucket).file(output.name).download({ destination: file });
  return file;
}
/** Signed reads, as of workers: the head, the probe's stream, the encode's. */
const reads = { method: "GET" as const, query: ["X-Goog-Signature"] };

describe("an input that is streamed into the encoder", () => {
  it("becomes what its download becomes, and is never on the disk", async () => {
    await site.offer("streamed", indexFirst, quick);
    await succeeded("streamed");
    expect(worker.log()).toContain('"message":"input is streamed"');
    expect(worker.log()).not.toContain("input downloaded");
    worker.process.kill("SIGTERM");
    await exitOf(worker);
    worker = await startWorkerProcess(directory, site.url, { MPEGFLOW_INPUT: "download" });
    await site.offer("downloaded", indexFirst, quick);
    await succeeded("downloaded");
    const [one, other] = [site.record("streamed"), site.record("downloaded")];
    expect(one?.media).toEqual(other?.media);
    const files = await Promise.all(["streamed", "downloaded"].map(fileOf));
    const [streamed = "", downloaded = ""] = files;
    expect(packetTimes(streamed).length).toBeGreaterThan(150);
    // Encoders are given the same frames. The bytes may differ a little: not every encoder is deterministic with threads.
    expect(packetTimes(streamed)).toEqual(packetTimes(downloaded));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    expect(Math.abs((sizes[0] ?? 0) / (sizes[1] ?? 0) - 1)).toBeLessThan(0.01);
  });

  it("is downloaded where its index comes last", async () => {
    await site.offer("last", indexLast, quick);
    await succeeded("last");
    expect(worker.log()).toContain("Its index (moov) comes after the data; it needs a file.");
    expect(worker.log()).toContain('"message":"input downloaded"');
  });

  it("goes on where a connection broke", async () => {
    site.store.world.faults.put("breaks", {
      match: reads,
      action: { kind: "truncate", afterBodyBytes: 300_000, reset: true },
      times: 4,
    });
    await site.offer("broken", indexFirst, quick);
    await succeeded("broken");
    expect(worker.log()).toContain('"message":"input is streamed"');
    expect(worker.log()).not.toContain("input downloaded");
  });

  it("is downloaded in the same attempt when it arrived damaged and nothing is stored yet", async () => {
    site.store.world.faults.put("damage", {
      match: reads,
      action: { kind: "corrupt", what: "checksum" },
      times: 3,
    });
    const overrides = { ...quick.overrides, maxFramesPerSecond: 2 };
    await site.offer("damaged", long, { ...quick, overrides });
    await succeeded("damaged");
    expect(worker.log()).toContain("the stream was of no use; the input is downloaded");
    expect(site.record("damaged")?.attempt).toBe(1);
  });

  it("is downloaded by the next attempt when outputs of the damaged one are stored already", async () => {
    site.store.world.faults.put("damage", {
      match: reads,
      action: { kind: "corrupt", what: "checksum" },
      times: 3,
    });
    // Large enough to take longer than the second after which segments begin to go out.
    const overrides = { maxShortEdge: 480, segmentSeconds: 1, poster: false, storyboard: false };
    await site.offer("stored", long, { profile: "hls-h264", overrides });
    await succeeded("stored");
    expect(worker.log()).toContain("input-stream-broken");
    expect(site.record("stored")?.attempt).toBe(2);
    await site.cleanUpLater();
    const names = (await site.outputs("stored")).map(({ name }) => name);
    const attempts = names.map((name) => /^outputs\/stored\/stored\.\d+(?=\.)/.exec(name)?.[0]);
    expect(new Set(attempts)).toEqual(new Set(["outputs/stored/stored.2"]));
  });
});
