import { describe, expect, it } from "vitest";
import {
  claimNext,
  complete,
  fail,
  heartbeat,
  lookUp,
  release,
  submit,
} from "../../../../services/coordinator/index.ts";
import { RecordUnavailable } from "../../../../services/coordinator/problem.ts";
import type { Lease } from "../../../../services/protocol/index.ts";
import {
  bucket,
  createWorld,
  jobRequest,
  media,
  settings,
  worker,
  type World,
  worldWithJob,
} from "../world.ts";

const never = new AbortController().signal;
const claim = (world: World, broker = world.replica()): Promise<Lease | undefined> =>
  claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);

async function claimed(world: World, broker = world.replica()): Promise<Lease> {
  const lease = await claim(world, broker);
  if (lease === undefined) throw new Error("no lease");
  return lease;
}

describe("a job whose record cannot be read at the moment", () => {
  const unreadable = (world: World) =>
    world.replica(
      {},
      {
        records: {
          ...world.replica().records,
          read: (jobId) => Promise.reject(new RecordUnavailable(jobId)),
        },
      },
    );

  it("goes back to the queue without an error, and nothing is written over the record", async () => {
    const world = worldWithJob();
    await claimed(world);
    const before = world.record();
    world.advance(61);
    expect(await claim(world, unreadable(world))).toBeUndefined();
    expect(world.record()).toEqual(before);
    world.advance(601);
    expect(await claimed(world)).toMatchObject({ attempt: 2 });
  });

  it("never becomes a dead letter, however long that lasts", async () => {
    const world = worldWithJob();
    for (let look = 0; look < 30; look += 1) {
      await claim(world, unreadable(world));
      world.advance(601);
    }
    expect(world.mostDeliveries()).toBeLessThan(5);
    expect(world.messages.size).toBe(1);
  });
});

