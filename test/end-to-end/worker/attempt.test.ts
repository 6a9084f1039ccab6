import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "./broker.ts";
import type { Broker } from "./broker.ts";
import { asH264, clip, clipFile, make, picture } from "./media.ts";
import { exitOf, startWorkerProcess, until } from "./worker-process.ts";
import type { Worker } from "./worker-process.ts";

let directory: string;
let broker: Broker;
let film: Buffer;
/** A film that takes a while, for what happens meanwhile. */
let longFilm: Buffer;
const started: Worker[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-attempt-"));
  broker = await startBroker();
  film = await readFile(make(directory, "film.mp4", ...picture("320x240", "25", 1), ...asH264));
  longFilm = await readFile(make(directory, "long.mp4", "-stream_loop", "40", "-i", clipFile, "-c", "copy"));
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail")
    process.stderr.write(started.map((worker) => worker.log()).join("\n---\n"));
  for (const { process } of started.splice(0)) {
    if (process.exitCode !== null || process.signalCode !== null) continue;
    const exited = once(process, "exit");
    process.kill("SIGKILL");
    await exited;
  }
});
afterAll(async () => {
  await broker.close();
  await rm(directory, { recursive: true });
});

/** A worker of this file's broker. */
async function startWorker(environment: Record<string, string> = {}): Promise<Worker> {
  const worker = await startWorkerProcess(directory, broker.url, environment);
  started.push(worker);
  return worker;
}

