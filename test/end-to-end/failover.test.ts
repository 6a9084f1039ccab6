import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PubSub } from "@google-cloud/pubsub";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventTypes, jobEventSchema, type JobEvent, type JobRecord } from "../../services/protocol/index.ts";
import type { CloudAddress } from "../../sandbox/cloud/address.ts";
import { runJob, uploadClip, type JobTarget } from "../../tools/local/job.ts";
import { clip, ffmpeg, localEnvironment } from "./support.ts";

const local = localEnvironment();
const inputs = mkdtempSync(join(tmpdir(), "mpegflow-failover-"));
/** Long enough that a kill comes in mid-encode. */
const longClip = join(inputs, "long.mp4");
let cloud: CloudAddress;
let target: JobTarget;

interface PodStatus {
  cluster: string;
  namespace: string;
  processId: number;
  address?: string;
}

const pods = async (): Promise<PodStatus[]> => {
  const response = await fetch(`${cloud.url}/status`, {
    headers: { authorization: `Bearer ${cloud.token}` },
  });
  return ((await response.json()) as { pods: PodStatus[] }).pods;
};

beforeAll(async () => {
  await ffmpeg("-stream_loop", "4", "-i", clip, "-c", "copy", longClip);
  const up = await local.run("local");
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  cloud = local.cloud();
  const bucket = /^input {4}gs:\/\/([^/]+)\//m.exec(up.stdout)?.[1] ?? "";
  target = { bucket, jobsTopic: "mpegflow-jobs", jobEventsTopic: "mpegflow-job-events" };
});
afterAll(async () => {
  await local.close();
  rmSync(inputs, { recursive: true, force: true });
});

/** Runs a job on the long clip, lets `disturb` act once at mid-encode, and gathers every event until some time after the end. */
async function disturbedJob(id: string, disturb: (record: JobRecord) => Promise<void>) {
  const pubsub = new PubSub({
    projectId: cloud.projectId,
    apiEndpoint: cloud.pubsub.host,
    emulatorMode: true,
  });
  const [subscription] = await pubsub.topic(target.jobEventsTopic).createSubscription(`test-${id}`);
  const events: JobEvent[] = [];
  subscription.on("message", (message) => {
    message.ack();
    events.push(jobEventSchema.parse(JSON.parse(message.data.toString())));
  });
  try {
    const input = await uploadClip(cloud, target.bucket, longClip, `mezzanines/${id}.mp4`);
    let disturbance: Promise<void> | undefined;
    const { record } = await runJob(
      cloud,
      target,
      { id, input, outputPrefix: `gs://${target.bucket}/outputs/${id}/`, labels: {} },
      {
        stallSeconds: 120,
        signal: new AbortController().signal,
        onProgress: (seen) => {
          if (seen.percentDone > 15) disturbance ??= disturb(seen);
        },
      },
    );
    await disturbance;
    expect(disturbance, "the job ended before it could be disturbed").toBeDefined();
    // Time for a second delivery of the job's message to be worked off, and its event to show.
    await sleep(20_000);
    return { record, events };
  } finally {
    await subscription.close();
    await pubsub.close();
  }
}

const expectOneGoodEnd = ({ record, events }: { record: JobRecord; events: JobEvent[] }): void => {
  expect(record.state).toBe("succeeded");
  const prefix = `${record.request.outputPrefix}${record.request.id}.${record.attempt}.${record.attemptIds[String(record.attempt)] ?? "unknown"}/`;
  expect(record.outputs.filter(({ uri }) => !uri.startsWith(prefix))).toEqual([]);
  expect(events.filter(({ type }) => type !== eventTypes.started).map(({ id }) => id)).toEqual([
    `${record.request.id}/${record.attempt}/succeeded`,
  ]);
};

describe("a worker killed in mid-encode", () => {
  it("costs an attempt, not the job: one set of outputs, one event", async () => {
    const result = await disturbedJob("worker-killed", async ({ worker }) => {
      const encoder = (await pods()).find(
        ({ cluster, namespace }) => cluster === worker?.region && namespace === "mpegflow-encoders",
      );
      process.kill(encoder?.processId ?? 0, "SIGKILL");
    });
    expectOneGoodEnd(result);
    expect(result.record.attempt).toBe(2);
  });
});

describe("a coordinator killed in mid-encode", () => {
  it("does not cost the job: one set of outputs, one event", async () => {
    const result = await disturbedJob("coordinator-killed", async ({ worker }) => {
      const coordinator = (await pods()).find(
        ({ cluster, namespace }) => cluster === worker?.region && namespace === "mpegflow",
      );
      process.kill(coordinator?.processId ?? 0, "SIGKILL");
    });
    expectOneGoodEnd(result);
  });
});
