import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeProblem,
  meaningfulLine,
  probeProblem,
  progressSeconds,
} from "../../../../services/worker/process/ffmpeg-output.ts";

/** Any text but lone surrogates; quicker than fast-check's own binary strings. */
const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0, max: 0x7f })), { maxLength })
    .map((codes) => String.fromCodePoint(...codes));

describe("a line of progress", () => {
  it.each([
    ["out_time_us=5312000", 5.312],
    ["out_time_ms=5312000", 5.312],
    ["out_time=00:00:05.312000", undefined],
    ["out_time_us=N/A", undefined],
    ["out_time_us=-21333", undefined],
    ["frame=132", undefined],
    ["", undefined],
  ])("%j is %j seconds", (line, seconds) => {
    expect(progressSeconds(line)).toBe(seconds);
  });
});

describe("the reason in ffmpeg's last words", () => {
  it.each([
    [
      "[libx264 @ 0x375e06c0] width not divisible by 2 (405x720)\nConversion failed!\n",
      "width not divisible by 2 (405x720).",
    ],
    [
      "[vist#0:0/h264 @ 0x5600] Decoding error: Invalid data\n[out#0/hls @ 0x5] Nothing was written\nConversion failed!",
      "Decoding error: Invalid data.",
    ],
    [
      "file:/tmp/mpegflow/attempt-x-1-a/input: Invalid data found when processing input\n",
      "the file: Invalid data found when processing input.",
    ],
    ["", "ffmpeg gave no reason."],
  ])("%j is %j", (stderr, line) => {
    expect(meaningfulLine(stderr)).toBe(line);
  });

  it("never holds a path of the scratch disk", () => {
    const segment = fc.stringMatching(/^[\w.-]{1,12}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 2 }), (parts) => {
        const line = meaningfulLine(`could not open /scratch/${parts.join("/")}: no`);
        expect(line).not.toContain("/scratch");
      }),
    );
  });

  it("is one line of a bounded length, whatever was printed", () => {
    fc.assert(
      fc.property(anyText(500), (stderr) => {
        const line = meaningfulLine(stderr);
        expect(line).not.toMatch(/[\r\n]/);
        expect(line.length).toBeGreaterThan(0);
        expect(line.length).toBeLessThanOrEqual(301);
      }),
    );
  });
});

describe("why an encode failed", () => {
  it.each([
    ["av_interleaved_write_frame(): No space left on device", "scratch-full", true],
    ["[hls @ 0x1] Could not write: Disk quota exceeded", "scratch-full", true],
    ["Decoder (codec vvc) not found for input stream #0:0", "input-unsupported", false],
    ["Error while opening encoder for output stream #0:0", "encode-failed", false],
    [
      "Error opening input file file:input.\nError opening input files: Permission denied\n",
      "worker-fault",
      true,
    ],
    ["file:/scratch/attempt-1/input: Permission denied", "worker-fault", true],
    ["[mov @ 0x1] odd title 'Permission denied, a documentary'", "encode-failed", false],
    ["[mov @ 0x1] odd title 'No space left on device, a documentary'", "encode-failed", false],
    ["[srt @ 0x1] Cannot allocate memory for this joke: odd cue", "encode-failed", false],
  ])("%s is %s", (stderr, code, retryable) => {
    expect(encodeProblem(stderr)).toMatchObject({ code, retryable });
  });
});

describe("why a probe failed", () => {
  it.each([
    ["[mov,mp4,m4a,3gp,3g2,mj2 @ 0x1] moov atom not found\nfile:input: Invalid data", "input-truncated"],
    ["file:input: Invalid data found when processing input", "input-not-media"],
    ["[concat @ 0x27] Format not on whitelist 'mov'\nfile:input: Invalid argument", "input-not-media"],
    ["[mov @ 0x1] No space left on device", "input-not-media"],
  ])("%j is %s", (stderr, code) => {
    expect(probeProblem(stderr)).toMatchObject({ code, retryable: false });
  });

  it("is the worker's fault where ffprobe may not open the input", () => {
    expect(probeProblem("file:/scratch/attempt-1/input: Permission denied\n")).toMatchObject({
      ...{ code: "worker-fault", retryable: true },
    });
    expect(probeProblem("[mov @ 0x1] odd title 'Permission denied, a documentary'")).toMatchObject({
      ...{ code: "input-not-media", retryable: false },
    });
  });

  it("names the codec that is not on the list", () => {
    expect(probeProblem("[smackvid @ 0x27] Codec (smackvid) not on whitelist 'h264,aac'")).toMatchObject({
      ...{ code: "input-codec-refused", retryable: false },
      message: expect.stringContaining("of the codec smackvid, which is not among those") as string,
    });
  });

  it("names the format that is not accepted", () => {
    expect(probeProblem("[concat @ 0x27] Format not on whitelist 'mov'").message).toContain('"concat"');
  });
});
