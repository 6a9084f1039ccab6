import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import pino from "pino";
import { stringify } from "yaml";
import { z } from "zod";
import type { JobEvent, JobRecord } from "../../services/protocol/index.ts";
import { startDaemon, type Daemon } from "../../sandbox/cloud/daemon.ts";
import { accessOf, apiClient, type ApiClient } from "../../sandbox/kubernetes/client/index.ts";
import { runJobs, uploadClip, type JobEnd } from "../../tools/local/job.ts";
import { findMediaTools } from "../../sandbox/media/index.ts";
import { defaultCacheDirectory, terminalReport } from "../../sandbox/process/index.ts";
import { ffmpeg } from "../end-to-end/support.ts";
import { openTestEngine, stackOutputs, type TestEngine } from "../engine/support.ts";
import {
  committedValues,
  openConfiguredStack,
  type ConfiguredStack,
  type Values,
} from "../slow/stack-world.ts";

const region = "us-central1";
export const encoderNamespace = "mpegflow-encoders";

/** Quick to encode, and slow to: each one small MP4, nothing beside it. */
const profiles = Object.fromEntries(
  [
    { name: "tiny", preset: "ultrafast", longEdge: 256, shortEdge: 144 },
    { name: "slow", preset: "veryslow", longEdge: 1280, shortEdge: 720 },
  ].map(({ name, preset, longEdge, shortEdge }) => [
    name,
    stringify({
      name,
      description: `For the tests: ${preset}.`,
      video: {
        codec: "h264",
        encoders: [{ name: "libx264", preset, crf: 30 }],
        renditions: [{ name: "only", longEdge, shortEdge, maxKilobits: 8000 }],
      },
      audio: { renditions: [{ name: "audio", kilobits: 64 }] },
      packaging: { hls: false, dash: false, progressive: true },
      poster: false,
    }),
  ]),
);

/** What all stacks of these tests share: one region, two coordinators, the real programs. */
const base: Values = {
  ...committedValues("local"),
  placement: "us-central1+us-west1",
  clusters: [{ region, context: region }],
  coordinatorReplicas: 2,
  workerReplicas: undefined,
  profiles,
};

export interface JobsRun {
  readonly ends: readonly JobEnd[];
  /** All that were told of these jobs, in the order in which they came. */
  readonly events: readonly JobEvent[];
  /** When the first was published, in milliseconds. */
  readonly startedAt: number;
}

/** The project's own stack on a real control plane with real KEDA, and nodes that run the real programs. */
export interface PoolWorld {
  readonly admin: ApiClient;
  /** Has the engine bring the stack to these settings, on top of those that all share. */
  update(values: Values): Promise<void>;
  /** Sends a clip through as often as asked for, all at once, and waits for all to end. @param seen told each change of a record */
  run(
    name: string,
    count: number,
    profile: "tiny" | "slow",
    seconds: number,
    seen?: (record: JobRecord) => void,
  ): Promise<JobsRun>;
  /** What the region's workers trust for its coordinator, in PEM. */
  coordinatorCa(): Promise<string>;
  /** Pods that run, by the daemon's own account. */
  pods(namespace: string): Promise<readonly RunningPod[]>;
  /** What a pod has logged, one object a line. */
  log(pod: string): Record<string, unknown>[];
  /** What all pods have logged in the last seconds, requests and signatures left out, in the order in which it happened. */
  story(seconds: number): string;
  dispose(): Promise<void>;
}

const statusSchema = z.looseObject({
  pods: z.array(
    z.looseObject({
      namespace: z.string(),
      name: z.string(),
      ready: z.boolean(),
      processId: z.number().optional(),
      address: z.string().optional(),
    }),
  ),
});
export type RunningPod = z.infer<typeof statusSchema>["pods"][number];

const caSchema = z.looseObject({ coordinatorCaCertificates: z.record(z.string(), z.string()) });
const controlAnswer = z.looseObject({ kubeconfig: z.string() });

