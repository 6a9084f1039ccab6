import { describe, expect, it } from "vitest";
import {
  type Broker,
  claimNext,
  complete,
  fail,
  release,
  submit,
  sweepSlots,
} from "../../../../services/coordinator/index.ts";
import {
  enterClaim,
  freeSlot,
  leaveSlot,
  requireFreeSlot,
  takeSlot,
} from "../../../../services/coordinator/slots/slots.ts";
import type { Lease } from "../../../../services/protocol/index.ts";
import { createWorld, jobRequest, media, settings, worker, type World } from "../world.ts";

const podOf = (number: number) => ({ name: `encoder-${number}`, uid: `pod-${number}` });
const pod = podOf(1);
const never = new AbortController().signal;
const first = { jobId: "job-1", attempt: 1 };

function worldOf(jobs: number): World {
  const world = createWorld();
  world.putObject("mezzanines/clip.mp4");
  for (let job = 1; job <= jobs; job += 1) world.publish(jobRequest(`job-${job}`));
  return world;
}
async function claimed(world: World, broker: Broker, by: { pod?: typeof pod } = { pod }): Promise<Lease> {
  const lease = await claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never, by);
  if (lease === undefined) throw new Error("no lease");
  return lease;
}
const taken = (seconds: number) => ({
  name: "SlotTaken",
  status: 429,
  code: "slot-taken",
  retryAfterSeconds: seconds,
  message: `This pod holds as many leases as it may; complete, fail or release one, or ask again in ${seconds} s.`,
});
/** Whether a call looked at the slots of the store, which a fault tells that is left for it. */
async function looked(world: World, call: () => Promise<unknown>): Promise<boolean> {
  world.faults.set("read slot", 1);
  await call().catch(() => undefined);
  const isLeft = world.faults.get("read slot") === 1;
  world.faults.clear();
  return !isLeft;
}

describe("a pod without a free slot", () => {
  it("is told when its lease ends, in whole seconds", async () => {
    const world = worldOf(1);
    await claimed(world, world.replica());
    world.advance(20.5);
    await expect(takeSlot(world.replica(), pod, { jobId: "job-2", attempt: 1 })).rejects.toMatchObject(
      taken(40),
    );
  });

  it("is told when the first of its leases ends, and then may have that slot", async () => {
    const world = worldOf(2);
    const broker = world.replica({ leasesPerPod: 2 });
    await claimed(world, broker);
    world.advance(25);
    await claimed(world, broker);
    const next = { jobId: "job-3", attempt: 1 };
    await expect(takeSlot(world.replica({ leasesPerPod: 2 }), pod, next)).rejects.toMatchObject(taken(35));
    world.advance(34.999);
    await expect(takeSlot(broker, pod, next)).rejects.toMatchObject(taken(1));
    world.advance(0.001);
    expect(await takeSlot(broker, pod, next)).toMatchObject({ name: "pod-1/0", attempt: 1 });
  });

  it("may have a slot whose claim died: a lease's length after it was taken", async () => {
    const world = worldOf(0);
    const broker = world.replica();
    // The job is there, and nobody has had an attempt of it.
    await submit(broker, jobRequest());
    expect(await takeSlot(broker, pod, first)).toMatchObject({
      name: "pod-1/0",
      until: new Date(world.now().getTime() + settings.leaseSeconds * 1000),
    });
    world.advance(59.999);
    await expect(takeSlot(broker, pod, first)).rejects.toMatchObject(taken(1));
    world.advance(0.001);
    expect(await takeSlot(broker, pod, first)).toMatchObject({ name: "pod-1/0" });
  });

  it("may have a slot for an attempt that a worker got who proves no pod", async () => {
    const world = worldOf(1);
    const broker = world.replica();
    await takeSlot(broker, pod, first);
    await claimed(world, broker, {});
    expect(await takeSlot(broker, pod, { jobId: "job-2", attempt: 1 })).toMatchObject({ name: "pod-1/0" });
  });

  it("may have a slot that is given up between two looks at it", async () => {
    const world = worldOf(0);
    const broker = world.replica();
    await takeSlot(broker, pod, first);
    const read: Broker["slots"]["read"] = (name) => {
      world.slots.delete(name);
      return broker.slots.read(name);
    };
    const other = { ...broker, slots: { ...broker.slots, read } };
    expect(await takeSlot(other, pod, { jobId: "job-2", attempt: 1 })).toMatchObject({ name: "pod-1/0" });
  });

  it("is told to wait a lease's length when another claim takes over what was left", async () => {
    const world = worldOf(0);
    const broker = world.replica();
    const hold = () => Promise.resolve(undefined);
    await expect(takeSlot({ ...broker, slots: { ...broker.slots, hold } }, pod, first)).rejects.toMatchObject(
      taken(60),
    );
  });
});

