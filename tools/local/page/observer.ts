import { randomBytes } from "node:crypto";
import type { Storage } from "@google-cloud/storage";
import { z } from "zod";
import {
  jobEventSchema,
  jobRecordSchema,
  type JobEvent,
  type JobRecord,
} from "../../../services/protocol/index.ts";
import type { CloudAddress } from "../../../sandbox/cloud/address.ts";
import type { StackOutputs, StateResource } from "../deploy.ts";
import { ownersStorage, pubsubClient, recordsPrefix } from "../job.ts";
import { resourceGraph, type Graph } from "./graph.ts";

/** What the page shows. */
export interface Snapshot {
  readonly stack: string;
  readonly regions: readonly string[];
  readonly graph: Graph;
  readonly bucket: BucketView;
  /** The newest first. */
  readonly jobs: readonly JobView[];
  readonly pods: readonly PodView[];
  /** The newest first. */
  readonly events: readonly EventView[];
  /** Why what is shown may be old. */
  readonly problem?: string;
}

export interface BucketView {
  readonly name: string;
  /** As Cloud Storage has it: `US` with the data locations of a pair, `NAM4`. */
  readonly location: string;
  readonly dataLocations: readonly string[];
  readonly rpo?: string;
  readonly storageClass: string;
  /** By the first part of the object names. */
  readonly folders: readonly { readonly name: string; readonly objects: number; readonly bytes: number }[];
}

export interface JobView extends Pick<
  JobRecord,
  "state" | "attempt" | "percentDone" | "createdAt" | "startedAt" | "finishedAt" | "media" | "error"
> {
  readonly id: string;
  readonly profile: string;
  readonly region?: string;
  readonly worker?: string;
  readonly outputs: readonly { readonly name: string; readonly size: number; readonly contentType: string }[];
}

export interface PodView {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  readonly restarts: number;
}

export type EventView = Pick<JobEvent, "id" | "type" | "subject" | "time"> & { readonly region: string };

