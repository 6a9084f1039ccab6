import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mediaSummarySchema, outputNameSchema } from "../../../../services/protocol/index.ts";
import { likelyBytes } from "../../../../services/worker/disk/disk-guard.ts";
import { planOf, summaryOf } from "../../../../services/worker/encode/encode.ts";
import { findTruncation } from "../../../../services/worker/encode/truncation.ts";
import { readProbe } from "../../../../services/worker/input/probe.ts";
import { containers } from "../../../../services/worker/media/media-info.ts";
import { captionFile, captionsOf } from "../../../../services/worker/plan/captions.ts";
import { captionArguments } from "../../../../services/worker/plan/derived-arguments.ts";
import { statedSeconds, whyTooLong } from "../../../../services/worker/plan/duration.ts";
import { encodeArguments, renditionFiles } from "../../../../services/worker/plan/ffmpeg-arguments.ts";
import { planStoryboard, storyboardVtt } from "../../../../services/worker/plan/storyboard.ts";
import { AttemptFailed } from "../../../../services/worker/problems.ts";
import { loadProfiles } from "../../../../services/worker/profile/load.ts";
import { withOverrides } from "../../../../services/worker/profile/overrides.ts";

const profiles = [...(await loadProfiles(undefined)).values()].map((profile) => {
  const wanted = withOverrides(profile, undefined);
  if ("wrong" in wanted) throw new Error(wanted.wrong.join());
  return wanted.profile;
});

const oddNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -1, 1e308, 2 ** 31, 2 ** 53, 0.1, 1920, 1080, 50),
  fc.integer(),
);
const oddText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "N/A",
    "nan",
    "inf",
    "-nan",
    "1e400",
    "0x7f",
    "\ud800",
    "\ufffd",
    "0/0",
    "1/0",
    "30000/1001",
  ),
  fc.constantFrom(
    "999999999999999/1",
    "1/999999999999999",
    "25/1",
    "9223372036854775807",
    "-0.5",
    "../../x",
    "$(id)",
  ),
  fc.constantFrom("eng", "zh-Hant-HK", "sr-Latn", "mul", "xx-yy-zz", "__proto__", "constructor", "toString"),
);
const odd = fc.oneof(
  { weight: 4, arbitrary: oddText },
  { weight: 4, arbitrary: oddNumber },
  fc.jsonValue({ maxDepth: 2 }),
);
/** Mostly as ffprobe writes it, so that what is behind the reader is reached. */
const mostly = (...usual: unknown[]) => fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...usual) }, odd);

const oddStream = fc.record(
  {
    index: fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, odd),
    codec_type: mostly("video", "audio", "subtitle"),
    codec_name: mostly("h264", "aac", "mov_text", "prores", "pcm_s24le"),
    codec_tag_string: mostly("avc1", "[0][0][0][0]"),
    width: mostly(1920, 16, 7680),
    height: mostly(1080, 16, 16_384),
    channels: mostly(1, 2, 6),
    sample_aspect_ratio: mostly("1:1", "64:45"),
    avg_frame_rate: mostly("25/1", "30000/1001", "0/0"),
    r_frame_rate: mostly("25/1", "90000/1"),
    field_order: mostly("progressive", "tt"),
    color_transfer: mostly("bt709", "smpte2084"),
    color_primaries: odd,
    color_space: odd,
    duration: mostly("12.345000", "0.000100"),
    disposition: mostly({ default: 1 }, {}),
    tags: fc.oneof(fc.record({ language: mostly("eng", "fre", "ger"), rotate: mostly("90") }), odd),
    side_data_list: mostly([{ rotation: -90 }], [{}]),
  },
  { requiredKeys: ["index", "codec_type"] },
);
const oddProbe = fc.record({
  streams: fc.oneof({ weight: 9, arbitrary: fc.array(oddStream, { maxLength: 8 }) }, odd),
  format: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({ format_name: mostly(...containers), duration: mostly("12.345000", "0.0001") }),
    },
    odd,
  ),
});

/** All that is decided of an input before and after ffmpeg has it, with every profile. */
function decideAll(stdout: string): void {
  const media = readProbe(stdout);
  for (const profile of profiles) {
    const [encoder] = profile.video.encoders;
    if (encoder === undefined) continue;
    const plan = planOf({ media, profile, encoder });
    const tooLong = whyTooLong(statedSeconds(media), plan, profile.packaging);
    if (tooLong !== undefined) throw new AttemptFailed(tooLong);
    expect(likelyBytes(media, plan, profile) ?? 0).toBeLessThan(2 ** 53);
    encodeArguments("input", media, plan).forEach((word) => {
      expect(word).not.toMatch(/NaN|Infinity|undefined/);
    });
    const captions = captionsOf(media);
    captionArguments("input", captions);
    const names = [...plan.video, ...plan.audio].map(({ name }) => renditionFiles(plan.root, name).init);
    for (const name of [...names, ...captions.map(captionFile)]) outputNameSchema.parse(name);
    expect(new Set(names).size).toBe(names.length);
    const seconds = statedSeconds(media) ?? 1;
    findTruncation(media, { video: seconds, audio: seconds });
    const [best] = plan.video;
    if (best)
      storyboardVtt(
        planStoryboard(profile.storyboard, Math.min(seconds, 7200), best),
        Math.min(seconds, 7200),
      );
    mediaSummarySchema.parse(summaryOf(media, plan, seconds));
  }
}

/** Throws what is no fault of the input, told by a code. */
function decideOrRefuse(stdout: string): "decided" | "refused" {
  try {
    decideAll(stdout);
    return "decided";
  } catch (error) {
    if (!(error instanceof AttemptFailed)) throw error;
    expect(error.problem.code).toMatch(/^input-/);
    expect(error.problem.retryable).toBe(false);
    return "refused";
  }
}

function codeOf(decide: () => void): string | undefined {
  try {
    decide();
    return undefined;
  } catch (error) {
    return error instanceof AttemptFailed ? error.problem.code : String(error);
  }
}

describe("whatever ffprobe prints", () => {
  it("is either planned for or refused as an input's fault: odd values in the known places", () => {
    const endings = { decided: 0, refused: 0 };
    fc.assert(
      fc.property(oddProbe, (json) => {
        endings[decideOrRefuse(JSON.stringify(json))] += 1;
      }),
      { numRuns: 200 },
    );
    expect(Math.min(endings.decided, endings.refused)).toBeGreaterThan(20);
  });

  it("is refused as an input's fault where it is no JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), oddProbe, fc.nat(100), (text, json, cut) => {
        expect(decideOrRefuse(`{${text}`)).toBe("refused");
        const whole = JSON.stringify(json);
        expect(decideOrRefuse(whole.slice(0, Math.min(cut, whole.length - 1)))).toBe("refused");
      }),
      { numRuns: 50 },
    );
  });

  it("names a stream's length that no file has as the input's fault", () => {
    const stream = {
      index: 0,
      codec_type: "audio",
      codec_name: "aac",
      channels: 2,
      duration: "9223372036854.775807",
    };
    const json = { streams: [stream], format: { format_name: "wav", duration: "12.5" } };
    expect(
      codeOf(() => {
        decideAll(JSON.stringify(json));
      }),
    ).toBe("input-too-long");
  });
});
