import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyLimits, headerBytes, longestLeaseToken } from "../../../../services/coordinator/http/limits.ts";
import { issueToken } from "../../../../services/coordinator/leases/lease-token.ts";
import {
  completeRequestSchema,
  failRequestSchema,
  heartbeatRequestSchema,
  jobRequestSchema,
  leaseRequestSchema,
  mostOutputs,
  multipartAbortRequestSchema,
  multipartCompleteRequestSchema,
  multipartPartsRequestSchema,
  multipartStartRequestSchema,
  urlsRequestSchema,
} from "../../../../services/protocol/index.ts";
import { mostLanguages } from "../../../../services/worker/media/audio-streams.ts";
import { profileSchema } from "../../../../services/worker/profile/schema.ts";
import { problems } from "../../../../services/worker/problems.ts";
import { contentTypeOf } from "../../../../services/worker/upload/outputs.ts";

/** As clients write it that escape every character of a text that is not a letter of ASCII. */
const escaped = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
const bytesOf = (value: unknown): number => Buffer.byteLength(escaped(value));
const wide = (length: number): string => "\u6620".repeat(length);
const name = "n".repeat(400);
const contentType = `video/${"x".repeat(121)}`;
const { MAX_SAFE_INTEGER: size } = Number;
const upload = "u".repeat(4096);

/** The largest bodies that the schemas admit; of a completion, the largest that a worker sends. */
const largest = {
  job: [
    jobRequestSchema,
    {
      id: "j".repeat(63),
      input: `gs://bucket/${wide(1088)}`,
      outputPrefix: `gs://bucket/${wide(1087)}/`,
      profile: wide(63),
      labels: Object.fromEntries(
        Array.from({ length: 64 }, (_, index) => [`${wide(60)}${index + 100}`, wide(255)]),
      ),
      priority: "normal",
      inputKeySecret: `projects/p/secrets/${"s".repeat(255)}/versions/1234567890`,
      outputKeySecret: `projects/p/secrets/${"s".repeat(255)}/versions/1234567890`,
      overrides: { maxShortEdge: 4320, maxFramesPerSecond: 59.94005994005994, crf: 51, hls: false },
    },
  ],
  claim: [leaseRequestSchema, { worker: { id: wide(253), region: wide(63) }, waitSeconds: 60 }],
  urls: [
    urlsRequestSchema,
    { input: true, outputs: Array.from({ length: 1000 }, () => ({ name, contentType, size })) },
  ],
  heartbeat: [heartbeatRequestSchema, { percentDone: 1 / 3, speed: 1 / 3, etaSeconds: 1 / 3 }],
  fail: [failRequestSchema, { error: { code: `c${"x".repeat(62)}`, message: wide(2000) }, retryable: false }],
  multipartStart: [multipartStartRequestSchema, { name, contentType, size }],
  parts: [
    multipartPartsRequestSchema,
    { upload, parts: Array.from({ length: 100 }, () => ({ number: 10_000, size })) },
  ],
  multipartComplete: [
    multipartCompleteRequestSchema,
    {
      upload,
      parts: Array.from({ length: 10_000 }, () => ({ number: 10_000, etag: "e".repeat(255) })),
      size,
      crc32c: "AAAAAA==",
    },
  ],
  multipartAbort: [multipartAbortRequestSchema, { upload }],
} as const;

describe("bodies", () => {
  it.each(Object.entries(largest))(
    "of %s fit, the largest that the schema admits",
    (route, [schema, body]) => {
      expect(schema.safeParse(body).error).toBeUndefined();
      expect(bytesOf(body)).toBeLessThanOrEqual(bodyLimits[route as keyof typeof largest]);
    },
  );

  it("are bounded by what is needed, not by much more", () => {
    for (const [route, [, body]] of Object.entries(largest))
      expect(bodyLimits[route as keyof typeof largest], route).toBeLessThanOrEqual(
        Math.max(4096, 2.5 * bytesOf(body)),
      );
  });

  it("fit at the end of the largest job of any profile: all renditions in all languages, as many outputs as may be", () => {
    const { video, audio } = profileSchema.shape;
    const longest = (
      schema: { safeParse: (value: string) => { success: boolean } },
      begin: string,
    ): string => {
      let name = begin;
      while (schema.safeParse(`${name}x`).success) name += "x";
      return name;
    };
    const videoName = longest(video.shape.renditions.element.shape.name, "v");
    const audioName = `${longest(audio.shape.renditions.element.shape.name, "audio")}-zh-hant-hk-2`;
    const renditions = Array.from({ length: 4 * mostLanguages }, (_, index) => `${audioName}${index}`);
    fc.assert(
      fc.property(
        fc.constantFrom(videoName, ...renditions),
        fc.constantFrom("hls", "cmaf"),
        (folder, root) => {
          const outputs = Array.from({ length: mostOutputs }, (_, index) => ({
            name: `${root}/${folder}/segment-${String(index).padStart(6, "0")}.m4s`,
            size: 10_000_000_000,
          }));
          const media = {
            kind: "video",
            durationSeconds: 1e6 / 3,
            width: 7680,
            height: 4320,
            framesPerSecond: 60,
            renditions,
          };
          expect(completeRequestSchema.safeParse({ media, outputs }).error).toBeUndefined();
          expect(Buffer.byteLength(JSON.stringify({ media, outputs }))).toBeLessThanOrEqual(
            bodyLimits.complete,
          );
          expect(
            urlsRequestSchema.shape.outputs.safeParse([
              { ...outputs[0], contentType: contentTypeOf(`${folder}.m4s`) },
            ]).success,
          ).toBe(true);
        },
      ),
      { numRuns: 4 },
    );
  }, 30_000);

  it("of failures fit, whatever a worker has to say", () => {
    const told = [
      problems.inputUnavailable(wide(5000)),
      problems.inputAccessDenied(wide(5000)),
      problems.streamBroken(wide(5000)),
      problems.profileNotSupported("p", [wide(5000)]),
    ];
    for (const { retryable, ...error } of told) {
      expect(failRequestSchema.safeParse({ error, retryable }).success, error.code).toBe(true);
      expect(bytesOf({ error, retryable })).toBeLessThanOrEqual(bodyLimits.fail);
    }
  });

  it("come with a lease token that fits into the headers, of the longest addresses and keys", () => {
    const token = issueToken(new Uint8Array(32), {
      job: "j".repeat(63),
      attempt: 99_999,
      startedAt: 1_800_000_000_000,
      ackId: "a".repeat(1000),
      deliveryAttempt: 5,
      generation: "1".repeat(19),
      recordedAt: 1_800_000_000_000,
      expiresAt: 1_800_000_000_000,
      // 1,024 bytes of what JSON writes as two characters each.
      input: `gs://${"b".repeat(63)}/${'"'.repeat(1024)}`,
      outputs: `gs://${"b".repeat(63)}/${'"'.repeat(499)}/99999/`,
      inputKey: `projects/p/secrets/${"s".repeat(255)}/versions/1234567890`,
      outputKey: `projects/p/secrets/${"s".repeat(255)}/versions/1234567890`,
    });
    expect(token.length).toBeLessThanOrEqual(longestLeaseToken);
    expect(token.length).toBeLessThan(8 * 1024);
    expect(longestLeaseToken + 1024).toBeLessThan(headerBytes);
  });
});
