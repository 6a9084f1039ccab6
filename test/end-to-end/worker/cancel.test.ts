import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clipFile, make } from "./media.ts";
import { type Site, startSite } from "./site.ts";
import { exitOf, startWorkerProcess, until } from "./worker-process.ts";
import type { Worker } from "./worker-process.ts";

let directory: string;
let site: Site;
let worker: Worker | undefined;
/** A film that takes a while. */
let film: Buffer;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-cancel-"));
  site = await startSite({ leaseSeconds: 12 });
  film = await readFile(make(directory, "long.mp4", "-stream_loop", "40", "-i", clipFile, "-c", "copy"));
});
afterAll(async () => {
  worker?.process.kill("SIGKILL");
  await site.close();
  await rm(directory, { recursive: true });
});

describe("a job that is cancelled while a worker encodes it", () => {
  it("ends ffmpeg, is announced once, and leaves no output; the worker takes the next job", async () => {
    const started = await startWorkerProcess(directory, site.url);
    worker = started;
    await site.offer("unwanted", film);
    await until(async () => (await site.outputs("unwanted")).length > 0);
    expect(await started.encoders()).toBeGreaterThan(0);

    await until(() => site.record("unwanted")?.speed !== undefined);
    expect(site.record("unwanted")?.etaSeconds).toBeGreaterThan(0);

    const cancelled = await site.call("POST", "/v1/jobs/unwanted/cancel");
    expect(cancelled).toMatchObject({ status: 200, body: { state: "cancelled", attempt: 1 } });
    // Heartbeats are four seconds apart here: the next one tells the started.
    await until(async () => (await started.encoders()) === 0, 10);
    await until(async () => (await readdir(started.scratch)).length === 0, 5);
    expect(started.log()).toContain("lease lost: the attempt was stopped");

    const after = await site.call("GET", "/v1/jobs/unwanted");
    expect(after).toMatchObject({ status: 200, body: { state: "cancelled", outputs: [] } });
    expect(after.body).not.toHaveProperty("leaseExpiresAt");
    const again = await site.call("POST", "/v1/jobs/unwanted/cancel");
    expect(again).toMatchObject({ status: 200, body: { state: "cancelled" } });
    const finals = site.world.events.filter(({ type }) => !type.endsWith("started"));
    expect(finals.map(({ id, type }) => [id, type])).toEqual([
      ["unwanted/1/cancelled", "dev.mpegflow.job.cancelled"],
    ]);

    // Until its last signed URL has ended, the attempt could still have written.
    expect((await site.outputs("unwanted")).length).toBeGreaterThan(0);
    expect(await site.cleanUpLater()).toBeGreaterThan(0);
    expect(await site.outputs("unwanted")).toEqual([]);

    await site.offer("wanted", await readFile(clipFile));
    await until(() => site.record("wanted")?.state === "succeeded");
    started.process.kill("SIGTERM");
    expect(await exitOf(started)).toBe(0);
  });
});