describe("a replica's look at a pod's slots before it takes a message", () => {
  it("is left out for a pod that it has seen hold nothing", async () => {
    const world = worldOf(1);
    await claimed(world, world.replica());
    expect(await looked(world, () => requireFreeSlot(world.replica(), pod))).toBe(false);
  });

  it("refuses a pod that it gave a lease to", async () => {
    const world = worldOf(1);
    const broker = world.replica();
    await claimed(world, broker);
    await expect(requireFreeSlot(broker, pod)).rejects.toMatchObject(taken(60));
    expect(await looked(world, () => requireFreeSlot(broker, podOf(2)))).toBe(false);
  });

  it("is left out again once that lease has ended here", async () => {
    const world = worldOf(1);
    const broker = world.replica();
    const { token } = await claimed(world, broker);
    await release(broker, "job-1", token);
    expect(await looked(world, () => requireFreeSlot(broker, pod))).toBe(false);
  });

  it("goes on for a pod that it refused, until the time that it told", async () => {
    const world = worldOf(1);
    await claimed(world, world.replica());
    const other = world.replica();
    await expect(takeSlot(other, pod, { jobId: "job-2", attempt: 1 })).rejects.toMatchObject(taken(60));
    world.advance(59.999);
    await expect(requireFreeSlot(other, pod)).rejects.toMatchObject(taken(1));
    world.advance(0.001);
    expect(await looked(world, () => requireFreeSlot(other, pod))).toBe(false);
  });

  it("finds a slot that another replica has freed", async () => {
    const world = worldOf(1);
    const broker = world.replica();
    const { token } = await claimed(world, broker);
    await release(world.replica(), "job-1", token);
    await expect(requireFreeSlot(broker, pod)).resolves.toBeUndefined();
  });

  it("remembers the ten thousand pods that it saw last", async () => {
    const world = worldOf(0);
    const broker = world.replica();
    const see = (number: number) => takeSlot(broker, podOf(number), first);
    for (let number = 1; number <= 10_000; number += 1) await see(number);
    const refused = (number: number) =>
      requireFreeSlot(broker, podOf(number)).then(
        () => false,
        () => true,
      );
    const generation = world.slots.get("pod-2/0")?.generation ?? "";
    await leaveSlot(broker, { name: "pod-2/0", generation, attempt: 1, until: world.now() });
    await see(2);
    expect([await refused(1), await refused(2)]).toEqual([true, true]);
    await see(10_001);
    expect([await refused(1), await refused(2), await refused(3)]).toEqual([false, true, true]);
  });
});

