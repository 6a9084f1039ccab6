import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MediaSummary, ProfileOverrides } from "../../../services/protocol/index.ts";
import { encode } from "../../../services/worker/encode/encode.ts";
import { probe } from "../../../services/worker/input/probe.ts";
import { readCapabilities } from "../../../services/worker/profile/capabilities.ts";
import { supportFor } from "../../../services/worker/profile/support.ts";
import type { Support } from "../../../services/worker/profile/support.ts";
import { loadProfiles } from "../../../services/worker/profile/load.ts";
import { whyNotEncodable } from "../../../services/worker/profile/needs.ts";
import { withOverrides } from "../../../services/worker/profile/overrides.ts";
import type { JobProfile } from "../../../services/worker/profile/overrides.ts";
import {
  asH264,
  ffmpeg,
  ffprobe,
  firstPackets,
  keyFrames,
  look,
  lumaOfHalves,
  make,
  picture,
  pitch,
  sound,
  tone,
} from "./media.ts";

const frame = 1 / 25;
const profiles = await loadProfiles();
const capabilities = await readCapabilities(ffmpeg);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-profiles-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function asked(
  name: string,
  overrides: ProfileOverrides = {},
): Promise<{ profile: JobProfile; support: Support }> {
  const known = profiles.get(name);
  const wanted = known && withOverrides(known, overrides);
  if (wanted === undefined || "wrong" in wanted) throw new Error(`${name} is not to be had`);
  return { profile: wanted.profile, support: await supportFor(wanted.profile, capabilities) };
}

