import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MediaSummary, ProfileOverrides } from "../../../services/protocol/index.ts";
import { encode } from "../../../services/worker/encode/encode.ts";
import { probe } from "../../../services/worker/input/probe.ts";
import { AttemptFailed } from "../../../services/worker/problems.ts";
import { readCapabilities } from "../../../services/worker/profile/capabilities.ts";
import { loadProfiles } from "../../../services/worker/profile/load.ts";
import { withOverrides } from "../../../services/worker/profile/overrides.ts";
import { asH264, ffmpeg, ffprobe, look, make, tone } from "./media.ts";
import { colourOf, loudest, peaks, rate } from "./senses.ts";

/** Kinds of inputs that people really have: each is either encoded so that all is right, or refused with its cause. */

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-odd-"));
});
afterAll(() => rm(directory, { recursive: true }));

const profiles = await loadProfiles();
const { decodes } = await readCapabilities(ffmpeg);
const encoder = { name: "libx264", preset: "ultrafast", crf: 20 } as const;

let runs = 0;
interface Encoded {
  readonly summary: MediaSummary;
  readonly at: (name: string) => string;
}
async function encodeAs(file: string, name: string, overrides: ProfileOverrides = {}): Promise<Encoded> {
  const outputs = path.join(directory, `attempt-${++runs}`);
  await mkdir(outputs);
  const known = profiles.get(name);
  const wanted = known && withOverrides(known, overrides);
  if (wanted === undefined || "wrong" in wanted) throw new Error(`${name} is not to be had`);
  const { profile } = wanted;
  const media = await probe(ffprobe, file, { decodable: decodes });
  const summary = await encode({ ffmpeg, input: file, media, profile, encoder, outputs, stem: "clip" });
  for (const entry of await readdir(outputs, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      expect((await stat(path.join(entry.parentPath, entry.name))).size, entry.name).toBeGreaterThan(0);
  return { summary, at: (output) => path.join(outputs, output) };
}
const refusalOf = async (file: string) => {
  const error: unknown = await encodeAs(file, "mp4-h264").catch((thrown: unknown) => thrown);
  if (!(error instanceof AttemptFailed)) throw new Error(`it was not refused: ${String(error)}`);
  return error.problem;
};

/** Black with a white flash at 1, 3, 5 s and so on. */
const flash = (seconds: number, size = "320x180") =>
  [
    ...["-f", "lavfi", "-i"],
    `color=black:s=${size}:r=25:d=${seconds},drawbox=c=white:t=fill:enable='between(mod(t\\,2)\\,0.99\\,1.09)'`,
  ] as const;
/** Silence with a beep at 1, 3, 5 s and so on. */
const beep = (seconds: number) =>
  [
    ...["-f", "lavfi", "-i"],
    `aevalsrc='if(between(mod(t,2),1,1.1),0.8*sin(2*PI*1000*t),0)':s=48000:d=${seconds}`,
  ] as const;
const quick = [...asH264, "-g", "25"] as const;
const bare = { poster: false, storyboard: false, captions: false } as const;
/** Within a frame. */
const near = (seconds: number) => expect.closeTo(seconds, 1) as number;

describe("sound that changes its channels in mid-film", () => {
  const film = async (...channels: readonly number[]) => {
    const parts = channels.map((count, index) =>
      make(
        directory,
        `part-${index}.ts`,
        ...flash(4),
        ...beep(4),
        "-ac",
        String(count),
        ...quick,
        ...[...["-c:a", "ac3", "-b:a", "192k", "-output_ts_offset", String(index * 4), "-f", "mpegts"]],
      ),
    );
    const file = path.join(directory, "changing.ts");
    await writeFile(file, Buffer.concat(await Promise.all(parts.map((part) => readFile(part)))));
    return file;
  };

  it.each([
    [2, 6],
    [6, 2],
    [1, 6],
  ])("from %i to %i stays in time with the picture", async (...channels) => {
    const { at, summary } = await encodeAs(await film(...channels), "mp4-h264", bare);
    expect(summary.durationSeconds).toBeCloseTo(8, 1);
    const seen = peaks("v", at("mp4/clip.mp4"));
    const heard = peaks("a", at("mp4/clip.mp4"));
    expect(seen).toEqual([near(1), near(3), near(5), near(7)]);
    expect(heard.length).toBe(seen.length);
    heard.forEach((time, index) => {
      expect(Math.abs(time - (seen[index] ?? NaN))).toBeLessThan(0.045);
    });
  });
});

it.each(["0.03", "0.5", "2"])("sound that begins %s s late has silence before it", async (late) => {
  const file = make(
    ...([directory, `late-${late}.mkv`, ...flash(4), "-itsoffset", late, ...beep(4)] as const),
    ...[...quick, "-c:a", "pcm_s16le"],
  );
  const { at } = await encodeAs(file, "mp4-h264", bare);
  const [first = NaN] = peaks("a", at("mp4/clip.mp4"));
  expect(Math.abs(first - 1 - Number(late))).toBeLessThan(0.025);
});

describe("a container that lasts longer than what is encoded", () => {
  const both = [...flash(4), ...beep(4)] as const;
  const coded = [...quick, "-c:a", "aac"] as const;

  it("for its captions is whole", async () => {
    const words = path.join(directory, "long.srt");
    await writeFile(words, "1\n00:00:01,000 --> 00:00:10,000\nHello\n");
    const maps = ["-map", "0", "-map", "1", "-map", "2"];
    const file = make(directory, "long.mkv", ...both, "-i", words, ...maps, ...coded, "-c:s", "srt");
    expect((await encodeAs(file, "mp4-h264", bare)).summary.durationSeconds).toBeCloseTo(4, 0);
  });

  it.each(["mkv", "mp4"])("for a commentary is whole, as %s", async (ending) => {
    const maps = ["-map", "0", "-map", "1", "-map", "2"];
    const kinds = ["-disposition:a:0", "default", "-disposition:a:1", "comment"];
    const file = make(directory, `comment.${ending}`, ...both, ...beep(6), ...maps, ...coded, ...kinds);
    expect((await encodeAs(file, "mp4-h264", bare)).summary.durationSeconds).toBeCloseTo(4, 0);
  });

  it.each(["0.7", "10"])("for a clock that begins at %s s is whole", async (offset) => {
    const file = make(directory, `offset-${offset}.mkv`, ...both, ...coded, "-output_ts_offset", offset);
    expect((await encodeAs(file, "mp4-h264", bare)).summary.durationSeconds).toBeCloseTo(4, 0);
  });

  it.each(["0", "10"])("is still found to be cut off, with a clock from %s s", async (offset) => {
    const file = make(directory, "whole.mkv", ...both, ...coded, "-output_ts_offset", offset);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    expect(await refusalOf(file)).toMatchObject({ code: "input-truncated" });
  });
});

describe("sound that is longer than the picture", () => {
  it("is heard to its end, while the last picture stays", async () => {
    const file = make(directory, "longer.mp4", ...flash(4), ...beep(8), ...quick, "-c:a", "aac");
    const { at, summary } = await encodeAs(file, "cmaf-h264");
    expect(summary.durationSeconds).toBeCloseTo(8, 1);
    expect(await readFile(at("cmaf/manifest.mpd"), "utf8")).toMatch(
      /mediaPresentationDuration="PT8\.0\d\dS"/,
    );
    for (const { duration } of look(at("mp4/clip.mp4")).streams) expect(Number(duration)).toBeCloseTo(8, 1);
  });

  it.each([
    ["one frame", "still.mp4", asH264],
    ["a cover that is an ordinary track", "cover.mov", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]],
    ["a cover in Matroska", "cover.mkv", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]],
  ])("than %s is a film of that picture", async (_, name, codec) => {
    const still = ["-f", "lavfi", "-i", "color=red:s=320x180:r=25:d=0.04"];
    const file = make(directory, name, ...still, ...beep(6), ...codec, "-c:a", "aac");
    const { at, summary } = await encodeAs(file, "cmaf-h264");
    expect(summary.durationSeconds).toBeCloseTo(6, 1);
    expect(await readFile(at("cmaf/source/playlist.m3u8"), "utf8")).toMatch(/TARGETDURATION:[1-9]/);
    expect(colourOf(at("poster.jpg"), 0.5)).toEqual(near3(253, 0, 0));
  });

  it("of which there is none leaves a film of one frame", async () => {
    const still = ["-f", "lavfi", "-i", "color=red:s=320x180:r=25:d=0.04"];
    const { at } = await encodeAs(make(directory, "one.mp4", ...still, ...asH264), "cmaf-h264");
    expect(await readFile(at("cmaf/source/playlist.m3u8"), "utf8")).toContain("TARGETDURATION:1\n");
    expect(colourOf(at("poster.jpg"), 0.5)).toEqual(near3(253, 0, 0));
  });
});

