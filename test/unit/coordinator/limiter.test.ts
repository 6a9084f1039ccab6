import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limiter } from "../../../services/coordinator/index.ts";
import { fakeTime } from "./fake-time.ts";

/** Runs as many tasks as `lengths`, each taking so many milliseconds; tells what was seen. */
async function observed(perSecond: number, atOnce: number, lengths: readonly number[]) {
  const time = fakeTime();
  const limit = limiter({ perSecond, atOnce, ...time });
  const starts: { index: number; at: number }[] = [];
  let underWay = 0;
  let most = 0;
  const all = lengths.map((length, index) =>
    limit(async () => {
      starts.push({ index, at: time.now() });
      underWay += 1;
      most = Math.max(most, underWay);
      await time.sleep(length);
      underWay -= 1;
    }),
  );
  await time.until(Promise.all(all));
  return { starts, most, seconds: time.now() / 1000 };
}

describe("the limiter", () => {
  it("starts no more in any second than it may, has no more under way than it may, and keeps the order", async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        lengths,
        async (a, b, c) => {
          const { starts, most } = await observed(a, b, c);
          expect(starts.map(({ index }) => index)).toEqual(c.map((_, index) => index));
          expect(most).toBeLessThanOrEqual(b);
          for (const { at } of starts)
            expect(
              starts.filter((other) => other.at >= at && other.at < at + 1000).length,
            ).toBeLessThanOrEqual(a);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("uses what it may: 1000 quick tasks at 100 a second are started within ten seconds", async () => {
    const { seconds } = await observed(
      100,
      32,
      Array.from({ length: 1000 }, () => 20),
    );
    expect(seconds).toBeGreaterThan(8.9);
    expect(seconds).toBeLessThan(10);
  });

  it("goes on after a task that failed", async () => {
    const time = fakeTime();
    const limit = limiter({ perSecond: 10, atOnce: 1, ...time });
    await expect(limit(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await time.until(limit(() => Promise.resolve("yes")))).toBe("yes");
  });

  it("does not start what nobody waits for any more, and spends nothing on it", async () => {
    const time = fakeTime();
    const limit = limiter({ perSecond: 1, atOnce: 1, ...time });
    const started: string[] = [];
    const task = (name: string) => () => {
      started.push(`${name} at ${time.now()}`);
      return Promise.resolve();
    };
    const late = [1, 2, 3].map((one) => limit(task(`late ${one}`), 500));
    await time.until(
      Promise.all([
        ...late.map((one, index) =>
          index === 0 ? one : expect(one).rejects.toThrow("its turn came too late"),
        ),
        limit(task("patient")),
      ]),
    );
    expect(started).toEqual(["late 1 at 0", "patient at 1000"]);
  });

  it("lets senders take turns, so that who sends much waits for their own", async () => {
    const time = fakeTime();
    const limit = limiter({ perSecond: 100, atOnce: 1, ...time });
    const order: string[] = [];
    const send = (sender: string): Promise<void> =>
      limit(
        async () => {
          order.push(sender);
          await time.sleep(10);
        },
        undefined,
        false,
        sender,
      );
    const all = ["a", "a", "a", "a", "a", "b", "b", "c"].map(send);
    await time.until(Promise.all(all));
    // The first went at once, before the others came.
    expect(order.join("")).toBe("aabcabaa");
  });

  it("drops the newest of who has most waiting for somebody who has fewer, and only then", async () => {
    const time = fakeTime();
    const limit = limiter({ perSecond: 100, atOnce: 1, mostWaiting: 3, ...time });
    const ended: string[] = [];
    const send = (name: string): Promise<void> =>
      limit(() => time.sleep(10), undefined, false, name.slice(0, 1)).then(
        () => void ended.push(name),
        () => void ended.push(`${name} dropped`),
      );
    // One is under way, three wait.
    const all = ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "c1"].map(send);
    await time.until(Promise.all(all));
    expect(ended.filter((one) => one.endsWith("dropped")).toSorted()).toEqual([
      "a3 dropped",
      "a4 dropped",
      "a5 dropped",
      "b2 dropped",
    ]);
    expect(ended.filter((one) => !one.endsWith("dropped"))).toEqual(["a1", "a2", "b1", "c1"]);
  });
});
