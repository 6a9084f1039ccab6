import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Broker,
  cancel,
  claimNext,
  complete,
  fail,
  heartbeat,
  Problem,
  release,
  takeDeadLetter,
  urls,
} from "../../../../services/coordinator/index.ts";
import { checkToken } from "../../../../services/coordinator/leases/lease-token.ts";
import { isFinal } from "../../../../services/protocol/index.ts";
import { bucket, jobRequest, media, worker, type World, worldWithJob } from "../world.ts";

/** What workers and clients do in one instant, through one of two replicas. `holder` chooses among the leases given. */
type Action =
  | { readonly do: "claim" | "publish again" | "cancel" | "dead letter"; readonly replica: number }
  | {
      readonly do: "heartbeat" | "complete" | "fail" | "give up" | "release" | "urls";
      readonly replica: number;
      readonly holder: number;
    };
interface Instant {
  /** Seconds that pass before. */
  readonly after: number;
  /** All at once: their reads and writes interleave. */
  readonly actions: readonly Action[];
  /** An operation of the world that fails the next time. */
  readonly fault: string | undefined;
}

const replica = fc.nat(1);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("claim"), replica }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("publish again", "dead letter"), replica }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel"), replica }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("heartbeat", "complete", "complete", "fail", "give up", "release", "urls"),
      replica,
      holder: fc.nat(9),
    }),
  },
);
const instant: fc.Arbitrary<Instant> = fc.record({
  after: fc.constantFrom(0, 0, 1, 5, 20, 59, 61),
  actions: fc.array(action, { minLength: 1, maxLength: 4 }),
  fault: fc.option(fc.constantFrom("read", "write", "list", "extend", "acknowledge", "publish event"), {
    nil: undefined,
    freq: 5,
  }),
});

interface Held {
  readonly attempt: number;
  /** Tokens of this attempt, newest last. */
  token: string;
  /** Its worker has said, or tried to say, that the attempt is over. */
  ended: boolean;
}

const never = new AbortController().signal;
const error = { code: "encode-failed", message: "ffmpeg ended with 1." };

/** Runs every read and write of a replica when the scheduler says so. */
function scheduled(broker: Broker, s: fc.Scheduler): Broker {
  const { records, events, queue, objects } = broker;
  return {
    ...broker,
    records: { ...records, read: s.scheduleFunction(records.read), write: s.scheduleFunction(records.write) },
    objects: { ...objects, list: s.scheduleFunction(objects.list) },
    events: { publish: s.scheduleFunction(events.publish) },
    queue: {
      ...queue,
      acknowledge: s.scheduleFunction(queue.acknowledge),
      extend: s.scheduleFunction(queue.extend),
    },
  };
}

/** Faults of the world and refusals are what callers must live with; anything else is a defect. */
function tolerate(reason: unknown): void {
  if (reason instanceof Problem) return;
  if (reason instanceof Error && reason.message.endsWith("is unavailable")) return;
  throw reason;
}

class Run {
  readonly world: World = worldWithJob();
  readonly leases: Held[] = [];
  readonly winners = new Set<number>();
  readonly signed: { attempt: number; path: string }[] = [];
  replicas: readonly Broker[];

  constructor(s: fc.Scheduler) {
    this.replicas = this.plainReplicas().map((broker) => scheduled(broker, s));
  }

  plainReplicas(): Broker[] {
    return [this.world.replica(), this.world.replica({ region: "us-east1" })];
  }

