import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProbe } from "../../../../services/worker/media/media-info.ts";

const video = {
  index: 0,
  codec_type: "video",
  codec_name: "h264",
  width: 1280,
  height: 720,
  sample_aspect_ratio: "1:1",
  avg_frame_rate: "25/1",
  r_frame_rate: "25/1",
  field_order: "progressive",
  duration: "5.280000",
  disposition: { default: 1, attached_pic: 0 },
};
const audio = { index: 1, codec_type: "audio", codec_name: "aac", channels: 6, duration: "5.312000" };
const format = {
  ...{ format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "5.312000" },
  tags: { major_brand: "isom" },
};
const cover = {
  ...video,
  index: 2,
  codec_name: "mjpeg",
  disposition: { default: 0, attached_pic: 1 },
};

const media = (streams: readonly object[]) => {
  const parsed = parseProbe({ format, streams });
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return parsed.media;
};
const problem = (json: unknown) => {
  const parsed = parseProbe(json);
  return "problem" in parsed ? parsed.problem : undefined;
};

describe("reading a probe", () => {
  it("takes size, rate and durations of video and audio", () => {
    expect(media([video, audio])).toMatchObject({
      kind: "video",
      declaredSeconds: 5.312,
      durationIsStated: true,
      video: { index: 0, width: 1280, height: 720, declaredSeconds: 5.28, fields: "by-frame" },
      audio: { index: 1, channels: 6, declaredSeconds: 5.312 },
    });
  });

  it("takes captions that are text, and counts those that are pictures", () => {
    const subtitle = (index: number, codec_name: string, language?: string) => ({
      ...{ index, codec_type: "subtitle", codec_name },
      ...(language !== undefined && { tags: { language } }),
    });
    const streams = [
      video,
      subtitle(3, "mov_text", "eng"),
      subtitle(4, "dvd_subtitle"),
      subtitle(5, "subrip"),
    ];
    expect(media(streams)).toMatchObject({
      captions: [
        { index: 3, codec: "mov_text", language: "eng" },
        { index: 5, codec: "subrip" },
      ],
      pictureCaptions: 1,
    });
  });

  it("takes a file with sound alone for audio", () => {
    const found = media([audio]);
    expect(found.kind).toBe("audio");
    expect(found.video).toBeUndefined();
  });

  it("takes a silent film for video", () => {
    expect(media([video]).audio).toBeUndefined();
  });

  it("does not take cover art for video", () => {
    expect(media([audio, cover]).kind).toBe("audio");
  });

  it("prefers the default stream, then the larger one", () => {
    const small = { ...video, index: 3, width: 320, height: 180, disposition: { default: 0 } };
    const large = { ...small, index: 4, width: 1920, height: 1080 };
    expect(media([small, large]).video?.index).toBe(4);
    expect(media([small, large, video]).video?.index).toBe(0);
  });

  it.each([
    ["a display matrix", { side_data_list: [{ rotation: -90 }] }],
    ["a display matrix after other side data", { side_data_list: [{}, { rotation: 90 }] }],
    ["the tag of older files", { tags: { rotate: "270" } }],
  ])("swaps the edges of a picture turned by %s", (_, turned) => {
    expect(media([{ ...video, ...turned }]).video).toMatchObject({ width: 720, height: 1280 });
  });

  it("keeps the edges of a picture turned upside down", () => {
    const turned = { ...video, side_data_list: [{ rotation: 180 }] };
    expect(media([turned]).video).toMatchObject({ width: 1280, height: 720 });
  });

  it("widens anamorphic pixels to square ones", () => {
    const dvd = { ...video, width: 720, height: 576, sample_aspect_ratio: "64:45" };
    expect(media([dvd]).video).toMatchObject({ width: 1024, height: 576 });
  });

  it("turns anamorphic pictures after widening them", () => {
    const turned = {
      ...video,
      width: 720,
      height: 576,
      sample_aspect_ratio: "64:45",
      tags: { rotate: "90" },
    };
    expect(media([turned]).video).toMatchObject({ width: 576, height: 1024 });
  });

  it("takes what a header of HDR leaves out as BT.2100 has it", () => {
    expect(media([{ ...video, color_transfer: "smpte2084" }]).video?.hdr).toEqual({
      ...{ transfer: "smpte2084", primaries: "bt2020", matrix: "bt2020nc" },
    });
    const p3 = { color_transfer: "arib-std-b67", color_primaries: "smpte432", color_space: "bt709" };
    expect(media([{ ...video, ...p3 }]).video?.hdr).toEqual({
      ...{ transfer: "arib-std-b67", primaries: "smpte432", matrix: "bt709" },
    });
  });

  it("takes wide gamut alone for no HDR", () => {
    const wide = { color_transfer: "bt2020-10", color_primaries: "bt2020", color_space: "bt2020nc" };
    expect(media([{ ...video, ...wide }]).video).not.toHaveProperty("hdr");
  });

  it.each([
    ["h264", "progressive", "by-frame"],
    ["dvvideo", "unknown", "by-frame"],
    ["rawvideo", "tt", "top"],
    ["v210", "bt", "top"],
    ["jpeg2000", "bb", "bottom"],
    ["v210", "tb", "bottom"],
    ["v210", "progressive", "by-frame"],
  ])("asks the frames of %s for their fields, or its header that says %s", (codec, order, fields) => {
    expect(media([{ ...video, codec_name: codec, field_order: order }]).video?.fields).toBe(fields);
  });

  it("does not rely on an estimated duration", () => {
    const parsed = parseProbe({ format: { ...format, format_name: "mp3" }, streams: [audio] });
    expect(parsed).toMatchObject({ media: { durationIsStated: false } });
  });
});