describe("a stream that is of no use", () => {
  it("is left behind for one that is, and named", async () => {
    const maps = ["-map", "0", "-map", "1", "-map", "2"];
    const codecs = ["-c:a:0", "aac", "-c:a:1", "pcm_s16le", "-ac:a:1", "4"];
    const kinds = ["-disposition:a:0", "default", "-disposition:a:1", "default"];
    const inputs = [...flash(2), ...tone(440, 2), ...tone(880, 2)];
    const file = make(directory, "apac.mov", ...inputs, ...maps, ...quick, ...codecs, ...kinds);
    const bytes = await readFile(file);
    bytes.write("apac", bytes.lastIndexOf("sowt"), "latin1");
    await writeFile(file, bytes);
    const { at, summary } = await encodeAs(file, "mp4-h264", bare);
    expect(rate(at("mp4/clip.mp4"), "left")).toBeCloseTo(440, -1);
    expect(summary.notes?.join()).toMatch(/Stream 2 \(sound\) is left behind: no decoder .* \(apac\)/);
  });

  it("is no reason to refuse a film whose sound is announced and never comes", async () => {
    const file = make(directory, "full.ts", ...flash(2), ...beep(2), ...quick, "-c:a", "aac");
    const bytes = await readFile(file);
    const packets = Array.from({ length: bytes.length / 188 }, (_, n) =>
      bytes.subarray(n * 188, n * 188 + 188),
    );
    const silent = packets.filter((packet) => (packet.readUInt16BE(1) & 0x1fff) !== 0x101);
    await writeFile(file, Buffer.concat(silent));
    const { at, summary } = await encodeAs(file, "mp4-h264", bare);
    expect(look(at("mp4/clip.mp4")).streams.map(({ codec_type }) => codec_type)).toEqual(["video"]);
    expect(summary.notes?.join()).toContain("Stream 1 (sound) is left behind: nothing of it was found.");
  });

  it("is refused by name where it is encrypted", async () => {
    const scheme = ["-encryption_scheme", "cenc-aes-ctr"];
    const key = ["-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"];
    const kid = ["-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"];
    const film = [...flash(2), ...beep(2), ...quick, "-c:a", "aac"];
    const file = make(directory, "cenc.mp4", ...film, ...scheme, ...key, ...kid);
    expect(await refusalOf(file)).toEqual({
      code: "input-unsupported",
      message: "The input cannot be encoded: it is encrypted; decrypt it first.",
      retryable: false,
    });
  });
});