let runs = 0;
interface Encoded {
  readonly summary: MediaSummary;
  readonly outputs: string;
  readonly names: readonly string[];
}
async function encodeAs(file: string, name: string, overrides: ProfileOverrides = {}): Promise<Encoded> {
  const attempt = path.join(directory, `attempt-${++runs}`);
  const outputs = path.join(attempt, "outputs");
  await mkdir(outputs, { recursive: true });
  const input = path.join(attempt, "input");
  await copyFile(file, input);
  const media = await probe(ffprobe, input);
  const { profile, support } = await asked(name, overrides);
  if ("missing" in support) throw new Error(support.missing.join(", "));
  const { encoder } = support;
  const summary = await encode({ ffmpeg, input, media, profile, encoder, outputs, stem: "clip" });
  const names = (await readdir(outputs, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(outputs, path.join(entry.parentPath, entry.name)));
  return { summary, outputs, names: names.toSorted() };
}

const words = "1\n00:00:00,500 --> 00:00:01,500\nHello\n\n2\n00:00:02,000 --> 00:00:02,500\nGood-bye\n";

/** A film with sound and captions in two languages, and its length in seconds. */
async function film(name: string, size: string, rate: string, seconds: number): Promise<string> {
  const subtitles = path.join(directory, "words.srt");
  await writeFile(subtitles, words);
  const inputs = [...picture(size, rate, seconds), ...sound(seconds), "-i", subtitles, "-i", subtitles];
  const maps = ["-map", "0:v", "-map", "1:a", "-map", "2:s", "-map", "3:s"];
  const codecs = [...asH264, "-c:a", "aac", "-c:s", "mov_text"];
  const languages = ["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=ger"];
  return make(directory, name, ...inputs, ...maps, ...codecs, ...languages);
}

describe("CMAF in H.264", () => {
  let encoded: Encoded;
  beforeAll(async () => {
    encoded = await encodeAs(await film("film.mp4", "640x360", "25", 9), "cmaf-h264");
  });
  const at = (name: string) => path.join(encoded.outputs, name);

  it("is one set of segments with a playlist and a manifest, captions, pictures and a file", () => {
    const rendition = (name: string) =>
      ["init.mp4", "playlist.m3u8", "segment-00000.m4s", "segment-00001.m4s", "segment-00002.m4s"].map(
        (file) => `cmaf/${name}/${file}`,
      );
    expect(encoded.names).toEqual(
      [
        ...["360p", "240p", "audio-128k", "audio-64k"].flatMap(rendition),
        ...["cmaf/master.m3u8", "cmaf/manifest.mpd", "mp4/clip.mp4", "poster.jpg"],
        ...["captions/en.vtt", "captions/en.m3u8", "captions/de.vtt", "captions/de.m3u8"],
        ...["storyboard/sheet-001.jpg", "storyboard/storyboard.vtt"],
      ].toSorted(),
    );
  });

  it("is read by ffprobe from the DASH manifest, with every rendition and the whole length", () => {
    const { streams, format } = look(at("cmaf/manifest.mpd"));
    const sizes = streams.flatMap(({ width, height }) => (width ? [`${width}x${height}`] : []));
    expect(sizes).toEqual(["640x360", "426x240"]);
    expect(streams.filter(({ codec_type }) => codec_type === "audio").length).toBe(2);
    expect(Math.abs(Number(format.duration) - 9)).toBeLessThan(frame);
  });

  it("has segment times in the manifest that are those of the segments", async () => {
    const text = await readFile(at("cmaf/manifest.mpd"), "utf8");
    const video = /<Representation id="360p"[^]*?<\/Representation>/.exec(text)?.[0] ?? "";
    const timescale = Number(/timescale="(\d+)"/.exec(video)?.[1]);
    expect(video).toContain(`<S t="0" d="${4 * timescale}" r="1"/>`);
    expect(video).toContain(`<S t="${8 * timescale}" d="${timescale}"/>`);
    expect(keyFrames(at("cmaf/360p/playlist.m3u8"))).toEqual([0, 4, 8]);
  });

  it("pairs small renditions with the small audio rate, and offers both captions", async () => {
    const text = await readFile(at("cmaf/master.m3u8"), "utf8");
    expect(text).toMatch(/RESOLUTION=426x240,[^\n]*AUDIO="audio-64k",SUBTITLES="captions"/);
    expect([...text.matchAll(/LANGUAGE="(\w+)"/g)].map(([, language]) => language)).toEqual(["en", "de"]);
  });

  it("keeps every caption with its times, beside the film and inside the file", async () => {
    const vtt = await readFile(at("captions/en.vtt"), "utf8");
    expect(vtt).toMatch(/^WEBVTT[^]*00:00\.500 --> 00:01\.500\nHello[^]*00:02\.000 --> 00:02\.500\nGood-bye/);
    const subtitles = look(at("mp4/clip.mp4")).streams.filter(({ codec_type }) => codec_type === "subtitle");
    expect(subtitles.map(({ codec_name, tags }) => [codec_name, tags?.["language"]])).toEqual([
      ["mov_text", "eng"],
      ["mov_text", "ger"],
    ]);
  });

  it("has sheets of the size that the cues speak of", async () => {
    expect(look(at("storyboard/sheet-001.jpg")).streams).toMatchObject([{ width: 800, height: 450 }]);
    expect(await readFile(at("storyboard/storyboard.vtt"), "utf8")).toBe(
      "WEBVTT\n\n00:00:00.000 --> 00:00:09.000\nsheet-001.jpg#xywh=0,0,160,90\n",
    );
  });
});

it("A storyboard over several sheets has one tile for each interval", async () => {
  const file = make(directory, "long.mp4", ...picture("320x180", "10", 65), ...asH264);
  const { profile, support } = await asked("cmaf-h264");
  if ("missing" in support) throw new Error(support.missing.join(", "));
  const outputs = path.join(directory, "board");
  await mkdir(outputs);
  const storyboard = { ...profile.storyboard, columns: 2, rows: 2 };
  const media = await probe(ffprobe, file);
  await encode({
    ...{ ffmpeg, input: file, media, encoder: support.encoder, outputs, stem: "clip" },
    profile: { ...profile, storyboard },
  });
  expect((await readdir(path.join(outputs, "storyboard"))).toSorted()).toEqual([
    "sheet-001.jpg",
    "sheet-002.jpg",
    "storyboard.vtt",
  ]);
  const vtt = await readFile(path.join(outputs, "storyboard/storyboard.vtt"), "utf8");
  expect(vtt.match(/-->/g)?.length).toBe(7);
  expect(vtt).toContain("00:01:00.000 --> 00:01:05.000\nsheet-002.jpg#xywh=0,90,160,90");
});

/** A track of sound: its language as the input has it, its pitch in hertz, and its length in seconds; 0 has no packet. */
interface Track {
  readonly language?: string;
  readonly hertz: number;
  readonly seconds?: number;
}

/** A film, or sound alone, with these tracks in this order. */
function spoken(name: string, tracks: readonly Track[], { withPicture = true, codec = "aac" } = {}): string {
  const seen = withPicture ? [picture("320x180", "25", 3)] : [];
  const heard = tracks.map(({ hertz, seconds = 3 }) => tone(hertz, Math.max(1, seconds)));
  const inputs = [...seen, ...heard];
  return make(
    ...([
      directory,
      name,
      ...inputs.flat(),
      ...inputs.flatMap((_, index) => ["-map", String(index)]),
    ] as const),
    ...[...asH264, "-c:a", codec],
    ...tracks.flatMap(({ seconds }, index) => (seconds === 0 ? [`-filter:a:${index}`, "atrim=start=9"] : [])),
    ...tracks.flatMap(({ language }, index) =>
      language === undefined ? [] : [`-metadata:s:a:${index}`, `language=${language}`],
    ),
  );
}

/** Pitches to within five hertz. */
const about = (hertz: number) => expect.closeTo(hertz, -1) as number;

describe("a film in three languages, one of them twice and one track without any", () => {
  let encoded: Encoded;
  const at = (name: string) => path.join(encoded.outputs, name);
  const soundsOf = (name: string) =>
    look(at(name)).streams.filter(({ codec_type }) => codec_type === "audio");
  beforeAll(async () => {
    const tracks = [
      { language: "eng", hertz: 300 },
      { language: "fre", hertz: 500 },
      { hertz: 700 },
      // A dub may end before the film does.
      { language: "ger", hertz: 900, seconds: 2 },
      { language: "fra", hertz: 1100 },
    ];
    encoded = await encodeAs(spoken("dubbed.mp4", tracks), "cmaf-h264");
  });

  it("has a folder for each language and audio rate, and each plays its own stream", () => {
    const folders = encoded.names.flatMap((name) => /^cmaf\/(audio[^/]*)\/init/.exec(name)?.[1] ?? []);
    expect(folders.toSorted()).toEqual([
      ...["audio-128k", "audio-128k-de", "audio-128k-fr", "audio-64k", "audio-64k-de", "audio-64k-fr"],
    ]);
    for (const rate of ["audio-128k", "audio-64k"]) {
      expect(pitch(at(`cmaf/${rate}/playlist.m3u8`))).toEqual(about(300));
      expect(pitch(at(`cmaf/${rate}-fr/playlist.m3u8`))).toEqual(about(500));
      expect(pitch(at(`cmaf/${rate}-de/playlist.m3u8`))).toEqual(about(900));
    }
  });

  it("offers all of them in HLS, in groups with the same members", async () => {
    const text = await readFile(at("cmaf/master.m3u8"), "utf8");
    const row =
      /TYPE=AUDIO,GROUP-ID="([^"]+)",NAME="(\w+)",DEFAULT=(\w+),AUTOSELECT=YES,LANGUAGE="(\w+)",CHANNELS="2",URI="([^"]+)"/g;
    expect([...text.matchAll(row)].map(([, ...told]) => told)).toEqual([
      ["audio-64k", "English", "YES", "en", "audio-64k/playlist.m3u8"],
      ["audio-64k", "French", "NO", "fr", "audio-64k-fr/playlist.m3u8"],
      ["audio-64k", "German", "NO", "de", "audio-64k-de/playlist.m3u8"],
    ]);
    expect(soundsOf("cmaf/master.m3u8").length).toBe(3);
  });

  it("has a set for each in the DASH manifest, with language and role", async () => {
    const text = await readFile(at("cmaf/manifest.mpd"), "utf8");
    const set =
      /<AdaptationSet id="(\d+)" contentType="audio" mimeType="audio\/mp4" lang="(\w+)"[^>]*>\n.*value="(\w+)"/g;
    expect([...text.matchAll(set)].map(([, ...told]) => told)).toEqual([
      ["1", "en", "main"],
      ["2", "fr", "dub"],
      ["3", "de", "dub"],
    ]);
    expect(soundsOf("cmaf/manifest.mpd").length).toBe(6);
  });

  it("has a track for each in the file: in time, with its language, the main one first and alone the default", () => {
    const file = "mp4/clip.mp4";
    const tracks = soundsOf(file).map(({ tags, disposition, start_time }, index) => [
      ...[tags?.["language"], disposition?.["default"], start_time, pitch(at(file), index)],
    ]);
    expect(tracks).toEqual([
      ["eng", 1, "0.000000", about(300)],
      ["fre", 0, "0.000000", about(500)],
      ["ger", 0, "0.000000", about(900)],
    ]);
    const [seen, ...heard] = firstPackets(at(file));
    expect(seen).toBe(0);
    // The priming comes before time 0, where the edit list hides it.
    expect(heard).toEqual([-0.021333, -0.021333, -0.021333]);
  });
});

describe.each(["smpte2084", "arib-std-b67"])("HDR by %s", (transfer) => {
  it("becomes SDR that says so, neither grey nor washed out", async ({ annotate }) => {
    const colours = `colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`;
    // A white of about 1,000 cd/m² on the left and black on the right.
    const bright = transfer === "smpte2084" ? 723 : 940;
    const source = `color=black:size=640x360:rate=25,format=yuv420p10le,geq=lum='if(lt(X,320),${bright},64)':cb=512:cr=512`;
    const file = make(
      directory,
      `hdr-${transfer}.mp4`,
      ...["-f", "lavfi", "-t", "1", "-i", source],
      ...["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", `log-level=error:${colours}`],
    );
    const refused = whyNotEncodable(await probe(ffprobe, file), capabilities);
    if (refused) {
      await annotate(`this ffmpeg cannot tone-map: ${refused.message}`);
      expect(capabilities.names.filters.has("zscale") && capabilities.names.filters.has("tonemap")).toBe(
        false,
      );
      return;
    }
    const { outputs } = await encodeAs(file, "hls-h264");
    const [stream] = look(path.join(outputs, "mp4/clip.mp4")).streams;
    expect(stream).toMatchObject({
      ...{ pix_fmt: "yuv420p", color_transfer: "bt709", color_primaries: "bt709", color_space: "bt709" },
    });
    const [white, black] = lumaOfHalves(path.join(outputs, "mp4/clip.mp4"));
    expect(white).toBeGreaterThan(200);
    expect(black).toBeLessThan(24);
  });
});

it("A job may want the main sound alone", async () => {
  const file = spoken("main.mp4", [
    { language: "eng", hertz: 300 },
    { language: "fre", hertz: 500 },
  ]);
  const { names, outputs } = await encodeAs(file, "hls-h264", { audioLanguages: "main" });
  expect(names.filter((name) => name.includes("audio-fr"))).toEqual([]);
  expect(look(path.join(outputs, "mp4/clip.mp4")).streams.length).toBe(2);
  expect(await readFile(path.join(outputs, "hls/master.m3u8"), "utf8")).toContain(
    'NAME="English",DEFAULT=YES,AUTOSELECT=YES,LANGUAGE="en"',
  );
});

it.each([
  ["without a language", "camera.mkv", undefined, 'NAME="Audio",DEFAULT=YES,AUTOSELECT=YES'],
  ["that all say English", "camera.mov", "eng", 'NAME="English",DEFAULT=YES,AUTOSELECT=YES,LANGUAGE="en"'],
])("Eight mono tracks %s are one sound", async (_, file, language, told) => {
  const tracks = Array.from({ length: 8 }, (__, index) => ({
    hertz: 300 + 100 * index,
    ...(language !== undefined && { language }),
  }));
  const { outputs, names } = await encodeAs(spoken(file, tracks, { codec: "pcm_s16le" }), "hls-h264");
  expect(names.filter((name) => name.endsWith("init.mp4"))).toEqual([
    "hls/audio/init.mp4",
    "hls/source/init.mp4",
  ]);
  expect(look(path.join(outputs, "mp4/clip.mp4")).streams.length).toBe(2);
  expect(await readFile(path.join(outputs, "hls/master.m3u8"), "utf8")).toContain(
    `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",${told},CHANNELS="2",URI="audio/playlist.m3u8"`,
  );
});

it("A language of which nothing comes out is nowhere", async () => {
  const tracks = [
    { language: "eng", hertz: 300 },
    { language: "fre", hertz: 500, seconds: 0 },
  ];
  const { outputs, names } = await encodeAs(spoken("announced.mkv", tracks), "cmaf-h264");
  expect(names.filter((name) => name.includes("-fr"))).toEqual([]);
  expect(await readFile(path.join(outputs, "cmaf/master.m3u8"), "utf8")).not.toContain("French");
  expect(await readFile(path.join(outputs, "cmaf/manifest.mpd"), "utf8")).not.toContain('lang="fr"');
  expect(look(path.join(outputs, "mp4/clip.mp4")).streams.length).toBe(2);
});

it("Sound alone in two languages has both: the main one as the variant, each in its group", async () => {
  const tracks = [
    { language: "eng", hertz: 300 },
    { language: "fre", hertz: 500 },
  ];
  const file = spoken("talk.mka", tracks, { withPicture: false });
  const { outputs, summary } = await encodeAs(file, "hls-h264");
  expect(summary).toEqual({
    kind: "audio",
    durationSeconds: expect.closeTo(3, 1) as number,
    renditions: ["audio", "audio-fr"],
  });
  const text = await readFile(path.join(outputs, "hls/master.m3u8"), "utf8");
  expect(text.match(/TYPE=AUDIO/g)?.length).toBe(2);
  expect(text).toMatch(/#EXT-X-STREAM-INF:[^\n]*AUDIO="audio"\naudio\/playlist\.m3u8\n$/);
  const heard = look(path.join(outputs, "mp4/clip.m4a")).streams.map(({ tags }) => tags?.["language"]);
  expect(heard).toEqual(["eng", "fre"]);
  expect([0, 1].map((index) => pitch(path.join(outputs, "mp4/clip.m4a"), index))).toEqual([
    about(300),
    about(500),
  ]);
});

describe("one job", () => {
  it("may change renditions, segments and packaging", async () => {
    const file = await film("short.mp4", "640x360", "50", 3);
    const overrides = { maxShortEdge: 240, segmentSeconds: 1, maxFramesPerSecond: 30, hls: false };
    const { names, outputs, summary } = await encodeAs(file, "cmaf-h264", { ...overrides, captions: false });
    expect(summary.renditions).toEqual(["240p"]);
    expect(names.filter((name) => name.startsWith("cmaf/240p/"))).toEqual(
      ["init.mp4", "segment-00000.m4s", "segment-00001.m4s", "segment-00002.m4s"].map(
        (name) => `cmaf/240p/${name}`,
      ),
    );
    expect(names.filter((name) => /m3u8|captions/.test(name))).toEqual([]);
    expect(look(path.join(outputs, "mp4/clip.mp4")).streams[0]).toMatchObject({ avg_frame_rate: "25/1" });
  });

  it("may want one file alone", async () => {
    const { names } = await encodeAs(await film("one.mp4", "320x180", "25", 1), "mp4-h264");
    expect(names).toEqual(["captions/de.vtt", "captions/en.vtt", "mp4/clip.mp4", "poster.jpg"]);
  });
});

/** What this ffmpeg cannot do is said, and the refusal is what is then tested. */
const codecs = [
  { name: "cmaf-hevc", codec: "hevc", tag: "hvc1", pattern: /CODECS="hvc1\.1\.6\.L\d+\.[0-9A-F.]+,mp4a/ },
  { name: "cmaf-av1", codec: "av1", tag: "av01", pattern: /CODECS="av01\.0\.\d\dM\.08,mp4a/ },
] as const;

describe.each(codecs)("CMAF as $name", ({ name, codec, tag, pattern }) => {
  it("has key frames where segments begin, a codec name for players, and a file of the whole length", async ({
    annotate,
  }) => {
    // Pictures need a decoder of what was encoded.
    const pictures = capabilities.decodes.has(codec);
    const overrides = { segmentSeconds: 1, poster: pictures, storyboard: pictures };
    const { support } = await asked(name, overrides);
    if ("missing" in support) {
      await annotate(`this ffmpeg cannot encode ${name}: ${support.missing.join(", ")}`);
      expect(support.missing.join()).toContain("encoder");
      return;
    }
    const file = make(directory, `${codec}.mp4`, ...picture("192x108", "25", 3), ...sound(3), ...asH264);
    const { outputs, summary } = await encodeAs(file, name, overrides);
    expect(summary).toMatchObject({ durationSeconds: 3, renditions: ["source"] });
    expect(keyFrames(path.join(outputs, "cmaf/source/playlist.m3u8"))).toEqual([0, 1, 2]);
    expect(await readFile(path.join(outputs, "cmaf/master.m3u8"), "utf8")).toMatch(pattern);
    const [video] = look(path.join(outputs, "mp4/clip.mp4")).streams;
    expect(video).toMatchObject({ codec_name: codec, codec_tag_string: tag });
    expect(Math.abs(Number(video?.duration) - 3)).toBeLessThan(frame + 0.001);
    expect(look(path.join(outputs, "cmaf/manifest.mpd")).streams[0]).toMatchObject({ codec_name: codec });
  });
});

it("VMAF is scored where ffmpeg has a model, and refused with the reason where not", async ({ annotate }) => {
  const { support } = await asked("hls-h264", { vmaf: true });
  if ("missing" in support) {
    await annotate(`this ffmpeg has no VMAF: ${support.missing.join(", ")}`);
    expect(support.missing.join()).toMatch(/libvmaf/);
    return;
  }
  const file = make(directory, "vmaf.mp4", ...picture("320x180", "25", 2), ...asH264);
  const good = await encodeAs(file, "hls-h264", { vmaf: true, crf: 10 });
  const bad = await encodeAs(file, "hls-h264", { vmaf: true, crf: 50 });
  const score = async ({ outputs }: Encoded): Promise<{ mean: number; frames: number }> =>
    JSON.parse(await readFile(path.join(outputs, "vmaf.json"), "utf8")) as { mean: number; frames: number };
  expect((await score(good)).mean).toBeGreaterThan(85);
  expect((await score(bad)).mean).toBeLessThan((await score(good)).mean - 20);
  expect((await score(good)).frames).toBeGreaterThanOrEqual(10);
});
