import { describe, expect, it } from "vitest";
import {
  claimNext,
  complete,
  fail,
  heartbeat,
  release,
  urls,
} from "../../../../services/coordinator/index.ts";
import { checkToken, issueToken } from "../../../../services/coordinator/leases/lease-token.ts";
import type { Lease, UrlsRequest } from "../../../../services/protocol/index.ts";
import { bucket, media, worker, type World, worldWithJob } from "../world.ts";

async function leaseOf(world: World): Promise<Lease> {
  const signal = new AbortController().signal;
  const lease = await claimNext(world.replica(), world.backlog, { worker, waitSeconds: 0 }, signal);
  if (lease === undefined) throw new Error("no lease");
  return lease;
}
const done = {
  media: { ...media, renditions: ["720p"] },
  outputs: [
    { name: "a.mp4", size: 3 },
    { name: "hls/b.m4s", size: 4 },
  ],
};
const upload = (world: World, attempt = 1): void => {
  world.upload("a.mp4", 3, attempt);
  world.upload("hls/b.m4s", 4, attempt);
};
const lost = { status: 409, code: "lease-lost" };
const failure = (retryable: boolean, code = "encode-failed") => ({
  error: { code, message: "no" },
  retryable,
});

describe("a heartbeat", () => {
  it("extends the lease by its length from now, through any replica", async () => {
    const world = worldWithJob();
    const lease = await leaseOf(world);
    world.advance(20);
    const beat = await heartbeat(world.replica({ region: "us-east1" }), "job-1", lease.token, {
      percentDone: 40,
    });
    expect(beat.expiresAt).toBe("2026-01-01T00:01:20.000Z");
    expect(world.record()).toMatchObject({ percentDone: 40, leaseExpiresAt: beat.expiresAt });
    world.advance(59);
    expect([...world.messages.values()].map(({ until }) => until - world.now().getTime())).toEqual([1000]);
  });

  it("keeps a job for as long as heartbeats come", async () => {
    const world = worldWithJob();
    let { token } = await leaseOf(world);
    for (let beats = 0; beats < 30; beats += 1) {
      world.advance(20);
      ({ token } = await heartbeat(world.replica(), "job-1", token, { percentDone: beats }));
    }
    expect(checkToken(world.leaseKey, token, world.now()).outcome).toBe("valid");
    expect(world.record()).toMatchObject({ state: "running", attempt: 1, percentDone: 29 });
  });

  it("writes the record no sooner than five seconds after the last time", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.advance(4);
    const soon = await heartbeat(world.replica(), "job-1", token, { percentDone: 10 });
    expect(world.record()?.percentDone).toBe(0);
    // The record's end of the lease has not moved, so the token's must not either.
    expect(soon.expiresAt).toBe("2026-01-01T00:01:00.000Z");
    world.advance(1);
    await heartbeat(world.replica(), "job-1", soon.token, { percentDone: 20 });
    expect(world.record()?.percentDone).toBe(20);
  });

  it("works with the old token when the answer with the new one was lost", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.advance(20);
    await heartbeat(world.replica(), "job-1", token, { percentDone: 10 });
    world.advance(20);
    await heartbeat(world.replica(), "job-1", token, { percentDone: 20 });
    expect(world.record()?.percentDone).toBe(20);
  });

  it("is refused once the lease ran out", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.advance(60);
    await expect(heartbeat(world.replica(), "job-1", token, { percentDone: 1 })).rejects.toMatchObject({
      ...lost,
      message: "The lease of attempt 1 of job job-1 ended at 2026-01-01T00:01:00.000Z; stop the attempt.",
    });
  });

  it.each<[string, (world: World, token: string) => Promise<unknown>, string]>([
    ["handed back", (world, token) => release(world.replica(), "job-1", token), "queued"],
    ["failed", (world, token) => fail(world.replica(), "job-1", token, failure(false)), "failed"],
  ])("is refused when the attempt was %s", async (_what, end, state) => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    await end(world, token);
    await expect(heartbeat(world.replica(), "job-1", token, { percentDone: 1 })).rejects.toMatchObject({
      ...lost,
      message: `Job job-1 is ${state}, attempt 1; stop attempt 1.`,
    });
  });

  it("is refused when another attempt has begun", async () => {
    const world = worldWithJob();
    const first = await leaseOf(world);
    const record = world.record();
    if (record === undefined) throw new Error("no record");
    world.setRecord({ ...record, attempt: 2, startedAt: "2026-01-01T00:00:05.000Z" });
    await expect(heartbeat(world.replica(), "job-1", first.token, { percentDone: 1 })).rejects.toMatchObject({
      ...lost,
      message: "Job job-1 is running, attempt 2; stop attempt 1.",
    });
  });

  it("is refused when the record was removed and made anew", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const record = world.record();
    if (record === undefined) throw new Error("no record");
    world.setRecord({ ...record, startedAt: "2026-01-01T00:00:05.000Z" });
    await expect(heartbeat(world.replica(), "job-1", token, { percentDone: 1 })).rejects.toMatchObject(lost);
  });

  it("is refused when the record is gone", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.removeRecord("job-1");
    await expect(heartbeat(world.replica(), "job-1", token, { percentDone: 1 })).rejects.toMatchObject({
      ...lost,
      message: "Job job-1 has no record any more; stop the attempt.",
    });
  });

  it("holds the lease by the record even when Pub/Sub does not answer", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.advance(50);
    world.faults.set("extend", 1);
    await heartbeat(world.replica(), "job-1", token, { percentDone: 1 });
    world.advance(15);
    const signal = new AbortController().signal;
    const other = await claimNext(world.replica(), world.backlog, { worker, waitSeconds: 0 }, signal);
    expect(other).toBeUndefined();
    expect(world.record()).toMatchObject({ state: "running", attempt: 1 });
  });

  it.each([
    ["of another job", "job-2", (token: string) => token],
    ["that was changed", "job-1", (token: string) => `${token}x`],
  ])("is refused with a token %s", async (_what, job, change) => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    await expect(heartbeat(world.replica(), job, change(token), { percentDone: 1 })).rejects.toMatchObject({
      status: 401,
      code: "bad-token",
      message: "The bearer token is no lease token of this job; claim a lease.",
    });
  });
});

