import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outputNameSchema } from "../../../../services/protocol/index.ts";
import {
  collectOutputs,
  contentTypeOf,
  inUploadGroups,
  outputStem,
} from "../../../../services/worker/upload/outputs.ts";

/** Any text but lone surrogates; quicker than fast-check's own binary strings. */
const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0, max: 0x7f })), { maxLength })
    .map((codes) => String.fromCodePoint(...codes));

describe("the name of the progressive file", () => {
  it.each([
    ["gs://bucket/mezzanines/bigbuckbunny.mp4", "bigbuckbunny"],
    ["gs://bucket/My Film (1).final.mov", "My-Film-1-.final"],
    ["gs://bucket/Škoda Ünïcode.mov", "Skoda-Unicode"],
    ["gs://bucket/映画.mp4", "media"],
    ["gs://bucket/..mp4", "media"],
    ["gs://bucket/no-extension", "no-extension"],
  ])("for %s is %s", (uri, stem) => {
    expect(outputStem(uri)).toBe(stem);
  });

  it("is an allowed output name for every input", () => {
    fc.assert(
      fc.property(anyText(60), (object) => {
        const name = `mp4/${outputStem(`gs://bucket/${object}`)}.mp4`;
        expect(outputNameSchema.safeParse(name).success).toBe(true);
      }),
    );
  });
});

describe("content types", () => {
  it.each([
    ["hls/master.m3u8", "application/vnd.apple.mpegurl"],
    ["hls/720p/segment-00000.m4s", "video/iso.segment"],
    ["hls/720p/init.mp4", "video/mp4"],
    ["hls/audio/init.mp4", "audio/mp4"],
    ["mp4/film.m4a", "audio/mp4"],
    ["poster.jpg", "image/jpeg"],
    ["cmaf/manifest.mpd", "application/dash+xml"],
    ["cmaf/audio-64k/init.mp4", "audio/mp4"],
    ["captions/en.vtt", "text/vtt"],
    ["vmaf.json", "application/json"],
    ["other", "application/octet-stream"],
  ])("%s is %s", (name, type) => {
    expect(contentTypeOf(name)).toBe(type);
  });
});

describe("the outputs of an attempt", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "mpegflow-outputs-"));
    await mkdir(path.join(directory, "hls/720p"), { recursive: true });
    await writeFile(path.join(directory, "hls/master.m3u8"), "m");
    await writeFile(path.join(directory, "hls/720p/playlist.m3u8"), "pl");
    await writeFile(path.join(directory, "hls/720p/segment-00000.m4s"), "seg");
    await writeFile(path.join(directory, "poster.jpg"), "jpeg");
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("are all files, by name, with their sizes", async () => {
    const found = await collectOutputs(directory);
    expect(found.map(({ name, size }) => [name, size])).toEqual([
      ["hls/720p/playlist.m3u8", 2],
      ["hls/720p/segment-00000.m4s", 3],
      ["hls/master.m3u8", 1],
      ["poster.jpg", 4],
    ]);
  });

  it("are uploaded so that a playlist never comes before what it points to", async () => {
    const groups = inUploadGroups(await collectOutputs(directory));
    expect(groups.map((group) => group.map(({ name }) => name))).toEqual([
      ["hls/720p/segment-00000.m4s", "poster.jpg"],
      ["hls/720p/playlist.m3u8"],
      ["hls/master.m3u8"],
    ]);
  });
});
