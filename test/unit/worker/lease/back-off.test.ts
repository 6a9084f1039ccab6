import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backOffSeconds, waitSeconds, whileAway } from "../../../../services/worker/lease/back-off.ts";
import { CoordinatorError } from "../../../../services/worker/lease/coordinator-client.ts";

const never = new AbortController().signal;

describe("the back-off", () => {
  it("doubles its longest wait up to 10 seconds", () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 100].map((retry) => backOffSeconds(retry, 1));
    expect(longest).toEqual([0.25, 0.5, 1, 2, 4, 8, 10, 10]);
  });

  it("spreads over the whole of it", () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (retry, random) => {
        const seconds = backOffSeconds(retry, random);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe("a call to a coordinator", () => {
  it("is repeated while it is away", async () => {
    let calls = 0;
    const answer = await whileAway(never, () =>
      ++calls < 3 ? Promise.reject(new CoordinatorError("away", "restarting")) : Promise.resolve("done"),
    );
    expect([answer, calls]).toEqual(["done", 3]);
  });

  it("waits as long as it is asked to, and a little more, but no longer than any lease", () => {
    const asked = (retryAfterSeconds: number) =>
      waitSeconds(new CoordinatorError("away", "busy", { retryAfterSeconds }), 0);
    expect(asked(7)).toBeGreaterThanOrEqual(7);
    expect(asked(7)).toBeLessThanOrEqual(7.25);
    expect(asked(86_400)).toBeLessThanOrEqual(60.25);
  });

  it("is given up after a time, with the last reason", async () => {
    const call = () => Promise.reject(new CoordinatorError("away", "still restarting"));
    await expect(whileAway(never, call, 0.3)).rejects.toThrow("still restarting");
  });

  it("is not repeated when it was refused", async () => {
    let calls = 0;
    const call = () => {
      calls++;
      return Promise.reject(new CoordinatorError("refused", "no"));
    };
    await expect(whileAway(never, call)).rejects.toThrow("no");
    expect(calls).toBe(1);
  });

  it("is given up when its attempt is", async () => {
    const stop = new AbortController();
    const call = () => {
      stop.abort(new Error("stop now"));
      return Promise.reject(new CoordinatorError("away", "restarting"));
    };
    await expect(whileAway(stop.signal, call)).rejects.toThrow("stop now");
  });
});
