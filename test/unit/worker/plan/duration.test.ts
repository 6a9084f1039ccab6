import { describe, expect, it } from "vitest";
import { whyTooLong } from "../../../../services/worker/plan/duration.ts";

const rendition = {
  ...{ name: "720p", width: 1280, height: 720, maxKilobits: 3000 },
  frameRate: { numerator: 25, denominator: 1 },
};
const plan = (renditions: number) => ({
  ...{ video: Array.from({ length: renditions }, () => rendition), audio: [], segmentSeconds: 6 },
});
const segmented = { hls: true, dash: false };
const oneFile = { hls: false, dash: false };

describe("an input that lasts too long", () => {
  it("is the input's fault: no other worker could do it", () => {
    const week = 7 * 24 * 3600;
    expect(whyTooLong(week, plan(9), segmented)).toMatchObject({
      ...{ code: "input-too-long", retryable: false },
      message:
        "The input lasts 604800.00 s: in 9 renditions with segments of 6 s 66000 s are possible, for a job has 100000 outputs at most; use a profile with longer segments or fewer renditions, or cut it.",
    });
    expect(whyTooLong(week, plan(1), oneFile)).toBeUndefined();
  });

  it("has a header that cannot be right from thirty days on", () => {
    expect(whyTooLong(30 * 24 * 3600 + 1, plan(1), oneFile)).toMatchObject({ code: "input-too-long" });
  });

  it("is no film of a day, nor one of unknown length", () => {
    expect(whyTooLong(18 * 3600, plan(9), segmented)).toBeUndefined();
    expect(whyTooLong(undefined, plan(9), segmented)).toBeUndefined();
  });
});
