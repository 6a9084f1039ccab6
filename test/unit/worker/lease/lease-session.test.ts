import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { heartbeatRequestSchema } from "../../../../services/protocol/index.ts";
import type { HeartbeatRequest } from "../../../../services/protocol/index.ts";
import { CoordinatorError } from "../../../../services/worker/lease/coordinator-client.ts";
import type { CoordinatorClient } from "../../../../services/worker/lease/coordinator-client.ts";
import { keepLease, LeaseLost } from "../../../../services/worker/lease/lease-session.ts";
import type { LeaseSession } from "../../../../services/worker/lease/lease-session.ts";

const unused = () => Promise.reject(new Error("not called here"));
const client = (heartbeat: CoordinatorClient["heartbeat"]): CoordinatorClient => ({
  heartbeat,
  ...{ startMultipart: unused, signParts: unused, completeMultipart: unused, abortMultipart: unused },
  ...{ lease: unused, urls: unused, complete: unused, fail: unused, release: unused, close: unused },
});
const expiry = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const lease = (seconds: number) => ({
  ...{ jobId: "job", attempt: 1, token: "t0", heartbeatSeconds: 0.02, expiresAt: expiry(seconds) },
  request: {
    ...{ id: "job", input: "gs://bucket/in", outputPrefix: "gs://bucket/out/" },
    ...{ profile: "hls-h264", labels: {}, priority: "normal" as const },
  },
  input: { method: "GET" as const, url: "http://store/in", headers: {}, expiresAt: expiry(60) },
});

let session: LeaseSession;
afterEach(() => {
  session.stop();
});
const until = async (condition: () => boolean) => {
  for (let waited = 0; !condition() && waited < 2000; waited += 5) await sleep(5);
};

describe("a lease that is kept", () => {
  it("sends each heartbeat with the newest token", async () => {
    const tokens: string[] = [];
    session = keepLease(
      client(({ token }) => Promise.resolve({ token: `t${tokens.push(token)}`, expiresAt: expiry(1) })),
      lease(1),
    );
    await until(() => tokens.length >= 3);
    expect(tokens.slice(0, 3)).toEqual(["t0", "t1", "t2"]);
  });

  it("tells no speed and no time left that the coordinator would refuse", async () => {
    const told: HeartbeatRequest[] = [];
    session = keepLease(
      client((_, body) => {
        told.push(heartbeatRequestSchema.parse(JSON.parse(JSON.stringify(body))));
        return Promise.resolve({ token: "t", expiresAt: expiry(1) });
      }),
      lease(1),
    );
    const odd = [1e12, Infinity, NaN, -1];
    for (const value of odd) {
      session.progress(1, { speed: value, etaSeconds: value });
      const before = told.length;
      await until(() => told.length > before + 1);
      expect(told.at(-1)).toEqual({ percentDone: 1 });
    }
    expect(session.lost.aborted).toBe(false);
  });

  it("tells the progress, which never falls", async () => {
    const told: number[] = [];
    session = keepLease(
      client((_, { percentDone }) => {
        told.push(percentDone);
        return Promise.resolve({ token: "t", expiresAt: expiry(1) });
      }),
      lease(1),
    );
    session.progress(42.123);
    session.progress(7);
    session.progress(Number.NaN);
    await until(() => told.length > 0);
    expect(told[0]).toBe(42.1);
  });

  it("tells speed and time left while an encode runs, and neither when it has ended", async () => {
    const told: HeartbeatRequest[] = [];
    session = keepLease(
      client((_, body) => {
        told.push(body);
        return Promise.resolve({ token: "t", expiresAt: expiry(1) });
      }),
      lease(1),
    );
    session.progress(10, { speed: 2.5, etaSeconds: 90 });
    await until(() => told.length > 0);
    session.progress(90);
    await until(() => told.length > 2);
    expect(told[0]).toEqual({ percentDone: 10, speed: 2.5, etaSeconds: 90 });
    expect(told.at(-1)).toEqual({ percentDone: 90 });
  });

  it("stays through a coordinator that is away for less than the lease", async () => {
    let calls = 0;
    session = keepLease(
      client(() =>
        ++calls < 3
          ? Promise.reject(new CoordinatorError("away", "restarting"))
          : Promise.resolve({ token: "t", expiresAt: expiry(1) }),
      ),
      lease(1),
    );
    await until(() => calls >= 4);
    expect(session.lost.aborted).toBe(false);
  });

  it("sends none after it was stopped", async () => {
    let calls = 0;
    session = keepLease(
      client(() => {
        calls++;
        return Promise.resolve({ token: "t", expiresAt: expiry(1) });
      }),
      lease(1),
    );
    session.stop();
    await sleep(60);
    expect([calls, session.lost.aborted]).toEqual([0, false]);
  });
});

describe("a lease is lost", () => {
  it("at once when the coordinator says so", async () => {
    session = keepLease(
      client(() => Promise.reject(new CoordinatorError("lease-lost", "attempt 2 runs"))),
      lease(60),
    );
    await once(session.lost, "abort");
    expect(session.lost.reason).toBeInstanceOf(LeaseLost);
  });

  it("when no heartbeat was answered before its end", async () => {
    session = keepLease(
      client(() => Promise.reject(new CoordinatorError("away", "gone"))),
      lease(0.1),
    );
    await once(session.lost, "abort");
    expect(String(session.lost.reason)).toContain("gone");
  });
});