describe("a slot is gone from the store", () => {
  const done = { media: { ...media, renditions: [] }, outputs: [{ name: "a.mp4", size: 3 }] };
  const failure = { error: { code: "encode-failed", message: "no" }, retryable: true };
  it.each<[string, (broker: Broker, lease: Lease) => Promise<unknown>]>([
    ["completes", (broker, { token }) => complete(broker, "job-1", token, done)],
    ["fails", (broker, { token }) => fail(broker, "job-1", token, failure)],
    ["hands back", (broker, { token }) => release(broker, "job-1", token)],
  ])("when its pod %s what it was for", async (_what, end) => {
    const world = worldOf(1);
    const lease = await claimed(world, world.replica());
    expect([...world.slots.keys()]).toEqual(["pod-1/0"]);
    world.upload("a.mp4");
    await end(world.replica(), lease);
    expect(world.slots.size).toBe(0);
    expect(world.logged.join("")).not.toContain("freeing");
  });

  it("when its claim came to nothing, but not when another claim has it since", async () => {
    const world = worldOf(0);
    const broker = world.replica();
    const slot = await takeSlot(broker, pod, first);
    world.advance(61);
    const other = await takeSlot(broker, pod, { jobId: "job-2", attempt: 1 });
    await leaveSlot(broker, slot);
    expect(world.slots.size).toBe(1);
    await leaveSlot(broker, other);
    expect(world.slots.size).toBe(0);
  });

  it("only when it was for the attempt that ended", async () => {
    const world = worldOf(1);
    const broker = world.replica();
    await claimed(world, broker);
    const record = world.record();
    if (record === undefined) throw new Error("no record");
    await freeSlot(broker, { ...record, attempt: 2 });
    await freeSlot(broker, { ...record, request: jobRequest("job-2") });
    expect(world.slots.size).toBe(1);
    await freeSlot(broker, record);
    expect(world.slots.size).toBe(0);
    await freeSlot(broker, record);
    expect(world.logged.join("")).not.toContain("freeing");
  });

  it("without a look for it where the worker proved no pod", async () => {
    const world = worldOf(1);
    const { token } = await claimed(world, world.replica(), {});
    expect(await looked(world, () => release(world.replica(), "job-1", token))).toBe(false);
    const queued = world.record();
    if (queued === undefined) throw new Error("no record");
    await expect(freeSlot(world.replica(), { ...queued, worker: undefined })).resolves.toBeUndefined();
  });

  it("later where that fails now, which the log tells and the worker does not hear", async () => {
    const world = worldOf(1);
    const { token } = await claimed(world, world.replica());
    world.faults.set("free slot", 1);
    expect((await release(world.replica(), "job-1", token)).state).toBe("queued");
    expect(world.logged.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({
        severity: "WARNING",
        slot: "pod-1/0",
        reason: "free slot is unavailable",
        message: "freeing a pod's slot failed",
      }),
    );
    expect(world.slots.size).toBe(1);
  });
});

describe("the sweep of slots that nobody freed", () => {
  it("takes those that are older than a day", async () => {
    const world = worldOf(0);
    await takeSlot(world.replica(), pod, first);
    world.advance(24 * 60 * 60);
    expect(await sweepSlots(world.replica())).toBe(0);
    world.advance(0.001);
    expect(await sweepSlots(world.replica())).toBe(1);
    expect(world.slots.size).toBe(0);
  });

  it("leaves every slot of a lease in force, the eleventh too", async () => {
    const world = worldOf(11);
    const broker = world.replica({ leasesPerPod: 11 });
    for (let lease = 1; lease <= 11; lease += 1) await claimed(world, broker);
    for (const id of world.recordIds()) {
      const record = world.record(id);
      if (record !== undefined) world.setRecord({ ...record, leaseExpiresAt: "2026-01-03T00:00:00.000Z" });
    }
    world.advance(25 * 60 * 60);
    expect(await sweepSlots(broker)).toBe(0);
    expect(world.slots.size).toBe(11);
    world.advance(24 * 60 * 60);
    expect(await sweepSlots(broker)).toBe(11);
  });
});

describe("claims of a pod that are under way at a replica", () => {
  it("are as many as its slots, at each replica", () => {
    const world = worldOf(0);
    const broker = world.replica({ leasesPerPod: 2 });
    const leave = enterClaim(broker, pod);
    enterClaim(broker, pod);
    expect(() => enterClaim(broker, pod)).toThrow(expect.objectContaining(taken(1)) as Error);
    enterClaim(broker, podOf(2));
    enterClaim(world.replica(), pod);
    leave();
    enterClaim(broker, pod);
    expect(() => enterClaim(broker, pod)).toThrow(expect.objectContaining(taken(1)) as Error);
  });

  it("end with their answers, so that the pod may ask again", async () => {
    const world = worldOf(1);
    const broker = world.replica();
    const { token } = await claimed(world, broker);
    await release(broker, "job-1", token);
    expect((await claimed(world, broker)).attempt).toBe(2);
  });
});