describe("signed requests of a lease", () => {
  const output: UrlsRequest["outputs"][number] = { name: "hls/a.m4s", contentType: "video/mp4", size: 1234 };

  it("allow creating exactly the named object below the attempt's prefix", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const answer = await urls(world.replica(), "job-1", token, { input: false, outputs: [output] });
    const [signed] = answer.outputs;
    const url = new URL(signed?.url ?? "");
    expect(signed?.method).toBe("PUT");
    expect(url.pathname).toBe(`/${bucket}/${world.outputName("hls/a.m4s")}`);
    expect(signed?.headers).toEqual({
      "content-length": "1234",
      "content-type": "video/mp4",
      "x-goog-custom-audit-attempt": "1",
      "x-goog-custom-audit-job": "job-1",
      "x-goog-if-generation-match": "0",
      "x-goog-meta-mpegflow-attempt": expect.stringMatching(/^job-1\.1\.[0-9a-f]{24}$/) as string,
    });
    expect(url.searchParams.get("X-Goog-SignedHeaders")).toBe(
      "content-length;content-type;host;x-goog-custom-audit-attempt;x-goog-custom-audit-job;x-goog-if-generation-match;x-goog-meta-mpegflow-attempt",
    );
  });

  it("name job and attempt to the store's Data Access log, under the signature", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const answer = await urls(world.replica(), "job-1", token, { input: true, outputs: [output] });
    for (const signed of [answer.input, ...answer.outputs]) {
      expect(signed?.headers).toMatchObject({
        "x-goog-custom-audit-job": "job-1",
        "x-goog-custom-audit-attempt": "1",
      });
      expect(new URL(signed?.url ?? "").searchParams.get("X-Goog-SignedHeaders")).toContain(
        "x-goog-custom-audit-attempt;x-goog-custom-audit-job",
      );
    }
  });

  it("come in the order asked for, with the input on demand", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const outputs = ["c", "a", "b"].map((name) => ({ ...output, name }));
    const answer = await urls(world.replica(), "job-1", token, { input: true, outputs });
    expect(answer.outputs.map(({ url }) => new URL(url).pathname.slice(-1))).toEqual(["c", "a", "b"]);
    expect(new URL(answer.input?.url ?? "").pathname).toBe(`/${bucket}/mezzanines/clip.mp4`);
  });

  it("need no content of the record, so that they are signed while that cannot be read", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.faults.set("read", 99);
    expect(
      (await urls(world.replica(), "job-1", token, { input: true, outputs: [output] })).outputs,
    ).toHaveLength(1);
  });

  it("say nothing of an input that was not asked for", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const answer = await urls(world.replica(), "job-1", token, { input: false, outputs: [] });
    expect(answer).toStrictEqual({ outputs: [] });
  });

  it("are refused once the lease ran out", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.advance(60);
    await expect(urls(world.replica(), "job-1", token, { input: true, outputs: [] })).rejects.toMatchObject(
      lost,
    );
  });

  it("leave an audit line each, without URL or signature", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const answer = await urls(world.replica(), "job-1", token, { input: false, outputs: [output] });
    const lines = world.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => line["audit"] === "signed-request")).toMatchObject([
      {
        job: "job-1",
        attempt: 1,
        object: `gs://${bucket}/mezzanines/clip.mp4`,
        verb: "GET",
        ttlSeconds: 900,
      },
      {
        job: "job-1",
        attempt: 1,
        object: `gs://${bucket}/${world.outputName("hls/a.m4s")}`,
        verb: "PUT",
        ttlSeconds: 900,
      },
    ]);
    const signature = new URL(answer.outputs[0]?.url ?? "").searchParams.get("X-Goog-Signature") ?? "-";
    const all = world.logged.join("");
    expect(all).not.toContain(signature);
    expect(all).not.toContain("X-Goog");
    expect(all).not.toContain(token);
  });
});

