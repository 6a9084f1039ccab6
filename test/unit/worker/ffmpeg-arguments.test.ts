import { describe, expect, it } from "vitest";
import {
  encodeArguments,
  inputOptions,
  posterArguments,
  progressiveArguments,
} from "../../../services/worker/ffmpeg-arguments.ts";
import { ladder } from "../../../services/worker/ladder.ts";
import { containers } from "../../../services/worker/media-info.ts";
import type { MediaInfo } from "../../../services/worker/media-info.ts";
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
};
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
      encodeArguments("/s/input", media, ladder(video)),
      progressiveArguments("720p", true, "mp4/x.mp4"),
      posterArguments("mp4/x.mp4", 5, "poster.jpg"),
    ];
    for (const args of runs) {
      expect(after(args, "-protocol_whitelist").length).toBe(after(args, "-i").length);
    }
  });
});

describe("the encode", () => {
  const args = encodeArguments("/s/input", media, ladder(video));

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
    const graph = after(encodeArguments("/s/input", interlaced, ladder(video)), "-filter_complex")[0];
    expect(graph).toContain("yadif");
  });

  it("of sound alone has no video at all", () => {
    const sound: MediaInfo = {
      kind: "audio",
      container: "wav",
      durationIsStated: true,
      audio: { index: 0, codec: "pcm_s16le", channels: 1 },
    };
    const text = encodeArguments("/s/input", sound, []).join(" ");
    expect(text).not.toMatch(/libx264|filter_complex/);
    expect(text).toContain("hls/audio/playlist.m3u8");
  });
});
