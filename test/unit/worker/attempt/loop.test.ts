import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import type { Lease, LeaseRequest } from "../../../../services/protocol/index.ts";
import {
  CoordinatorError,
  type CoordinatorClient,
} from "../../../../services/worker/lease/coordinator-client.ts";
import { runLoop, type LoopOptions } from "../../../../services/worker/attempt/loop.ts";

const scratchRoot = mkdtempSync(join(tmpdir(), "worker-loop-"));
afterAll(() => {
  rmSync(scratchRoot, { recursive: true, force: true });
});

const unused = () => Promise.reject(new Error("not called here"));

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
/** Of a profile that this worker does not know: its attempt fails at once. */
const lease: Lease = {
  ...{ jobId: "job", attempt: 1, token: "token", heartbeatSeconds: 60, expiresAt: inAnHour },
  request: {
    ...{ id: "job", input: "gs://media/in.mp4", outputPrefix: "gs://media/out/" },
    ...{ profile: "none-of-ours", labels: {}, priority: "normal" },
  },
  input: { method: "GET", url: "http://127.0.0.1:9/in.mp4", headers: {}, expiresAt: inAnHour },
};

/** A worker whose coordinator answers requests for leases one after the other, and then tells it to stop. */
async function run(
  answers: (Lease | undefined | "away")[],
  more: Partial<LoopOptions> = {},
): Promise<{ asked: LeaseRequest[]; told: boolean[] }> {
  const draining = new AbortController();
  const asked: LeaseRequest[] = [];
  const told: boolean[] = [];
  const left = [...answers];
  const coordinator: CoordinatorClient = {
    lease: async (body) => {
      asked.push(body);
      await sleep(5);
      const answer = left.shift();
      if (left.length === 0) draining.abort();
      if (answer === "away") throw new CoordinatorError("away", "nobody answered");
      return answer;
    },
    ...{ heartbeat: unused, startMultipart: unused, signParts: unused, completeMultipart: unused },
    ...{ abortMultipart: unused, urls: unused, complete: unused, release: unused, close: unused },
    fail: () => Promise.resolve(),
  };
  await runLoop({
    coordinator,
    worker: { id: "worker-1", region: "us-central1" },
    log: pino({ level: "silent" }),
    ...{ draining: draining.signal, handBack: new AbortController().signal },
    ...{ ffmpeg: "ffmpeg", ffprobe: "ffprobe", profiles: new Map(), scratchRoot, scratchReserveBytes: 0 },
    capabilities: {
      names: { encoders: new Set(), filters: new Set(), muxers: new Set() },
      decodes: new Set(),
      trial: () => Promise.resolve(undefined),
    },
    onReadiness: (ready) => told.push(ready),
    ...more,
  });
  return { asked, told };
}

describe("a worker without work", () => {
  it("asks the first time without waiting, and is ready as soon as it is answered", async () => {
    const { asked, told } = await run([undefined, undefined]);
    expect(asked.slice(0, 2).map(({ waitSeconds }) => waitSeconds)).toEqual([0, 10]);
    expect(told[0]).toBe(true);
  });

  it("is not ready while its coordinator is away, and is when it is back", async () => {
    const { told } = await run(["away", undefined]);
    expect(told).toEqual([false, true]);
  });
});

describe("a worker that takes one job", () => {
  it("is not ready before it has it, and ends when none comes", async () => {
    const { asked, told } = await run([undefined, undefined, undefined], { once: { idleSeconds: 0.01 } });
    expect(told).toEqual([]);
    expect(asked[0]?.waitSeconds).toBeCloseTo(0.01, 2);
  });

  it("is ready from the moment it has it, and takes no second one", async () => {
    const { asked, told } = await run([lease, lease], { once: { idleSeconds: 5 } });
    expect(told).toEqual([true]);
    expect(asked).toHaveLength(1);
  });
});
