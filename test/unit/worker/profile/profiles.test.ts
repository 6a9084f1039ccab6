import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProfileOverrides } from "../../../../services/protocol/index.ts";
import { supportFor } from "../../../../services/worker/profile/support.ts";
import type { Capabilities } from "../../../../services/worker/profile/capabilities.ts";
import { encoderFacts } from "../../../../services/worker/profile/encoders.ts";
import { loadProfiles, parseProfile } from "../../../../services/worker/profile/load.ts";
import { withOverrides } from "../../../../services/worker/profile/overrides.ts";

const builtIn = await loadProfiles();
const profile = (name: string) => {
  const found = builtIn.get(name);
  if (found === undefined) throw new Error(`no profile ${name}`);
  return found;
};

const small = `
name: small
description: One small rendition.
video:
  codec: h264
  encoders: [{ name: libx264, preset: fast, crf: 23 }]
  renditions: [{ name: 360p, longEdge: 640, shortEdge: 360, maxKilobits: 700 }]
audio:
  renditions: [{ name: audio, kilobits: 96 }]
packaging: {}
`;

describe("the profiles that come with the worker", () => {
  it("are these", () => {
    expect([...builtIn.keys()]).toEqual(["cmaf-av1", "cmaf-h264", "cmaf-hevc", "hls-h264", "mp4-h264"]);
  });

  it("prefer SVT-AV1 for AV1", () => {
    expect(profile("cmaf-av1").video.encoders.map(({ name }) => name)).toEqual(["libsvtav1", "libaom-av1"]);
  });
});

