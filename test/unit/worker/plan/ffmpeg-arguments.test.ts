import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outputNameSchema } from "../../../../services/protocol/index.ts";
import { audioOutputs } from "../../../../services/worker/plan/audio-plan.ts";
import {
  captionArguments,
  posterArguments,
  progressiveArguments,
  storyboardArguments,
  vmafArguments,
} from "../../../../services/worker/plan/derived-arguments.ts";
import { planOf } from "../../../../services/worker/encode/encode.ts";
import { encodeArguments, inputOptions } from "../../../../services/worker/plan/ffmpeg-arguments.ts";
import { bt709, coloursOf } from "../../../../services/worker/media/colours.ts";
import { containers } from "../../../../services/worker/media/media-info.ts";
import type { MediaInfo } from "../../../../services/worker/media/media-info.ts";
import { loadProfiles } from "../../../../services/worker/profile/load.ts";
import { withOverrides } from "../../../../services/worker/profile/overrides.ts";
import type { ProfileOverrides } from "../../../../services/protocol/index.ts";
import { planStoryboard } from "../../../../services/worker/plan/storyboard.ts";
import { rational } from "../../../../services/worker/media/rational.ts";

const video = {
  index: 2,
  codec: "h264",
  width: 1280,
  height: 720,
  frameRate: rational(30000, 1001),
  colours: coloursOf({ width: 1280, height: 720 }),
};
const media: MediaInfo = {
  kind: "video",
  container: "matroska,webm",
  durationIsStated: true,
  video,
  audio: { index: 5, codec: "opus", channels: 2 },
  ...{ furtherAudio: [], audioLeftBehind: [], captions: [], pictureCaptions: 0 },
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
        audio: [{ name: "audio", languageCode: "eng" }],
        captions: [caption],
        file: "mp4/x.mp4",
      }),
      posterArguments("mp4/x.mp4", 5, bt709, "poster.jpg"),
      storyboardArguments("hls/720p/playlist.m3u8", planStoryboard(storyboard, 60, video), bt709),
      captionArguments("/s/input", [caption]),
      vmafArguments("/s/input", video, rendition, { root: "hls", everyNthFrame: 5, log: "log.json" }),
    ];
    expect(runs.flatMap((args) => after(args, "-i")).length).toBe(10);
    for (const args of runs) {
      const files = after(args, "-i").filter((input) => !input?.startsWith("anullsrc="));
      expect(after(args, "-protocol_whitelist").length).toBe(files.length);
    }
  });
});