describe("mono tracks", () => {
  it.each(["mov", "mxf"])("of left and right become stereo, from %s", async (ending) => {
    const maps = ["-map", "0", "-map", "1", "-map", "2"];
    const codecs = ["-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ac", "1", "-ar", "48000"];
    const inputs = [...flash(2), ...tone(300, 2), ...tone(600, 2)];
    const file = make(directory, `pair.${ending}`, ...inputs, ...maps, ...codecs);
    const { at, summary } = await encodeAs(file, "mp4-h264", bare);
    expect(rate(at("mp4/clip.mp4"), "left")).toBeCloseTo(300, -1);
    expect(rate(at("mp4/clip.mp4"), "right")).toBeCloseTo(600, -1);
    expect(summary.notes?.join()).toContain("are the left and the right channel of one sound");
  });

  it("are one track each for a job that says so", async () => {
    const file = path.join(directory, "pair.mov");
    const { at } = await encodeAs(file, "mp4-h264", { ...bare, monoTracks: "single" });
    expect(rate(at("mp4/clip.mp4"), "right")).toBeCloseTo(300, -1);
  });
});

it.each([10, 12, 16])("%i discrete channels give their first two as stereo", async (count) => {
  const tones = Array.from({ length: count }, (_, n) => tone(300 + 100 * n, 1));
  const merged = `${tones.map((_, n) => `[${n + 1}:a]`).join("")}amerge=inputs=${count}[a]`;
  const graph = ["-filter_complex", merged, "-map", "0:v", "-map", "[a]"];
  const file = make(
    ...([directory, `discrete-${count}.mov`, ...flash(1), ...tones.flat(), ...graph] as const),
    ...[...quick, "-c:a", "pcm_s16le"],
  );
  const bytes = await readFile(file);
  const chan = bytes.indexOf("chan", 0, "latin1");
  // kAudioChannelLayoutTag_DiscreteInOrder of Apple's CoreAudioBaseTypes.h: so many channels, and no more is known.
  if (chan > 0) bytes.writeUInt32BE(147 * 2 ** 16 + count, chan + 8);
  await writeFile(file, bytes);
  const { at } = await encodeAs(file, "mp4-h264", bare);
  expect(rate(at("mp4/clip.mp4"), "left")).toBeCloseTo(300, -1);
  expect(rate(at("mp4/clip.mp4"), "right")).toBeCloseTo(400, -1);
});

