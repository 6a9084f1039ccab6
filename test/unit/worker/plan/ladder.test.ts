import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ladder } from "../../../../services/worker/plan/ladder.ts";
import { cappedRate, outputFrameRate } from "../../../../services/worker/media/frame-rate.ts";
import { loadProfiles } from "../../../../services/worker/profile/load.ts";
import { rational, valueOf } from "../../../../services/worker/media/rational.ts";

const rungs = (await loadProfiles()).get("hls-h264")?.video.renditions ?? [];
const sizes = (width: number, height: number, maxShortEdge?: number) =>
  ladder({ width, height, frameRate: rational(25) }, rungs, maxShortEdge).map(
    (rendition) => `${rendition.name} ${rendition.width}x${rendition.height}`,
  );

describe("the ladder", () => {
  it.each([
    [
      "Full HD",
      1920,
      1080,
      ["1080p 1920x1080", "720p 1280x720", "480p 854x480", "360p 640x360", "240p 426x240"],
    ],
    ["HD", 1280, 720, ["720p 1280x720", "480p 854x480", "360p 640x360", "240p 426x240"]],
    [
      "UHD is scaled down to Full HD",
      3840,
      2160,
      ["1080p 1920x1080", "720p 1280x720", "480p 854x480", "360p 640x360", "240p 426x240"],
    ],
    [
      "portrait keeps its shape",
      720,
      1280,
      ["720p 720x1280", "480p 480x854", "360p 360x640", "240p 240x426"],
    ],
    [
      "scope fills the width of its class",
      1920,
      800,
      ["1080p 1920x800", "720p 1280x534", "480p 854x356", "360p 640x266", "240p 426x178"],
    ],
    [
      "4:3 fills the height of its class",
      1440,
      1080,
      ["1080p 1440x1080", "720p 960x720", "480p 640x480", "360p 480x360", "240p 320x240"],
    ],
    ["smaller than every rung", 160, 90, ["source 160x90"]],
    [
      "well between two rungs",
      1024,
      576,
      ["source 1024x576", "480p 854x480", "360p 640x360", "240p 426x240"],
    ],
    ["odd sizes lose a line", 853, 481, ["480p 852x480", "360p 638x360", "240p 426x240"]],
  ])("%s: %i x %i", (_, width, height, expected) => {
    expect(sizes(width, height)).toEqual(expected);
  });

  it.each([
    ["leaves out what is larger", 1920, 1080, 480, ["480p 854x480", "360p 640x360", "240p 426x240"]],
    ["keeps no own size that is larger", 1024, 576, 480, ["480p 854x480", "360p 640x360", "240p 426x240"]],
    ["keeps the smallest rung whatever it is", 1920, 1080, 144, ["240p 426x240"]],
  ])("limited to a shorter edge %s", (_, width, height, maxShortEdge, expected) => {
    expect(sizes(width, height, maxShortEdge)).toEqual(expected);
  });

  const picture = fc.record({
    width: fc.integer({ min: 2, max: 16_384 }),
    height: fc.integer({ min: 2, max: 16_384 }),
    frameRate: fc.constantFrom(rational(24000, 1001), rational(25), rational(60)),
  });

  it("never upscales", () => {
    fc.assert(
      fc.property(picture, (source) => {
        for (const { width, height } of ladder(source, rungs)) {
          expect(width).toBeLessThanOrEqual(source.width);
          expect(height).toBeLessThanOrEqual(source.height);
        }
      }),
    );
  });

  it("has even sizes only", () => {
    fc.assert(
      fc.property(picture, (source) => {
        for (const { width, height } of ladder(source, rungs)) {
          expect([width % 2, height % 2]).toEqual([0, 0]);
          expect(Math.min(width, height)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it("is never empty, and each name is there once", () => {
    fc.assert(
      fc.property(picture, (source) => {
        const names = ladder(source, rungs).map(({ name }) => name);
        expect(names.length).toBeGreaterThan(0);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it("falls from rendition to rendition in size and in bits", () => {
    fc.assert(
      fc.property(picture, (source) => {
        const steps = ladder(source, rungs);
        for (const [index, lower] of steps.slice(1).entries()) {
          const upper = steps[index];
          expect(lower.width * lower.height).toBeLessThanOrEqual((upper?.width ?? 0) * (upper?.height ?? 0));
          expect(lower.maxKilobits).toBeLessThanOrEqual(upper?.maxKilobits ?? 0);
        }
      }),
    );
  });

  it("keeps the shape within the rounding to even sizes", () => {
    fc.assert(
      fc.property(picture, (source) => {
        for (const { width, height } of ladder(source, rungs)) {
          const exact = (source.height / source.width) * width;
          expect(Math.abs(height - exact)).toBeLessThanOrEqual(2 + (2 * source.height) / source.width);
        }
      }),
    );
  });

  it("gives more bits to more frames", () => {
    const [slow] = ladder({ width: 1280, height: 720, frameRate: rational(30) }, rungs);
    const [fast] = ladder({ width: 1280, height: 720, frameRate: rational(60) }, rungs);
    expect(fast?.maxKilobits).toBeGreaterThan(slow?.maxKilobits ?? Infinity);
  });
});

describe("the output's frame rate", () => {
  it.each([
    ["a constant rate is kept", rational(25), rational(25), rational(25)],
    ["NTSC rates are kept exactly", rational(30000, 1001), rational(30000, 1001), rational(30000, 1001)],
    ["a rounded NTSC rate is made exact", rational(2997, 100), rational(2997, 100), rational(30000, 1001)],
    ["an unusual constant rate is kept", rational(18), rational(18), rational(18)],
    ["a phone's slightly uneven 30", rational(2990, 100), rational(30), rational(30)],
    [
      "a variable rate takes the rate in which every frame has a place",
      rational(15),
      rational(25),
      rational(25),
    ],
    ["a base of fine ticks is no rate", rational(243, 10), rational(90000), rational(25)],
    ["more than 60 is 60", rational(120), rational(120), rational(60)],
    ["nothing known", undefined, undefined, rational(25)],
  ])("%s", (_, average, base, expected) => {
    expect(outputFrameRate(average, base)).toEqual(expected);
  });

  it("is at least 1 and at most 60, whatever the header says", () => {
    const rate = fc.record({ numerator: fc.integer({ min: 1 }), denominator: fc.integer({ min: 1 }) });
    fc.assert(
      fc.property(
        fc.option(rate, { nil: undefined }),
        fc.option(rate, { nil: undefined }),
        (average, base) => {
          const value = valueOf(outputFrameRate(average, base));
          expect(value).toBeGreaterThanOrEqual(1);
          expect(value).toBeLessThanOrEqual(60);
        },
      ),
    );
  });
});

describe("a capped frame rate", () => {
  it.each([
    [rational(50), 30, rational(25)],
    [rational(60000, 1001), 30, rational(30000, 1001)],
    [rational(60), 24, rational(20)],
    [rational(25), 30, rational(25)],
    [rational(30), 30, rational(30)],
  ])("of %o and at most %i is %o", (rate, highest, expected) => {
    expect(cappedRate(rate, highest)).toEqual(expected);
  });

  it("is never above the cap, and loses less than half of what it allows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (rate, highest) => {
        const capped = valueOf(cappedRate(rational(rate), highest));
        expect(capped).toBeLessThanOrEqual(highest + 1e-9);
        expect(capped).toBeGreaterThanOrEqual(Math.min(rate, highest) / 2);
      }),
    );
  });
});
