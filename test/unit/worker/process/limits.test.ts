import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  freeBytes,
  likelyBytes,
  requireRoom,
  watchDisk,
} from "../../../../services/worker/disk/disk-guard.ts";
import { startEarlyUploads } from "../../../../services/worker/upload/early-uploads.ts";
import { encodeProblem } from "../../../../services/worker/process/ffmpeg-output.ts";
import type { MediaInfo } from "../../../../services/worker/media/media-info.ts";
import { memoryForFfmpeg } from "../../../../services/worker/process/memory-limit.ts";
import { AttemptFailed } from "../../../../services/worker/problems.ts";
import { loadProfiles } from "../../../../services/worker/profile/load.ts";

const gib = 1024 ** 3;
const absent = () => Promise.reject(new Error("no such file"));

describe("the memory of ffmpeg", () => {
  it.each([
    ["version 2", "/sys/fs/cgroup/memory.max", "4294967296\n", 3840],
    ["version 1", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "4294967296\n", 3840],
    ["a tiny container", "/sys/fs/cgroup/memory.max", "134217728\n", 256],
    ["no limit in version 2", "/sys/fs/cgroup/memory.max", "max\n", undefined],
    [
      "no limit in version 1",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes",
      "9223372036854771712\n",
      undefined,
    ],
  ])("is the container's less the worker's: %s", async (_, file, text, expected) => {
    const read = (asked: string) => (asked === file ? Promise.resolve(text) : absent());
    expect(await memoryForFfmpeg(read)).toBe(expected);
  });

  it("is not limited outside a container", async () => {
    expect(await memoryForFfmpeg(absent)).toBeUndefined();
  });

  // Where the limit is nobody's of the worker's: the kernel's number for it, as the C library words it.
  it.each([
    ["x264 [error]: malloc of size 28596352 failed\nError while opening encoder"],
    ["Error while filtering: Cannot allocate memory"],
    ["[dec:h264 @ 0x1] pthread_create() failed: Resource temporarily unavailable"],
  ])("that ends is told as such: %s", (stderr) => {
    expect(encodeProblem(stderr)).toMatchObject({ code: "memory-exhausted", retryable: true });
  });
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-limits-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("the scratch disk", () => {
  it("must have room for what the job will likely take, and the reserve", async () => {
    const free = await freeBytes(directory);
    await requireRoom(directory, Math.floor(free / 4), Math.floor(free / 4));
    await expect(requireRoom(directory, free, gib)).rejects.toMatchObject({
      problem: { code: "scratch-full", retryable: true },
    });
  });

  it("is judged by half of the ceilings of all outputs", async () => {
    const profile = (await loadProfiles()).get("hls-h264");
    const [encoder] = profile?.video.encoders ?? [];
    if (profile === undefined || encoder === undefined) throw new Error("no profile");
    const media: MediaInfo = {
      ...{ kind: "video", container: "mp4", durationIsStated: true, captions: [], pictureCaptions: 0 },
      ...{ furtherAudio: [], audioLeftBehind: [] },
      declaredSeconds: 1000,
    };
    const sound = (rendition: string, kilobits: number, language?: string) => ({
      ...{ rendition, kilobits, index: 1, channels: 2, label: language ?? "Audio" },
      source: { index: 1, channels: 2 },
      ...{ name: `${rendition}-${language ?? ""}`, languageCode: "und" },
    });
    const size = { width: 2, height: 2, frameRate: { numerator: 25, denominator: 1 } };
    const plan = {
      ...{ root: "hls", encoder, segmentSeconds: 4 },
      video: [{ name: "720p", maxKilobits: 2800, ...size }],
      audio: [
        sound("audio", 128),
        sound("audio", 128, "fr"),
        sound("audio-64k", 64),
        sound("audio-64k", 64, "fr"),
      ],
    };
    // The picture and each language at both rates in segments, and in the progressive file the better, for 1000 s, halved.
    const kilobits = 2800 + 2 * (128 + 64) + (2800 + 2 * 128);
    expect(likelyBytes(media, plan, profile)).toBe((kilobits * 125 * 1000) / 2);
    const unknown = { ...media, declaredSeconds: 0 };
    expect(likelyBytes({ ...unknown }, plan, profile)).toBe(0);
  });

  it("is watched, and the job ends before it is full", async () => {
    let left = 2 * gib;
    const guard = watchDisk(directory, gib, { everyMs: 5, free: () => Promise.resolve(left) });
    await sleep(30);
    expect(guard.full.aborted).toBe(false);
    left = gib / 2;
    await vi.waitFor(() => {
      expect(guard.full.aborted).toBe(true);
    });
    guard.stop();
    expect(guard.full.reason).toBeInstanceOf(AttemptFailed);
    expect(guard.full.reason).toMatchObject({ problem: { code: "scratch-full" } });
  });
});

describe("uploads while the encode goes on", () => {
  const folder = "hls/720p";
  const write = (name: string, text: string) => writeFile(path.join(directory, folder, name), text);
  beforeEach(async () => {
    await mkdir(path.join(directory, folder), { recursive: true });
  });

  it("take each segment once, when the next is there, and nothing else", async () => {
    const batches: string[][] = [];
    const early = startEarlyUploads({
      ...{ outputs: directory, folders: [folder], everyMs: 5 },
      upload: (files) => Promise.resolve(batches.push(files.map(({ name }) => name))),
    });
    await write("init.mp4", "i");
    await write("segment-00000.m4s", "one");
    await sleep(30);
    expect(batches).toEqual([]);
    await write("segment-00001.m4s", "two");
    await write("playlist.m3u8", "#EXTM3U");
    await vi.waitFor(() => {
      expect(batches).toEqual([["hls/720p/segment-00000.m4s"]]);
    });
    await sleep(30);
    expect(batches.length).toBe(1);
    expect(await early.finish()).toEqual(new Map([["hls/720p/segment-00000.m4s", 3]]));
  });

  it("that fail say so at once", async () => {
    const early = startEarlyUploads({
      ...{ outputs: directory, folders: [folder], everyMs: 5 },
      upload: () => Promise.reject(new Error("the store is gone")),
    });
    await write("segment-00000.m4s", "one");
    await write("segment-00001.m4s", "two");
    await vi.waitFor(() => {
      expect(early.failed.aborted).toBe(true);
    });
    await expect(early.finish()).rejects.toThrow("the store is gone");
  });

  it("that are abandoned are called off", async () => {
    let calledOff = false;
    const early = startEarlyUploads({
      ...{ outputs: directory, folders: [folder], everyMs: 5 },
      upload: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            calledOff = true;
            reject(new Error("called off"));
          });
        }),
    });
    await write("segment-00000.m4s", "one");
    await write("segment-00001.m4s", "two");
    await sleep(30);
    await early.abandon();
    expect(calledOff).toBe(true);
  });
});
