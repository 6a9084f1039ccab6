import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Queue, QueueMessage } from "../../../../services/coordinator/index.ts";
import { readConfig } from "../../../../services/coordinator/index.ts";
import {
  jobIdOf,
  requestOfUpload,
  type UploadRules,
} from "../../../../services/coordinator/uploads/upload-request.ts";
import { takeUpload } from "../../../../services/coordinator/uploads/uploads.ts";
import { bucket, createWorld } from "../world.ts";

const rules: UploadRules = {
  bucket,
  prefix: "incoming/",
  suffixes: [".mp4", ".mov"],
  outputPrefix: "encoded/",
  profile: "hls-h264",
};
const upload = (more: Record<string, string> = {}): Record<string, string> => ({
  eventType: "OBJECT_FINALIZE",
  bucketId: bucket,
  objectId: "incoming/show/clip.v2.MP4",
  objectGeneration: "1767225600000000",
  ...more,
});

describe("The request of an upload", () => {
  test("names the object, and outputs of its own by name and generation", () => {
    expect(requestOfUpload(upload(), rules)).toEqual({
      kind: "job",
      request: {
        id: expect.stringMatching(/^upload-[0-9a-f]{40}$/) as string,
        input: `gs://${bucket}/incoming/show/clip.v2.MP4`,
        outputPrefix: `gs://${bucket}/encoded/show/clip.v2/1767225600000000/`,
        profile: "hls-h264",
        labels: { trigger: "upload" },
        priority: "normal",
      },
    });
  });

  test("has an id for each bucket, object and generation, and no other", () => {
    const part = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes("\n"));
    const address = fc.tuple(part, part, part);
    fc.assert(
      fc.property(address, address, (one, other) => {
        expect(jobIdOf(...one) === jobIdOf(...other)).toBe(one.join("\n") === other.join("\n"));
      }),
    );
  });

  test("keeps the output prefix short, however long the name", () => {
    const made = requestOfUpload(upload({ objectId: `incoming/${"é".repeat(300)}.mp4` }), rules);
    expect(made).toMatchObject({
      request: { outputPrefix: expect.stringMatching(/encoded\/upload-[0-9a-f]{40}\/$/) as string },
    });
  });

  test.each([
    ["another suffix", { objectId: "incoming/notes.txt" }, "the object ends with none of .mp4, .mov"],
    ["another prefix", { objectId: "encoded/clip.mp4" }, "the object is not below incoming/"],
    ["a folder", { objectId: "incoming/show.mp4/" }, "the object stands for a folder"],
    ["another event", { eventType: "OBJECT_DELETE" }, "OBJECT_DELETE is no upload"],
  ])("is none for %s", (_what, more, reason) => {
    expect(requestOfUpload(upload(more), rules)).toEqual({ kind: "passed-over", reason });
  });

  test.each([
    ["another bucket", { bucketId: "theirs" }, `the upload is in bucket theirs, not ${bucket}`],
    ["no generation", { objectGeneration: "" }, "the notification names no generation"],
    [
      "a control character",
      { objectId: "incoming/a\u0007.mp4" },
      "input: gs://BUCKET/OBJECT, or s3:// or r2://, without control characters",
    ],
  ])("is refused for %s", (_what, more, reason) => {
    const made = requestOfUpload(upload(more), rules);
    expect(made).toMatchObject({ kind: "refused" });
    expect((made as { reason: string }).reason).toContain(reason);
  });

  test("is refused for a message that is no notification", () => {
    expect(requestOfUpload({}, rules)).toMatchObject({ kind: "refused" });
  });
});

describe("A notification", () => {
  const taken = async (world: ReturnType<typeof createWorld>, attributes: Record<string, string>) => {
    const calls: string[] = [];
    const queue: Queue = {
      pull: () => Promise.resolve([]),
      acknowledge: (ackId) => Promise.resolve(void calls.push(`acknowledged ${ackId}`)),
      extend: ([ackId = ""], seconds) => Promise.resolve(void calls.push(`${ackId} again in ${seconds} s`)),
    };
    const message: QueueMessage = {
      ackId: "a1",
      messageId: "m1",
      data: new Uint8Array(),
      attributes,
      deliveryAttempt: 1,
    };
    await takeUpload(world.replica(), queue, rules, message);
    return calls;
  };

  test("starts a job, once, however often it comes", async () => {
    const world = createWorld();
    expect(await taken(world, upload())).toEqual(["acknowledged a1"]);
    expect(await taken(world, upload())).toEqual(["acknowledged a1"]);
    expect(world.recordIds()).toHaveLength(1);
  });

  test("of a new generation is another job", async () => {
    const world = createWorld();
    await taken(world, upload());
    await taken(world, upload({ objectGeneration: "1767225600000001" }));
    expect(world.recordIds()).toHaveLength(2);
  });

  test("that starts no job is acknowledged; one that cannot be used goes back, to become a dead letter", async () => {
    const world = createWorld();
    expect(await taken(world, upload({ objectId: "incoming/notes.txt" }))).toEqual(["acknowledged a1"]);
    expect(await taken(world, upload({ bucketId: "theirs" }))).toEqual(["a1 again in 0 s"]);
    expect(await taken(world, upload({ objectId: "incoming/../clip.mp4" }))).toEqual(["a1 again in 0 s"]);
    expect(world.recordIds()).toHaveLength(0);
  });
});

describe("The configuration of uploads", () => {
  const environment = {
    MPEGFLOW_AUTHENTICATION: "none",
    MPEGFLOW_REGION: "us-central1",
    MPEGFLOW_PROJECT: "project-1",
    MPEGFLOW_BUCKET: bucket,
    MPEGFLOW_JOBS_TOPIC: "jobs",
    MPEGFLOW_TLS_DIRECTORY: "/tls",
    MPEGFLOW_JOBS_SUBSCRIPTION: "jobs",
    MPEGFLOW_EVENTS_TOPIC: "events",
    MPEGFLOW_SIGNER: "hmac",
    MPEGFLOW_SIGNER_SECRET: "projects/p/secrets/s/versions/latest",
    MPEGFLOW_LEASE_SECRET: "projects/p/secrets/l/versions/latest",
    MPEGFLOW_UPLOADS_SUBSCRIPTION: "uploads",
    MPEGFLOW_UPLOADS_PREFIX: "incoming/",
    MPEGFLOW_UPLOADS_OUTPUT_PREFIX: "encoded/",
    MPEGFLOW_UPLOADS_SUFFIXES: ".mp4,.mov",
  };

  test("is read whole", () => {
    expect(readConfig(environment).uploads).toEqual({
      subscription: "uploads",
      prefix: "incoming/",
      outputPrefix: "encoded/",
      suffixes: [".mp4", ".mov"],
      profile: "hls-h264",
    });
  });

  test("is nothing without a subscription", () => {
    expect(readConfig({ ...environment, MPEGFLOW_UPLOADS_SUBSCRIPTION: "" }).uploads).toBeUndefined();
  });

  test("is refused where outputs would start jobs, or half of it is missing", () => {
    expect(() => readConfig({ ...environment, MPEGFLOW_UPLOADS_OUTPUT_PREFIX: "incoming/encoded/" })).toThrow(
      'MPEGFLOW_UPLOADS_OUTPUT_PREFIX is "incoming/encoded/"; it must not be below "incoming/", or outputs would start jobs',
    );
    expect(() => readConfig({ ...environment, MPEGFLOW_UPLOADS_PREFIX: "" })).toThrow(
      "MPEGFLOW_UPLOADS_PREFIX is not set; set it to the prefix of objects that start jobs",
    );
  });
});
