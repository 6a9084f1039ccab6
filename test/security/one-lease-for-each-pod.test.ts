/** Issue 15, number 5: a pod holds as many leases as its pool has slots, however it asks; and it is never locked out. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Broker,
  cancel,
  claimNext,
  complete,
  fail,
  heartbeat,
  Problem,
  recordsIn,
  release,
  slotsIn,
  sweepSlots,
} from "../../services/coordinator/index.ts";
import type { Lease } from "../../services/protocol/index.ts";
import { createWorld, jobRequest, media, worker, type World } from "../unit/coordinator/world.ts";
import { serverFor } from "../unit/coordinator/server.ts";
import { ADMIN, createWorld as createStore, type World as Store } from "../unit/gcs/world.ts";

const never = new AbortController().signal;
const podOf = (number: number) => ({
  name: `encoder-${number}`,
  uid: `00000000-0000-4000-8000-00000000000${number}`,
});
const pod = podOf(1);
const taken = { status: 429, code: "slot-taken" };

function worldOf(jobs: number): World {
  const world = createWorld();
  world.putObject("mezzanines/clip.mp4");
  for (let job = 0; job < jobs; job += 1) world.publish(jobRequest(`job-${job}`));
  return world;
}
const claim = (world: World, broker: Broker, by = pod) =>
  claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never, { pod: by });
async function claimed(world: World, broker: Broker, by = pod): Promise<Lease> {
  const lease = await claim(world, broker, by);
  if (lease === undefined) throw new Error("no lease");
  return lease;
}
/** Leases in force, by the pods that hold them. @param skew seconds by which the replicas' clocks differ */
const live = (world: World, skew = 0): string[] =>
  world
    .recordIds()
    .map((id) => world.record(id))
    .filter(
      (record) =>
        record?.state === "running" &&
        Date.parse(record.leaseExpiresAt ?? "") > world.now().getTime() + skew * 1000,
    )
    .map((record) => record?.worker?.pod?.uid ?? "nobody");

const failure = { error: { code: "encode-failed", message: "no" }, retryable: true };
const endings: Readonly<Record<string, (broker: Broker, lease: Lease) => Promise<unknown>>> = {
  completes: (broker, lease) =>
    complete(broker, lease.jobId, lease.token, {
      media: { ...media, renditions: [] },
      outputs: [{ name: "a.mp4", size: 3 }],
    }),
  fails: (broker, lease) => fail(broker, lease.jobId, lease.token, failure),
  "hands back": (broker, lease) => release(broker, lease.jobId, lease.token),
  "loses by cancellation": (broker, lease) => cancel(broker, lease.jobId),
};