describe("the sound of a film in several languages", () => {
  const spoken = (index: number, language?: string, more: object = {}) => ({
    ...{ index, codec_type: "audio", codec_name: "aac", channels: 2 },
    ...(language !== undefined && { tags: { language } }),
    ...more,
  });
  const isDefault = { disposition: { default: 1 } };
  const found = (...sounds: object[]) => {
    const { audio: main, furtherAudio, audioLeftBehind } = media([video, ...sounds]);
    return { main: main?.index, further: furtherAudio.map(({ index }) => index), audioLeftBehind };
  };

  it("is the main stream, and one stream for each further language in the input's order", () => {
    const streams = [spoken(1, "eng"), spoken(2, "fre"), spoken(3, "ger", isDefault)];
    expect(found(...streams)).toEqual({ main: 3, further: [1, 2], audioLeftBehind: [] });
    expect(media([video, ...streams]).furtherAudio[1]).toMatchObject({ index: 2, language: "fre" });
  });

  it("is one stream where no language is told: eight mono tracks are parts of one sound", () => {
    const tracks = Array.from({ length: 8 }, (_, index) => spoken(index + 1, undefined, { channels: 1 }));
    expect(found(...tracks)).toEqual({ main: 1, further: [], audioLeftBehind: [] });
  });

  it.each(["und", "mul", "mis", "zxx", "no language", "x"])("does not take %s for a language", (language) => {
    expect(found(spoken(1, "eng"), spoken(2, language)).further).toEqual([]);
  });

  it("has each language once, whatever its code: the default stream, else the one with more channels", () => {
    const german = [spoken(3, "ger"), spoken(4, "deu", { channels: 6 }), spoken(5, "de", { channels: 1 })];
    expect(found(spoken(1, "eng", isDefault), spoken(2, "en"), ...german).further).toEqual([4]);
    const preferred = spoken(6, "ger", { channels: 1, ...isDefault });
    expect(found(spoken(1, "eng", { channels: 8, ...isDefault }), ...german, preferred).further).toEqual([6]);
  });

  it("has a further language beside a main stream without one", () => {
    expect(found(spoken(1, undefined, isDefault), spoken(2, "fre"))).toMatchObject({ main: 1, further: [2] });
  });

  it.each([
    ["is encrypted", { codec_tag_string: "enca" }, "it is encrypted; decrypt it first"],
    ["is of no known codec", { codec_name: undefined }, "no decoder is known for its audio stream"],
    ["was announced only", { channels: 0 }, "nothing of it was found"],
    [
      "is a commentary",
      { disposition: { comment: 1 } },
      "it is a commentary or a description of the pictures",
    ],
  ])("leaves a language behind whose only stream %s", (_, more, because) => {
    const bad = spoken(2, "fre", more);
    expect(found(spoken(1, "eng", isDefault), bad)).toEqual({
      ...{ main: 1, further: [] },
      audioLeftBehind: [{ language: "fr", because }],
    });
    const good = spoken(3, "fra");
    expect(found(spoken(1, "eng", isDefault), bad, good)).toEqual({
      ...{ main: 1, further: [3] },
      audioLeftBehind: [],
    });
  });

  it("leaves behind what this ffmpeg does not decode, but for the main stream", () => {
    const streams = [video, spoken(1, "eng", { codec_name: "ac4" }), spoken(2, "fre", { codec_name: "ac4" })];
    expect(parseProbe({ format, streams }, new Set(["aac"]))).toMatchObject({
      media: {
        ...{ audio: { index: 1 }, furtherAudio: [] },
        audioLeftBehind: [{ language: "fr", because: "this ffmpeg has no decoder for ac4" }],
      },
    });
  });

  it("ends with sixteen languages", () => {
    const codes = ["eng", "fre", "ger", "ita", "spa", "por", "dut", "dan", "swe", "nor", "fin", "pol"];
    const all = [...codes, "cze", "hun", "gre", "tur", "rus"].map((code, index) => spoken(index + 1, code));
    const { further, audioLeftBehind } = found(...all);
    expect(further.length).toBe(15);
    expect(audioLeftBehind).toEqual([{ language: "ru", because: "no more than 16 languages are encoded" }]);
  });
});

