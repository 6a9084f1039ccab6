import { describe, expect, it } from "vitest";
import { captionPlaylist, captionsOf } from "../../../../services/worker/plan/captions.ts";
import type { MediaInfo } from "../../../../services/worker/media/media-info.ts";
import { codecName } from "../../../../services/worker/packaging/codec-names.ts";
import { dashManifest } from "../../../../services/worker/packaging/dash-manifest.ts";
import type { DashAudio } from "../../../../services/worker/packaging/dash-manifest.ts";
import { decodeTimeOf, findBox, timescaleOf } from "../../../../services/worker/packaging/mp4-boxes.ts";
import { speedometer } from "../../../../services/worker/progress.ts";
import { planStoryboard, storyboardVtt } from "../../../../services/worker/plan/storyboard.ts";
import { parseVmafLog } from "../../../../services/worker/encode/vmaf.ts";

const box = (type: string, content: Buffer | readonly number[]): Buffer => {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + bytes.length);
  header.write(type, 4, "latin1");
  return Buffer.concat([header, bytes]);
};
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

describe("boxes", () => {
  it("are found by their path, behind others", () => {
    const file = Buffer.concat([
      box("styp", [1, 2]),
      box("moof", Buffer.concat([box("mfhd", [0]), box("traf", [9])])),
    ]);
    expect(findBox(file, ["moof", "traf"])).toEqual(Buffer.from([9]));
    expect(findBox(file, ["moof", "uuid"])).toBeUndefined();
  });

  it("that claim an impossible size end the search", () => {
    expect(findBox(Buffer.from([0, 0, 0, 3, ...Buffer.from("free"), 0, 0]), ["moov"])).toBeUndefined();
  });

  it.each([
    ["short", [0, 0, 0, 0, ...zeros(8), 0, 0, 0x32, 0]],
    ["long", [1, 0, 0, 0, ...zeros(16), 0, 0, 0x32, 0]],
  ])("give the time scale of a %s media header", (_, content) => {
    const init = box("moov", box("trak", box("mdia", box("mdhd", content))));
    expect(timescaleOf(init)).toBe(12_800);
  });

  it("give the time of a segment", () => {
    const segment = (tfdt: number[]) => box("moof", box("traf", box("tfdt", tfdt)));
    expect(decodeTimeOf(segment([0, 0, 0, 0, 0, 0, 0xc8, 0]))).toBe(51_200);
    expect(decodeTimeOf(segment([1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]))).toBe(2 ** 32);
    expect(() => decodeTimeOf(box("moof", []))).toThrow("no tfdt");
  });
});

describe("the codec's name", () => {
  it.each([
    ["h264", box("avcC", [1, 0x64, 0x00, 0x1f]), "avc1.64001f"],
    // The example of ISO/IEC 14496-15, annex E.
    ["hevc", box("hvcC", [1, 1, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93]), "hvc1.1.6.L93.B0"],
    ["hevc", box("hvcC", [1, 0x22, 0x20, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 120]), "hvc1.2.4.H120.90"],
    ["av1", box("av1C", [0x81, 0x04, 0x0c, 0]), "av01.0.04M.08"],
    ["av1", box("av1C", [0x81, 0x28, 0xc0, 0]), "av01.1.08H.10"],
  ] as const)("of %s is read from the initialisation segment", (codec, init, name) => {
    expect(codecName(codec, init)).toBe(name);
  });

  it.each([["nothing of the kind"], ["avcC"], [""]])("cannot be read from %j", (text) => {
    expect(() => codecName("h264", Buffer.from(text))).toThrow(/no avcC box/);
  });
});

describe("the DASH manifest", () => {
  const rendition = { id: "720p", codec: "avc1.64001f", bandwidth: 2_000_000, timescale: 12_800 };
  const manifest = (starts: number[], lastDuration: number) =>
    dashManifest({
      ...{ seconds: 9.28, segmentSeconds: 4, audio: [] },
      video: [{ ...rendition, starts, lastDuration, picture: { width: 1280, height: 720, frameRate: "25" } }],
      captions: [{ id: "captions-en", language: "en", uri: "../captions/en.vtt" }],
    });

  it("lists segments by their real times, equal ones as one run", () => {
    const text = manifest([0, 51_200, 102_400], 16_384);
    expect(text).toContain('<S t="0" d="51200" r="1"/>');
    expect(text).toContain('<S t="102400" d="16384"/>');
    expect(text).not.toContain("presentationTimeOffset");
    expect(text).toContain('mediaPresentationDuration="PT9.280S"');
    expect(text).toContain("<BaseURL>../captions/en.vtt</BaseURL>");
  });

  const spoken = (language: string | undefined, ...ids: string[]) => ({
    language,
    representations: ids.map((id) => ({
      ...{ id, codec: "mp4a.40.2", bandwidth: 128_000, timescale: 48_000, channels: 2 },
      ...{ starts: [0], lastDuration: 48_000 },
    })),
  });
  const withSound = (...audio: DashAudio[]) =>
    dashManifest({
      ...{ seconds: 1, segmentSeconds: 4, audio, video: [] },
      captions: [{ id: "captions-en", language: "en", uri: "../captions/en.vtt" }],
    });
  const setsOf = (text: string) =>
    [
      ...text.matchAll(/<AdaptationSet id="(\d+)"[^>]*?(?: lang="([^"]*)")?(?: segment[^>]*)?>\n\s*<(.*)>/g),
    ].map(([, id, language, next]) => [id, language, /value="(\w+)"/.exec(next ?? "")?.[1]]);

  it("has one set for each language, with every rate, the main one first", () => {
    const text = withSound(spoken("en", "audio", "audio-64k"), spoken("fr", "audio-fr", "audio-64k-fr"));
    expect(setsOf(text)).toEqual([
      ["1", "en", "main"],
      ["2", "fr", "dub"],
      ["3", "en", "subtitle"],
    ]);
    expect(/lang="fr"[^]*?<\/AdaptationSet>/.exec(text)?.[0].match(/<Representation /g)?.length).toBe(2);
  });

  it("gives the only sound no role, and a language only where it is known", () => {
    expect(withSound(spoken(undefined, "audio"))).toContain(
      '<AdaptationSet id="1" contentType="audio" mimeType="audio/mp4" segmentAlignment="true" startWithSAP="1">\n      <Representation id="audio"',
    );
    expect(withSound(spoken("en", "audio"))).toContain('mimeType="audio/mp4" lang="en" segmentAlignment');
    expect(setsOf(withSound(spoken(undefined, "audio"))).map(([id]) => id)).toEqual(["1", "2"]);
  });

  it("starts at 0 whatever the first segment's time", () => {
    expect(manifest([512, 51_712], 512)).toContain('presentationTimeOffset="512"');
  });
});