export async function openPoolWorld(): Promise<PoolWorld> {
  const directory = mkdtempSync(join(tmpdir(), "pools-"));
  const report = terminalReport();
  const tools = await findMediaTools({ report });
  let engine: TestEngine | undefined;
  let daemon: Daemon | undefined;
  let stack: ConfiguredStack | undefined;
  let admin: ApiClient | undefined;
  const dispose = async (): Promise<void> => {
    await admin?.close();
    await daemon?.close();
    engine?.dispose();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    daemon = await startDaemon({
      directory,
      cacheDirectory: defaultCacheDirectory(),
      path: [...new Set([dirname(tools.ffmpeg.path), dirname(tools.ffprobe.path)])].join(":"),
      kubernetes: true,
      logger: pino({ level: "error" }),
      report,
      requestStop: () => undefined,
    });
    const { address } = daemon;
    const control = async (path: string): Promise<unknown> => {
      const response = await fetch(`${address.url}${path}`, {
        headers: { authorization: `Bearer ${address.token}` },
      });
      return response.json();
    };
    engine = await openTestEngine();
    stack = await openConfiguredStack(engine, "pools", join(directory, "daemon.json"));
    admin = apiClient(accessOf(controlAnswer.parse(await control(`/clusters/${region}`)).kubeconfig));
    const opened = stack;
    let runs = 0;
    return {
      admin,
      update: async (values) => {
        const { exitCode, stdout, stderr } = await opened.up({ ...base, ...values });
        if (exitCode !== 0) throw new Error(`the update failed:\n${stdout}${stderr}`);
      },
      run: async (name, count, profile, seconds, seen = () => undefined) => {
        const outputs = outputsSchema.parse(await stackOutputs(opened.stack));
        const clip = join(directory, `${name}.mp4`);
        await makeClip(clip, profile, seconds);
        const input = await uploadClip(address, outputs.bucketName, clip, `mezzanines/${name}.mp4`);
        const events: JobEvent[] = [];
        const startedAt = Date.now();
        // A test that is tried again needs jobs of its own.
        runs += 1;
        const run = `${name}-${runs}`;
        const requests = Array.from({ length: count }, (_, index) => {
          const id = `${run}-${index + 1}`;
          return {
            id,
            input,
            outputPrefix: `gs://${outputs.bucketName}/outputs/${id}/`,
            profile,
            labels: {},
          };
        });
        const target = { ...outputs, bucket: outputs.bucketName };
        const ends = await runJobs(address, target, requests, {
          stallSeconds: 240,
          signal: new AbortController().signal,
          onProgress: seen,
          onEvent: (event) => events.push(event),
        });
        return { ends, events, startedAt };
      },
      coordinatorCa: async () => {
        const { coordinatorCaCertificates } = caSchema.parse(await stackOutputs(opened.stack));
        return coordinatorCaCertificates[region] ?? "";
      },
      pods: async (namespace) =>
        statusSchema.parse(await control("/status")).pods.filter((pod) => pod.namespace === namespace),
      log: (pod) => logged(directory, pod).map(({ line }) => line),
      story: (seconds) =>
        logged(directory, "*")
          .filter(({ line }) => Date.parse(String(line["time"])) > Date.now() - seconds * 1000)
          .filter(({ line }) => !("httpRequest" in line || "audit" in line))
          .toSorted((a, b) => String(a.line["time"]).localeCompare(String(b.line["time"])))
          .map(({ pod, line }) => `${pod} ${JSON.stringify(line)}`)
          .join("\n"),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The lines of pods' logs that are objects. */
function logged(directory: string, pods: string): { pod: string; line: Record<string, unknown> }[] {
  return globSync(`clusters/*/logs/${pods}.log`, { cwd: directory }).flatMap((file) =>
    readFileSync(join(directory, file), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => ({ pod: basename(file, ".log"), line: JSON.parse(line) as Record<string, unknown> })),
  );
}

const outputsSchema = z.looseObject({
  bucketName: z.string(),
  jobsTopic: z.string(),
  jobEventsTopic: z.string(),
});

function makeClip(file: string, profile: "tiny" | "slow", seconds: number): Promise<void> {
  const size = profile === "tiny" ? "128x72" : "1280x720";
  return ffmpeg(
    ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25:duration=${seconds}`],
    ...["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest", file],
  );
}
