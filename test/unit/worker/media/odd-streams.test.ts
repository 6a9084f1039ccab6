import { describe, expect, it } from "vitest";
import { findTruncation } from "../../../../services/worker/encode/truncation.ts";
import { mixOf } from "../../../../services/worker/media/channel-layout.ts";
import { coloursOf, encodedColours } from "../../../../services/worker/media/colours.ts";
import { parseProbe } from "../../../../services/worker/media/media-info.ts";

const video = {
  ...{ index: 0, codec_type: "video", codec_name: "h264", width: 1280, height: 720 },
  ...{ avg_frame_rate: "25/1", r_frame_rate: "25/1" },
};
const sound = (index: number, more: object = {}) => ({
  ...{ index, codec_type: "audio", codec_name: "aac", channels: 2, ...more },
});
const mov = { format_name: "mov,mp4,m4a,3gp,3g2,mj2", tags: { major_brand: "qt  " } };
const mkv = { format_name: "matroska,webm" };
const media = (streams: readonly object[], format: object = mov, more: object = {}) => {
  const parsed = parseProbe({ format, streams, ...more }, new Set(["aac", "pcm_s24le"]));
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return parsed.media;
};
const refusal = (streams: readonly object[], more: object = {}) => {
  const parsed = parseProbe({ format: mov, streams, ...more }, new Set(["aac"]));
  return "problem" in parsed ? parsed.problem.message : undefined;
};

describe("streams of no use", () => {
  const unknown = { codec_name: undefined, codec_tag_string: "apac", disposition: { default: 1 } };

  it.each([
    ["of no known codec", unknown, /no decoder is known .* \(apac\)/],
    ["encrypted", { codec_tag_string: "enca", disposition: { default: 1 } }, /it is encrypted/],
    ["not decoded by this ffmpeg", { codec_name: "ac4", disposition: { default: 1 } }, /no decoder for ac4/],
    ["empty", { channels: 0, disposition: { default: 1 } }, /nothing of it was found/],
  ])("are passed over for one of use, and named: %s", (_, flaw, because) => {
    const found = media([video, sound(1, flaw), sound(2)]);
    expect(found.audio?.index).toBe(2);
    expect(found.notes?.join()).toMatch(because);
  });

  it("are a reason to refuse where there is no other, but for those of which nothing comes", () => {
    expect(refusal([video, sound(1, unknown)])).toContain("(apac)");
    expect(media([video, sound(1, { channels: 0 })]).audio).toBeUndefined();
    expect(media([{ ...video, width: 0, height: 0 }, sound(1)]).kind).toBe("audio");
  });

  it("are those whose packets, or whose header, say that they are encrypted", () => {
    const side_data_list = [{ side_data_type: "Encryption info" }];
    expect(refusal([video], { packets: [{ stream_index: 0, side_data_list }] })).toContain("encrypted");
    expect(refusal([video], { packets_and_frames: [{ stream_index: 0, side_data_list }] })).toContain(
      "encrypted",
    );
    const init = [{ side_data_type: "Encryption initialization data" }];
    expect(refusal([{ ...video, side_data_list: init }])).toContain("encrypted");
    expect(
      refusal([video], {
        packets: [{ stream_index: 0, side_data_list: [{ side_data_type: "Skip Samples" }] }],
      }),
    ).toBeUndefined();
  });

  it("are pictures in Dolby Vision without a base layer, by profile; with one they are encoded", () => {
    const vision = (dv_profile: number, dv_bl_signal_compatibility_id: number) => ({
      ...video,
      side_data_list: [
        { side_data_type: "DOVI configuration record", dv_profile, dv_bl_signal_compatibility_id },
      ],
    });
    expect(refusal([vision(5, 0)])).toContain("Dolby Vision of profile 5");
    expect(refusal([vision(10, 0)])).toContain("Dolby Vision of profile 10");
    for (const compatible of [1, 2, 4]) expect(media([vision(8, compatible)]).video?.index).toBe(0);
  });
});

