/** Issue 15, number 4: nothing is signed, started or completed for an attempt that is not the running one. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type Broker,
  cancel,
  claimNext,
  complete,
  completeMultipart,
  fail,
  recordsIn,
  release,
  signParts,
  startMultipart,
  urls,
} from "../../services/coordinator/index.ts";
import { attemptCacheMs } from "../../services/coordinator/jobs/current-attempt.ts";
import { decideClaim, newRecord } from "../../services/coordinator/jobs/transitions.ts";
import { bucket, jobRequest, media, worker, type World, worldWithJob } from "../unit/coordinator/world.ts";
import { ADMIN, createWorld as createStore, type World as Store } from "../unit/gcs/world.ts";

const never = new AbortController().signal;
const outputs = [{ name: "late.m4s", contentType: "video/mp4", size: 3 }];
const crc32c = "AAAAAA==";
const parts = [1, 2, 3].map((number) => ({ number, etag: "e" }));
const told = { media: { ...media, renditions: [] }, outputs: [{ name: "a.mp4", size: 3 }] };
const lost = { status: 409, code: "lease-lost" };

/** An attempt under way by one replica, with an upload begun, and another replica that has served it too. */
async function underWay() {
  const world = worldWithJob();
  const [one, other] = [world.replica(), world.replica({ region: "us-east1" })];
  const lease = await claimNext(one, world.backlog, { worker, waitSeconds: 0 }, never);
  if (lease === undefined) throw new Error("no lease");
  const { token } = lease;
  const start = (broker: Broker, name: string) =>
    startMultipart(broker, "job-1", token, { name, contentType: "video/mp4", size: 3 });
  const { upload } = await start(other, "film.mp4");
  world.upload("a.mp4");
  const calls = {
    urls: (broker: Broker) => urls(broker, "job-1", token, { input: true, outputs }),
    "multipart start": (broker: Broker) => start(broker, "next.mp4"),
    "multipart parts": (broker: Broker) =>
      signParts(broker, "job-1", token, { upload, parts: [{ number: 1, size: 3 }] }),
    "multipart complete": (broker: Broker) =>
      completeMultipart(broker, "job-1", token, { upload, parts, size: 3, crc32c }),
  };
  await calls.urls(other);
  return { world, one, other, token, calls, start };
}
type Way = Awaited<ReturnType<typeof underWay>>;

const error = { code: "encode-failed", message: "ffmpeg ended with 1." };
const endings: Readonly<Record<string, (way: Way) => Promise<unknown>>> = {
  success: ({ one, token }) => complete(one, "job-1", token, told),
  failure: ({ one, token }) => fail(one, "job-1", token, { error, retryable: false }),
  "a failure that is tried again": ({ one, token }) => fail(one, "job-1", token, { error, retryable: true }),
  release: ({ one, token }) => release(one, "job-1", token),
  cancellation: ({ one }) => cancel(one, "job-1"),
  "another attempt": ({ world }) => {
    const record = world.record();
    if (record === undefined) throw new Error("no record");
    world.setRecord({ ...record, attempt: 2, startedAt: "2026-01-01T00:00:09.000Z" });
    return Promise.resolve();
  },
  "a record that is gone": ({ world }) => Promise.resolve(world.removeRecord("job-1")),
};
const names = ["urls", "multipart start", "multipart parts", "multipart complete"] as const;

describe.each(Object.keys(endings))("after %s", (ending) => {
  it.each(names)("a lease is good for no %s, at any replica, within three seconds", async (name) => {
    const way = await underWay();
    await endings[ending]?.(way);
    way.world.advance(attemptCacheMs / 1000);
    for (const broker of [way.one, way.other, way.world.replica()])
      await expect(way.calls[name](broker)).rejects.toMatchObject(lost);
  });

  it.each(["multipart start", "multipart complete"] as const)(
    "a lease is good for no %s at once, at a replica that has not heard of it",
    async (name) => {
      const way = await underWay();
      await endings[ending]?.(way);
      await expect(way.calls[name](way.other)).rejects.toMatchObject(lost);
    },
  );
});

describe("the replica through which an attempt ends", () => {
  it.each(["success", "failure", "release", "cancellation"])(
    "signs nothing more at once: %s",
    async (ending) => {
      const way = await underWay();
      await endings[ending]?.(way);
      const read = vi.spyOn(way.one.records, "standing");
      await expect(way.calls.urls(way.one)).rejects.toMatchObject(lost);
      expect(read).not.toHaveBeenCalled();
    },
  );
});