describe("claiming a job", () => {
  it("makes the record, leases attempt 1 and announces the start", async () => {
    const world = worldWithJob();
    const lease = await claimed(world);
    expect(lease).toMatchObject({
      jobId: "job-1",
      attempt: 1,
      expiresAt: "2026-01-01T00:01:00.000Z",
      heartbeatSeconds: 20,
      request: jobRequest(),
      input: {
        method: "GET",
        headers: { "x-goog-custom-audit-job": "job-1", "x-goog-custom-audit-attempt": "1" },
      },
    });
    expect(world.record()).toMatchObject({ state: "running", attempt: 1, worker, percentDone: 0 });
    expect(world.eventIds()).toEqual(["job-1/1/started"]);
  });

  it("signs the input for the configured time", async () => {
    const lease = await claimed(worldWithJob());
    const url = new URL(lease.input.url);
    expect(url.pathname).toBe(`/${bucket}/mezzanines/clip.mp4`);
    expect(url.searchParams.get("X-Goog-Expires")).toBe(String(settings.urlTtlSeconds));
  });

  it("keeps the message from others for the length of the lease", async () => {
    const world = worldWithJob();
    await claimed(world);
    world.advance(59);
    expect(await claim(world)).toBeUndefined();
  });

  it("gives nothing when there is nothing", async () => {
    expect(await claim(createWorld())).toBeUndefined();
  });

  it("gives the next attempt to another replica once the lease ran out", async () => {
    const world = worldWithJob();
    await claimed(world);
    world.advance(61);
    expect(await claimed(world, world.replica({ region: "us-east1" }))).toMatchObject({ attempt: 2 });
  });

  it("leaves a running job with its worker when its message comes a second time", async () => {
    const world = worldWithJob();
    await claimed(world);
    world.publish(jobRequest());
    expect(await claim(world)).toBeUndefined();
    expect(world.record()).toMatchObject({ state: "running", attempt: 1 });
  });

  it("puts the second message of a running job aside until the lease may have ended", async () => {
    const world = worldWithJob();
    await claimed(world);
    world.publish(jobRequest());
    world.advance(20);
    await claim(world);
    world.advance(39);
    const waiting = [...world.messages.values()].map(({ until }) => until - world.now().getTime());
    expect(waiting).toEqual([1000, 2000]);
  });

  it("fails a job after the last attempt allowed, telling what went wrong last", async () => {
    const world = worldWithJob();
    for (let attempt = 1; attempt <= settings.maxAttempts; attempt += 1) {
      const lease = await claimed(world);
      expect(lease.attempt).toBe(attempt);
      world.advance(61);
    }
    expect(await claim(world)).toBeUndefined();
    expect(world.record()).toMatchObject({
      state: "failed",
      attempt: 3,
      error: {
        code: "attempts-exhausted",
        message: "All 3 attempts ended without a result; the last worker stopped answering",
      },
    });
    expect(world.eventIds().at(-1)).toBe("job-1/3/failed");
    expect(world.messages.size).toBe(0);
  });

  it("fails a job whose input does not exist, without spending an attempt", async () => {
    const world = createWorld();
    world.publish(jobRequest());
    expect(await claim(world)).toBeUndefined();
    expect(world.record()).toMatchObject({
      state: "failed",
      attempt: 0,
      error: {
        code: "input-not-found",
        message: `There is no object gs://${bucket}/mezzanines/clip.mp4; upload it and submit the job under a new id.`,
      },
    });
    expect(world.eventIds()).toEqual(["job-1/0/failed"]);
    expect(world.messages.size).toBe(0);
  });

  it("lets a job wait whose input cannot be looked at just now, and spends no attempt on it", async () => {
    const world = worldWithJob();
    world.faults.set("exists", 1);
    expect(await claim(world)).toBeUndefined();
    expect(world.record()).toMatchObject({ state: "queued", attempt: 0, inputWait: { tries: 1 } });
    world.advance(5);
    expect(await claim(world)).toBeUndefined();
    world.advance(8);
    expect(await claimed(world)).toMatchObject({ attempt: 1 });
  });

  it("looks less and less often, down to every ten minutes, and never makes a dead letter of the job", async () => {
    const world = worldWithJob();
    world.faults.set("exists", 1000);
    const waits: number[] = [];
    for (let last = 0, seconds = 0; seconds < 3000; seconds += 1) {
      await claim(world);
      const tries = world.record()?.inputWait?.tries ?? 0;
      if (tries > waits.length) {
        waits.push(seconds - last);
        last = seconds;
      }
      world.advance(1);
    }
    expect(waits).toEqual([0, 11, 21, 41, 81, 161, 321, 600, 600, 600]);
    expect(world.mostDeliveries()).toBeLessThan(5);
  });

  it("fails a job whose input cannot be read for longer than it may wait", async () => {
    const world = worldWithJob();
    world.faults.set("exists", 1000);
    for (let round = 0; round < 20 && world.record()?.state !== "failed"; round += 1) {
      await claim(world);
      world.advance(612);
    }
    expect(world.record()?.error?.code).toBe("input-unavailable");
    expect(world.messages.size).toBe(0);
  });

  it("goes on with other jobs while one waits for its input", async () => {
    const world = worldWithJob();
    world.publish(jobRequest("job-2"));
    world.faults.set("exists", 1);
    expect(await claimed(world)).toMatchObject({ jobId: "job-2" });
  });

  it.each([
    ["input", { input: "gs://other-bucket/clip.mp4" }],
    ["output prefix", { outputPrefix: "gs://other-bucket/outputs/" }],
  ])("fails a job with its %s in another bucket", async (_what, changed) => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    world.publish(jobRequest("job-1", changed));
    expect(await claim(world)).toBeUndefined();
    expect(world.record()?.error?.code).toBe("bucket-not-allowed");
  });

  it.each([
    ["the job records", `gs://${bucket}/.mpegflow/jobs/`],
    ["a name with ..", `gs://${bucket}/outputs/../secret/`],
    ["a name too long for every output to fit", `gs://${bucket}/${"x".repeat(500)}/`],
  ])("fails a job that would write below %s", async (_what, outputPrefix) => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    world.publish(jobRequest("job-1", { outputPrefix }));
    expect(await claim(world)).toBeUndefined();
    expect(world.record()?.error?.code).toBe("name-not-allowed");
  });

  it("leaves what is no job request to the dead-letter policy, ever less often", async () => {
    const world = createWorld();
    world.publishText("{not json");
    expect(await claim(world)).toBeUndefined();
    world.advance(11);
    expect(await claim(world)).toBeUndefined();
    const [message] = world.messages.values();
    expect(message?.deliveries).toBe(2);
    expect((message?.until ?? 0) - world.now().getTime()).toBe(20_000);
  });

  it("fails an invalid request by name when it has one", async () => {
    const world = createWorld();
    world.publish({ id: "job-1", input: "clip.mp4", outputPrefix: `gs://${bucket}/outputs/` });
    expect(await claim(world)).toBeUndefined();
    expect(world.record()).toMatchObject({
      state: "failed",
      request: { outputPrefix: `gs://${bucket}/outputs/` },
      error: {
        code: "request-invalid",
        message:
          "The job request is not valid: input: gs://BUCKET/OBJECT, or s3:// or r2://, without control characters",
      },
    });
    expect(world.eventIds()).toEqual(["job-1/0/failed"]);
    expect(world.messages.size).toBe(0);
  });

  it("lets no invalid request fail a job that exists under its name", async () => {
    const world = worldWithJob();
    await claimed(world);
    world.publish({ id: "job-1", input: "clip.mp4" });
    expect(await claim(world)).toBeUndefined();
    expect(world.record()).toMatchObject({ state: "running", attempt: 1 });
  });

  it("spends no attempt when the lease cannot be made out", async () => {
    const world = worldWithJob();
    world.faults.set("extend", 1);
    await expect(claim(world)).rejects.toThrow("extend is unavailable");
    expect(world.record()).toMatchObject({ state: "queued", attempt: 0 });
    world.advance(11);
    expect(await claimed(world)).toMatchObject({ attempt: 1 });
  });

  it("goes on when the start cannot be announced", async () => {
    const world = worldWithJob();
    world.faults.set("publish event", 1);
    expect(await claimed(world)).toMatchObject({ attempt: 1 });
  });

  it("takes no job for a worker that has gone", async () => {
    const world = worldWithJob();
    const lease = await claimNext(
      world.replica(),
      world.backlog,
      { worker, waitSeconds: 0 },
      AbortSignal.abort(),
    );
    expect(lease).toBeUndefined();
    expect(await claimed(world)).toMatchObject({ attempt: 1 });
  });

  it("gives a job back whose worker goes while it is given it, and logs no error of its own", async () => {
    const world = worldWithJob();
    const gone = new AbortController();
    const replica = world.replica();
    const records: typeof replica.records = {
      ...replica.records,
      write: (record, expected) => {
        gone.abort();
        return replica.records.write(record, expected);
      },
    };
    const broker = world.replica({}, { records });
    const asked = claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, gone.signal);
    await expect(asked).rejects.toMatchObject({ code: "worker-gone" });
    expect(world.record()).toMatchObject({ state: "queued", attempt: 0 });
    expect(world.logged.join("")).not.toContain('"ERROR"');
    world.advance(11);
    expect(await claimed(world)).toMatchObject({ attempt: 1 });
  });

  it("publishes the event that a crashed replica left owing, then acknowledges", async () => {
    const world = worldWithJob();
    const lease = await claimed(world);
    world.upload("a.mp4");
    world.faults.set("publish event", 1);
    const done = { media: { ...media, renditions: [] }, outputs: [{ name: "a.mp4", size: 3 }] };
    await expect(complete(world.replica(), "job-1", lease.token, done)).rejects.toThrow();
    expect(world.record()).toMatchObject({ state: "succeeded" });
    expect(world.record()?.eventPublishedAt).toBeUndefined();
    world.advance(61);
    expect(await claim(world)).toBeUndefined();
    expect(world.eventIds()).toEqual(["job-1/1/started", "job-1/1/succeeded"]);
    expect(world.record()?.eventPublishedAt).toBeDefined();
    expect(world.messages.size).toBe(0);
  });

  it("acknowledges a message of a cancelled job, and announces it if nobody has", async () => {
    const world = worldWithJob();
    await submit(world.replica(), jobRequest());
    const { record } = await lookUp(world.replica(), "job-1");
    world.setRecord({ ...record, state: "cancelled" });
    expect(await claim(world)).toBeUndefined();
    expect(await claim(world)).toBeUndefined();
    expect(world.eventIds()).toEqual(["job-1/0/cancelled"]);
    expect(world.messages.size).toBe(0);
  });
});