describe("mono tracks", () => {
  const mono = (index: number, more: object = {}) =>
    sound(index, { channels: 1, codec_name: "pcm_s24le", ...more });

  it("of MOV, MXF and GXF are left and right, of MP4 and Matroska not", () => {
    expect(media([video, mono(1), mono(2)]).audio).toMatchObject({ index: 1, right: 2, channels: 2 });
    expect(media([video, mono(1), mono(2)], { format_name: "mxf" }).audio).toMatchObject({ right: 2 });
    for (const format of [mkv, { ...mov, tags: { major_brand: "isom" } }])
      expect(media([video, mono(1), mono(2)], format).audio).not.toHaveProperty("right");
  });

  it("are left and right anywhere, in any order, where they say so", () => {
    const streams = [
      video,
      mono(1, { channel_layout: "1 channels (FR)" }),
      mono(2, { channel_layout: "1 channels (FL)" }),
    ];
    expect(media(streams, mkv).audio).toMatchObject({ index: 2, right: 1 });
  });

  it("of two languages are two sounds, each with a pair of its own", () => {
    const spoken = (index: number, language: string) => mono(index, { tags: { language } });
    const dubs = media([video, spoken(1, "eng"), spoken(2, "fre")]);
    expect(dubs.audio).not.toHaveProperty("right");
    const pairs = media([video, spoken(1, "eng"), spoken(2, "eng"), spoken(3, "fre"), spoken(4, "fre")]);
    expect([pairs.audio, ...pairs.furtherAudio]).toMatchObject([
      { index: 1, right: 2 },
      { index: 3, right: 4 },
    ]);
  });
});

describe("lengths", () => {
  const timed = (stream: object, DURATION: string, start_time: string) => ({
    ...stream,
    start_time,
    tags: { DURATION },
  });

  it("of Matroska are those of its streams, without what comes before the first packet", () => {
    const format = { ...mkv, start_time: "10.000000", duration: "14.000000" };
    const found = media([timed(video, "00:00:14.000000000", "10.000000")], format);
    expect([found.declaredSeconds, found.video?.declaredSeconds]).toEqual([4, 4]);
  });

  it("of sound beyond the picture's keep the last picture", () => {
    const found = media([{ ...video, duration: "4.000000" }, sound(1, { duration: "8.000000" })]);
    expect(found.video?.holdSeconds).toBe(4);
    expect(
      media([{ ...video, duration: "4.000000" }, sound(1, { duration: "4.040000" })]).video,
    ).not.toHaveProperty("holdSeconds");
  });

  it("of a container are no proof of a cut where further streams may be why, unless ffmpeg met the end", () => {
    const found = media([video, sound(1), { index: 2, codec_type: "subtitle", codec_name: "subrip" }], {
      ...mkv,
      duration: "10.0",
    });
    expect(findTruncation(found, { video: 4, audio: 4 })).toBeUndefined();
    expect(findTruncation(found, { video: 4, audio: 4 }, "File ended prematurely at pos. 7")?.code).toBe(
      "input-truncated",
    );
    const alone = media([video, sound(1)], { ...mkv, duration: "10.0" });
    expect(findTruncation(alone, { video: 4, audio: 4 })?.code).toBe("input-truncated");
  });
});

describe("colours that a header leaves out", () => {
  it.each([
    [1920, 1080, "bt709", "bt709"],
    [1280, 720, "bt709", "bt709"],
    [720, 576, "smpte170m", "bt470bg"],
    [720, 480, "smpte170m", "smpte170m"],
    [320, 180, "smpte170m", "bt709"],
  ])("are those of a picture of %ix%i", (width, height, matrix, primaries) => {
    expect(coloursOf({ width, height, color_space: "unknown" })).toMatchObject({
      matrix,
      primaries,
      range: "tv",
    });
  });

  it("are told, where the header says them, but nothing that would be an option of a filter", () => {
    expect(coloursOf({ width: 320, height: 180, color_space: "bt709", color_range: "pc" })).toMatchObject({
      matrix: "bt709",
      range: "pc",
    });
    expect(coloursOf({ width: 320, height: 180, color_space: "bt709:x=1" }).matrix).toBe("smpte170m");
  });

  it.each(["rgb24", "bgra", "gbrp10le", "pal8", "rgb48be", "0rgb", "x2rgb10le"])(
    "are none of %s",
    (pix_fmt) => {
      expect(coloursOf({ pix_fmt })).toMatchObject({ isRgb: true, matrix: "bt709" });
    },
  );

  it.each(["bt2020", "smpte432", "smpte431"])("become BT.709 from the primaries %s", (primaries) => {
    const source = coloursOf({
      width: 1920,
      height: 1080,
      color_space: "bt2020nc",
      color_primaries: primaries,
    });
    expect(encodedColours(source)).toMatchObject({ matrix: "bt709", primaries: "bt709", range: "tv" });
  });
});

it.each([
  ["5.1", 6, "matrix"],
  ["7.1", 8, "matrix"],
  [undefined, 8, "matrix"],
  [undefined, 10, "first"],
  ["7.1.4", 12, "bed"],
  ["10 channels (FL+FR+FC+LFE+BL+BR+FLC+FRC+BC+SL)", 10, "bed"],
  ["ambisonic 1", 4, "first"],
  ["hexadecagonal", 16, "first"],
] as const)("The layout %s of %i channels is mixed by %s", (layout, channels, way) => {
  expect(mixOf({ channels, ...(layout !== undefined && { layout }) })).toBe(way);
});
