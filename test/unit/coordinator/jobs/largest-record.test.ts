import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finalEvent, startedEvent } from "../../../../services/coordinator/jobs/events.ts";
import { metadataOfRecord } from "../../../../services/coordinator/stores/record-metadata.ts";
import { jobEventSchema, type JobRecord, jobRecordSchema } from "../../../../services/protocol/index.ts";
import { jobRequest, settings } from "../world.ts";

/** https://docs.cloud.google.com/pubsub/quotas#resource_limits */
const pubsub = { messageBytes: 10_000_000, attributeBytes: 1024 };
/** https://docs.cloud.google.com/storage/quotas#objects */
const metadataBytes = 8 * 1024;

// Six bytes of JSON each.
const text = (length: number): string => "\u0001".repeat(length);
const wide = (length: number): string => "\u6620".repeat(length);
/** A record with as much of everything as the schema admits. */
const largest = (state: JobRecord["state"], outputs: number): JobRecord => ({
  version: 1,
  request: jobRequest("j".repeat(63), {
    input: `gs://bucket/${wide(1088)}`,
    outputPrefix: `gs://bucket/${wide(1087)}/`,
    labels: Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`${text(60)}${n + 100}`, text(255)])),
  }),
  state,
  attempt: 999,
  attemptIds: Object.fromEntries(Array.from({ length: 999 }, (_, n) => [String(n + 1), "a".repeat(24)])),
  releases: 0,
  deadLetters: 0,
  worker: { id: text(253), region: text(63) },
  percentDone: 1 / 3,
  createdAt: "2026-01-01T00:00:00.000Z",
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:00.000Z",
  media: {
    kind: "video",
    durationSeconds: 1 / 3,
    renditions: Array.from({ length: 256 }, () => text(512)),
  },
  outputs: Array.from({ length: outputs }, (_, n) => ({
    name: `${"n".repeat(500)}${n}`,
    uri: `gs://bucket/${wide(1600)}`,
    contentType: "x".repeat(1024),
    size: Number.MAX_SAFE_INTEGER,
    crc32c: "AAAAAA==",
    generation: "1".repeat(19),
  })),
  error: { code: `c${"x".repeat(62)}`, message: text(2000) },
});

describe("the largest record that can be", () => {
  it.each([
    ["running", 0],
    ["failed", 0],
    ["cancelled", 0],
    ["succeeded", 0],
    ["succeeded", 1000],
    ["succeeded", 20_000],
  ] as const)("has an event that Pub/Sub takes, %s with %d outputs", (state, outputs) => {
    const record = largest(state, outputs);
    expect(jobRecordSchema.safeParse(record).error).toBeUndefined();
    for (const event of [startedEvent(record, settings), finalEvent(record, settings)]) {
      if (event === undefined) continue;
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(pubsub.messageBytes);
      for (const attribute of [event.type, event.subject])
        expect(Buffer.byteLength(attribute)).toBeLessThan(pubsub.attributeBytes);
      expect(jobEventSchema.safeParse(event).error).toBeUndefined();
    }
  });

  it("has metadata that Cloud Storage takes, or none", () => {
    const size = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(size, size, fc.constantFrom("x", "\u6620", "\u0001"), (message, renditions, mark) => {
        const record: JobRecord = {
          ...largest("failed", 0),
          media: { kind: "audio", durationSeconds: 1, renditions: [mark.repeat(Math.min(512, renditions))] },
          error: { code: "some-code", message: `m${mark.repeat(Math.max(0, message - 1))}` },
        };
        // Beside what stands there of every record.
        const metadata = { writer: "w".repeat(36), state: record.state, ...metadataOfRecord(record) };
        const bytes = Object.entries(metadata)
          .flat()
          .reduce((sum, one) => sum + Buffer.byteLength(one), 0);
        expect(bytes).toBeLessThanOrEqual(metadataBytes);
      }),
    );
    expect(metadataOfRecord(largest("failed", 0))).toEqual({});
  });
});
