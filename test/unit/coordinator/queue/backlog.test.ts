import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Backlog,
  type Queue,
  type QueueMessage,
  startBacklog,
} from "../../../../services/coordinator/index.ts";
import { createLog } from "../../../../services/logging/index.ts";

const never = new AbortController().signal;

/** A queue whose pulls wait until messages arrive, as Pub/Sub's do. */
function quietQueue() {
  const waiting: { max: number; resolve: (messages: QueueMessage[]) => void }[] = [];
  const extended: { ackIds: readonly string[]; seconds: number }[] = [];
  const asked: number[] = [];
  let failure: Error | undefined;
  const queue: Queue = {
    pull: (max, signal) => {
      asked.push(max);
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        waiting.push({ max, resolve });
        signal.addEventListener("abort", () => {
          reject(new Error("called off"));
        });
      });
    },
    acknowledge: () => Promise.resolve(),
    extend: (ackIds, seconds) => {
      extended.push({ ackIds, seconds });
      return Promise.resolve();
    },
  };
  return {
    queue,
    extended,
    asked,
    fail: (error: Error | undefined) => {
      failure = error;
    },
    arrive: async (...names: string[]) => {
      const pull = waiting.shift();
      if (pull === undefined) throw new Error("nobody pulls");
      pull.resolve(
        names.map((ackId) => ({ ackId, messageId: ackId, data: new Uint8Array(), deliveryAttempt: 1 })),
      );
      await vi.advanceTimersByTimeAsync(0);
    },
    isPulled: () => waiting.length > 0,
  };
}

const open: Backlog[] = [];
const start = (queue: Queue, capacity = 2): Backlog => {
  const backlog = startBacklog({
    queue,
    capacity,
    ackSeconds: 60,
    holdSeconds: 120,
    now: () => new Date(),
    log: createLog("silent", {}),
  });
  open.push(backlog);
  return backlog;
};

describe("the backlog", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((backlog) => backlog.drain()));
    vi.useRealTimers();
  });

  it("gives a worker that waits the message that comes", async () => {
    const { queue, arrive } = quietQueue();
    const backlog = start(queue);
    const taken = backlog.take(5000, never);
    await arrive("a");
    expect((await taken)?.ackId).toBe("a");
    expect(backlog.size).toBe(0);
  });

  it("gives messages in the order they came", async () => {
    const { queue, arrive } = quietQueue();
    const backlog = start(queue);
    await arrive("a", "b");
    expect((await backlog.take(0, never))?.ackId).toBe("a");
    expect((await backlog.take(0, never))?.ackId).toBe("b");
  });

  it("gives nothing after the time a worker would wait", async () => {
    const { queue } = quietQueue();
    const taken = start(queue).take(5000, never);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await taken).toBeUndefined();
  });

  it("keeps the message for the next worker when one stopped waiting", async () => {
    const { queue, arrive } = quietQueue();
    const backlog = start(queue);
    const gone = new AbortController();
    const taken = backlog.take(5000, gone.signal);
    gone.abort();
    await arrive("a");
    expect(await taken).toBeUndefined();
    expect((await backlog.take(0, never))?.ackId).toBe("a");
  });

  it("never asks for more than it has room for, and for nothing when full", async () => {
    const { queue, arrive, asked, isPulled } = quietQueue();
    const backlog = start(queue, 3);
    await arrive("a");
    expect(asked).toEqual([3, 2]);
    await arrive("b", "c");
    expect(isPulled()).toBe(false);
    await backlog.take(0, never);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([3, 2, 1]);
  });

  it("keeps the ack deadlines of what it holds", async () => {
    const { queue, arrive, extended } = quietQueue();
    start(queue);
    await arrive("a", "b");
    expect(extended).toEqual([{ ackIds: ["a", "b"], seconds: 60 }]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(extended[1]).toEqual({ ackIds: ["a", "b"], seconds: 60 });
  });

  it("leaves alone what a worker has taken", async () => {
    const { queue, arrive, extended } = quietQueue();
    const backlog = start(queue);
    await arrive("a", "b");
    await backlog.take(0, never);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(extended.at(-1)).toEqual({ ackIds: ["b"], seconds: 60 });
  });

  it("hands back after two minutes what no worker took, and stands back a while", async () => {
    const { queue, arrive, extended, isPulled } = quietQueue();
    const backlog = start(queue);
    await arrive("a", "b");
    await vi.advanceTimersByTimeAsync(119_000);
    expect(backlog.size).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(extended.at(-1)).toEqual({ ackIds: ["a", "b"], seconds: 0 });
    expect(backlog.size).toBe(0);
    await vi.advanceTimersByTimeAsync(9000);
    expect(isPulled()).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(isPulled()).toBe(true);
  });

  it("pulls at once after handing back when a worker comes", async () => {
    const { queue, arrive, isPulled } = quietQueue();
    const backlog = start(queue);
    await arrive("a", "b");
    await vi.advanceTimersByTimeAsync(120_000);
    const taken = backlog.take(5000, never);
    await vi.advanceTimersByTimeAsync(0);
    expect(isPulled()).toBe(true);
    await arrive("c");
    expect((await taken)?.ackId).toBe("c");
  });

  it("hands everything back when it drains, and lets waiting workers go", async () => {
    const { queue, arrive, extended } = quietQueue();
    const full = start(queue);
    await arrive("a", "b");
    await full.drain();
    expect(extended.at(-1)).toEqual({ ackIds: ["a", "b"], seconds: 0 });
    const waitedFor = quietQueue();
    const empty = start(waitedFor.queue);
    const taken = empty.take(5000, never);
    await empty.drain();
    expect(await taken).toBeUndefined();
    expect(await empty.take(5000, never)).toBeUndefined();
  });

  it("tells what keeps it from reading the queue, and tries again ever less often", async () => {
    const { queue, fail, asked } = quietQueue();
    fail(new Error("permission denied"));
    const backlog = start(queue);
    expect(backlog.trouble).toBe("the jobs subscription has not been read yet");
    await vi.advanceTimersByTimeAsync(0);
    expect(backlog.trouble).toBe("permission denied");
    await vi.advanceTimersByTimeAsync(1600);
    expect(asked).toHaveLength(3);
  });

  it("is well again once a pull went through", async () => {
    const { queue, fail, arrive } = quietQueue();
    fail(new Error("unavailable"));
    const backlog = start(queue);
    await vi.advanceTimersByTimeAsync(0);
    fail(undefined);
    await vi.advanceTimersByTimeAsync(500);
    await arrive();
    expect(backlog.trouble).toBeUndefined();
  });
});
