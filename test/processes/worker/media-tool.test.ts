import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFfmpeg } from "../../../services/worker/encode/ffmpeg.ts";
import { runMediaTool } from "../../../services/worker/process/media-tool.ts";
import { AttemptFailed } from "../../../services/worker/problems.ts";
import { probe } from "../../../services/worker/input/probe.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-media-tool-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** A program in ffmpeg's place. */
async function program(name: string, text: string): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}
const problemOf = async (run: Promise<unknown>) => {
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  if (!(error instanceof AttemptFailed)) throw new Error(`no AttemptFailed: ${String(error)}`);
  return error.problem;
};

describe("a program that the kernel kills", () => {
  const killed = async (counts: readonly number[]) => {
    const left = [...counts];
    return runMediaTool("/bin/sh", ["-c", "kill -KILL $$"], {
      name: "ffmpeg",
      countOomKills: () => Promise.resolve(left.shift()),
    });
  };

  it("for want of memory says so by the kernel's count", async () => {
    expect((await killed([3, 4])).struck).toMatchObject({ code: "memory-exhausted", retryable: true });
  });

  it("for another reason does not", async () => {
    expect((await killed([3, 3])).struck).toMatchObject({ code: "encoder-killed", retryable: true });
  });
});

describe("ffmpeg on a full disk", () => {
  const run = async (status: number, freeBytes: number) =>
    runFfmpeg({
      ...{ ffmpeg: await program(`exit-${status}`, `exit ${status}`), args: [], cwd: directory },
      ...{ limitSeconds: 20, free: () => Promise.resolve(freeBytes) },
    });

  it.each([0, 1, 228])("that ends with %i has not written everything, whatever it says", async (status) => {
    expect(await problemOf(run(status, 4096))).toMatchObject({ code: "scratch-full", retryable: true });
  });

  it("is believed where there is room", async () => {
    expect(await run(0, 2 ** 30)).toBe("");
    expect(await problemOf(run(1, 2 ** 30))).toMatchObject({ code: "encode-failed", retryable: false });
  });
});

describe.runIf(process.platform === "linux")("ffprobe that wants more memory than it may have", () => {
  it("says nothing about the input", async () => {
    const hungry = await program(
      "ffprobe",
      `exec '${process.execPath}' -e 'const held = Buffer.alloc(400 * 2 ** 20, 1); setTimeout(() => process.exit(1), 5000)'`,
    );
    const input = path.join(directory, "input");
    await writeFile(input, "film");
    expect(await problemOf(probe(hungry, input, { memoryMebibytes: 200 }))).toMatchObject({
      ...{ code: "memory-exhausted", retryable: true },
    });
  });
});
