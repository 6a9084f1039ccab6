import { describe, expect, it } from "vitest";
import type { ProfileOverrides } from "../../../../services/protocol/index.ts";
import { captionsOf } from "../../../../services/worker/plan/captions.ts";
import {
  captionArguments,
  posterArguments,
  progressiveArguments,
  storyboardArguments,
  vmafArguments,
} from "../../../../services/worker/plan/derived-arguments.ts";
import { planOf } from "../../../../services/worker/encode/encode.ts";
import { encodeArguments } from "../../../../services/worker/plan/ffmpeg-arguments.ts";
import type { MediaInfo, VideoStream } from "../../../../services/worker/media/media-info.ts";
import type { Capabilities } from "../../../../services/worker/profile/capabilities.ts";
import { loadProfiles } from "../../../../services/worker/profile/load.ts";
import {
  lacking,
  needsOf,
  needsOfInput,
  shortcomings,
  whyNotEncodable,
} from "../../../../services/worker/profile/needs.ts";
import { withOverrides } from "../../../../services/worker/profile/overrides.ts";
import type { JobProfile } from "../../../../services/worker/profile/overrides.ts";
import { bt709, coloursOf } from "../../../../services/worker/media/colours.ts";
import { rational } from "../../../../services/worker/media/rational.ts";
import { planStoryboard } from "../../../../services/worker/plan/storyboard.ts";

const profiles = await loadProfiles();
const video: VideoStream = {
  ...{ index: 0, codec: "prores", width: 1280, height: 720, frameRate: rational(25) },
  colours: coloursOf({ width: 1280, height: 720 }),
};
const film: MediaInfo = {
  ...{ kind: "video", container: "mov,mp4,m4a,3gp,3g2,mj2", durationIsStated: true, declaredSeconds: 60 },
  ...{ video, audio: { index: 1, codec: "ac3", channels: 6 }, furtherAudio: [], audioLeftBehind: [] },
  ...{ captions: [{ index: 2, codec: "subrip", language: "eng" }], pictureCaptions: 0 },
};
const inputs: readonly (readonly [string, MediaInfo])[] = [
  ["a film", film],
  ["a film whose header has the order of fields", { ...film, video: { ...video, fields: "bottom" } }],
  [
    "a film in a wide gamut",
    { ...film, video: { ...video, colours: { ...video.colours, primaries: "bt2020" } } },
  ],
  [
    "a film in HDR",
    {
      ...film,
      video: { ...video, hdr: { transfer: "smpte2084", primaries: "bt2020", matrix: "bt2020nc" } },
    },
  ],
];
const everything: ProfileOverrides = { vmaf: true, captions: true, poster: true, storyboard: true };

function wantedOf(name: string, overrides: ProfileOverrides): JobProfile {
  const known = profiles.get(name);
  const wanted = known && withOverrides(known, overrides);
  if (wanted === undefined || "wrong" in wanted) throw new Error(`${name} is not to be had`);
  return wanted.profile;
}

/** Every run of ffmpeg that a job may take. */
function runsOf(profile: JobProfile, media: MediaInfo): readonly (readonly string[])[] {
  const [encoder] = profile.video.encoders;
  if (encoder === undefined) throw new Error("no encoder");
  const plan = planOf({ media, profile, encoder });
  const [best] = plan.video;
  if (best === undefined || media.video === undefined) throw new Error("no picture");
  const captions = profile.captions ? captionsOf(media) : [];
  const { root } = plan;
  return [
    encodeArguments("input", media, plan),
    ...(captions.length > 0 ? [captionArguments("input", captions)] : []),
    progressiveArguments({ root, video: best.name, audio: plan.audio, captions, file: "mp4/clip.mp4" }),
    ...(profile.poster ? [posterArguments("mp4/clip.mp4", 60, bt709, "poster.jpg")] : []),
    ...(profile.storyboard.enabled
      ? [storyboardArguments("playlist.m3u8", planStoryboard(profile.storyboard, 60, best), bt709)]
      : []),
    ...(profile.vmaf.enabled
      ? [vmafArguments("input", media.video, best, { root, everyNthFrame: 5, log: "log.json" })]
      : []),
  ];
}

const after = (args: readonly string[], ...options: readonly string[]): readonly string[] =>
  args.flatMap((arg, index) => (options.includes(arg) ? (args[index + 1] ?? []) : []));