describe("the encode", () => {
  const args = encodeArguments("/s/input", media, plan(media));

  it("decodes the video once for all renditions", () => {
    expect(after(args, "-i").filter((input) => input?.startsWith("file:"))).toEqual(["file:/s/input"]);
    expect(after(args, "-filter_complex")[0]).toMatch(
      /^\[0:2\]yadif=mode=send_frame:deint=interlaced,fps=fps=30000\/1001:start_time=0,split=4\[s0\]/,
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
    expect(after(args, "-filter_complex")[1]).toMatch(/^\[0:5\]aformat=/);
    expect(after(args, "-ac")).toEqual(["2"]);
  });

  it("reads nothing from the terminal and asks nothing", () => {
    expect(args).toContain("-nostdin");
    expect(args).toContain("-y");
  });

  it("does not pass the input's metadata on", () => {
    expect(after(args, "-map_metadata")).toEqual(["-1", "-1", "-1", "-1", "-1"]);
  });

  it.each([
    [undefined, /\[0:2\]yadif=mode=send_frame:deint=interlaced,/],
    ["by-frame", /\[0:2\]yadif=mode=send_frame:deint=interlaced,/],
    ["top", /\[0:2\]setfield=tff,yadif=mode=send_frame:deint=all,/],
    ["bottom", /\[0:2\]setfield=bff,yadif=mode=send_frame:deint=all,/],
    ["none", /\[0:2\]fps=/],
  ] as const)("weaves fields as they are told: %s", (fields, pattern) => {
    const film = { ...media, video: { ...video, ...(fields && { fields }) } };
    expect(after(encodeArguments("/s/input", film, plan(film)), "-filter_complex")[0]).toMatch(pattern);
  });

  it("of sound alone has no video at all", () => {
    const sound: MediaInfo = {
      kind: "audio",
      container: "wav",
      durationIsStated: true,
      audio: { index: 0, codec: "pcm_s16le", channels: 1 },
      ...{ furtherAudio: [], audioLeftBehind: [], captions: [], pictureCaptions: 0 },
    };
    const text = encodeArguments("/s/input", sound, plan(sound)).join(" ");
    expect(text).not.toMatch(/libx264|\[v0\]/);
    expect(text).toContain("hls/audio/playlist.m3u8");
  });

  it("takes what the job changes", () => {
    const changes = { crf: 30, segmentSeconds: 2, maxShortEdge: 360, maxFramesPerSecond: 15 };
    const changed = encodeArguments("/s/input", media, plan(media, "hls-h264", changes));
    expect(after(changed, "-crf")).toEqual(["30", "30"]);
    expect(new Set(after(changed, "-hls_time"))).toEqual(new Set(["2"]));
    expect(after(changed, "-filter_complex")[0]).toMatch(/,fps=fps=15000\/1001:start_time=0,split=2/);
  });

  it("of CMAF has a folder that HLS and DASH share, and every audio rate", () => {
    const cmaf = encodeArguments("/s/input", media, plan(media, "cmaf-h264"));
    const playlists = cmaf.filter((arg) => arg.endsWith("playlist.m3u8"));
    expect(new Set(playlists.map((path) => path.split("/")[0]))).toEqual(new Set(["cmaf"]));
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
    const renditions = [{ name: "audio", kilobits: 384, channels: 6 as const }];
    const dubbed: MediaInfo = {
      ...media,
      audio: { index: 5, codec: "opus", channels: 6 },
      furtherAudio: [{ index: 6, codec: "opus", channels: 2, language: "fre" }],
    };
    const surround = { ...plan(dubbed), audio: audioOutputs(dubbed, { languages: "all", renditions }) };
    expect(after(encodeArguments("/s/input", dubbed, surround), "-ac")).toEqual(["6", "2"]);
  });
});

describe("several languages", () => {
  const stream = (index: number, language?: string) => ({
    ...{ index, codec: "aac", channels: 2 },
    ...(language !== undefined && { language }),
  });
  const dubbed: MediaInfo = {
    ...media,
    audio: stream(5, "eng"),
    furtherAudio: [stream(6, "fre"), stream(8, "pt-BR")],
  };

  it("are each every audio rendition, in folders of their own, from the same run", () => {
    const args = encodeArguments("/s/input", dubbed, plan(dubbed, "cmaf-h264"));
    expect(after(args, "-i").filter((input) => input?.startsWith("file:")).length).toBe(1);
    const folders = plan(dubbed, "cmaf-h264").audio.map(({ name, index }) => [name, index]);
    expect(folders).toEqual([
      ...[["audio-128k", 5] as const, ["audio-128k-fr", 6] as const, ["audio-128k-pt-br", 8] as const],
      ...[["audio-64k", 5] as const, ["audio-64k-fr", 6] as const, ["audio-64k-pt-br", 8] as const],
    ]);
    const ends = after(args, "-filter_complex")
      .slice(1)
      .map((graph) => graph?.replace(/;.*asplit=2/, " "));
    expect(ends.map((graph) => graph?.replace(/aformat.*? /, ""))).toEqual([
      ...["[0:5][a0][a3]", "[0:6][a1][a4]", "[0:8][a2][a5]"],
    ]);
    expect(after(args, "-map").slice(-6)).toEqual(["[a0]", "[a1]", "[a2]", "[a3]", "[a4]", "[a5]"]);
  });

  it("are told with their names; a main stream without one stays Audio", () => {
    const { audio } = plan({ ...dubbed, audio: stream(5, "zxx") });
    expect(audio.map(({ language, label }) => [language, label])).toEqual([
      [undefined, "Audio"],
      ["fr", "French"],
      ["pt-BR", "Brazilian Portuguese"],
    ]);
  });

  it("are the main one alone for a job that wants no other", () => {
    expect(plan(dubbed, "cmaf-h264", { audioLanguages: "main" }).audio.map(({ name }) => name)).toEqual([
      "audio-128k",
      "audio-64k",
    ]);
  });

  it("of one file alone are those of its one rendition", () => {
    expect(plan(dubbed, "mp4-h264").audio.map(({ name }) => name)).toEqual([
      ...["audio", "audio-fr", "audio-pt-br"],
    ]);
  });

  it("never share a folder, and have names that outputs may have", () => {
    const rendition = fc.stringMatching(/^audio(?:-(?:fr|en|64k))?(?:-2)?$/);
    const language = fc.constantFrom("fre", "eng", "en-US", "zh-Hant-TW", "64k", "pt-BR", undefined);
    fc.assert(
      fc.property(
        fc.uniqueArray(rendition, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(language, { minLength: 1 }),
        (names, [main, ...further]) => {
          const film: MediaInfo = {
            ...{ ...media, audio: stream(1, main) },
            furtherAudio: further
              .filter((one) => one !== undefined)
              .map((one, index) => stream(index + 2, one)),
          };
          const renditions = names.map((name) => ({ name, kilobits: 64, channels: 2 as const }));
          const outputs = audioOutputs(film, { languages: "all", renditions });
          const folders = outputs.map(({ name }) => name);
          expect(new Set(folders).size).toBe(folders.length);
          expect(outputs.filter(({ index }) => index === 1).map(({ name }) => name)).toEqual(names);
          for (const name of folders)
            expect(outputNameSchema.safeParse(`cmaf/${name}/init.mp4`).success).toBe(true);
        },
      ),
    );
  });

  it("are tracks of the one file, each without its priming, and the main one the default", () => {
    const audio = [
      { name: "audio", languageCode: "eng" },
      { name: "audio-fr", languageCode: "fre" },
    ];
    const args = progressiveArguments({
      ...{ root: "hls", video: "720p", audio, captions: [caption], file: "mp4/x.mp4" },
    });
    expect(after(args, "-itsoffset")).toEqual(["-0.021333", "-0.021333"]);
    expect(after(args, "-map")).toEqual(["0:v:0", "1:a:0", "2:a:0", "3:s:0"]);
    expect(after(args, "-metadata:s:a:0")).toEqual(["language=eng"]);
    expect(after(args, "-metadata:s:a:1")).toEqual(["language=fre"]);
    expect(after(args, "-disposition:a:0")).toEqual(["default"]);
    expect(after(args, "-disposition:a:1")).toEqual(["0"]);
  });

  it("are not spoken of in a file with one sound of no known language", () => {
    const args = progressiveArguments({
      ...{ root: "hls", captions: [], file: "mp4/x.mp4" },
      audio: [{ name: "audio", languageCode: "und" }],
    });
    expect(args.join(" ")).not.toMatch(/disposition|language/);
  });
});