it.each(["pcm_s16le", "pcm_f32le"])("5.1 at full level does not clip as stereo, from %s", async (codec) => {
  const all =
    "[1:a]volume=18dB,asplit=6[a][b][c][d][e][f];[a][b][c][d][e][f]join=inputs=6:channel_layout=5.1[o]";
  const graph = ["-filter_complex", all, "-map", "0:v", "-map", "[o]"];
  const file = make(directory, "loud.mov", ...flash(2), ...tone(1000, 2), ...graph, ...quick, "-c:a", codec);
  const { at } = await encodeAs(file, "mp4-h264", bare);
  const level = loudest(at("mp4/clip.mp4"));
  expect(level).toBeLessThan(1);
  // Nor is it turned down: what one channel alone would have been stays as loud.
  expect(level).toBeGreaterThan(0.8);
});

/** Three values within four steps of these. */
const near3 = (...values: readonly number[]) =>
  values.map((value) => expect.toSatisfy((found: number) => Math.abs(found - value) <= 4) as number);

describe("colours", () => {
  const bars =
    "drawbox=x=0:w=320:h=720:c=red:t=fill,drawbox=x=320:w=320:h=720:c=lime:t=fill,drawbox=x=640:w=320:h=720:c=0xE0AC90:t=fill";
  const tags = (matrix: string, range: string) => [
    ...[
      "-colorspace",
      matrix,
      "-color_primaries",
      matrix,
      "-color_trc",
      matrix === "bt470bg" ? "gamma28" : matrix,
    ],
    ...["-color_range", range],
  ];
  const converted = (matrix: string, range: string) =>
    `scale=out_color_matrix=${matrix === "bt470bg" ? "bt601" : matrix}:out_range=${range}`;
  // In two steps, since ffmpeg of 2018 does not go from RGB to full range.
  const inFull = (matrix: string) => [
    converted(matrix, "tv"),
    "format=yuv420p",
    "scale=in_range=tv:out_range=pc",
  ];
  const cases = [
    [
      "BT.709",
      "709.mp4",
      [converted("bt709", "tv"), "format=yuv420p"],
      [...asH264, ...tags("bt709", "tv")],
      "bt709",
    ],
    [
      "BT.601",
      "601.mp4",
      [converted("smpte170m", "tv"), "format=yuv420p"],
      [...asH264, ...tags("smpte170m", "tv")],
      "smpte170m",
    ],
    [
      "full range",
      "full.mp4",
      [...inFull("bt709"), "format=yuvj420p"],
      ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuvj420p", ...tags("bt709", "pc")],
      "bt709",
    ],
    [
      "BT.709 without a word of it",
      "untold.mp4",
      [converted("bt709", "tv"), "format=yuv420p"],
      asH264,
      "bt709",
    ],
    ["red, green and blue", "rgb.mov", ["format=rgb24"], ["-c:v", "qtrle"], "bt709"],
    [
      "Motion JPEG",
      "mjpeg.avi",
      [...inFull("smpte170m"), "format=yuvj420p"],
      ["-c:v", "mjpeg", "-q:v", "2"],
      "bt470bg",
    ],
  ] as const;

  it.each(cases)(
    "of %s are right in the film, the poster and the storyboard, and told",
    async (_, name, filters, codec, matrix) => {
      const source = ["-f", "lavfi", "-i", "color=0x808080:s=1280x720:r=25:d=1,format=rgb24"];
      const file = make(directory, name, ...source, "-vf", [bars, ...filters].join(","), ...codec);
      // Whoever writes Motion JPEG as JFIF has it says so by nothing but the codec.
      const { at } = await encodeAs(file, "cmaf-h264", { maxShortEdge: 360 });
      const red = near3(253, 0, 0);
      for (const output of ["poster.jpg", "mp4/clip.mp4", "cmaf/240p/playlist.m3u8"]) {
        expect(colourOf(at(output), 0.1), output).toEqual(red);
        expect(colourOf(at(output), 0.4), output).toEqual(near3(0, 253, 0));
        expect(colourOf(at(output), 0.6), output).toEqual(near3(0xe0, 0xac, 0x90));
      }
      // The first of five tiles.
      expect(colourOf(at("storyboard/sheet-001.jpg"), 0.02, 0.05)).toEqual(red);
      for (const output of ["mp4/clip.mp4", "cmaf/360p/playlist.m3u8", "cmaf/240p/playlist.m3u8"])
        expect(look(at(output)).streams[0]).toMatchObject({
          color_space: matrix,
          color_range: "tv",
          color_primaries: expect.stringMatching(/^(?:bt709|smpte170m|bt470bg)$/) as string,
          color_transfer: expect.stringMatching(/^(?:bt709|smpte170m)$/) as string,
        });
    },
  );
});

