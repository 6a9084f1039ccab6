import { describe, expect, it } from "vitest";
import { eventTypes, jobEventSchema, jobRecordSchema } from "../../../../services/protocol/index.ts";
import { bytes, renderSummary } from "../../../../tools/local/summary.ts";

const output = {
  name: "hls/master.m3u8",
  uri: "gs://media/outputs/j/1/hls/master.m3u8",
  contentType: "application/vnd.apple.mpegurl",
  size: 2048,
  generation: "1",
};
const record = jobRecordSchema.parse({
  version: 1,
  request: { id: "j", input: "gs://media/in.mp4", outputPrefix: "gs://media/outputs/j/" },
  state: "succeeded",
  attempt: 1,
  worker: { id: "encoder-x", region: "us-east1" },
  createdAt: "2026-01-01T00:00:00Z",
  media: {
    kind: "video",
    durationSeconds: 5.28,
    width: 1280,
    height: 720,
    framesPerSecond: 25,
    renditions: ["720p"],
  },
  outputs: [output],
});
const event = jobEventSchema.parse({
  specversion: "1.0",
  id: "j/1/succeeded",
  source: "//mpegflow",
  type: eventTypes.succeeded,
  subject: "j",
  time: "2026-01-01T00:00:09Z",
  datacontenttype: "application/json",
  data: { jobId: "j", attempt: 1, region: "us-east1", labels: {}, outputPrefix: "gs://media/outputs/j/1/" },
});
const urls = new Map([
  [
    "hls/master.m3u8",
    {
      method: "GET" as const,
      url: "http://127.0.0.1:1/media/x?sig",
      headers: {},
      expiresAt: "2026-01-01T01:00:00Z",
    },
  ],
]);

describe("the closing summary", () => {
  it("names job, worker, media, event, each output with size and URL, and the time of each phase", () => {
    expect(
      renderSummary({
        record,
        event,
        urls,
        phases: [
          ["cloud", 1.234],
          ["job", 8],
        ],
      }),
    ).toBe(
      `job      j, succeeded, attempt 1 on encoder-x in us-east1
input    gs://media/in.mp4
media    video, 1280x720, 25 fps, 5.28 s → 720p
event    dev.mpegflow.job.succeeded, id j/1/succeeded, from us-east1, 2026-01-01T00:00:09Z

outputs  1 objects, 2.0 KiB, below gs://media/outputs/j/1/
  hls/master.m3u8     2.0 KiB
    http://127.0.0.1:1/media/x?sig

play     with \`npm run local -- --open\`: the playlists name files that need a signed URL each

time     cloud 1.2 s, job 8.0 s`,
    );
  });

  it("says which of the URLs plays by itself: that of a whole file, not of a segment", () => {
    const whole = { ...output, name: "mp4/clip.mp4", contentType: "video/mp4" };
    const segment = { ...output, name: "hls/720p/init.mp4", contentType: "video/mp4" };
    const signed = new Map(
      [...urls].flatMap(([name, request]) => [
        [name, request],
        ["mp4/clip.mp4", { ...request, url: "http://127.0.0.1:1/whole" }],
      ]),
    );
    expect(
      renderSummary({
        record: { ...record, outputs: [segment, output, whole] },
        event,
        urls: signed,
        phases: [],
      }),
    ).toContain("\nplay     http://127.0.0.1:1/whole\n");
  });

  it("gives the reason when the job failed", () => {
    const failed = {
      ...record,
      state: "failed" as const,
      outputs: [],
      error: { code: "input-not-media", message: "It is a text file." },
    };
    expect(renderSummary({ record: failed, event, urls: new Map(), phases: [] })).toContain(
      "error    input-not-media: It is a text file.",
    );
  });
});

describe("a size", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1_055_736, "1.0 MiB"],
    [5 * 2 ** 40, "5.0 TiB"],
    [2 ** 52, "4096.0 TiB"],
  ])("of %d bytes is written %s", (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});