describe("an attempt that succeeds", () => {
  it("uploads every output with its type, the master playlist last, and completes with their sizes", async () => {
    const worker = await startWorker();
    const ending = await broker.offer(clip);
    expect(ending).toMatchObject({
      call: "complete",
      body: { media: { kind: "video", durationSeconds: 5.28, renditions: ["720p", "480p", "360p", "240p"] } },
    });
    const told = ending.call === "complete" ? ending.body.outputs : [];
    const stored = [...broker.objects].map(([name, { bytes }]) => ({ name, size: bytes.length }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(told.toSorted(byName)).toEqual(stored.toSorted(byName));
    expect(broker.objects.get("hls/master.m3u8")?.contentType).toBe("application/vnd.apple.mpegurl");
    expect(broker.objects.get("mp4/bigbuckbunny.mp4")?.contentType).toBe("video/mp4");
    expect(broker.uploads.at(-1)).toBe("hls/master.m3u8");
    expect(broker.heartbeats.length).toBeGreaterThan(3);
    expect(broker.heartbeats.at(-1)).toBeGreaterThan(50);
    await until(async () => (await readdir(worker.scratch)).length === 0, 5);
  });

  it("is followed by the next one in the same worker", async () => {
    await startWorker();
    expect((await broker.offer(film)).call).toBe("complete");
    expect((await broker.offer(film)).call).toBe("complete");
  });

  it("gets over a store that is busy for a moment", async () => {
    await startWorker();
    broker.storeFaults.push(503, 429);
    expect((await broker.offer(film)).call).toBe("complete");
  });

  it("never logs a signature", async () => {
    const worker = await startWorker();
    await broker.offer(film);
    broker.storeFaults.push(403);
    await broker.offer(film);
    await until(() => worker.log().includes("attempt failed"));
    expect(broker.signatures.length).toBeGreaterThan(5);
    expect(worker.log()).not.toMatch(/X-Goog|secret\d|\/store\//);
  });
});

describe("an attempt that fails", () => {
  it.each([
    ["a text file", Buffer.from("no film\n"), {}, "input-not-media", false],
    ["an empty file", Buffer.alloc(0), {}, "input-empty", false],
    ["an object that is not there", undefined, {}, "input-not-found", false],
    ["a profile that nobody knows", Buffer.from("x"), { profile: "8k" }, "profile-unknown", false],
    ["overrides that do not fit", Buffer.from("x"), { overrides: { crf: 60 } }, "overrides-invalid", false],
  ])("for %s says so in one sentence", async (_, input, options, code, retryable) => {
    const worker = await startWorker();
    const ending = await broker.offer(input, options);
    expect(ending).toMatchObject({ call: "fail", body: { error: { code }, retryable } });
    expect(ending.call === "fail" && ending.body.error.message).toMatch(/^[A-Z][^\n]*\.$/);
    await until(async () => (await readdir(worker.scratch)).length === 0, 5);
  });

  it("because the store refuses the input waits for a grant, and the address is not told", async () => {
    const worker = await startWorker();
    broker.storeFaults.push(403);
    const ending = await broker.offer(film);
    expect(ending).toMatchObject({
      call: "fail",
      body: { error: { code: "input-access-denied" }, retryable: true },
    });
    expect(ending.call === "fail" && ending.body.error.message).toMatch(
      /^Could not download the input: [^\n]*403[^\n]*check the signer's grants[^\n]*\.$/,
    );
    expect(JSON.stringify(ending)).not.toContain("http");
    await until(async () => (await readdir(worker.scratch)).length === 0, 5);
    // The coordinator gives the job out again, and the grant has spread.
    expect((await broker.offer(film)).call).toBe("complete");
  });

  it("because the store refuses an output may be tried again", async () => {
    await startWorker();
    // The input's beginning, and the input.
    broker.storeFaults.push(undefined, undefined, 403);
    const ending = await broker.offer(film);
    expect(ending).toMatchObject({
      call: "fail",
      body: { error: { code: "transfer-failed" }, retryable: true },
    });
    expect(ending.call === "fail" && ending.body.error.message).toMatch(/^Could not upload [^\n]*403/);
    expect(JSON.stringify(ending)).not.toContain("http");
  });
});

describe("an attempt within limits", () => {
  it("fails before its download when the disk has no room, and may be tried elsewhere", async () => {
    await startWorker({ MPEGFLOW_SCRATCH_RESERVE_MIB: "1048576" });
    const ending = await broker.offer(film);
    expect(ending).toMatchObject({
      call: "fail",
      body: { error: { code: "scratch-full" }, retryable: true },
    });
  });

  it("takes a profile of the user's, and says which there are", async () => {
    const profiles = await mkdtemp(path.join(directory, "profiles-"));
    const text = await readFile(
      new URL("../../../services/worker/profiles/hls-h264.yaml", import.meta.url),
      "utf8",
    );
    await writeFile(path.join(profiles, "mine.yaml"), text.replace("name: hls-h264", "name: mine"));
    const worker = await startWorker({ MPEGFLOW_PROFILES: profiles });
    expect(await broker.offer(film, { profile: "mine" })).toMatchObject({ call: "complete" });
    expect(worker.log()).toContain('"mp4-h264","mine"]');
  });
});

describe("a worker for one job", () => {
  it("ends when it has done it", async () => {
    const worker = await startWorker({ MPEGFLOW_MODE: "once" });
    expect((await broker.offer(film)).call).toBe("complete");
    expect(await exitOf(worker)).toBe(0);
  });

  it("ends well when none comes", async () => {
    const worker = await startWorker({ MPEGFLOW_MODE: "once", MPEGFLOW_IDLE_SECONDS: "0.2" });
    expect(await exitOf(worker)).toBe(0);
    expect(worker.log()).toContain('"message":"no job came"');
  });
});

describe("a worker in mid-encode", () => {
  const encoding = async (environment?: Record<string, string>) => {
    const worker = await startWorker(environment);
    const ending = broker.offer(longFilm);
    await until(async () => (await worker.encoders()) > 0);
    return { worker, ending };
  };

  it("that loses its lease stops ffmpeg, deletes everything and asks for the next job", async () => {
    const { worker } = await encoding();
    broker.takeLeaseAway();
    await until(async () => (await worker.encoders()) === 0, 10);
    await until(async () => (await readdir(worker.scratch)).length === 0, 5);
    expect(worker.log()).toContain("lease lost");
    expect((await broker.offer(film)).call).toBe("complete");
  });

  it("uploads segments while it goes on", async () => {
    await encoding();
    await until(() => broker.uploads.length > 0);
    for (const name of broker.uploads) expect(name).toMatch(/^hls\/.*\/segment-\d+\.m4s$/);
    broker.takeLeaseAway();
  });

  it("that cannot end within its grace hands the job back at once", async () => {
    const { worker, ending } = await encoding({ MPEGFLOW_GRACE_SECONDS: "20" });
    await until(() => broker.uploads.length > 0);
    const told = performance.now();
    worker.process.kill("SIGTERM");
    expect(await ending).toEqual({ call: "release" });
    expect(await exitOf(worker)).toBe(0);
    expect(performance.now() - told).toBeLessThan(8000);
  });

  it("that is told to stop hands the job back after its grace, and ends well", async () => {
    const { worker, ending } = await encoding({ MPEGFLOW_GRACE_SECONDS: "1" });
    worker.process.kill("SIGTERM");
    expect(await ending).toEqual({ call: "release" });
    expect(await exitOf(worker)).toBe(0);
    expect(await worker.encoders()).toBe(0);
    expect(await readdir(worker.scratch)).toEqual([]);
  });

  it("that is told to stop finishes a job that fits into its grace", async () => {
    const worker = await startWorker({ MPEGFLOW_GRACE_SECONDS: "100" });
    const ending = broker.offer(clip);
    await until(async () => (await worker.encoders()) > 0);
    worker.process.kill("SIGTERM");
    expect((await ending).call).toBe("complete");
    expect(await exitOf(worker)).toBe(0);
  });

  it("that is told twice stops at once", async () => {
    const { worker } = await encoding();
    worker.process.kill("SIGTERM");
    await until(() => worker.log().includes("draining"));
    const told = performance.now();
    worker.process.kill("SIGTERM");
    expect(await exitOf(worker)).toBe(1);
    expect(performance.now() - told).toBeLessThan(3000);
    await until(async () => (await worker.encoders()) === 0, 3);
  });

  it("that is killed by SIGKILL leaves no ffmpeg, and its files go when the next worker starts", async () => {
    const { worker } = await encoding();
    worker.process.kill("SIGKILL");
    await until(async () => (await worker.encoders()) === 0, 3);
    expect((await readdir(worker.scratch)).length).toBe(1);
    const next = await startWorker({ MPEGFLOW_SCRATCH: worker.scratch });
    await until(() => next.log().includes('"message":"ready"'));
    expect(next.log()).toContain('"removedScratch":1');
    expect(await readdir(worker.scratch)).toEqual([]);
  });
});

describe("an idle worker", () => {
  it("ends at once when told to", async () => {
    const worker = await startWorker();
    await until(() => worker.log().includes('"message":"ready"'));
    worker.process.kill("SIGTERM");
    expect(await exitOf(worker)).toBe(0);
  });

  it("waits for a coordinator that is away", async () => {
    const worker = await startWorker({ MPEGFLOW_COORDINATOR_URL: "http://127.0.0.1:1" });
    await until(() => worker.log().includes("no lease to be had"));
    worker.process.kill("SIGTERM");
    expect(await exitOf(worker)).toBe(0);
  });
});

describe("a worker that cannot start", () => {
  it("says everything that is wrong with its environment", async () => {
    const worker = await startWorker({ MPEGFLOW_COORDINATOR_URL: "nowhere", MPEGFLOW_REGION: "" });
    expect(await exitOf(worker)).toBe(1);
    expect(worker.log()).toMatch(/MPEGFLOW_COORDINATOR_URL is "nowhere"[^]*MPEGFLOW_REGION is not set/);
    expect(worker.log()).not.toContain("    at ");
  });

  it("says which program is missing", async () => {
    const worker = await startWorker({ MPEGFLOW_FFMPEG: "/absent/ffmpeg" });
    expect(await exitOf(worker)).toBe(1);
    expect(worker.log()).toContain('MPEGFLOW_FFMPEG is "/absent/ffmpeg", which does not run');
  });
});