describe("what signing costs", () => {
  it("is one look at the record in three seconds, however much is asked for at once", async () => {
    const { world, other, calls } = await underWay();
    const looks = vi.spyOn(other.records, "standing");
    world.advance(attemptCacheMs / 1000);
    await Promise.all(Array.from({ length: 50 }, () => calls.urls(other)));
    await calls["multipart parts"](other);
    expect(looks).toHaveBeenCalledTimes(1);
    world.advance(attemptCacheMs / 1000);
    await calls.urls(other);
    expect(looks).toHaveBeenCalledTimes(2);
  });

  it("is a refusal for now, not a signature, while the store does not answer", async () => {
    const { world, other, calls } = await underWay();
    world.faults.set("standing", 1);
    await calls.urls(other);
    world.advance(attemptCacheMs / 1000);
    await expect(calls.urls(other)).rejects.toMatchObject({ code: 503 });
    await calls.urls(other);
  });
});

describe("an output of a name that there is", () => {
  const generationOf = (world: World, name: string) => world.objects.get(world.outputName(name))?.generation;

  it("is not replaced by an upload in parts", async () => {
    const { world, other, token, start } = await underWay();
    const { upload } = await start(other, "a.mp4");
    const before = generationOf(world, "a.mp4");
    const other5 = { upload, parts, size: 5, crc32c };
    await expect(completeMultipart(other, "job-1", token, other5)).rejects.toMatchObject({
      code: "upload-mismatch",
    });
    expect(generationOf(world, "a.mp4")).toBe(before);
  });

  it("has the generation that record and event say, whatever uploads are under way when it is recorded", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(2), async (s, uploads) => {
        const { world, one, other, token, start } = await underWay();
        const begun = [];
        for (let index = 0; index <= uploads; index += 1) begun.push((await start(other, "a.mp4")).upload);
        const { objects, records } = other;
        const multipart = { ...objects.multipart, complete: s.scheduleFunction(objects.multipart.complete) };
        const slow: Broker = {
          ...other,
          records: { ...records, standing: s.scheduleFunction(records.standing) },
          objects: { ...objects, multipart, list: s.scheduleFunction(objects.list) },
        };
        const done = { size: 3, crc32c, parts };
        const work = [
          complete(
            { ...one, objects: { ...one.objects, list: s.scheduleFunction(one.objects.list) } },
            "job-1",
            token,
            told,
          ),
          ...begun.map((upload) => completeMultipart(slow, "job-1", token, { ...done, upload })),
        ];
        await s.waitFor(Promise.allSettled(work));
        const [recorded] = world.record()?.outputs ?? [];
        expect(recorded?.generation).toBe(generationOf(world, "a.mp4"));
        expect(world.events.at(-1)?.data.outputs?.[0]?.generation).toBe(recorded?.generation);
      }),
      { numRuns: 100 },
    );
  });

  it("cannot be had by a name in another attempt's folder", async () => {
    const { world, other, token } = await underWay();
    const answer = await urls(other, "job-1", token, { input: false, outputs });
    for (const { url } of answer.outputs)
      expect(new URL(url).pathname.startsWith(`/${bucket}/${world.outputName("")}`)).toBe(true);
  });
});

describe("a record in the bucket", () => {
  let store: Store;
  beforeAll(async () => {
    store = await createStore();
    await store.client().createBucket("media");
  });
  afterAll(() => store.close());

  it("says which attempt is running by its metadata alone", async () => {
    const media = store.client(ADMIN).bucket("media");
    const records = recordsIn(media, ".mpegflow/jobs/");
    const now = new Date("2026-01-01T00:00:00.000Z");
    const pod = { name: "encoder-1", uid: "u-1" };
    const decided = decideClaim(newRecord(jobRequest(), now), { ...worker, pod }, now, {
      leaseSeconds: 60,
      maxAttempts: 3,
    });
    if (decided.kind !== "start") throw new Error("not started");
    await records.write(decided.record, "0");
    const content = vi.spyOn(media.storage.authClient, "fetch");
    expect(await records.standing("job-1")).toEqual({
      ...{ state: "running", attempt: 1, startedAt: now.toISOString() },
      ...{ leaseExpiresAt: "2026-01-01T00:01:00.000Z", worker: { pod } },
    });
    expect(content).not.toHaveBeenCalled();
    expect(await records.standing("job-9")).toBeUndefined();
  });
});