it("interlaced frames are woven though the header says nothing of them", async () => {
  // A bar that moves: in two fields of different time its edges are combs.
  const moving =
    "color=black:s=720x576:r=50:d=0.4[b];color=white:s=120x576:r=50:d=0.4[w];[b][w]overlay=x='mod(n*40\\,600)'";
  const fields = `${moving},tinterlace=interleave_bottom,setfield=bff`;
  const file = make(
    directory,
    "dv.avi",
    "-f",
    "lavfi",
    "-i",
    fields,
    "-c:v",
    "dvvideo",
    "-pix_fmt",
    "yuv420p",
    "-aspect",
    "4:3",
  );
  const { at } = await encodeAs(file, "mp4-h264", bare);
  const combs = (film: string): number => {
    const args = ["-hide_banner", "-nostdin", "-i", film, "-vf", "idet", "-f", "null", "-"];
    const report = execFileSync("/bin/sh", ["-c", '"$@" 2>&1', "sh", ffmpeg, ...args], { encoding: "utf8" });
    // Some versions report of an instance that never ran, before the one that did.
    const counts = [...report.matchAll(/Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+)/g)].at(-1);
    return Number(counts?.[1] ?? NaN) + Number(counts?.[2] ?? NaN);
  };
  expect(combs(file)).toBeGreaterThan(7);
  expect(combs(at("mp4/clip.mp4"))).toBe(0);
});

it("a copy of a film as it is stays what it was", async () => {
  const file = make(directory, "plain.mp4", ...flash(2), ...beep(2), ...quick, "-c:a", "aac");
  const copy = path.join(directory, "input");
  await copyFile(file, copy);
  const { summary } = await encodeAs(copy, "mp4-h264", bare);
  expect(summary).not.toHaveProperty("notes");
});