describe("completion", () => {
  it("records the outputs as the bucket has them", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    upload(world);
    await complete(world.replica(), "job-1", token, done);
    expect(world.record()).toMatchObject({
      state: "succeeded",
      percentDone: 100,
      outputs: [
        {
          name: "a.mp4",
          uri: `gs://${bucket}/${world.outputName("a.mp4")}`,
          size: 3,
          contentType: "video/mp4",
          crc32c: "AAAAAA==",
          generation: expect.stringMatching(/^\d+$/) as string,
        },
        { name: "hls/b.m4s", size: 4 },
      ],
    });
  });

  it("announces success once, with the winning prefix, and acknowledges", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    upload(world);
    await complete(world.replica(), "job-1", token, done);
    const [, event] = world.events;
    expect(event).toMatchObject({
      id: "job-1/1/succeeded",
      type: "dev.mpegflow.job.succeeded",
      subject: "job-1",
      source: "//mpegflow/projects/project-1/buckets/media-bucket/jobs",
      data: { attempt: 1, region: "us-central1", outputPrefix: `gs://${bucket}/${world.outputName("")}` },
    });
    expect(world.messages.size).toBe(0);
  });

  it("names every output that is missing, of another size or reported twice", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.upload("a.mp4", 2);
    const outputs = [...done.outputs, { name: "a.mp4", size: 3 }];
    await expect(complete(world.replica(), "job-1", token, { ...done, outputs })).rejects.toMatchObject({
      status: 400,
      code: "outputs-mismatch",
      message: `Below gs://${bucket}/${world.outputName("")}: a.mp4 has 2 bytes, not 3; hls/b.m4s is not in the bucket; a.mp4 is reported twice.`,
    });
    expect(world.record()?.state).toBe("running");
  });

  it("is answered again after success, until 15 minutes after the lease has run out", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    upload(world);
    await complete(world.replica(), "job-1", token, done);
    world.advance(60 + 15 * 60);
    expect(await complete(world.replica(), "job-1", token, done)).toMatchObject({ state: "succeeded" });
    expect(world.eventIds()).toEqual(["job-1/1/started", "job-1/1/succeeded"]);
    world.advance(1);
    await expect(complete(world.replica(), "job-1", token, done)).rejects.toMatchObject(lost);
  });

  it.each(["publish event", "acknowledge", "write", "list"])(
    "can be repeated after a failing %s",
    async (what) => {
      const world = worldWithJob();
      const { token } = await leaseOf(world);
      upload(world);
      world.faults.set(what, 1);
      await complete(world.replica(), "job-1", token, done).catch(() => undefined);
      await complete(world.replica(), "job-1", token, done);
      expect(world.record()?.eventPublishedAt).toBeDefined();
      expect(world.messages.size).toBe(0);
      expect(new Set(world.eventIds())).toEqual(new Set(["job-1/1/started", "job-1/1/succeeded"]));
    },
  );

  it("repeats an event word for word", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    upload(world);
    // Published, but the note in the record was not written.
    const first = world.replica();
    const broker = {
      ...first,
      records: {
        ...first.records,
        write: async (...[record, expected]: Parameters<typeof first.records.write>) => {
          if (record.eventPublishedAt !== undefined) throw new Error("down");
          return first.records.write(record, expected);
        },
      },
    };
    await expect(complete(broker, "job-1", token, done)).rejects.toThrow("down");
    world.advance(30);
    await complete(world.replica({ region: "us-east1" }), "job-1", token, done);
    expect(world.events[2]).toEqual(world.events[1]);
  });

  it("is refused for an attempt that was overtaken", async () => {
    const world = worldWithJob();
    const first = await leaseOf(world);
    upload(world, 1);
    world.advance(61);
    const second = await leaseOf(world);
    await expect(complete(world.replica(), "job-1", first.token, done)).rejects.toMatchObject(lost);
    upload(world, 2);
    expect(await complete(world.replica(), "job-1", second.token, done)).toMatchObject({ attempt: 2 });
  });

  it.each([
    ["has no record any more", (world: World) => world.removeRecord("job-1"), "has no record any more"],
    [
      "ran out",
      (world: World) => {
        world.advance(61);
      },
      "ended at 2026-01-01T00:01:00.000Z",
    ],
  ])(
    "is refused for a lease that %s, before anything is looked for in the bucket",
    async (_what, change, message) => {
      const world = worldWithJob();
      const { token } = await leaseOf(world);
      upload(world);
      change(world);
      world.faults.set("list", 1).set("list uploads", 1);
      const refused = complete(world.replica(), "job-1", token, done);
      await expect(refused).rejects.toMatchObject(lost);
      await expect(refused).rejects.toThrow(message);
    },
  );

  it("is refused for an attempt that was overtaken, whatever it has uploaded", async () => {
    const world = worldWithJob();
    const first = await leaseOf(world);
    world.advance(59);
    const { token } = await heartbeat(world.replica(), "job-1", first.token, { percentDone: 1 });
    const record = world.record();
    if (record === undefined) throw new Error("no record");
    world.setRecord({ ...record, attempt: 2, startedAt: world.now().toISOString() });
    await expect(complete(world.replica(), "job-1", token, done)).rejects.toMatchObject(lost);
  });

  it("says the first five outputs that are wrong, and how many more there are", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const missing = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ name: `${index}.mp4`, size: 1 }));
    const told = async (count: number): Promise<string> => {
      const refused = complete(world.replica(), "job-1", token, { ...done, outputs: missing(count) });
      return refused.then(
        () => "completed",
        (error: unknown) => String(error).replace(/^.*?\/: /, ""),
      );
    };
    const five = [0, 1, 2, 3, 4].map((index) => `${index}.mp4 is not in the bucket`).join("; ");
    expect(await told(5)).toBe(`${five}.`);
    expect(await told(7)).toBe(`${five}; and 2 more.`);
  });

  it("records no checksum of an output of which the store tells none", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const name = world.outputName("a.mp4");
    world.objects.set(name, { name, size: 3, generation: "7", contentType: "video/mp4" });
    const outputs = [{ name: "a.mp4", size: 3 }];
    expect((await complete(world.replica(), "job-1", token, { ...done, outputs })).outputs).toStrictEqual([
      { name: "a.mp4", uri: `gs://${bucket}/${name}`, size: 3, generation: "7", contentType: "video/mp4" },
    ]);
  });

  it("ends the unfinished uploads of its attempt, and none where others may upload to the same folder", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    upload(world);
    const start = (object: string) => world.replica().objects.multipart.start(object, "video/mp4");
    await start(world.outputName("late.mp4"));
    await start("outputs/job-1/1/other.mp4");
    await complete(world.replica(), "job-1", token, done);
    expect([...world.uploads.values()].map(({ object }) => object)).toEqual(["outputs/job-1/1/other.mp4"]);
  });

  it("of an attempt that an earlier release leased leaves the uploads of others in its folder", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    const check = checkToken(world.leaseKey, token, world.now());
    if (check.outcome === "refused") throw new Error("the token was refused");
    const outputs = `gs://${bucket}/outputs/job-1/1/`;
    const earlier = issueToken(world.leaseKey, { ...check.claims, outputs });
    await world.replica().objects.multipart.start("outputs/job-1/1/other.mp4", "video/mp4");
    world.putObject("outputs/job-1/1/a.mp4");
    await complete(world.replica(), "job-1", earlier, { ...done, outputs: [{ name: "a.mp4", size: 3 }] });
    expect(world.uploads.size).toBe(1);
  });
});

describe("the end of an attempt that a worker tells", () => {
  it.each([
    ["a failure", (world: World, token: string) => fail(world.replica(), "job-1", token, failure(true))],
    ["a hand-back", (world: World, token: string) => release(world.replica(), "job-1", token)],
  ])("is refused when the job has no record any more: %s", async (_what, tell) => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    world.removeRecord("job-1");
    await expect(tell(world, token)).rejects.toMatchObject(lost);
  });

  it("by an input that is unavailable puts the job off for ten seconds, without an error to mend", async () => {
    const world = worldWithJob();
    const { token } = await leaseOf(world);
    await fail(world.replica(), "job-1", token, failure(true, "input-unavailable"));
    expect(world.record()).toMatchObject({ state: "queued", releases: 1 });
    expect(world.record()?.inputWait).toEqual({ since: "2026-01-01T00:00:00.000Z", tries: 1 });
    expect(world.record()?.error).toBeUndefined();
    expect([...world.messages.values()].map(({ until }) => until - world.now().getTime())).toEqual([10_000]);
  });
});
