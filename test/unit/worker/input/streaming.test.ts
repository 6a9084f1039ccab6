import { describe, expect, it } from "vitest";
import type { Head } from "../../../../services/transfer/index.ts";
import { coloursOf } from "../../../../services/worker/media/colours.ts";
import type { MediaInfo } from "../../../../services/worker/media/media-info.ts";
import { loadProfiles } from "../../../../services/worker/profile/load.ts";
import { whyNotByHead, whyNotByMedia } from "../../../../services/worker/input/streaming.ts";

const box = (kind: string, size: number): Buffer => {
  const bytes = Buffer.alloc(Math.min(size, 64));
  bytes.writeUInt32BE(size);
  bytes.write(kind, 4, "latin1");
  return bytes;
};
const indexFirst = Buffer.concat([box("ftyp", 16), box("moov", 1000)]);
const indexLast = Buffer.concat([box("ftyp", 16), box("mdat", 1_000_000)]);
const gibibyte = 2 ** 30;
const head = (more: Partial<Head> = {}): Head => ({
  ...{ bytes: indexFirst, size: gibibyte, isResumable: true },
  ...more,
});

describe("an input is streamed", () => {
  it("where it is large, has its index first, and can be gone on with", () => {
    expect(whyNotByHead("auto", 1, head())).toBeUndefined();
  });

  it("also where it is small, when told so", () => {
    expect(whyNotByHead("stream", 1, head({ size: 1000 }))).toBeUndefined();
  });

  it.each([
    ["nobody wants it", "download", 1, {}, "MPEGFLOW_INPUT says so."],
    ["it is a second attempt", "stream", 2, {}, "Only first attempts stream."],
    ["its size is not known", "stream", 1, { size: undefined }, "The store does not say how large it is."],
    [
      "a broken connection would be its end",
      "stream",
      1,
      { isResumable: false },
      "The store could not go on where a connection broke.",
    ],
    ["it is small", "auto", 1, { size: 64 * 2 ** 20 - 1 }, "It is small."],
    [
      "its index comes last",
      "stream",
      1,
      { bytes: indexLast },
      "Its index (moov) comes after the data; it needs a file.",
    ],
    ["it is empty", "stream", 1, { bytes: Buffer.alloc(0), size: 0 }, "The container was not recognised."],
  ] as const)("but not where %s", (_, mode, attempt, more, because) => {
    expect(whyNotByHead(mode, attempt, head(more))).toBe(because);
  });
});

describe("an input that could be streamed is downloaded all the same", async () => {
  const profile = (await loadProfiles(undefined)).get("cmaf-h264");
  if (profile === undefined) throw new Error("there is no such profile");
  const media: MediaInfo = {
    ...{ kind: "video", container: "mov", durationIsStated: true, declaredSeconds: 60 },
    ...{ furtherAudio: [], audioLeftBehind: [], captions: [], pictureCaptions: 0 },
    video: {
      ...{ index: 0, codec: "h264", width: 640, height: 360 },
      colours: coloursOf({ width: 640, height: 360 }),
      frameRate: { numerator: 25, denominator: 1 },
    },
  };
  const withVmaf = { ...profile, vmaf: { ...profile.vmaf, enabled: true } };
  const captions = [{ index: 2, codec: "mov_text" }];

  it("where something reads it a second time", () => {
    expect(whyNotByMedia("stream", media, profile)).toBeUndefined();
    expect(whyNotByMedia("stream", media, withVmaf)).toBe("VMAF reads it a second time.");
    expect(whyNotByMedia("stream", { ...media, captions }, { ...profile, captions: true })).toBe(
      "Its captions are read by themselves.",
    );
    expect(whyNotByMedia("stream", { ...media, captions }, { ...profile, captions: false })).toBeUndefined();
  });

  it("where nothing says how long it is, unless told otherwise", () => {
    const endless = { ...media, durationIsStated: false };
    expect(whyNotByMedia("auto", endless, profile)).toBe(
      "Its header states no duration to check the result by.",
    );
    expect(whyNotByMedia("stream", endless, profile)).toBeUndefined();
  });
});
