import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findMediaTools } from "../../../sandbox/media/index.ts";

/** Prints what the real programs print first. */
const program = (name: string, version: string, encoders = "libx264 aac", exit = 0) => `#!/bin/sh
case "$*" in
  *-encoders*) printf ' V....D %s  something\\n' ${encoders} ;;
  *) echo "${name} version ${version} Copyright (c) the FFmpeg developers" ;;
esac
exit ${exit}
`;

let directory: string;
let report: string[];
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-tools-"));
  report = [];
});
afterEach(() => rm(directory, { recursive: true }));

const install = async (folder: string, name: string, text: string, mode = 0o755) => {
  await mkdir(path.join(directory, folder), { recursive: true });
  const file = path.join(directory, folder, name);
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
};
const find = (folders: readonly string[], packaged: (name: string) => string | undefined = () => undefined) =>
  findMediaTools({
    report: (line) => report.push(line),
    searchPath: folders.map((folder) => path.join(directory, folder)).join(path.delimiter),
    packaged,
  });

describe("the media tools", () => {
  it("come from PATH, and it is said which", async () => {
    const ffmpeg = await install("bin", "ffmpeg", program("ffmpeg", "7.1"));
    const ffprobe = await install("bin", "ffprobe", program("ffprobe", "7.1.1"));
    expect(await find(["absent", "bin"])).toEqual({
      ffmpeg: { path: ffmpeg, version: "7.1" },
      ffprobe: { path: ffprobe, version: "7.1.1" },
    });
    expect(report).toEqual([`ffmpeg 7.1 (${ffmpeg})`, `ffprobe 7.1.1 (${ffprobe})`]);
  });

  it("are passed over on PATH where they do not run", async () => {
    const broken = await install("a", "ffmpeg", program("ffmpeg", "6", "libx264 aac", 1));
    const good = await install("b", "ffmpeg", program("ffmpeg", "7.1"));
    await install("b", "ffprobe", program("ffprobe", "7.1"));
    expect((await find(["a", "b"])).ffmpeg.path).toBe(good);
    expect(report[0]).toBe(`${broken} does not run: passed over`);
  });

  it("are passed over on PATH where the encoders are missing", async () => {
    const poor = await install("a", "ffmpeg", program("ffmpeg", "6", "aac"));
    const good = await install("b", "ffmpeg", program("ffmpeg", "7.1"));
    await install("b", "ffprobe", program("ffprobe", "7.1"));
    expect((await find(["a", "b"])).ffmpeg.path).toBe(good);
    expect(report[0]).toBe(`${poor} (6) is built without the encoder libx264: passed over`);
  });

  it("come from the packages when there are none on PATH, made executable where the mode was lost", async () => {
    const shipped = {
      ffmpeg: await install("package", "ffmpeg", program("ffmpeg", "N-1"), 0o644),
      ffprobe: await install("package", "ffprobe", program("ffprobe", "N-2"), 0o644),
    };
    const tools = await find(["absent"], (name) => shipped[name as keyof typeof shipped]);
    expect(tools.ffmpeg).toEqual({ path: shipped.ffmpeg, version: "N-1" });
    expect((await stat(shipped.ffprobe)).mode & 0o111).toBe(0o111);
    expect(report[0]).toBe("ffmpeg N-1 (package @ffmpeg-installer/ffmpeg; none on PATH)");
  });

  it("that are nowhere end with the choices there are", async () => {
    await install("bin", "ffprobe", program("ffprobe", "7.1"));
    await expect(find(["bin"])).rejects.toThrow(
      /^ffmpeg is needed and not to be found[^]*apt-get install ffmpeg[^]*brew install ffmpeg[^]*npm ci/,
    );
  });
});
