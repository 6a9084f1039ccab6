import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile, copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MediaSummary, ProfileOverrides } from "../../../services/protocol/index.ts";
import { encode } from "../../../services/worker/encode/encode.ts";
import { AttemptFailed } from "../../../services/worker/problems.ts";
import { probe } from "../../../services/worker/input/probe.ts";
import { readCapabilities } from "../../../services/worker/profile/capabilities.ts";
import { supportFor } from "../../../services/worker/profile/support.ts";
import { loadProfiles } from "../../../services/worker/profile/load.ts";
import { withOverrides } from "../../../services/worker/profile/overrides.ts";
import { asH264, clipFile, ffmpeg, ffprobe, keyFrames, look, make, picture, sound } from "./media.ts";

const frame = 1 / 25;
const aacFrame = 1024 / 48_000;

const profiles = await loadProfiles();
const capabilities = await readCapabilities(ffmpeg);

let directory: string;
let outputs: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-encode-"));
});
afterAll(() => rm(directory, { recursive: true }));

let runs = 0;
/** Encodes a file as the worker does: under a name that tells nothing. */
async function encodeFile(
  file: string,
  profileName = "hls-h264",
  overrides: ProfileOverrides = {},
): Promise<MediaSummary> {
  const attempt = path.join(directory, `attempt-${++runs}`);
  outputs = path.join(attempt, "outputs");
  await mkdir(outputs, { recursive: true });
  const input = path.join(attempt, "input");
  await copyFile(file, input);
  const media = await probe(ffprobe, input);
  const { profile, support } = await asked(profileName, overrides);
  if ("missing" in support) throw new Error(support.missing.join(", "));
  return encode({ ffmpeg, input, media, profile, encoder: support.encoder, outputs, stem: "clip" });
}
async function asked(profileName: string, overrides: ProfileOverrides) {
  const known = profiles.get(profileName);
  const wanted = known && withOverrides(known, overrides);
  if (wanted === undefined || "wrong" in wanted) throw new Error(`${profileName} is not to be had`);
  return { profile: wanted.profile, support: await supportFor(wanted.profile, capabilities) };
}
const failure = async (file: string) => {
  const error: unknown = await encodeFile(file).catch((thrown: unknown) => thrown);
  if (!(error instanceof AttemptFailed)) throw error;
  return error.problem;
};
const seconds = (name: string) => Number(look(path.join(outputs, name)).format.duration);
const variantsOf = async () =>
  [...(await readFile(path.join(outputs, "hls/master.m3u8"), "utf8")).matchAll(/RESOLUTION=(\d+x\d+)/g)].map(
    ([, size]) => size,
  );

