/** A claim whose job, slot or worker changes between its steps. */
import { describe, expect, it } from "vitest";
import { type Broker, claimNext, complete, release, submit } from "../../../../services/coordinator/index.ts";
import { newRecord } from "../../../../services/coordinator/jobs/transitions.ts";
import type { Lease } from "../../../../services/protocol/index.ts";
import { createWorld, jobRequest, media, settings, worker, type World, worldWithJob } from "../world.ts";

const never = new AbortController().signal;
const pod = { name: "encoder-1", uid: "00000000-0000-4000-8000-000000000001" };
const claim = (world: World, broker: Broker = world.replica(), signal = never, by?: typeof pod) =>
  claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, signal, { pod: by });
async function claimed(world: World): Promise<Lease> {
  const lease = await claim(world);
  if (lease === undefined) throw new Error("no lease");
  return lease;
}
/** Milliseconds until each message is there for somebody. */
const waits = (world: World): number[] =>
  [...world.messages.values()].map(({ until }) => until - world.now().getTime());

describe("a claim waits for a job", () => {
  it("for its time and no longer, whatever it finds on the way that is no job", async () => {
    const world = createWorld();
    world.publishText("{not json");
    const asked: number[] = [];
    const take = (milliseconds: number) => {
      asked.push(milliseconds);
      const [message] = world.pullNow(1);
      world.advance(message === undefined ? 60 : 5);
      return Promise.resolve(message);
    };
    await claimNext(world.replica(), { ...world.backlog, take }, { worker, waitSeconds: 20 }, never);
    expect(asked).toEqual([20_000, 15_000]);
    world.messages.clear();
    world.publishText("{not json");
    await claimNext(world.replica(), { ...world.backlog, take }, { worker, waitSeconds: 1 }, never);
    expect(asked.slice(2)).toEqual([1000, 0]);
  });
});

describe("a worker that goes away while it is given a job", () => {
  it("leaves the job to the next one at once, with the attempt's number and no slot taken", async () => {
    const world = worldWithJob();
    const gone = new AbortController();
    const broker = world.replica();
    const write: Broker["records"]["write"] = (record, expected) => {
      gone.abort();
      return broker.records.write(record, expected);
    };
    const claiming = claim(world, { ...broker, records: { ...broker.records, write } }, gone.signal, pod);
    await expect(claiming).rejects.toMatchObject({ status: 503, code: "worker-gone" });
    await expect(claiming).rejects.toThrow("the worker went away while it was given a job");
    expect(world.record()).toMatchObject({ state: "queued", attempt: 0, attemptIds: {} });
    expect(world.slots.size).toBe(0);
    world.advance(10);
    expect((await claimed(world)).attempt).toBe(1);
  });
});

describe("a job that changes while a pod's slot is taken for it", () => {
  /** Something happens once, after the slot was taken. */
  const withHold = (world: World, meanwhile: () => void): Broker => {
    const broker = world.replica();
    let isFirst = true;
    const hold: Broker["slots"]["hold"] = async (...given) => {
      const generation = await broker.slots.hold(...given);
      if (isFirst) meanwhile();
      isFirst = false;
      return generation;
    };
    return { ...broker, slots: { ...broker.slots, hold } };
  };

  it("is left for a second where another attempt has been: the slot is for the attempt before", async () => {
    const world = worldWithJob();
    const broker = withHold(world, () => {
      world.setRecord({ ...newRecord(jobRequest(), world.now()), attempt: 1 });
    });
    expect(await claim(world, broker, never, pod)).toBeUndefined();
    expect(world.record()).toMatchObject({ state: "queued", attempt: 1 });
    expect(world.slots.size).toBe(0);
    expect(waits(world)).toEqual([1000]);
  });

  it.each([
    ["is left where the slot counts as left by now", settings.leaseSeconds, undefined],
    ["is leased until then", settings.leaseSeconds - 0.001, 1],
  ])("%s", async (_what, seconds, attempt) => {
    const world = worldWithJob();
    let isPulled = false;
    // The message comes once: what is put back is for the next claim.
    const take = () => {
      const message = isPulled ? undefined : world.pullNow(1)[0];
      isPulled = true;
      return Promise.resolve(message);
    };
    const broker = withHold(world, () => {
      world.advance(seconds);
    });
    const asked = { worker, waitSeconds: 0 };
    const lease = await claimNext(broker, { ...world.backlog, take }, asked, never, { pod });
    expect(lease?.attempt).toBe(attempt);
    expect(world.slots.size).toBe(attempt ?? 0);
  });

  it("is not leased without a slot where it could start only after the look at it", async () => {
    const world = worldWithJob();
    const running = await claimed(world);
    world.publish(jobRequest());
    const broker = world.replica();
    let looks = 0;
    const read: Broker["records"]["read"] = async (...given) => {
      const found = await broker.records.read(...given);
      looks += 1;
      if (looks === 1) await release(world.replica(), "job-1", running.token);
      return found;
    };
    const late = { ...broker, records: { ...broker.records, read } };
    // The other message of the job comes next, and by that one it is leased.
    expect(await claim(world, late, never, pod)).toMatchObject({ attempt: 2 });
    expect([...world.slots.values()]).toMatchObject([{ slot: { jobId: "job-1", attempt: 2 } }]);
  });
});

describe("an invalid request whose name another message takes at that moment", () => {
  it("comes again at once, and fails nobody's job", async () => {
    const world = createWorld();
    world.publish({ id: "job-1", input: "clip.mp4" });
    const broker = world.replica();
    const write: Broker["records"]["write"] = async (record, expected) => {
      if (world.record() === undefined) await submit(world.replica(), jobRequest());
      return broker.records.write(record, expected);
    };
    world.putObject("mezzanines/clip.mp4");
    // One message for the job that was submitted, and the invalid one, which says nothing about it.
    expect(await claim(world, { ...broker, records: { ...broker.records, write } })).toMatchObject({
      jobId: "job-1",
      attempt: 1,
    });
    expect(await claim(world)).toBeUndefined();
    expect(world.eventIds()).toEqual(["job-1/1/started"]);
    expect(world.messages.size).toBe(1);
  });
});

describe("an invalid request under the name of a job that has ended", () => {
  it("has the event published that is still owed, once", async () => {
    const world = worldWithJob();
    const { token } = await claimed(world);
    world.upload("a.mp4");
    world.faults.set("publish event", 1);
    const done = { media: { ...media, renditions: [] }, outputs: [{ name: "a.mp4", size: 3 }] };
    await expect(complete(world.replica(), "job-1", token, done)).rejects.toThrow("is unavailable");
    for (let call = 0; call < 2; call += 1) {
      world.publish({ id: "job-1", input: "clip.mp4" });
      expect(await claim(world)).toBeUndefined();
    }
    expect(world.eventIds()).toEqual(["job-1/1/started", "job-1/1/succeeded"]);
    // What is left is the job's own message, until its lease is over.
    expect(world.messages.size).toBe(1);
  });
});

describe("a job that has no attempts left and no input either", () => {
  it("fails for its attempts, which say more", async () => {
    const world = worldWithJob();
    for (let attempt = 1; attempt <= settings.maxAttempts; attempt += 1) {
      await claimed(world);
      world.advance(61);
    }
    world.objects.clear();
    expect(await claim(world)).toBeUndefined();
    expect(world.record()).toMatchObject({ state: "failed", error: { code: "attempts-exhausted" } });
  });
});