  async act(what: Action): Promise<void> {
    const broker = this.replicas[what.replica];
    if (broker === undefined) throw new Error("no such replica");
    if (what.do === "publish again") {
      this.world.publish(jobRequest());
      return;
    }
    if (what.do === "cancel") {
      await cancel(broker, "job-1");
      for (const lease of this.leases) lease.ended = true;
      return;
    }
    if (what.do === "dead letter") {
      const data = Buffer.from(JSON.stringify(jobRequest()));
      await takeDeadLetter(broker, broker.queue, {
        ackId: "dead",
        messageId: "dead",
        data,
        deliveryAttempt: 1,
      });
      return;
    }
    if (what.do === "claim") {
      const lease = await claimNext(broker, this.world.backlog, { worker, waitSeconds: 0 }, never);
      if (lease === undefined) return;
      // A worker that still has its lease is never overtaken.
      for (const { token, ended } of this.leases)
        expect(ended || checkToken(this.world.leaseKey, token, this.world.now()).outcome === "expired").toBe(
          true,
        );
      this.world.upload("a.mp4", 3, lease.attempt);
      this.leases.push({ attempt: lease.attempt, token: lease.token, ended: false });
      return;
    }
    const held = "holder" in what ? this.leases[what.holder % Math.max(1, this.leases.length)] : undefined;
    if (held === undefined) return;
    if (what.do !== "heartbeat" && what.do !== "urls") held.ended = true;
    switch (what.do) {
      case "heartbeat":
        held.token = (await heartbeat(broker, "job-1", held.token, { percentDone: 50 })).token;
        return;
      case "complete":
        await complete(broker, "job-1", held.token, {
          media: { ...media, renditions: [] },
          outputs: [{ name: "a.mp4", size: 3 }],
        });
        this.winners.add(held.attempt);
        return;
      case "fail":
        await fail(broker, "job-1", held.token, { error, retryable: true });
        return;
      case "give up":
        await fail(broker, "job-1", held.token, { error, retryable: false });
        return;
      case "release":
        await release(broker, "job-1", held.token);
        return;
      case "urls": {
        const answer = await urls(broker, "job-1", held.token, {
          input: false,
          outputs: [{ name: "hls/x.m4s", contentType: "video/mp4", size: 1 }],
        });
        for (const { url } of answer.outputs)
          this.signed.push({ attempt: held.attempt, path: decodeURIComponent(new URL(url).pathname) });
      }
    }
  }

  check(): void {
    const { world } = this;
    const finals = new Set(world.eventIds().filter((id) => !id.endsWith("started")));
    // A job ends once, in one way.
    expect(finals.size).toBeLessThanOrEqual(1);
    expect(this.winners.size).toBeLessThanOrEqual(1);
    // What carries one id is one event.
    for (const event of world.events) expect(world.events.find(({ id }) => id === event.id)).toEqual(event);
    // No attempt number is leased twice.
    expect(new Set(this.leases.map(({ attempt }) => attempt)).size).toBe(this.leases.length);
    for (const { attempt, path } of this.signed)
      expect(path).toBe(`/${bucket}/${world.outputName("hls/x.m4s", attempt)}`);
    const record = world.record();
    if (record === undefined) return;
    for (const attempt of this.winners) expect(record).toMatchObject({ state: "succeeded", attempt });
    if (record.state === "succeeded")
      for (const { uri } of record.outputs)
        expect(uri.startsWith(`gs://${bucket}/${world.outputName("", record.attempt)}`)).toBe(true);
  }

  /** Without faults and with workers that do their work, every job ends and leaves nothing behind. */
  async finish(): Promise<void> {
    this.world.faults.clear();
    this.replicas = this.plainReplicas();
    for (let rounds = 0; rounds < 40 && this.world.messages.size > 0; rounds += 1) {
      this.world.advance(601);
      const before = this.leases.length;
      await this.act({ do: "claim", replica: rounds % 2 });
      if (this.leases.length > before) await this.act({ do: "complete", replica: 0, holder: before });
    }
    const record = this.world.record();
    expect(record !== undefined && isFinal(record.state)).toBe(true);
    expect(record?.eventPublishedAt).toBeDefined();
    expect(this.world.messages.size).toBe(0);
    expect(new Set(this.world.eventIds().filter((id) => !id.endsWith("started"))).size).toBe(1);
    this.check();
  }
}

describe("a job under any interleaving of two replicas, workers, faults and lapses", () => {
  it("ends exactly once, by one attempt, with outputs of that attempt only", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(instant, { maxLength: 12 }), async (s, instants) => {
        const run = new Run(s);
        for (const { after, actions, fault } of instants) {
          run.world.advance(after);
          if (fault !== undefined) run.world.faults.set(fault, 1);
          await s.waitFor(Promise.all(actions.map((what) => run.act(what).catch(tolerate))));
          run.check();
        }
        await run.finish();
      }),
      { numRuns: 300 },
    );
  });
});