describe("the end of an attempt", () => {
  const error = { code: "encode-failed", message: "ffmpeg ended with 1." };

  it("hands the job to the next attempt at once when it may be repeated", async () => {
    const world = worldWithJob();
    const lease = await claimed(world);
    await fail(world.replica(), "job-1", lease.token, { error, retryable: true });
    expect(world.record()).toMatchObject({ state: "queued", attempt: 1, error });
    expect(await claimed(world)).toMatchObject({ attempt: 2 });
  });

  it("ends the job when it may not be repeated", async () => {
    const world = worldWithJob();
    const lease = await claimed(world);
    await fail(world.replica(), "job-1", lease.token, { error, retryable: false });
    expect(world.record()).toMatchObject({ state: "failed", error });
    expect(world.eventIds()).toEqual(["job-1/1/started", "job-1/1/failed"]);
    expect(world.messages.size).toBe(0);
  });

  it("ends the job when the last attempt fails, naming its error", async () => {
    const world = worldWithJob();
    const broker = world.replica({ maxAttempts: 1 });
    const lease = await claimed(world, broker);
    await fail(broker, "job-1", lease.token, { error, retryable: true });
    expect(world.record()?.error).toEqual({
      code: "attempts-exhausted",
      message:
        "The only attempt ended without a result; the last error was encode-failed: ffmpeg ended with 1.",
    });
  });

  it("is answered the same when it is told twice", async () => {
    const world = worldWithJob();
    const { token } = await claimed(world);
    const failure = { error, retryable: false };
    const first = await fail(world.replica(), "job-1", token, failure);
    expect(await fail(world.replica(), "job-1", token, failure)).toMatchObject({
      state: first.state,
      attempt: first.attempt,
    });
    expect(world.eventIds().filter((id) => id.endsWith("failed"))).toEqual(["job-1/1/failed"]);
  });

  it("hands a released job to the next attempt at once", async () => {
    const world = worldWithJob();
    const lease = await claimed(world);
    await release(world.replica(), "job-1", lease.token);
    expect(world.record()).toMatchObject({ state: "queued", attempt: 1 });
    expect(world.record()?.error).toBeUndefined();
    expect(await claimed(world)).toMatchObject({ attempt: 2 });
  });

  it("cannot be told by a worker whose job has gone to the next attempt", async () => {
    const world = worldWithJob();
    const first = await claimed(world);
    await release(world.replica(), "job-1", first.token);
    const second = await claimed(world);
    await expect(release(world.replica(), "job-1", first.token)).rejects.toMatchObject({
      code: "lease-lost",
    });
    expect(await heartbeat(world.replica(), "job-1", second.token, { percentDone: 1 })).toBeDefined();
  });
});
