/** What operators see of leases: counters, and lines of the log. */
import { describe, expect, it } from "vitest";
import {
  type Broker,
  claimNext,
  complete,
  fail,
  heartbeat,
  release,
} from "../../../../services/coordinator/index.ts";
import { RecordUnavailable } from "../../../../services/coordinator/problem.ts";
import type { Lease } from "../../../../services/protocol/index.ts";
import { jobRequest, media, worker, type World, worldWithJob } from "../world.ts";

const never = new AbortController().signal;
const pod = { name: "encoder-1", uid: "00000000-0000-4000-8000-000000000001" };
const claim = (world: World, broker: Broker = world.replica(), by?: typeof pod) =>
  claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never, { pod: by });
async function claimed(world: World): Promise<Lease> {
  const lease = await claim(world);
  if (lease === undefined) throw new Error("no lease");
  return lease;
}
const failure = (retryable: boolean) => ({ error: { code: "encode-failed", message: "no" }, retryable });
const counts = async (world: World): Promise<Record<string, number>> => {
  const counted: Record<string, number> = {};
  for (const { labels, value } of (await world.metrics.leases.get()).values)
    counted[String(labels.event)] = value;
  return counted;
};
/** Lines of at least a warning. */
const warnings = (world: World): Record<string, unknown>[] =>
  world.logged
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ severity }) => severity === "WARNING" || severity === "ERROR");

describe("the count of leases", () => {
  it.each<[string, (world: World, lease: Lease) => Promise<unknown>, Record<string, number>]>([
    ["is given", () => Promise.resolve(), { given: 1 }],
    [
      "is completed",
      (world, { token }) => {
        world.upload("a.mp4");
        return complete(world.replica(), "job-1", token, {
          media: { ...media, renditions: [] },
          outputs: [{ name: "a.mp4", size: 3 }],
        });
      },
      { given: 1, completed: 1 },
    ],
    [
      "fails",
      (world, { token }) => fail(world.replica(), "job-1", token, failure(true)),
      { given: 1, failed: 1 },
    ],
    [
      "is handed back",
      (world, { token }) => release(world.replica(), "job-1", token),
      { given: 1, released: 1 },
    ],
    [
      "is found lost",
      async (world, { token }) => {
        world.removeRecord("job-1");
        await heartbeat(world.replica(), "job-1", token, { percentDone: 1 }).catch(() => undefined);
      },
      { given: 1, lost: 1 },
    ],
  ])("goes up when one %s", async (_what, act, expected) => {
    const world = worldWithJob();
    await act(world, await claimed(world));
    expect(await counts(world)).toEqual(expected);
  });

  it.each([
    [
      "a failure that ends the job",
      (world: World, token: string) => fail(world.replica(), "job-1", token, failure(false)),
      "failed",
    ],
    [
      "a failure that does not",
      (world: World, token: string) => fail(world.replica(), "job-1", token, failure(true)),
      "failed",
    ],
    ["a hand-back", (world: World, token: string) => release(world.replica(), "job-1", token), "released"],
  ])("does not count twice what is told twice: %s", async (_what, tell, event) => {
    const world = worldWithJob();
    const { token } = await claimed(world);
    const first = await tell(world, token);
    expect((await tell(world, token)).state).toBe(first.state);
    expect(await counts(world)).toEqual({ given: 1, [event]: 1 });
  });
});

describe("the log", () => {
  it("says which worker got which attempt of which job", async () => {
    const world = worldWithJob();
    await claimed(world);
    const lines = world.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({ message: "leased", job: "job-1", attempt: 1, worker: "worker-1" }),
    );
    expect(warnings(world)).toEqual([]);
  });

  const messageId = expect.stringMatching(/^message-1-/) as string;
  it.each<[string, (world: World) => Promise<unknown>, Record<string, unknown>[]]>([
    [
      "a heartbeat whose message cannot be kept",
      async (world) => {
        const { token } = await claimed(world);
        world.faults.set("extend", 1);
        await heartbeat(world.replica(), "job-1", token, { percentDone: 1 });
      },
      [
        {
          severity: "WARNING",
          job: "job-1",
          reason: "extend is unavailable",
          message: "extending the message's ack deadline failed",
        },
      ],
    ],
    [
      "a job that cannot be placed",
      async (world) => {
        world.faults.set("write", 1);
        await expect(claim(world)).rejects.toThrow("write is unavailable");
      },
      [
        {
          severity: "ERROR",
          messageId,
          reason: "write is unavailable",
          message: "placing a job failed; it will come again",
        },
      ],
    ],
    [
      "a job that can neither be placed nor put aside",
      async (world) => {
        world.faults.set("write", 1).set("extend", 1);
        await expect(claim(world)).rejects.toThrow("write is unavailable");
      },
      [
        { message: "placing a job failed; it will come again" },
        {
          severity: "WARNING",
          messageId,
          reason: "extend is unavailable",
          message: "putting a message aside failed",
        },
      ],
    ],
    [
      "a message that is no job request",
      async (world) => {
        world.messages.clear();
        world.publishText("{not json");
        await claim(world);
      },
      [
        {
          severity: "WARNING",
          messageId,
          deliveryAttempt: 1,
          reason: expect.stringMatching(/JSON/) as string,
          message: "a message on the jobs topic is no job request",
        },
      ],
    ],
    [
      "a record that cannot be read",
      (world) => {
        const broker = world.replica();
        const read = (jobId: string) => Promise.reject(new RecordUnavailable(jobId));
        return claim(world, { ...broker, records: { ...broker.records, read } });
      },
      [
        {
          severity: "WARNING",
          job: "job-1",
          message: "the record cannot be read; the job waits for it",
        },
      ],
    ],
    [
      "a pod that asks for more than its slots, which is no fault",
      async (world) => {
        await claim(world, world.replica(), pod);
        world.publish(jobRequest("job-2"));
        await expect(claim(world, world.replica(), pod)).rejects.toMatchObject({ code: "slot-taken" });
      },
      [
        {
          severity: "WARNING",
          job: "job-2",
          pod: "encoder-1",
          message: "a pod that has its leases has asked for more",
        },
      ],
    ],
    [
      "slots that cannot be looked at, which is no fault of the pod",
      async (world) => {
        world.faults.set("hold slot", 1);
        await expect(claim(world, world.replica(), pod)).rejects.toThrow("hold slot is unavailable");
      },
      [{ severity: "ERROR", messageId, reason: "hold slot is unavailable" }],
    ],
    [
      "an invalid request under a job's name",
      async (world) => {
        await claimed(world);
        world.publish({ id: "job-1", input: "clip.mp4" });
        await claim(world);
      },
      [
        {
          severity: "WARNING",
          job: "job-1",
          reason: expect.stringMatching(/^The job request is not valid: /) as string,
          message: "ignored an invalid request under a job's name",
        },
      ],
    ],
    [
      "a start that cannot be announced",
      async (world) => {
        world.faults.set("publish event", 1);
        await claimed(world);
      },
      [
        {
          severity: "WARNING",
          job: "job-1",
          reason: "publish event is unavailable",
          message: "publishing the started event failed",
        },
      ],
    ],
  ])("tells of %s", async (_what, act, expected) => {
    const world = worldWithJob();
    await act(world);
    expect(warnings(world)).toEqual(expected.map((line) => expect.objectContaining(line) as unknown));
  });
});
