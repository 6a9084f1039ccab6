import { describe, expect, it } from "vitest";
import {
  captionArguments,
  posterArguments,
  progressiveArguments,
  storyboardArguments,
  vmafArguments,
} from "../../../services/worker/derived-arguments.ts";
import { planOf } from "../../../services/worker/encode.ts";
import { encodeArguments, inputOptions } from "../../../services/worker/ffmpeg-arguments.ts";
import { containers } from "../../../services/worker/media-info.ts";
import type { MediaInfo } from "../../../services/worker/media-info.ts";
import { loadProfiles } from "../../../services/worker/profile/load.ts";
import { withOverrides } from "../../../services/worker/profile/overrides.ts";
import type { ProfileOverrides } from "../../../services/protocol/index.ts";
import { planStoryboard } from "../../../services/worker/storyboard.ts";
import { rational } from "../../../services/worker/rational.ts";

const video = {
  index: 2,
  codec: "h264",
  width: 1280,
  height: 720,
  frameRate: rational(30000, 1001),
  interlaced: false,
  highDynamicRange: false,
};
const media: MediaInfo = {
  kind: "video",
  container: "matroska,webm",
  durationIsStated: true,
  video,
  audio: { index: 5, codec: "opus", channels: 2 },
  captions: [],
  pictureCaptions: 0,
};
const profiles = await loadProfiles();
const plan = (of: MediaInfo, name = "hls-h264", overrides: ProfileOverrides = {}) => {
  const profile = profiles.get(name);
  const wanted = profile && withOverrides(profile, overrides);
  if (!wanted || "wrong" in wanted) throw new Error(`no profile ${name}`);
  const [encoder] = wanted.profile.video.encoders;
  if (!encoder) throw new Error(`no encoder in ${name}`);
  return planOf({ media: of, profile: wanted.profile, encoder });
};
const caption = { index: 7, name: "en", language: "en", languageCode: "eng", label: "English" };
const storyboard = { enabled: true, everySeconds: 10, tileWidth: 160, columns: 5, rows: 5 };
const rendition = { name: "720p", width: 1280, height: 720, frameRate: video.frameRate, maxKilobits: 2800 };
const after = (args: readonly string[], option: string) =>
  args.flatMap((arg, index) => (arg === option ? [args[index + 1]] : []));

describe("what an input may open", () => {
  it("is local files only", () => {
    expect(after(inputOptions, "-protocol_whitelist")).toEqual(["file,pipe"]);
  });

  it.each(["concat", "hls", "hls,applehttp", "dash", "imf", "image2", "sdp", "rtsp", "lavfi", "tty", "srt"])(
    "is no %s, which could name other files",
    (format) => {
      expect(containers).not.toContain(format);
      expect(after(inputOptions, "-format_whitelist")[0]?.split(",")).not.toContain(format.split(",")[0]);
    },
  );

  it("is restricted before every -i", () => {
    const runs = [
      encodeArguments("/s/input", media, plan(media)),
      progressiveArguments({
        root: "hls",
        video: "720p",
        audio: "audio",
        captions: [caption],
        file: "mp4/x.mp4",
      }),
      posterArguments("mp4/x.mp4", 5, "poster.jpg"),
      storyboardArguments("hls/720p/playlist.m3u8", planStoryboard(storyboard, 60, video)),
      captionArguments("/s/input", [caption]),
      vmafArguments("/s/input", video, rendition, { root: "hls", everyNthFrame: 5, log: "log.json" }),
    ];
    expect(runs.flatMap((args) => after(args, "-i")).length).toBe(9);
    for (const args of runs) {
      expect(after(args, "-protocol_whitelist").length).toBe(after(args, "-i").length);
    }
  });
});

