import { ApiError } from "@google-cloud/storage";
import { describe, expect, it } from "vitest";
import { type Broker, claimNext, fail, heartbeat } from "../../../../services/coordinator/index.ts";
import type { Lease } from "../../../../services/protocol/index.ts";
import { createWorld, jobRequest, worker, type World, worldWithJob } from "../world.ts";

const never = new AbortController().signal;
const claim = (world: World, broker = world.replica()): Promise<Lease | undefined> =>
  claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);
const answer = (code: number): Error =>
  Object.assign(new ApiError("no"), { code, errors: [{ message: "no", reason: "x" }] });

/** A replica whose looks at inputs fail as told; undefined for a look that works. */
function looking(world: World, failure: () => Error | undefined): Broker {
  const broker = world.replica();
  const exists = (): Promise<boolean> => {
    const error = failure();
    return error === undefined ? Promise.resolve(true) : Promise.reject(error);
  };
  return { ...broker, objects: { ...broker.objects, exists } };
}

/** As a worker reports it. */
const refused = { code: "input-access-denied", message: "Could not download the input: 403." };
const report = (world: World, { token }: Lease, error = refused) =>
  fail(world.replica(), "job-1", token, { error, retryable: true });

/** Goes on until the job ends, in steps of a second. @returns seconds that took */
async function untilFailed(world: World, step: () => Promise<unknown>, mostSeconds: number): Promise<number> {
  for (let seconds = 0; seconds <= mostSeconds; seconds += 1) {
    await step();
    if (world.record()?.state === "failed") return seconds;
    world.advance(1);
  }
  throw new Error("the job did not fail");
}

describe("an input that the store refuses to the coordinator", () => {
  it("is waited for, without an attempt, and the record says who has to be granted what", async () => {
    const world = worldWithJob();
    expect(
      await claim(
        world,
        looking(world, () => answer(403)),
      ),
    ).toBeUndefined();
    expect(world.record()).toMatchObject({
      state: "queued",
      attempt: 0,
      inputWait: { tries: 1, refusedSince: "2026-01-01T00:00:00.000Z" },
      error: {
        code: "input-access-denied",
        message:
          "The input gs://media-bucket/mezzanines/clip.mp4 cannot be read: the store answers 403: the coordinator's identity may not read it; grant it that (storage.objects.get; with Amazon S3 s3:GetObject and s3:ListBucket), which takes minutes to spread.",
      },
    });
    expect(world.eventIds()).toEqual([]);
  });

  it("may be refused for its key by S3, which the record says too", async () => {
    const world = createWorld();
    const keySecret = "projects/p/secrets/job-key/versions/1";
    world.publish(jobRequest("job-1", { input: "s3://films/a.mov", inputKeySecret: keySecret }));
    const { objects, sign, ...broker } = looking(world, () => answer(403));
    const settings = {
      ...broker.settings,
      otherBuckets: ["s3://films/"],
      encryptionKeySecrets: ["projects/p/secrets/job-key"],
    };
    const readEncryptionKey = () => Promise.resolve(Buffer.alloc(32));
    const otherStores = new Map([["s3://films/", { objects, sign }]]);
    await claim(world, { ...broker, objects, sign, settings, readEncryptionKey, otherStores });
    expect(world.record()?.error?.message).toMatch(
      /; or inputKeySecret names another key than the object's\.$/,
    );
  });

  it("is encoded once the grant has spread", async () => {
    const world = worldWithJob();
    await claim(
      world,
      looking(world, () => answer(403)),
    );
    world.advance(12);
    expect((await claim(world))?.attempt).toBe(1);
    expect(world.record()?.error).toBeUndefined();
  });

  it("fails the job after 15 minutes, by what it was refused for, and makes no dead letter of it", async () => {
    const world = worldWithJob();
    const broker = looking(world, () => answer(403));
    const seconds = await untilFailed(world, () => claim(world, broker), 1000);
    expect(seconds).toBeGreaterThanOrEqual(900);
    expect(seconds).toBeLessThan(930);
    expect(world.record()).toMatchObject({ attempt: 0, error: { code: "input-access-denied" } });
    expect(world.record()?.error?.message).toMatch(
      /403: the coordinator's identity.*; it was refused for 9\d\d s: mend that, and submit the job under a new id\.$/,
    );
    expect(world.eventIds()).toEqual(["job-1/0/failed"]);
    expect(world.messages.size).toBe(0);
    expect(world.mostDeliveries()).toBeLessThan(5);
  });

  it("is not waited for where no input is", async () => {
    const world = worldWithJob();
    const broker = looking(world, () => answer(403));
    await claim(world, { ...broker, settings: { ...broker.settings, inputWaitSeconds: 0 } });
    expect(world.record()).toMatchObject({ state: "failed", error: { code: "input-access-denied" } });
  });

  it("is waited for no longer when refusals and outages take turns", async () => {
    const world = worldWithJob();
    let looks = 0;
    const broker = looking(world, () => answer((looks += 1) % 2 === 0 ? 403 : 503));
    const seconds = await untilFailed(world, () => claim(world, broker), 4000);
    expect(seconds).toBeGreaterThanOrEqual(3600);
    expect(seconds).toBeLessThan(3640);
  });
});

describe("an input that the store refuses to a worker", () => {
  it("is waited for, and the attempt does not count", async () => {
    const world = worldWithJob();
    const lease = await claim(world);
    if (lease === undefined) throw new Error("no lease");
    await report(world, lease);
    expect(world.record()).toMatchObject({ state: "queued", releases: 1, error: refused });
    expect(await claim(world)).toBeUndefined();
    world.advance(12);
    expect((await claim(world))?.attempt).toBe(2);
  });

  it("fails the job after 15 minutes, by the worker's reason, and not by the number of attempts", async () => {
    const world = worldWithJob();
    const seconds = await untilFailed(
      world,
      async () => {
        const lease = await claim(world);
        if (lease !== undefined) await report(world, lease);
      },
      1000,
    );
    expect(seconds).toBeGreaterThanOrEqual(900);
    expect(seconds).toBeLessThan(930);
    const record = world.record();
    expect(record?.error?.code).toBe("input-access-denied");
    expect(record?.error?.message).toMatch(
      /^Could not download the input: 403; it was refused for 9\d\d s: mend that, /,
    );
    expect(record?.attempt).toBeGreaterThan(3);
    expect(record?.attempt).toBeLessThan(12);
    expect(world.mostDeliveries()).toBeLessThan(5);
  });

  it("is waited for anew when an attempt has read of it meanwhile", async () => {
    const world = worldWithJob();
    const first = await claim(world);
    if (first === undefined) throw new Error("no lease");
    await report(world, first);
    world.advance(12);
    const second = await claim(world);
    if (second === undefined) throw new Error("no lease");
    let { token } = second;
    for (let beats = 0; beats < 40; beats += 1) {
      world.advance(30);
      ({ token } = await heartbeat(world.replica(), "job-1", token, { percentDone: 5 + beats }));
    }
    await report(world, { ...second, token });
    expect(world.record()).toMatchObject({ state: "queued", inputWait: { tries: 1 } });
  });

  it("ends the job at once when the worker says that no attempt will do better", async () => {
    const world = worldWithJob();
    const lease = await claim(world);
    await fail(world.replica(), "job-1", lease?.token ?? "", { error: refused, retryable: false });
    expect(world.record()).toMatchObject({ state: "failed", error: refused });
  });
});