describe("a probe of something that cannot be encoded", () => {
  it.each([
    ["no streams", { format, streams: [] }, /neither a video nor an audio stream/],
    ["subtitles alone", { format, streams: [{ index: 0, codec_type: "subtitle" }] }, /neither/],
    ["cover art alone", { format, streams: [cover] }, /neither/],
    [
      "an unknown codec",
      { format, streams: [{ ...video, codec_name: undefined, codec_tag_string: "xyz1" }] },
      /no decoder is known for its video stream \(xyz1\)/,
    ],
    [
      "encryption",
      { format, streams: [{ ...audio, codec_tag_string: "enca" }] },
      /it is encrypted; decrypt it first/,
    ],
    ["a picture of nothing", { format, streams: [{ ...video, width: 0 }] }, /0x720 pixels/],
    [
      "a picture beyond all measure",
      { format, streams: [{ ...video, width: 99_999, height: 99_999 }] },
      /99999x99999 pixels/,
    ],
  ])("%s is unsupported", (_, json, message) => {
    expect(problem(json)).toMatchObject({ code: "input-unsupported", retryable: false });
    expect(problem(json)?.message).toMatch(message);
  });

  it.each([[undefined], [null], [[]], ["x"], [7]])("%j is no media", (json) => {
    expect(problem(json)?.code).toMatch(/^input-/);
  });
});

describe("a hostile probe", () => {
  it("never makes the reader throw: any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(() => parseProbe(json)).not.toThrow();
      }),
    );
  });

  it("never makes the reader throw: any values in the known places", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("25/1", "0/0", "1:1", "video", "audio", "h264"),
    );
    const stream = fc.record(
      {
        index: fc.nat(9),
        codec_type: fc.constantFrom("video", "audio", "data"),
        codec_name: fc.oneof(anything, fc.constant("h264")),
        width: fc.oneof(anything, fc.constant(1920)),
        height: fc.oneof(anything, fc.constant(1080)),
        channels: anything,
        sample_aspect_ratio: anything,
        avg_frame_rate: anything,
        r_frame_rate: anything,
        field_order: anything,
        duration: anything,
        disposition: anything,
        tags: anything,
        side_data_list: anything,
      },
      { requiredKeys: ["index", "codec_type"] },
    );
    let videos = 0;
    fc.assert(
      fc.property(fc.array(stream), fc.oneof(anything, fc.constant("10.0")), (streams, duration) => {
        const parsed = parseProbe({ streams, format: { format_name: "x", duration } });
        if (!("media" in parsed) || !parsed.media.video) return;
        videos += 1;
        expect(Number.isSafeInteger(parsed.media.video.width)).toBe(true);
        expect(Number.isSafeInteger(parsed.media.video.height)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(videos).toBeGreaterThan(10);
  });
});