describe("the encode", () => {
  const args = encodeArguments("/s/input", media, plan(media));

  it("decodes the video once for all renditions", () => {
    expect(after(args, "-i")).toEqual(["file:/s/input"]);
    expect(after(args, "-filter_complex")[0]).toMatch(
      /^\[0:2\]fps=fps=30000\/1001:start_time=0,split=4\[s0\]/,
    );
  });

  it("begins key frames where segments begin, and nowhere else", () => {
    expect(new Set(after(args, "-force_key_frames"))).toEqual(new Set(["expr:gte(t,n_forced*4)"]));
    expect(new Set(after(args, "-hls_time"))).toEqual(new Set(["4"]));
    expect(new Set(after(args, "-sc_threshold"))).toEqual(new Set(["0"]));
    // Longer than any group between two forced key frames, so that it forces none.
    expect(new Set(after(args, "-g"))).toEqual(new Set(["121"]));
  });

  it("takes the chosen audio stream, as stereo", () => {
    expect(after(args, "-map")).toContain("0:5");
    expect(after(args, "-ac")).toEqual(["2"]);
  });

  it("reads nothing from the terminal and asks nothing", () => {
    expect(args).toContain("-nostdin");
    expect(args).toContain("-y");
  });

  it("does not pass the input's metadata on", () => {
    expect(after(args, "-map_metadata").every((value) => value === "-1")).toBe(true);
    expect(after(args, "-map_metadata").length).toBe(5);
  });

  it("weaves fields only of interlaced pictures", () => {
    expect(after(args, "-filter_complex")[0]).not.toContain("yadif");
    const interlaced = { ...media, video: { ...video, interlaced: true } };
    const graph = after(encodeArguments("/s/input", interlaced, plan(interlaced)), "-filter_complex")[0];
    expect(graph).toContain("yadif");
  });

  it("of sound alone has no video at all", () => {
    const sound: MediaInfo = {
      kind: "audio",
      container: "wav",
      durationIsStated: true,
      audio: { index: 0, codec: "pcm_s16le", channels: 1 },
      captions: [],
      pictureCaptions: 0,
    };
    const text = encodeArguments("/s/input", sound, plan(sound)).join(" ");
    expect(text).not.toMatch(/libx264|filter_complex/);
    expect(text).toContain("hls/audio/playlist.m3u8");
  });

  it("takes what the job changes", () => {
    const changes = { crf: 30, segmentSeconds: 2, maxShortEdge: 360, maxFramesPerSecond: 15 };
    const changed = encodeArguments("/s/input", media, plan(media, "hls-h264", changes));
    expect(after(changed, "-crf")).toEqual(["30", "30"]);
    expect(new Set(after(changed, "-hls_time"))).toEqual(new Set(["2"]));
    expect(after(changed, "-filter_complex")[0]).toMatch(/^\[0:2\]fps=fps=15000\/1001:start_time=0,split=2/);
  });

  it("of CMAF has a folder that HLS and DASH share, and every audio rate", () => {
    const cmaf = encodeArguments("/s/input", media, plan(media, "cmaf-h264"));
    expect(cmaf.filter((arg) => arg.endsWith("playlist.m3u8")).every((arg) => arg.startsWith("cmaf/"))).toBe(
      true,
    );
    expect(after(cmaf, "-b:a")).toEqual(["128k", "64k"]);
  });

  it("of one file alone makes its rendition only", () => {
    const { video: renditions, audio } = plan(media, "mp4-h264");
    expect([renditions.map(({ name }) => name), audio.map(({ name }) => name)]).toEqual([
      ["720p"],
      ["audio"],
    ]);
  });

  it("gives surround sound only where there is some", () => {
    const [first] = plan(media).audio;
    const surround = { ...plan(media), audio: first ? [{ ...first, channels: 6 as const }] : [] };
    expect(after(encodeArguments("/s/input", media, surround), "-ac")).toEqual(["2"]);
    const film = { ...media, audio: { index: 5, codec: "opus", channels: 6 } };
    expect(after(encodeArguments("/s/input", film, surround), "-ac")).toEqual(["6"]);
  });
});