describe("captions", () => {
  const media = (...languages: (string | undefined)[]): MediaInfo => ({
    ...{ kind: "video", container: "mp4", durationIsStated: true, pictureCaptions: 0 },
    ...{ furtherAudio: [], audioLeftBehind: [] },
    captions: languages.map((language, index) => ({
      ...{ index, codec: "mov_text" },
      ...(language !== undefined && { language }),
    })),
  });

  it("have names that are languages and tell them apart", () => {
    const named = captionsOf(media("eng", "ger", "eng", undefined, "no language at all"));
    expect(named.map(({ name, label, languageCode }) => [name, label, languageCode])).toEqual([
      ["en", "English", "eng"],
      ["de", "German", "ger"],
      ["en-2", "English 2", "eng"],
      ["und", "Captions", "und"],
      ["und-2", "Captions 2", "und"],
    ]);
  });

  it("are one segment of HLS", () => {
    const [caption] = captionsOf(media("eng"));
    expect(caption && captionPlaylist(caption, 5.28)).toContain("#EXT-X-TARGETDURATION:6\n");
    expect(caption && captionPlaylist(caption, 5.28)).toContain("#EXTINF:5.280,\nen.vtt\n#EXT-X-ENDLIST");
  });
});

describe("a storyboard", () => {
  const settings = { enabled: true, everySeconds: 10, tileWidth: 160, columns: 2, rows: 2 };
  const picture = { width: 1280, height: 720 };

  it("says which part of which sheet shows when", () => {
    const board = planStoryboard(settings, 45, picture);
    expect(board).toMatchObject({ tileWidth: 160, tileHeight: 90, tiles: 5, sheets: 2 });
    const cues = storyboardVtt(board, 45).trim().split("\n\n").slice(1);
    expect(cues[3]).toBe("00:00:30.000 --> 00:00:40.000\nsheet-001.jpg#xywh=160,90,160,90");
    expect(cues[4]).toBe("00:00:40.000 --> 00:00:45.000\nsheet-002.jpg#xywh=0,0,160,90");
  });

  it("of a long film stays small, and of a tiny picture is not enlarged", () => {
    expect(planStoryboard(settings, 100_000, picture)).toMatchObject({ everySeconds: 100, tiles: 1000 });
    expect(planStoryboard(settings, 5, { width: 64, height: 36 })).toMatchObject({
      tileWidth: 64,
      tileHeight: 36,
    });
  });
});

describe("a VMAF log", () => {
  it("is summed up from its frames", () => {
    const frames = [90, 100, 80].map((vmaf) => ({ frameNum: 0, metrics: { vmaf } }));
    expect(parseVmafLog(JSON.stringify({ frames }))).toEqual({
      mean: 90,
      harmonicMean: 89.264,
      min: 80,
      frames: 3,
    });
  });

  it.each([["{}"], ["no JSON"], ['{"frames":[]}']])("that is %s is none", (text) => {
    expect(parseVmafLog(text)).toBeUndefined();
  });
});

describe("progress", () => {
  it("has a speed and the time that is left at it", () => {
    let now = 0;
    const measure = speedometer(100, () => now);
    now = 10_000;
    expect(measure(20)).toEqual({ share: 0.2, speed: 2, etaSeconds: 40 });
  });

  it("follows a change of speed within half a minute", () => {
    let now = 0;
    const measure = speedometer(1000, () => now);
    for (let second = 1; second <= 60; second++) {
      now = second * 1000;
      measure(second * 4);
    }
    for (let second = 61; second <= 120; second++) {
      now = second * 1000;
      measure(240 + (second - 60));
    }
    expect(measure(301)).toMatchObject({ speed: 1.03 });
  });

  it("of an unknown duration has a speed alone", () => {
    let now = 0;
    const measure = speedometer(undefined, () => now);
    now = 1000;
    expect(measure(3)).toEqual({ share: 0, speed: 3 });
  });
});