const filtersIn = (args: readonly string[]): readonly string[] =>
  after(args, "-filter_complex", "-vf", "-af")
    .flatMap((graph) => graph.split(/(?<!\\)[;,]/))
    .map((filter) => filter.replaceAll(/\[[^\]]*\]/g, "").split("=")[0] ?? "");

describe.each([...profiles.keys()])("what a job of %s needs of ffmpeg", (name) => {
  describe.each([
    ["as it is", {}],
    ["with everything", everything],
  ])("%s", (_, overrides) => {
    it.each(inputs)("covers every filter, encoder and muxer that it names, for %s", (__, media) => {
      const profile = wantedOf(name, overrides);
      const ofProfile = needsOf(profile);
      const ofInput = needsOfInput(media);
      const covered = (kind: "encoders" | "filters" | "muxers") => [...ofProfile[kind], ...ofInput[kind]];
      const runs = runsOf(profile, media);
      const encoders = ["copy", ...profile.video.encoders.map((encoder) => encoder.name)];
      expect(covered("filters")).toEqual(expect.arrayContaining(runs.flatMap(filtersIn)));
      expect([...covered("encoders"), ...encoders]).toEqual(
        expect.arrayContaining(runs.flatMap((args) => after(args, "-c", "-c:v", "-c:a", "-c:s"))),
      );
      expect(covered("muxers")).toEqual(
        expect.arrayContaining(runs.flatMap((args) => after(args, "-f")).filter((name) => name !== "lavfi")),
      );
    });
  });
});

/** An ffmpeg that has everything but these. */
function ffmpegWithout(...missing: readonly string[]): Capabilities {
  const all = [...profiles.keys()].map((name) => needsOf(wantedOf(name, everything)));
  const having = (names: readonly string[]) => new Set(names.filter((name) => !missing.includes(name)));
  return {
    names: {
      encoders: having([
        ...all.flatMap(({ encoders }) => encoders),
        ...["libx264", "libx265", "libsvtav1", "libaom-av1"],
      ]),
      filters: having([
        ...all.flatMap(({ filters }) => filters),
        "yadif",
        "setfield",
        "colorspace",
        "zscale",
        "tonemap",
      ]),
      muxers: having(all.flatMap(({ muxers }) => muxers)),
    },
    decodes: having(["h264", "hevc", "av1", "prores", "ac3", "aac"]),
    trial: () => Promise.resolve(undefined),
  };
}

describe("an ffmpeg that lacks something", () => {
  it("is refused what needs it, by name", () => {
    expect(lacking(needsOf(wantedOf("cmaf-av1", {})), ffmpegWithout("av1", "tile"))).toEqual([
      "filter tile",
      "decoder of av1 (libdav1d, libaom-av1, libgav1)",
    ]);
    const withoutPictures = wantedOf("cmaf-av1", { poster: false, storyboard: false });
    expect(lacking(needsOf(withoutPictures), ffmpegWithout("av1", "tile"))).toEqual([]);
  });

  it.each([
    [
      "a film in HDR",
      ["zscale", "tonemap"],
      "its picture is HDR, and this worker's ffmpeg lacks the filter zscale and the filter tonemap",
    ],
    ["a film", ["yadif"], "lacks the filter yadif"],
    ["a film", ["prores"], "lacks the decoder of prores"],
    ["a film", ["ac3"], "lacks the decoder of ac3"],
  ])("refuses %s without %s, saying so", (which, missing, told) => {
    const media = inputs.find(([name]) => name === which)?.[1];
    if (media === undefined) throw new Error(`${which} is no input of this test`);
    expect(whyNotEncodable(media, ffmpegWithout())).toBeUndefined();
    const problem = whyNotEncodable(media, ffmpegWithout(...missing));
    expect(problem).toMatchObject({ code: "input-unsupported", retryable: false });
    expect(problem?.message).toContain(told);
  });

  it("says when it starts which profiles and inputs it will refuse", () => {
    expect(shortcomings(profiles.values(), ffmpegWithout())).toEqual([]);
    expect(shortcomings(profiles.values(), ffmpegWithout("libx265", "zscale", "av1", "libvmaf"))).toEqual([
      { refused: "profile cmaf-av1", missing: ["decoder of av1 (libdav1d, libaom-av1, libgav1)"] },
      { refused: "profile cmaf-hevc", missing: ["encoder libx265"] },
      { refused: "inputs in av1", missing: ["decoder of av1 (libdav1d, libaom-av1, libgav1)"] },
      { refused: "inputs in HDR", missing: ["filter zscale"] },
      { refused: "overrides.vmaf", missing: ["filter libvmaf"] },
    ]);
  });
});