describe("a profile's file", () => {
  it("needs little: the rest has defaults", () => {
    expect(parseProfile("small.yaml", small)).toMatchObject({
      problems: [],
      profile: {
        packaging: { segmentSeconds: 4, hls: true, dash: false, progressive: true },
        ...{ captions: false, poster: true, storyboard: { enabled: false }, vmaf: { enabled: false } },
        audio: { languages: "all" },
        limits: { secondsPerMediaSecond: 60 },
      },
    });
  });

  it("may want the main sound alone", () => {
    const of = (languages: string) =>
      parseProfile("x.yaml", small.replace("audio:\n", `audio:\n  languages: ${languages}\n`));
    expect(of("main").profile?.audio.languages).toBe("main");
    expect(of("en").problems).toEqual(['x.yaml: audio.languages is "en": must be one of all, main']);
  });

  it("has a storyboard when it says anything of one", () => {
    const { profile: read } = parseProfile("x.yaml", `${small}storyboard: { everySeconds: 5 }\n`);
    expect(read?.storyboard).toEqual({ enabled: true, everySeconds: 5, tileWidth: 160, columns: 5, rows: 5 });
  });

  it("is refused with everything that is wrong, each by its key", () => {
    const text = `
name: Bad Name
description: x
bitrate: 5
video:
  codec: vp9
  encoders: [{ name: libx264, preset: fast, crf: 99 }]
  renditions: [{ name: source, longEdge: 640, shortEdge: 360, maxKilobits: 10 }]
audio:
  renditions: []
packaging: { segmentSeconds: 0.5 }
`;
    expect(parseProfile("bad.yaml", text).problems).toEqual([
      'bad.yaml: name is "Bad Name": must be 1 to 63 characters of a-z, 0-9 and -',
      'bad.yaml: video.codec is "vp9": must be one of h264, hevc, av1',
      "bad.yaml: video.encoders[0].crf is 99: must be a whole number from 0 to 63",
      'bad.yaml: video.renditions[0].name is "source": must be a-z, 0-9 and -, up to 31, and neither "source" nor "audio…"',
      "bad.yaml: video.renditions[0].maxKilobits is 10: must be a whole number from 50 to 100000 kbit/s",
      "bad.yaml: audio.renditions must hold at least one rendition",
      "bad.yaml: packaging.segmentSeconds is 0.5: must be a whole number from 1 to 10 seconds",
      "bad.yaml: bitrate is no key of a profile: remove it or mend its spelling",
    ]);
  });

  it.each([
    [
      "an encoder of another codec",
      "codec: h264",
      "codec: hevc",
      'name is "libx264": makes h264; video.codec is hevc',
    ],
    [
      "a preset of another encoder",
      "preset: fast",
      "preset: 8",
      "preset is 8: must be one of ultrafast, superfast",
    ],
    ["too high a factor", "crf: 23", "crf: 52", "crf is 52: must be at most 51 for libx264"],
    [
      "nothing to make",
      "packaging: {}",
      "packaging: { hls: false, progressive: false }",
      "packaging must make at least one of",
    ],
    [
      "an unknown audio rendition",
      "maxKilobits: 700",
      "maxKilobits: 700, audio: audio-9",
      'audio is "audio-9": must name an audio rendition: audio',
    ],
    [
      "a missing description",
      "description: One small rendition.",
      "",
      "description is missing: must be a sentence",
    ],
  ])("with %s is refused", (_, from, to, reason) => {
    const { problems } = parseProfile("x.yaml", small.replace(from, to));
    expect(problems.length).toBe(1);
    expect(problems[0]).toContain(reason);
  });

  it("that is no YAML is refused with the place", () => {
    expect(parseProfile("x.yaml", "name: [a\nb: c").problems[0]).toMatch(/^x\.yaml:\d+:\d+: is no YAML: /);
  });

  it("with an alias of nothing is refused", () => {
    expect(parseProfile("x.yaml", "name: *gone").problems[0]).toMatch(
      /^x\.yaml: is no YAML: Unresolved alias/,
    );
  });

  it("never makes the reader throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 80 }), fc.json()), (text) => {
        expect(parseProfile("x.yaml", text).problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("a directory of profiles", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "mpegflow-profiles-"));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const put = (file: string, text: string) => writeFile(path.join(directory, file), text);

  it("adds to the built-in ones, and replaces one of the same name", async () => {
    await put("small.yaml", small);
    await put("own.yml", small.replace("name: small", "name: hls-h264"));
    const all = await loadProfiles(directory);
    expect(all.has("small")).toBe(true);
    expect(all.get("hls-h264")?.description).toBe("One small rendition.");
    expect(all.has("cmaf-av1")).toBe(true);
  });

  it("may be a mounted ConfigMap, whose files are links", async () => {
    await mkdir(path.join(directory, "..2026_01_01"));
    await put("..2026_01_01/small.yaml", small);
    await symlink("..2026_01_01", path.join(directory, "..data"));
    await symlink("..data/small.yaml", path.join(directory, "small.yaml"));
    expect((await loadProfiles(directory)).has("small")).toBe(true);
  });

  it("is refused with the faults of all its files", async () => {
    await put("a.yaml", small.replace("crf: 23", "crf: 60"));
    await put("b.yaml", small);
    await put("c.yaml", small);
    await expect(loadProfiles(directory)).rejects.toThrow(
      /^Encoding profiles are not valid:\n {2}a\.yaml: video\.encoders\[0\]\.crf is 60[^]*\n {2}c\.yaml: name is "small", which b\.yaml has too$/,
    );
  });

  it.each([["is not there"], ["is empty"]])("that %s is refused", async (which) => {
    const given = which === "is empty" ? directory : path.join(directory, "absent");
    await expect(loadProfiles(given)).rejects.toThrow(
      /MPEGFLOW_PROFILES is ".*": (?:must be a directory|holds no)/,
    );
  });
});

describe("what a job changes", () => {
  it("leaves the rest of the profile as it is", () => {
    expect(withOverrides(profile("cmaf-h264"), {})).toEqual({ profile: profile("cmaf-h264") });
    const changed = withOverrides(profile("cmaf-h264"), { crf: 30, dash: false, storyboard: false });
    expect(changed).toMatchObject({
      profile: {
        packaging: { hls: true, dash: false },
        ...{ storyboard: { enabled: false, everySeconds: 10 }, captions: true },
      },
    });
  });

  it("may be the languages of its sound, either way", () => {
    const cmaf = profile("cmaf-h264");
    const languages = (from: typeof cmaf, overrides: ProfileOverrides) => {
      const wanted = withOverrides(from, overrides);
      return "profile" in wanted ? wanted.profile.audio.languages : undefined;
    };
    const main = { ...cmaf, audio: { ...cmaf.audio, languages: "main" as const } };
    expect(languages(cmaf, { audioLanguages: "main" })).toBe("main");
    expect(languages(main, { audioLanguages: "all" })).toBe("all");
    expect(languages(main, {})).toBe("main");
  });

  it("is refused when nothing would be made, or the factor is beyond the encoder", () => {
    expect(withOverrides(profile("mp4-h264"), { progressive: false, crf: 60 })).toEqual({
      wrong: [
        "hls, dash and progressive are all false: leave one of them on",
        "crf is 60: libx264 takes 0 to 51",
      ],
    });
    expect(withOverrides(profile("cmaf-av1"), { crf: 60 })).toHaveProperty("profile");
  });
});

describe("whether ffmpeg can make a profile", () => {
  const facts = Object.values(encoderFacts);
  const ffmpegWith = (
    encoders: readonly string[],
    failing: readonly string[] = [],
  ): Capabilities & { tried: string[] } => {
    const tried: string[] = [];
    return {
      tried,
      names: {
        encoders: new Set([...encoders, "aac", "mjpeg", "webvtt", "mov_text"]),
        filters: new Set([
          ...["fps", "tpad", "split", "scale", "setsar", "setparams", "format", "join", "pan"],
          ...["anullsrc", "atrim", "aformat", "asetpts", "concat", "aresample", "asplit", "alimiter"],
          ...["thumbnail", "select", "setpts", "tile", "libvmaf"],
        ]),
        muxers: new Set(["hls", "mp4", "mjpeg", "image2", "webvtt", "null"]),
      },
      decodes: new Set(["aac", "h264", "hevc", "av1"]),
      trial: (args) => {
        const what = args.includes("-lavfi") ? "libvmaf" : (args[args.indexOf("-c:v") + 1] ?? "");
        tried.push(what);
        return Promise.resolve(failing.includes(what) ? "it fails" : undefined);
      },
    };
  };

  it("is tried with the first encoder that it has", async () => {
    const older = ffmpegWith(["libaom-av1"]);
    expect(await supportFor(profile("cmaf-av1"), older)).toMatchObject({ encoder: { name: "libaom-av1" } });
    expect(older.tried).toEqual(["libaom-av1"]);
    expect(facts.length).toBe(4);
  });

  it("is no, naming what is missing and what does not work", async () => {
    expect(await supportFor(profile("cmaf-av1"), ffmpegWith(["libsvtav1"], ["libsvtav1"]))).toEqual({
      missing: ["a working encoder libsvtav1 (it fails) or encoder libaom-av1"],
    });
    expect(await supportFor(profile("cmaf-hevc"), ffmpegWith([]))).toEqual({ missing: ["encoder libx265"] });
  });

  it("includes a VMAF model, when the job wants the comparison", async () => {
    const wanted = withOverrides(profile("hls-h264"), { vmaf: true });
    if ("wrong" in wanted) throw new Error("refused");
    const without = ffmpegWith(["libx264"], ["libvmaf"]);
    expect(await supportFor(wanted.profile, without)).toEqual({
      missing: ["a working filter libvmaf (it fails)"],
    });
    expect(await supportFor(profile("hls-h264"), without)).toHaveProperty("encoder");
  });
});