describe("a pod that claims again and again", () => {
  let store: Store;
  beforeAll(async () => {
    store = await createStore();
    await store.client().createBucket("media-bucket");
  });
  afterAll(() => store.close());

  it("gets one lease of 50 claims at once by two replicas, and costs nobody a job", async () => {
    const bucket = store.client(ADMIN).bucket("media-bucket");
    const world = worldOf(50);
    const parts = () => ({
      records: recordsIn(bucket, ".mpegflow/jobs/"),
      slots: slotsIn(bucket, ".mpegflow/jobs/"),
    });
    const replicas = ["us-central1", "us-east1"].map((region) => world.replica({ region }, parts()));
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => claim(world, replicas[index % 2] ?? world.replica())),
    );
    const leases = answers.flatMap((answer) =>
      answer.status === "fulfilled" && answer.value ? [answer.value] : [],
    );
    const refusals = answers.flatMap((answer) =>
      answer.status === "rejected" ? [answer.reason as unknown] : [],
    );
    expect(leases.length).toBe(1);
    for (const refusal of refusals) expect(refusal).toMatchObject(taken);
    expect(leases.length + refusals.length).toBe(50);
    // All other jobs are still there for others, at once.
    expect(world.messages.size).toBe(50);
    expect([...world.messages.values()].filter(({ until }) => until <= world.now().getTime()).length).toBe(
      49,
    );
    expect(world.mostDeliveries()).toBeLessThan(3);
  });

  it("is told when to ask again", async () => {
    const world = worldOf(2);
    const broker = world.replica();
    const app = serverFor(
      world,
      { authenticate: () => Promise.resolve({ subject: "system:serviceaccount:e:encoder", pod }) },
      broker,
    );
    const ask = () => app.inject({ method: "POST", url: "/v1/leases", payload: { worker, waitSeconds: 0 } });
    expect((await ask()).statusCode).toBe(200);
    world.advance(20);
    const refused = await ask();
    expect(refused.statusCode).toBe(429);
    expect(refused.headers["retry-after"]).toBe("40");
    expect(world.record("job-0")?.worker).toEqual({ ...worker, pod });
  });

  it("gets as many as its pool has slots", async () => {
    const world = worldOf(4);
    const broker = world.replica({ leasesPerPod: 3 });
    for (let lease = 0; lease < 3; lease += 1) await claimed(world, broker);
    await expect(claim(world, broker)).rejects.toMatchObject(taken);
    await expect(claim(world, world.replica({ leasesPerPod: 3 }))).rejects.toMatchObject(taken);
    expect(live(world)).toEqual([pod.uid, pod.uid, pod.uid]);
  });

  it("takes no message for nothing where it was seen before", async () => {
    const world = worldOf(2);
    const broker = world.replica();
    await claimed(world, broker);
    const before = world.mostDeliveries();
    for (let call = 0; call < 20; call += 1) await expect(claim(world, broker)).rejects.toMatchObject(taken);
    expect(world.mostDeliveries()).toBe(before);
  });

  it("leaves every other pod its own", async () => {
    const world = worldOf(3);
    await claimed(world, world.replica());
    await expect(claim(world, world.replica())).rejects.toMatchObject(taken);
    await claimed(world, world.replica(), podOf(2));
    await claimed(world, world.replica(), podOf(3));
    expect(live(world).sort()).toEqual([1, 2, 3].map((number) => podOf(number).uid));
  });
});

describe("a pod is not locked out", () => {
  it.each(Object.keys(endings))(
    "when it %s: the next lease is there at once, at any replica",
    async (how) => {
      const world = worldOf(2);
      const lease = await claimed(world, world.replica());
      world.upload("a.mp4", 3, 1, lease.jobId);
      await endings[how]?.(world.replica(), lease);
      await claimed(world, world.replica());
      expect(live(world)).toEqual([pod.uid]);
    },
  );

  it("when its worker died: once the lease is over, which heartbeats put off", async () => {
    const world = worldOf(2);
    const lease = await claimed(world, world.replica());
    world.advance(30);
    await heartbeat(world.replica(), lease.jobId, lease.token, { percentDone: 1 });
    world.advance(59);
    await expect(claim(world, world.replica())).rejects.toMatchObject(taken);
    world.advance(2);
    await claimed(world, world.replica());
  });

  it("when a coordinator died between slot and lease", async () => {
    const world = worldOf(2);
    const dying = world.replica(
      {},
      { records: { ...world.replica().records, write: () => Promise.reject(new Error("killed")) } },
    );
    world.faults.set("free slot", 1);
    await expect(claim(world, dying)).rejects.toThrow("killed");
    expect(world.slots.size).toBe(1);
    world.advance(61);
    await claimed(world, world.replica());
  });

  it("when what was to free its slot could not", async () => {
    const world = worldOf(2);
    const lease = await claimed(world, world.replica());
    world.faults.set("free slot", 1);
    await release(world.replica(), lease.jobId, lease.token);
    expect(world.slots.size).toBe(1);
    await claimed(world, world.replica());
  });

  it("when the job that it was to have was another's, had ended, or its input was not there", async () => {
    const world = worldOf(1);
    await claimed(world, world.replica());
    world.publish(jobRequest("job-0"));
    world.publish(jobRequest("gone", { input: "gs://media-bucket/mezzanines/gone.mp4" }));
    for (let call = 0; call < 3; call += 1)
      expect(await claim(world, world.replica(), podOf(2))).toBeUndefined();
    expect([...world.slots.keys()]).toEqual([`${pod.uid}/0`]);
  });
});

