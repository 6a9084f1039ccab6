import { describe, expect, it } from "vitest";
import { errorResponseSchema, jobRecordSchema } from "../../../../../services/protocol/index.ts";
import { codeOf, post, serverFor } from "../../server.ts";
import { bucket, createWorld, jobRequest, worker } from "../../world.ts";

describe("jobs over HTTP", () => {
  it("answers 202 with the record of a new job and puts it on the topic", async () => {
    const world = createWorld();
    const response = await post(serverFor(world), "/v1/jobs", jobRequest());
    expect(response.statusCode).toBe(202);
    expect(jobRecordSchema.parse(response.json())).toMatchObject({ state: "queued", attempt: 0 });
    expect(world.messages.size).toBe(1);
  });

  it("answers 200 with the same record for the same request again, whatever the order of its fields", async () => {
    const world = createWorld();
    const app = serverFor(world);
    const { id, ...rest } = jobRequest("job-1", { labels: { a: "1", b: "2" } });
    await post(app, "/v1/jobs", { id, ...rest });
    world.advance(10);
    const again = await post(app, "/v1/jobs", { ...rest, labels: { b: "2", a: "1" }, id });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual(world.record());
  });

  it("answers 409 for another request under the same id", async () => {
    const app = serverFor(createWorld());
    await post(app, "/v1/jobs", jobRequest());
    const other = await post(app, "/v1/jobs", jobRequest("job-1", { labels: { a: "1" } }));
    expect([other.statusCode, codeOf(other)]).toEqual([409, "id-taken"]);
  });

  it("publishes again when the first message may have been lost, and only then", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const app = serverFor(world);
    world.faults.set("publish job", 1);
    const first = await post(app, "/v1/jobs", jobRequest());
    expect([first.statusCode, codeOf(first)]).toEqual([503, "upstream-unavailable"]);
    expect(world.messages.size).toBe(0);
    expect((await post(app, "/v1/jobs", jobRequest())).statusCode).toBe(200);
    expect(world.messages.size).toBe(1);
    await post(app, "/v1/leases", { worker, waitSeconds: 0 });
    await post(app, "/v1/jobs", jobRequest());
    expect(world.messages.size).toBe(1);
  });

  it("lets the one worker keep the job when it was published twice", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const app = serverFor(world);
    await post(app, "/v1/jobs", jobRequest());
    await post(app, "/v1/jobs", jobRequest());
    expect(world.messages.size).toBe(2);
    expect((await post(app, "/v1/leases", { worker, waitSeconds: 0 })).statusCode).toBe(200);
    expect((await post(app, "/v1/leases", { worker, waitSeconds: 0 })).statusCode).toBe(204);
    expect(world.record()).toMatchObject({ state: "running", attempt: 1 });
  });

  it.each([
    ["bucket-not-allowed", { input: "gs://other-bucket/clip.mp4" }],
    ["bucket-not-allowed", { outputPrefix: "gs://other-bucket/outputs/" }],
    ["name-not-allowed", { input: `gs://${bucket}/.mpegflow/jobs/job-2.json` }],
    ["name-not-allowed", { input: `gs://${bucket}/a/../b` }],
    ["name-not-allowed", { input: `gs://${bucket}/\ud800` }],
    ["invalid-request", { input: "clip.mp4" }],
    ["invalid-request", { id: "Job 1" }],
    ["invalid-request", { more: true }],
  ])("answers 400 %s to %j and makes no record", async (code, changed) => {
    const world = createWorld();
    const response = await post(serverFor(world), "/v1/jobs", { ...jobRequest(), ...changed });
    expect([response.statusCode, codeOf(response)]).toEqual([400, code]);
    expect(world.record()).toBeUndefined();
  });

  it("names every problem of a request", async () => {
    const response = await post(serverFor(createWorld()), "/v1/jobs", {
      id: "job-1",
      input: "x",
      profile: 3,
    });
    const { message } = errorResponseSchema.parse(response.json()).error;
    expect(message).toContain("input: gs://BUCKET/OBJECT");
    expect(message).toContain("outputPrefix: ");
    expect(message).toContain("profile: ");
  });

  it("answers a job's record, 404 for a job that is not there, 400 for what is no id", async () => {
    const app = serverFor(createWorld());
    await post(app, "/v1/jobs", jobRequest());
    expect((await app.inject("/v1/jobs/job-1")).statusCode).toBe(200);
    const missing = await app.inject("/v1/jobs/job-2");
    expect([missing.statusCode, codeOf(missing)]).toEqual([404, "job-not-found"]);
    expect((await app.inject("/v1/jobs/Job%201")).statusCode).toBe(400);
  });
});