describe("the clip, a film of 1280x720 with 5.1 sound", () => {
  let summary: MediaSummary;
  let took: number;
  beforeAll(async () => {
    const started = performance.now();
    summary = await encodeFile(clipFile);
    took = (performance.now() - started) / 1000;
  });

  it("is summed up", () => {
    expect(summary).toEqual({
      kind: "video",
      durationSeconds: 5.28,
      width: 1280,
      height: 720,
      framesPerSecond: 25,
      renditions: ["720p", "480p", "360p", "240p"],
    });
  });

  it("gives a ladder, a progressive file and a poster, and nothing else", async () => {
    const names = (await readdir(outputs, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(outputs, path.join(entry.parentPath, entry.name)));
    const rendition = (name: string) =>
      ["init.mp4", "playlist.m3u8", "segment-00000.m4s", "segment-00001.m4s"].map(
        (file) => `hls/${name}/${file}`,
      );
    expect(names.toSorted()).toEqual(
      [
        ...["240p", "360p", "480p", "720p", "audio"].flatMap(rendition),
        "hls/master.m3u8",
        "mp4/clip.mp4",
        "poster.jpg",
      ].toSorted(),
    );
  });

  it("keeps the duration of every rendition within one frame of the source", () => {
    for (const name of ["720p", "480p", "360p", "240p"]) {
      expect(Math.abs(seconds(`hls/${name}/playlist.m3u8`) - 5.28)).toBeLessThan(frame);
    }
    expect(Math.abs(seconds("hls/audio/playlist.m3u8") - 5.312)).toBeLessThan(aacFrame + 0.001);
  });

  it("begins every segment of every rendition with a key frame at the same instant, and has no others", () => {
    for (const name of ["720p", "480p", "360p", "240p"]) {
      expect(keyFrames(path.join(outputs, `hls/${name}/playlist.m3u8`))).toEqual([0, 4]);
    }
  });

  it("has a master playlist from which ffprobe reads the whole ladder", () => {
    const { streams } = look(path.join(outputs, "hls/master.m3u8"));
    const sizes = streams.flatMap(({ width, height }) => (width ? [`${width}x${height}`] : []));
    expect(sizes).toEqual(["1280x720", "854x480", "640x360", "426x240"]);
    expect(streams.filter(({ codec_type }) => codec_type === "audio")).toMatchObject([
      { codec_name: "aac", channels: 2 },
    ]);
  });

  it("names codecs, rates, sizes and frame rates in the master playlist", async () => {
    const text = await readFile(path.join(outputs, "hls/master.m3u8"), "utf8");
    const lines = text.split("\n").filter((line) => line.startsWith("#EXT-X-STREAM-INF"));
    expect(lines.length).toBe(4);
    for (const line of lines) {
      expect(line).toMatch(
        /BANDWIDTH=\d{6,7},AVERAGE-BANDWIDTH=\d{6,7},CODECS="avc1\.6400[0-9a-f]{2},mp4a\.40\.2",RESOLUTION=\d+x\d+,FRAME-RATE=25\.000/,
      );
    }
  });

  it("gives a progressive file of the source's exact durations, with its index in front", async () => {
    const file = path.join(outputs, "mp4/clip.mp4");
    expect(look(file).streams).toMatchObject([
      { codec_name: "h264", width: 1280, height: 720, start_time: "0.000000", duration: "5.280000" },
      { codec_name: "aac", channels: 2, start_time: "0.000000", duration: "5.312000" },
    ]);
    const bytes = await readFile(file);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  });

  it("gives a poster of the picture's size", () => {
    expect(look(path.join(outputs, "poster.jpg")).streams).toMatchObject([
      { codec_name: "mjpeg", width: 1280, height: 720 },
    ]);
  });

  it("takes a few seconds", () => {
    // Idle, two cores need about 4 s; the bound leaves room for a busy machine.
    expect(took).toBeLessThan(60);
  });
});

describe("other films", () => {
  it("without sound have no audio rendition", async () => {
    const file = make(directory, "silent.mp4", ...picture("320x240", "25", 1), ...asH264);
    expect(await encodeFile(file)).toMatchObject({ kind: "video", renditions: ["240p"] });
    expect(await readFile(path.join(outputs, "hls/master.m3u8"), "utf8")).not.toContain("AUDIO");
    expect(look(path.join(outputs, "mp4/clip.mp4")).streams.length).toBe(1);
  });

  it("in portrait stay so", async () => {
    const file = make(directory, "portrait.mp4", ...picture("360x640", "25", 1), ...asH264);
    await encodeFile(file);
    expect(await variantsOf()).toEqual(["360x640", "240x426"]);
  });

  it("turned by the camera are upright", async () => {
    const upright = make(directory, "upright.mp4", ...picture("640x360", "25", 1), ...asH264);
    const turned = make(directory, "turned.mp4", ...turnedBy(90, upright));
    expect(await encodeFile(turned)).toMatchObject({ width: 360, height: 640 });
    expect(look(path.join(outputs, "hls/360p/playlist.m3u8")).streams).toMatchObject([
      { width: 360, height: 640 },
    ]);
  });

  it("of odd size and oblong pixels get even sizes and square pixels", async () => {
    const shape = ["-vf", "scale=321:241,setsar=4/3", "-c:v", "mpeg4"];
    const file = make(directory, "odd.mov", ...picture("640x360", "30000/1001", 1), ...shape);
    await encodeFile(file);
    const [video] = look(path.join(outputs, "mp4/clip.mp4")).streams;
    expect(video).toMatchObject({
      width: 426,
      height: 240,
      sample_aspect_ratio: "1:1",
      avg_frame_rate: "30000/1001",
    });
  });

  it("in other containers work the same", async () => {
    const inputs = [...picture("320x240", "25", 1), ...sound(1)];
    for (const name of ["film.ts", "film.mkv", "film.avi"]) {
      const file = make(directory, name, ...inputs, ...asH264, "-c:a", "ac3");
      expect(await encodeFile(file)).toMatchObject({ kind: "video", renditions: ["240p"] });
    }
  });
});

/** A file whose header says that the picture is to be turned; how to write that depends on ffmpeg's age. */
function turnedBy(degrees: number, file: string): readonly string[] {
  const modern = /version n?(?:[6-9]|\d\d)\./.test(execFileSync(ffmpeg, ["-version"], { encoding: "utf8" }));
  return modern
    ? ["-display_rotation", String(degrees), "-i", file, "-c", "copy"]
    : ["-i", file, "-c", "copy", "-metadata:s:v:0", `rotate=${degrees}`];
}

describe("sound alone", () => {
  it("is a job of its own kind: HLS and a progressive file, no poster", async () => {
    const file = make(directory, "tone.wav", ...sound(5));
    expect(await encodeFile(file)).toEqual({ kind: "audio", durationSeconds: 5, renditions: ["audio"] });
    expect((await readdir(outputs)).toSorted()).toEqual(["hls", "mp4"]);
    expect(look(path.join(outputs, "hls/master.m3u8")).streams).toMatchObject([
      { codec_name: "aac", channels: 2 },
    ]);
    expect(look(path.join(outputs, "mp4/clip.m4a")).streams).toMatchObject([{ codec_name: "aac" }]);
  });

  it("with cover art is no video", async () => {
    const art = make(directory, "cover.jpg", ...picture("320x240", "25", 1), "-frames:v", "1");
    const tone = make(directory, "tone.mp3", ...sound(1));
    const disposition = ["-disposition:v:0", "attached_pic"];
    const file = make(
      directory,
      "cover.mp3",
      "-i",
      tone,
      "-i",
      art,
      "-map",
      "0",
      "-map",
      "1",
      "-c",
      "copy",
      ...disposition,
    );
    expect(await encodeFile(file)).toMatchObject({ kind: "audio" });
  });
});

describe("an input that cannot be encoded", () => {
  const file = async (name: string, content: string | Buffer) => {
    const made = path.join(directory, name);
    await writeFile(made, content);
    return made;
  };
  const cut = async (source: string, bytes: number) => {
    const made = path.join(directory, "cut.mp4");
    await copyFile(source, made);
    await truncate(made, bytes);
    return made;
  };

  it("is empty", async () => {
    expect(await failure(await file("zero.mp4", ""))).toMatchObject({
      code: "input-empty",
      retryable: false,
    });
  });

  it.each([
    ["text", "This is no film.\n"],
    ["noise", Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251))],
    ["a playlist", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"],
    ["a list of files", "ffconcat version 1.0\nfile /etc/hostname\n"],
    ["subtitles", "1\n00:00:01,000 --> 00:00:02,000\nHello\n"],
    ["a drawing", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
  ])("is %s", async (_, content) => {
    expect(await failure(await file("input.bin", content))).toMatchObject({
      code: "input-not-media",
      retryable: false,
    });
  });

  it("is a still picture", async () => {
    const still = make(directory, "still.jpg", ...picture("320x240", "25", 1), "-frames:v", "1");
    expect(await failure(still)).toMatchObject({ code: "input-not-media" });
  });

  it("is cut before its index", async () => {
    const problem = await failure(await cut(clipFile, 400_000));
    expect(problem).toMatchObject({ code: "input-truncated", retryable: false });
    expect(problem.message).toContain("ends before its index");
  });

  describe("is cut after its index", () => {
    let whole: string;
    beforeAll(() => {
      const streams = [...picture("320x240", "25", 10), ...sound(10), ...asH264, "-c:a", "aac", "-g", "25"];
      whole = make(directory, "whole.mp4", ...streams, "-movflags", "+faststart");
    });

    it("in the middle", async () => {
      const problem = await failure(await cut(whole, Math.floor((await readFile(whole)).length / 2)));
      expect(problem).toMatchObject({ code: "input-truncated", retryable: false });
      expect(problem.message).toMatch(/declares 10\.00 s of video, but only [3-7]\.\d\d s could be decoded/);
    });

    it("so that nothing is left", async () => {
      const problem = await failure(await cut(whole, (await readFile(whole)).indexOf("mdat") + 50));
      expect(problem).toMatchObject({ code: "input-truncated" });
      expect(problem.message).toContain("only 0.00 s");
    });
  });

  it("holds subtitles alone", async () => {
    const subtitles = await file("words.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n");
    const problem = await failure(make(directory, "words.mkv", "-i", subtitles));
    expect(problem).toMatchObject({ code: "input-unsupported", retryable: false });
  });

  it("fails with a sentence that names no path of the worker", async () => {
    for (const name of ["input.bin", "cut.mp4"]) {
      expect((await failure(path.join(directory, name))).message).not.toContain(tmpdir());
    }
  });
});
