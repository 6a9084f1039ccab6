import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PubSub, type Message } from "@google-cloud/pubsub";
import { Storage } from "@google-cloud/storage";
import { OAuth2Client } from "google-auth-library";
import {
  jobEventSchema,
  jobRecordSchema,
  eventTypes,
  type JobEvent,
  type JobRecord,
} from "../../services/protocol/index.ts";
import type { CloudAddress } from "../../sandbox/cloud/address.ts";
import { SetupError } from "../../sandbox/process/index.ts";

export interface JobTarget {
  bucket: string;
  jobsTopic: string;
  jobEventsTopic: string;
}

/** The official storage client, as the project's owner. */
export function ownersStorage(cloud: CloudAddress): Storage {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: cloud.deployerToken });
  return new Storage({
    projectId: cloud.projectId,
    apiEndpoint: cloud.storage.url,
    useAuthWithCustomEndpoint: true,
    authClient,
  });
}

export async function uploadClip(
  cloud: CloudAddress,
  bucket: string,
  file: string,
  name: string,
): Promise<string> {
  const object = ownersStorage(cloud).bucket(bucket).file(name);
  // Not resumable: version 8.4 of the client drops its credentials when it starts a resumable upload at another endpoint than Google's.
  await pipeline(
    createReadStream(file),
    object.createWriteStream({ resumable: false, validation: "crc32c" }),
  );
  return `gs://${bucket}/${name}`;
}

export interface JobOrder {
  readonly id: string;
  readonly input: string;
  readonly outputPrefix: string;
  readonly profile?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A job at its end. */
export interface JobEnd {
  readonly record: JobRecord;
  readonly event: JobEvent;
}

export interface FollowOptions {
  /** Without a change in any record for so long, they are given up. */
  readonly stallSeconds: number;
  readonly signal: AbortSignal;
  /** Told each change of a job record that it sees. */
  readonly onProgress: (record: JobRecord) => void;
  /** Told each event about one of the jobs. */
  readonly onEvent?: (event: JobEvent) => void;
}

/**
 * Publishes a job request and follows the job to its final event.
 * @throws SetupError when the record has not changed for `stallSeconds` and no final event has come
 */
export async function runJob(
  cloud: CloudAddress,
  target: JobTarget,
  request: JobOrder,
  options: FollowOptions,
): Promise<JobEnd> {
  const [end] = await runJobs(cloud, target, [request], options);
  if (end === undefined) throw new Error(`job ${request.id} has no end`);
  return end;
}

/**
 * The same for several jobs at once; resolves when all have ended, in their order.
 * @throws SetupError when no record has changed for `stallSeconds` and final events are missing
 */
export async function runJobs(
  cloud: CloudAddress,
  target: JobTarget,
  requests: readonly JobOrder[],
  options: FollowOptions,
): Promise<readonly JobEnd[]> {
  const { stallSeconds, signal, onProgress } = options;
  const ids = requests.map(({ id }) => id);
  const pubsub = pubsubClient(cloud);
  const storage = ownersStorage(cloud);
  const stalled = new AbortController();
  const stall = setTimeout(() => {
    stalled.abort();
  }, stallSeconds * 1000);
  const following = AbortSignal.any([signal, stalled.signal]);
  // Subscribed before a request is published: an event that arrives before its subscription is nobody's.
  const [subscription] = await pubsub
    .topic(target.jobEventsTopic)
    .createSubscription(`local-${ids[0] ?? "none"}`);
  const done = new AbortController();
  try {
    const ended = new Map<string, JobEvent>();
    const allEnded = new Promise<void>((resolve, reject) => {
      subscription.on("message", (message: Message) => {
        message.ack();
        const event = jobEventSchema.parse(JSON.parse(message.data.toString()));
        if (!ids.includes(event.subject)) return;
        options.onEvent?.(event);
        if (event.type !== eventTypes.started) ended.set(event.subject, event);
        if (ended.size === ids.length) resolve();
      });
      subscription.on("error", reject);
      following.addEventListener("abort", () => {
        const why = signal.aborted ? "interrupted" : `given up: nothing has moved for ${stallSeconds} s`;
        const open = ids.filter((id) => !ended.has(id)).join(", ");
        reject(new SetupError(`Job ${open} was ${why}. Its pods' logs are below .sandbox/cloud/clusters.`));
      });
    });
    const topic = pubsub.topic(target.jobsTopic);
    for (const request of requests) {
      await topic.publishMessage({ json: request });
      // As from several clients: published all at once, the region that asks first would take them all.
      if (requests.length > 1) await sleep(publishEveryMs);
    }
    const changed = (record: JobRecord): void => {
      stall.refresh();
      onProgress(record);
    };
    const until = AbortSignal.any([following, done.signal]);
    // A few reads a second in all, however many jobs there are.
    const everyMs = 250 * Math.max(1, ids.length / 4);
    const follows = ids.map((id) =>
      followRecord(() => readRecord(storage, target, id), { everyMs, changed, signal: until }),
    );
    try {
      await allEnded;
      const records = await Promise.all(ids.map((id) => readRecord(storage, target, id)));
      records.forEach(onProgress);
      return records.flatMap((record) => {
        const event = ended.get(record.request.id);
        return event === undefined ? [] : [{ record, event }];
      });
    } finally {
      done.abort();
      await Promise.all(follows);
    }
  } finally {
    clearTimeout(stall);
    await subscription.close();
    await subscription.delete();
    await pubsub.close();
  }
}

const publishEveryMs = 300;

export function pubsubClient(cloud: CloudAddress): PubSub {
  return new PubSub({ projectId: cloud.projectId, apiEndpoint: cloud.pubsub.host, emulatorMode: true });
}

async function followRecord(
  read: () => Promise<JobRecord>,
  options: { everyMs: number; changed: (record: JobRecord) => void; signal: AbortSignal },
): Promise<void> {
  const { everyMs, changed, signal } = options;
  let last = "";
  while (!signal.aborted) {
    // Before a coordinator has taken the job in there is nothing to see; the event tells the end.
    const record = await read().catch(() => undefined);
    const line = record && `${record.state} ${record.attempt} ${Math.floor(record.percentDone)}`;
    if (record !== undefined && line !== undefined && line !== last) {
      last = line;
      changed(record);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Where coordinators keep their records, as `Coordinator` sets it by default. */
export const recordsPrefix = ".mpegflow/jobs/";

/** Reads a job's record as the owner of the bucket: coordinators answer to their clients only. */
async function readRecord(storage: Storage, target: JobTarget, id: string): Promise<JobRecord> {
  const [bytes] = await storage.bucket(target.bucket).file(`${recordsPrefix}${id}.json`).download();
  return jobRecordSchema.parse(JSON.parse(bytes.toString()));
}
