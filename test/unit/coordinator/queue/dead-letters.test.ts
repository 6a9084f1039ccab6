import { describe, expect, it } from "vitest";
import {
  claimNext,
  fail,
  type QueueMessage,
  release,
  submit,
  takeDeadLetter,
} from "../../../../services/coordinator/index.ts";
import { createWorld, jobRequest, worker, type World, worldWithJob } from "../world.ts";

const never = new AbortController().signal;
const claim = (world: World) => claimNext(world.replica(), world.backlog, { worker, waitSeconds: 0 }, never);
const letter = (body: unknown): QueueMessage => ({
  ackId: "dead",
  messageId: "dead",
  data: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  deliveryAttempt: 1,
});
async function take(world: World, body: unknown) {
  const calls: string[] = [];
  const queue = {
    pull: () => Promise.resolve([]),
    acknowledge: () => Promise.resolve(void calls.push("acknowledged")),
    extend: (_: readonly string[], seconds: number) => Promise.resolve(void calls.push(`kept ${seconds}`)),
  };
  await takeDeadLetter(world.replica(), queue, letter(body));
  return calls;
}

describe("a dead letter", () => {
  it("brings its job back twice, and fails it the third time", async () => {
    const world = createWorld();
    await submit(world.replica(), jobRequest());
    world.messages.clear();
    for (const round of [1, 2]) {
      expect(await take(world, jobRequest())).toEqual(["acknowledged"]);
      expect([world.messages.size, world.record()?.state]).toEqual([round, "queued"]);
    }
    await take(world, jobRequest());
    expect(world.record()).toMatchObject({ state: "failed", error: { code: "dead-lettered" } });
    expect(world.eventIds()).toEqual(["job-1/0/failed"]);
  });

  it("of a job that nobody has seen makes its record", async () => {
    const world = createWorld();
    await take(world, jobRequest());
    expect(world.record()).toMatchObject({ state: "queued", deadLetters: 1 });
    expect(world.messages.size).toBe(1);
  });

  it("of a request that is not valid fails the job", async () => {
    const world = createWorld();
    await take(world, { ...jobRequest(), profile: 3 });
    expect(world.record()?.error?.code).toBe("request-invalid");
  });

  it("leaves a running job to its worker", async () => {
    const world = worldWithJob();
    await claim(world);
    await take(world, jobRequest());
    expect(world.record()?.state).toBe("running");
  });

  it("that names no job stays for people", async () => {
    expect(await take(createWorld(), "frames")).toEqual(["kept 600"]);
  });
});

describe("attempts", () => {
  it("that are handed back do not count towards the limit, and make no dead letter", async () => {
    const world = worldWithJob();
    for (let n = 1; n <= 12; n += 1) {
      const lease = await claim(world);
      expect(lease?.attempt).toBe(n);
      await release(world.replica(), "job-1", lease?.token ?? "");
    }
    expect(world.record()).toMatchObject({ state: "queued", attempt: 12, releases: 12 });
    expect(world.mostDeliveries()).toBeLessThan(5);
  });

  it("that found the input unavailable do not count either, and wait", async () => {
    const world = worldWithJob();
    const lease = await claim(world);
    const error = { code: "input-unavailable", message: "The store answers 503." };
    await fail(world.replica(), "job-1", lease?.token ?? "", { error, retryable: true });
    expect(world.record()).toMatchObject({ state: "queued", releases: 1, inputWait: { tries: 1 } });
    expect(await claim(world)).toBeUndefined();
    world.advance(12);
    expect((await claim(world))?.attempt).toBe(2);
  });

  it("that failed do count", async () => {
    const world = worldWithJob();
    for (let n = 1; n <= 3; n += 1) {
      const lease = await claim(world);
      const error = { code: "encode-stalled", message: "no progress" };
      await fail(world.replica(), "job-1", lease?.token ?? "", { error, retryable: true });
    }
    expect(world.record()).toMatchObject({ state: "failed", error: { code: "attempts-exhausted" } });
  });
});
