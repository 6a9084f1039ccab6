import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "./broker.ts";
import type { Broker } from "./broker.ts";
import { asH264, clip, make, picture } from "./media.ts";
import { exitOf, startWorkerProcess, until } from "./worker-process.ts";
import type { Worker } from "./worker-process.ts";

let directory: string;
let broker: Broker;
let worker: Worker;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-memory-"));
  broker = await startBroker();
});
afterEach(async () => {
  worker.process.kill("SIGTERM");
  await exitOf(worker);
});
afterAll(async () => {
  await broker.close();
  await rm(directory, { recursive: true });
});
const limitedTo = (mebibytes: number) =>
  startWorkerProcess(directory, broker.url, { MPEGFLOW_FFMPEG_MEMORY_MIB: String(mebibytes) });

// Only Linux tells what a process holds.
describe.runIf(process.platform === "linux")("an encode within a limit of memory", () => {
  it("fails with a reason when ffmpeg wants more, whatever ffmpeg says about it", async () => {
    worker = await limitedTo(64);
    const ending = await broker.offer(clip);
    expect(ending).toMatchObject({
      call: "fail",
      body: { error: { code: "memory-exhausted" }, retryable: true },
    });
    expect(ending.call === "fail" && ending.body.error.message).toContain("more than the 64 MiB of memory");
    await until(async () => (await worker.encoders()) === 0, 5);
  });

  it("succeeds where it holds less, however much it reserves", async () => {
    worker = await limitedTo(160);
    const film = await readFile(make(directory, "film.mp4", ...picture("320x180", "25", 2), ...asH264));
    expect(await broker.offer(film)).toMatchObject({ call: "complete" });
  });
});
