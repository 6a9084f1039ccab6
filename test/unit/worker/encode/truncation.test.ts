import { describe, expect, it } from "vitest";
import { coloursOf } from "../../../../services/worker/media/colours.ts";
import type { MediaInfo } from "../../../../services/worker/media/media-info.ts";
import { rational } from "../../../../services/worker/media/rational.ts";
import { explainedByTruncation, findTruncation } from "../../../../services/worker/encode/truncation.ts";

const picture = {
  index: 0,
  codec: "h264",
  width: 640,
  height: 360,
  frameRate: rational(25),
  colours: coloursOf({ width: 640, height: 360 }),
};
const film = (video?: number, audio?: number, whole?: number): MediaInfo => ({
  kind: "video",
  container: "mov,mp4,m4a,3gp,3g2,mj2",
  durationIsStated: true,
  ...{ furtherAudio: [], audioLeftBehind: [], captions: [], pictureCaptions: 0 },
  ...(whole !== undefined && { declaredSeconds: whole }),
  video: { ...picture, ...(video !== undefined && { declaredSeconds: video }) },
  audio: { index: 1, codec: "aac", channels: 2, ...(audio !== undefined && { declaredSeconds: audio }) },
});

describe("an input that declares more than it holds", () => {
  it("is truncated, and both durations are said", () => {
    const problem = findTruncation(film(5.28, 5.31), { video: 1.56, audio: 1.6 });
    expect(problem).toMatchObject({ code: "input-truncated", retryable: false });
    expect(problem?.message).toContain("declares 5.28 s of video, but only 1.56 s could be decoded");
  });

  it("is truncated when the audio alone is short", () => {
    expect(findTruncation(film(5.28, 5.31), { video: 5.28, audio: 2 })?.message).toContain("of audio");
  });

  it("is truncated by the container's word where streams give none", () => {
    expect(findTruncation(film(undefined, undefined, 60), { video: 20, audio: 20 })?.code).toBe(
      "input-truncated",
    );
  });

  it("is truncated when nothing was decoded", () => {
    expect(findTruncation(film(5, 5), { video: 0, audio: 0 })?.message).toContain("only 0.00 s");
  });
});

describe("an input that holds what it declares", () => {
  it.each([
    ["exactly", film(5.28, 5.31), { video: 5.28, audio: 5.333 }],
    ["but for a few frames", film(5.28, 5.31), { video: 5.0, audio: 5.0 }],
    ["but for a thousandth of a long film", film(7200, 7200), { video: 7194, audio: 7195 }],
    ["in its longest stream", film(undefined, undefined, 60), { video: 30, audio: 60 }],
  ])("%s", (_, media, decoded) => {
    expect(findTruncation(media, decoded)).toBeUndefined();
  });

  it("in its longest language, though the main sound and the picture end before it", () => {
    expect(findTruncation(film(undefined, undefined, 65), { video: 60, audio: 60, furtherAudio: 65 })).toBe(
      undefined,
    );
  });

  it("whose dub is shorter than the film", () => {
    const dubbed = {
      ...film(60, 60, 60),
      furtherAudio: [{ index: 2, codec: "aac", channels: 2, language: "fre", declaredSeconds: 60 }],
    };
    expect(findTruncation(dubbed, { video: 60, audio: 60, furtherAudio: 12 })).toBeUndefined();
  });

  it("cannot be judged by an estimated duration", () => {
    expect(findTruncation({ ...film(60, 60), durationIsStated: false }, { video: 3 })).toBeUndefined();
  });
});

describe("an encode that failed for want of data", () => {
  it("is explained by the file having been cut", () => {
    const stderr = "[mov,mp4 @ 0x1] stream 0, offset 0x30: partial file\nConversion failed!";
    expect(explainedByTruncation(film(5.28), stderr, 0)?.code).toBe("input-truncated");
  });

  it("is not when ffmpeg complains of something else", () => {
    expect(explainedByTruncation(film(5.28), "Unknown encoder 'libx264'", 0)).toBeUndefined();
  });
});
