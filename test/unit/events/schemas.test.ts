import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { JOB_EVENT_SCHEMA, JOB_REQUEST_SCHEMA } from "../../../components/events/index.ts";
import { finalEvent, startedEvent } from "../../../services/coordinator/jobs/events.ts";
import type { BrokerSettings } from "../../../services/coordinator/index.ts";
import {
  jobErrorSchema,
  jobEventSchema,
  jobPriorities,
  jobRequestSchema,
  mediaSummarySchema,
  outputObjectSchema,
  profileOverridesSchema,
  type JobRecord,
} from "../../../services/protocol/index.ts";
import { fieldsOf, nonconformities } from "./conforms.ts";

const settings: BrokerSettings = {
  project: "my-project",
  region: "us-central1",
  bucket: "media",
  jobsPrefix: ".mpegflow/jobs/",
  leaseSeconds: 60,
  urlTtlSeconds: 900,
  maxAttempts: 5,
  leasesPerPod: 1,
  inputWaitSeconds: 3600,
  inputPrefixes: [],
  outputPrefixes: [],
  otherBuckets: [],
  encryptionKeySecrets: [],
};
const time = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const size = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const pixels = fc.option(fc.integer({ min: 1, max: 65_536 }), { nil: undefined });
const record: fc.Arbitrary<JobRecord> = fc.record(
  {
    version: fc.constant(1 as const),
    request: fc.record({
      id: fc.stringMatching(/^[a-z0-9]{1,63}$/),
      input: fc.constant("gs://media/in.mp4"),
      outputPrefix: fc.constant("gs://media/out/"),
      profile: fc.constant("hls-h264"),
      labels: fc.dictionary(fc.string({ maxLength: 63 }), fc.string({ maxLength: 255 })),
      priority: fc.constantFrom(...jobPriorities),
    }),
    state: fc.constantFrom("succeeded" as const, "failed" as const, "cancelled" as const),
    attempt: fc.nat(100),
    releases: fc.nat(100),
    deadLetters: fc.nat(3),
    attemptIds: fc.dictionary(fc.nat(100).map(String), fc.stringMatching(/^[0-9a-f]{24}$/)),
    worker: fc.option(fc.record({ id: fc.string(), region: fc.string() }), { nil: undefined }),
    percentDone: fc.constant(100),
    createdAt: time,
    startedAt: time,
    finishedAt: time,
    media: fc.record({
      kind: fc.constantFrom("video" as const, "audio" as const),
      durationSeconds: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      width: pixels,
      height: pixels,
      framesPerSecond: fc.option(fc.double({ min: 1, max: 300, noNaN: true }), { nil: undefined }),
      renditions: fc.array(fc.string()),
    }),
    outputs: fc.array(
      fc.record({
        name: fc.string(),
        uri: fc.string(),
        contentType: fc.string(),
        size,
        crc32c: fc.option(fc.string(), { nil: undefined }),
        generation: fc.string(),
      }),
    ),
    error: fc.record({ code: fc.constant("encode-failed"), message: fc.string({ minLength: 1 }) }),
  },
  {
    requiredKeys: [
      "version",
      "request",
      "state",
      "attempt",
      "releases",
      "deadLetters",
      "attemptIds",
      "percentDone",
      "createdAt",
      "outputs",
    ],
  },
);
/** As published: what is undefined does not travel. */
const onTheWire = (message: unknown): unknown => JSON.parse(JSON.stringify(message));

describe("The schema of job events", () => {
  test("takes every event that the coordinator publishes", () => {
    fc.assert(
      fc.property(record, (one) => {
        for (const event of [startedEvent(one, settings), finalEvent(one, settings)]) {
          expect(nonconformities(JOB_EVENT_SCHEMA, onTheWire(event))).toEqual([]);
        }
      }),
    );
  });

  test.each([
    ["JobEvent", jobEventSchema, []],
    ["Data", jobEventSchema.shape.data, ["Data"]],
    ["Media", mediaSummarySchema, ["Media"]],
    ["Output", outputObjectSchema, ["Output"]],
    ["Error", jobErrorSchema, ["Error"]],
  ] as const)("knows exactly the fields of the protocol's %s", (_name, shape, path) => {
    expect(fieldsOf(JOB_EVENT_SCHEMA, ...path).sort()).toEqual(Object.keys(shape.shape).sort());
  });

  test.each([
    ["an unknown attribute of the envelope", { dataref: "gs://media/event" }, "dataref: unknown"],
    ["data as text", { data: "done" }, "data: no object"],
    ["a number for a name", { data: { jobId: 7 } }, "data.jobId: no string"],
    ["half an attempt", { data: { attempt: 1.5 } }, "data.attempt: no int32"],
  ])("refuses %s", (_what, message, reason) => {
    expect(nonconformities(JOB_EVENT_SCHEMA, message)).toEqual([reason]);
  });
});

describe("The schema of job requests", () => {
  const whether = fc.option(fc.boolean(), { nil: undefined });
  const overrides = fc.record({
    maxShortEdge: fc.option(fc.integer({ min: 144, max: 4320 }), { nil: undefined }),
    maxFramesPerSecond: fc.option(fc.double({ min: 1, max: 60, noNaN: true }), { nil: undefined }),
    segmentSeconds: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
    crf: fc.option(fc.integer({ min: 0, max: 63 }), { nil: undefined }),
    ...{ hls: whether, dash: whether, progressive: whether, captions: whether },
    ...{ poster: whether, storyboard: whether, vmaf: whether },
    audioLanguages: fc.option(fc.constantFrom("all" as const, "main" as const), { nil: undefined }),
    monoTracks: fc.option(fc.constantFrom("pairs" as const, "single" as const), { nil: undefined }),
  });

  test("takes every valid request", () => {
    const requests = fc.tuple(
      record.map(({ request }) => request),
      fc.option(overrides, { nil: undefined }),
    );
    fc.assert(
      fc.property(requests, ([request, changes]) => {
        const parsed = jobRequestSchema.parse({ ...request, overrides: changes });
        expect(nonconformities(JOB_REQUEST_SCHEMA, onTheWire(parsed))).toEqual([]);
      }),
    );
  });

  test.each([
    ["JobRequest", jobRequestSchema, []],
    ["Overrides", profileOverridesSchema, ["Overrides"]],
  ] as const)("knows exactly the fields of the protocol's %s", (_name, shape, path) => {
    expect(fieldsOf(JOB_REQUEST_SCHEMA, ...path).sort()).toEqual(Object.keys(shape.shape).sort());
  });

  test("refuses what the protocol refuses, but for what is missing or malformed text", () => {
    const wrong = { id: "a", input: "gs://media/in.mp4", outputPrefix: "gs://media/out/", urgent: 1 };
    expect(nonconformities(JOB_REQUEST_SCHEMA, wrong)).toEqual(["urgent: unknown"]);
    expect(z.safeParse(jobRequestSchema, wrong).success).toBe(false);
  });
});
