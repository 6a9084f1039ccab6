import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findMediaTools } from "../../../sandbox/media/index.ts";
import { probe } from "../../../services/worker/input/probe.ts";
import { AttemptFailed } from "../../../services/worker/problems.ts";

const run = promisify(execFile);
const tools = await findMediaTools({ report: () => undefined });

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-probe-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** A second of sound in a file whose header has these texts. */
async function film(metadata: string): Promise<string> {
  const texts = path.join(directory, "texts");
  await writeFile(texts, `;FFMETADATA1\n${metadata}\n`);
  const file = path.join(directory, "input.mp4");
  const sound = ["-f", "lavfi", "-i", "sine=duration=1"];
  const from = [...sound, "-f", "ffmetadata", "-i", texts, "-map", "0:a", "-map_metadata", "1"];
  await run(tools.ffmpeg.path, [...["-v", "error", "-y"], ...from, "-c:a", "aac", file]);
  return file;
}

describe("an input of a codec that is not on the list", () => {
  it.each([
    [
      "encoded",
      ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=1", "-c:v", "snow", "-strict", "-2"],
    ],
    [
      "left behind",
      [
        ...[
          "-f",
          "lavfi",
          "-i",
          "sine=duration=1",
          "-f",
          "lavfi",
          "-i",
          "testsrc=size=64x64:rate=10:duration=1",
        ],
        ...["-map", "0:a", "-map", "1:v", "-c:a", "pcm_s16le", "-c:v", "snow", "-strict", "-2"],
      ],
    ],
  ])("is at fault, also where it would be %s, and the codec is named", async (_, args) => {
    const input = path.join(directory, "snow.avi");
    await run(tools.ffmpeg.path, ["-v", "error", "-y", ...args, input]);
    const error: unknown = await probe(tools.ffprobe.path, input).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { code: "input-codec-refused", retryable: false } });
    expect(String(error)).toContain("of the codec snow,");
  });
});

describe("an input with much text in its header", () => {
  it("is read, however long its comment is", async () => {
    const input = await film(`comment=${"all that happened on the set ".repeat(250_000)}`);
    expect(await probe(tools.ffprobe.path, input)).toMatchObject({ kind: "audio", audio: { codec: "aac" } });
  });

  it("is at fault itself where what is asked for is more than anybody reads", async () => {
    const talkative = path.join(directory, "ffprobe");
    await writeFile(talkative, `#!/bin/sh\nexec head -c 6000000 /dev/zero\n`);
    await chmod(talkative, 0o755);
    const input = path.join(directory, "input");
    await writeFile(input, "film");
    const error: unknown = await probe(talkative, input).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AttemptFailed);
    expect(error).toMatchObject({ problem: { code: "input-unsupported", retryable: false } });
  });
});