export interface Observer {
  snapshot(): Snapshot;
  /** The record of a job, as it was seen last. */
  record(id: string): JobRecord | undefined;
  /** Calls back whenever the snapshot has changed. @returns ends that */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

const everyMs = 1000;
/** Listing all objects is for a sandbox's bucket; this often is enough for sizes. */
const sizesEveryMs = 4000;
const mostEvents = 200;
const mostJobs = 200;

const podSchema = z.object({
  ...{ cluster: z.string(), namespace: z.string(), name: z.string() },
  ...{ ready: z.boolean(), restarts: z.number() },
});
const bucketSchema = z.object({
  location: z.string(),
  customPlacementConfig: z.object({ dataLocations: z.array(z.string()) }).optional(),
  rpo: z.string().optional(),
  storageClass: z.string().default("STANDARD"),
});

/** Watches the local cloud as the owner of the project may: records and sizes in the bucket, pods, events. */
export async function observe(
  cloud: CloudAddress,
  outputs: StackOutputs,
  stack: string,
  resources: readonly StateResource[],
): Promise<Observer> {
  const storage = ownersStorage(cloud);
  const listeners = new Set<() => void>();
  const records = new Map<string, { readonly generation: string; readonly record: JobRecord }>();
  const events: EventView[] = [];
  const graph = resourceGraph(resources);
  const regions = Object.keys(outputs.coordinatorServices);
  let bucket = await bucketView(storage, outputs.bucketName);
  let pods: readonly PodView[] = [];
  let problem: string | undefined;

  const snapshot = (): Snapshot => ({
    ...{ stack, regions, graph, bucket, pods, events },
    jobs: [...records.values()]
      .map(({ record }) => jobView(record))
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      .slice(0, mostJobs),
    ...(problem !== undefined && { problem }),
  });
  let last = "";
  const tell = (): void => {
    const text = JSON.stringify(snapshot());
    if (text === last) return;
    last = text;
    listeners.forEach((listener) => {
      listener();
    });
  };

  const pubsub = pubsubClient(cloud);
  const [subscription] = await pubsub
    .topic(outputs.jobEventsTopic)
    .createSubscription(`page-${randomBytes(4).toString("hex")}`);
  subscription.on("message", (message) => {
    message.ack();
    const parsed = jobEventSchema.safeParse(safeJson(message.data.toString()));
    if (!parsed.success) return;
    const { id, type, subject, time, data } = parsed.data;
    events.unshift({ id, type, subject, time, region: data.region });
    events.length = Math.min(events.length, mostEvents);
    tell();
  });
  subscription.on("error", () => undefined);

  let sizesAt = 0;
  const look = async (): Promise<void> => {
    await readRecords(storage, outputs.bucketName, records);
    pods = await readPods(cloud);
    if (Date.now() - sizesAt > sizesEveryMs) {
      sizesAt = Date.now();
      bucket = await bucketView(storage, outputs.bucketName);
    }
  };
  const stopped = new AbortController();
  const stopping = (): boolean => stopped.signal.aborted;
  const watching = (async () => {
    while (!stopping()) {
      try {
        await look();
        problem = undefined;
      } catch (error) {
        problem = `The local cloud does not answer: ${error instanceof Error ? error.message : String(error)}`;
      }
      if (!stopping()) tell();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        stopped.signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  })();

  return {
    snapshot,
    record: (id) => records.get(id)?.record,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      stopped.abort();
      await watching;
      await subscription.close();
      // The cloud may be gone already.
      await subscription.delete().catch(() => undefined);
      await pubsub.close();
    },
  };
}

async function readRecords(
  storage: Storage,
  bucketName: string,
  records: Map<string, { readonly generation: string; readonly record: JobRecord }>,
): Promise<void> {
  const [files] = await storage.bucket(bucketName).getFiles({ prefix: recordsPrefix });
  for (const file of files) {
    const generation = String(file.metadata.generation ?? "");
    const id = file.name.slice(recordsPrefix.length).replace(/\.json$/, "");
    if (records.get(id)?.generation === generation) continue;
    const [bytes] = await file.download();
    const parsed = jobRecordSchema.safeParse(safeJson(bytes.toString()));
    if (parsed.success) records.set(parsed.data.request.id, { generation, record: parsed.data });
  }
}

async function readPods(cloud: CloudAddress): Promise<readonly PodView[]> {
  const response = await fetch(`${cloud.url}/status`, {
    headers: { authorization: `Bearer ${cloud.token}` },
    signal: AbortSignal.timeout(5000),
  });
  return z.object({ pods: z.array(podSchema) }).parse(await response.json()).pods;
}

async function bucketView(storage: Storage, name: string): Promise<BucketView> {
  const bucket = storage.bucket(name);
  const [metadata] = await bucket.getMetadata();
  const { location, customPlacementConfig, rpo, storageClass } = bucketSchema.parse(metadata);
  const [files] = await bucket.getFiles();
  const folders = new Map<string, { objects: number; bytes: number }>();
  for (const file of files) {
    const folder = file.name.includes("/") ? `${file.name.split("/")[0] ?? ""}/` : file.name;
    const sum = folders.get(folder) ?? { objects: 0, bytes: 0 };
    folders.set(folder, { objects: sum.objects + 1, bytes: sum.bytes + Number(file.metadata.size ?? 0) });
  }
  return {
    ...{ name, location, storageClass, dataLocations: customPlacementConfig?.dataLocations ?? [] },
    ...(rpo !== undefined && { rpo }),
    folders: [...folders]
      .map(([folder, sum]) => ({ name: folder, ...sum }))
      .toSorted((a, b) => b.bytes - a.bytes),
  };
}

function jobView(record: JobRecord): JobView {
  const {
    request,
    worker,
    outputs,
    state,
    attempt,
    percentDone,
    createdAt,
    startedAt,
    finishedAt,
    media,
    error,
  } = record;
  return {
    ...{ id: request.id, profile: request.profile, state, attempt, percentDone, createdAt },
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(media && { media }),
    ...(error && { error }),
    ...(worker && { region: worker.region, worker: worker.id }),
    outputs: outputs.map(({ name, size, contentType }) => ({ name, size, contentType })),
  };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
