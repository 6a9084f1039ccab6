import { S3ServiceException } from "@aws-sdk/client-s3";
import { ApiError } from "@google-cloud/storage";
import { describe, expect, it } from "vitest";
import { claimNext, Problem } from "../../../../services/coordinator/index.ts";
import { refusalOf } from "../../../../services/coordinator/jobs/input-check.ts";
import { worker, type World, worldWithJob } from "../world.ts";

const google = (code: number, reason = "x"): Error =>
  Object.assign(new ApiError("no"), { code, errors: [{ message: "no", reason }] });
const aws = (httpStatusCode: number, name = "Unknown"): Error =>
  new S3ServiceException({ name, $fault: "client", $metadata: { httpStatusCode } });
const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
const notServed = new Problem(503, "bucket-not-served", "Another coordinator may.");
const keyNotAllowed = new Problem(403, "key-not-allowed", "That secret holds no keys.");

describe("a look at an input that failed", () => {
  it.each([
    ["Cloud Storage's 400", google(400, "invalid")],
    ["Amazon S3's 400", aws(400)],
    ["a key that no job may use", keyNotAllowed],
  ])("is no reason to wait: %s", (_, error) => {
    const refusal = refusalOf(error);
    expect(refusal?.because).toMatch(/^the (?:store answers 40\d|coordinator refuses it): [^\n]*[^.]$/);
    expect(refusal?.mayPass).toBe(false);
  });

  it.each([
    ["Cloud Storage's 403", google(403, "forbidden")],
    ["Amazon S3's 403", aws(403, "AccessDenied")],
  ])("is one while a grant may be on its way: %s", (_, error) => {
    const refusal = refusalOf(error);
    expect(refusal?.because).toMatch(/^the store answers 403: [^\n]*[^.]$/);
    expect(refusal?.mayPass).toBe(true);
  });

  it.each([
    ["401, while a credential is renewed", google(401, "authError")],
    ["408", google(408)],
    ["429", google(429)],
    ["a 403 that asks for fewer requests", google(403, "rateLimitExceeded")],
    ["503, as of an object that is not replicated yet", google(503)],
    ["500 of Amazon S3", aws(500, "InternalError")],
    ["503 of Amazon S3", aws(503, "SlowDown")],
    ["a broken connection", reset],
    ["a bucket that another coordinator serves", notServed],
    ["anything else", new Error("what?")],
  ])("is one: %s", (_, error) => {
    expect(refusalOf(error)).toBeUndefined();
  });
});

describe("a job whose input the coordinator", () => {
  const never = new AbortController().signal;
  const claim = (world: World, error: Error) => {
    const broker = world.replica();
    const objects = { ...broker.objects, exists: () => Promise.reject(error) };
    return claimNext({ ...broker, objects }, world.backlog, { worker, waitSeconds: 0 }, never);
  };

  it("can never read has failed, with what to do", async () => {
    const world = worldWithJob();
    expect(await claim(world, keyNotAllowed)).toBeUndefined();
    expect(world.record()).toMatchObject({
      state: "failed",
      attempt: 0,
      error: { code: "input-not-readable" },
    });
    expect(world.record()?.error?.message).toBe(
      "The input gs://media-bucket/mezzanines/clip.mp4 cannot be read, and waiting does not help: the coordinator refuses it: That secret holds no keys; then submit the job under a new id.",
    );
    expect(world.eventIds()).toEqual(["job-1/0/failed"]);
    expect(world.messages.size).toBe(0);
  });

  it("cannot read for now waits", async () => {
    const world = worldWithJob();
    expect(await claim(world, google(503))).toBeUndefined();
    expect(world.record()).toMatchObject({ state: "queued", inputWait: { tries: 1 } });
  });
});