describe("slots of pods that are gone", () => {
  it("are removed after a day, and those of leases in force are not", async () => {
    const world = worldOf(2);
    await claimed(world, world.replica(), podOf(1));
    const lease = await claimed(world, world.replica(), podOf(2));
    let { token } = lease;
    for (let hour = 0; hour < 26 * 90; hour += 1) {
      world.advance(40);
      ({ token } = await heartbeat(world.replica(), lease.jobId, token, { percentDone: 1 }));
    }
    expect(await sweepSlots(world.replica())).toBe(1);
    expect([...world.slots.keys()]).toEqual([`${podOf(2).uid}/0`]);
  });
});

describe("whatever pods and replicas do", () => {
  interface Action {
    readonly do: "claim" | "claim together" | "end" | "die" | "wait";
    readonly pod: number;
    readonly replica: number;
    readonly how: string;
    readonly fault: string | undefined;
  }
  /** A pod hands its job back, keeps the slot by a fault, and asks both replicas at once for the same job again. */
  const again = (["claim", "end", "claim together"] as const).map((what): Action => ({
    ...{ do: what, pod: 1, replica: 0, how: "hands back" },
    fault: what === "end" ? "free slot" : undefined,
  }));
  const action: fc.Arbitrary<Action> = fc.record({
    do: fc.constantFrom<Action["do"][]>("claim", "claim", "claim together", "end", "die", "wait"),
    pod: fc.integer({ min: 1, max: 3 }),
    replica: fc.nat(1),
    how: fc.constantFrom(...Object.keys(endings)),
    fault: fc.constantFrom(undefined, "free slot", "read slot", "hold slot", "write", "standing"),
  });

  it("no pod ever holds more leases than slots, and each gets one when it holds none", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 25 }),
        fc.constantFrom(1, 2),
        fc.integer({ min: -3, max: 3 }),
        async (actions, leasesPerPod, secondsAhead) => {
          const world = worldOf(60);
          const replicas = [0, secondsAhead].map((ahead) =>
            world.replica(
              { leasesPerPod, maxAttempts: 100 },
              { now: () => new Date(world.now().getTime() + ahead * 1000) },
            ),
          );
          const held = new Map<number, Lease[]>();
          const add = (number: number, lease: Lease | undefined) => {
            if (lease) held.set(number, [...(held.get(number) ?? []), lease]);
          };
          const attempt = (number: number, broker: Broker) =>
            claim(world, broker, podOf(number)).then(
              (lease) => {
                add(number, lease);
              },
              (error: unknown) => {
                if (
                  !(error instanceof Problem) &&
                  !(error instanceof Error && error.message.includes("unavailable"))
                )
                  throw error;
              },
            );
          for (const { do: what, pod: number, replica, how, fault } of actions) {
            const broker = replicas[replica] ?? world.replica();
            if (fault) world.faults.set(fault, 1);
            if (what === "claim") await attempt(number, broker);
            else if (what === "claim together")
              await Promise.all([0, 1, 0, 1].map((one) => attempt(number, replicas[one] ?? broker)));
            else if (what === "wait") world.advance(20);
            else if (what === "die") held.delete(number);
            else {
              const [lease, ...others] = held.get(number) ?? [];
              held.set(number, others);
              if (lease) await endings[how]?.(broker, lease).catch(() => undefined);
            }
            world.faults.clear();
            for (const one of [1, 2, 3])
              expect(
                live(world, Math.abs(secondsAhead)).filter((uid) => uid === podOf(one).uid).length,
              ).toBeLessThanOrEqual(leasesPerPod);
          }
          world.advance(700);
          for (const one of [1, 2, 3]) await claimed(world, replicas[one % 2] ?? world.replica(), podOf(one));
        },
      ),
      { numRuns: 60, examples: [0, -3, 3].map((ahead) => [again, 1, ahead]) },
    );
  });
});
