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
import type { CloudAddress } from "../cloud/address.ts";
import { SetupError } from "../process/index.ts";

export interface JobTarget {
  bucket: string;
  jobsTopic: string;
  jobEventsTopic: string;
  /** Base URL of a coordinator, any region's. */
  coordinator: () => Promise<string>;
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

/**
 * Publishes a job request and follows the job to its final event.
 *
 * @param onProgress told each change of the job record that it sees
 * @throws SetupError when the record has not changed for `stallSeconds` and no final event has come
 */
export async function runJob(
  cloud: CloudAddress,
  target: JobTarget,
  request: { id: string; input: string; outputPrefix: string; labels: Record<string, string> },
  options: { stallSeconds: number; signal: AbortSignal; onProgress: (record: JobRecord) => void },
): Promise<{ record: JobRecord; event: JobEvent }> {
  const { stallSeconds, signal, onProgress } = options;
  const [servicePath, port] = cloud.pubsub.host.split(":");
  const pubsub = new PubSub({
    projectId: cloud.projectId,
    apiEndpoint: `${servicePath ?? ""}:${port ?? ""}`,
    emulatorMode: true,
  });
  const stalled = new AbortController();
  const stall = setTimeout(() => {
    stalled.abort();
  }, stallSeconds * 1000);
  const following = AbortSignal.any([signal, stalled.signal]);
  // Subscribed before the request is published: an event that arrives before its subscription is nobody's.
  const [subscription] = await pubsub.topic(target.jobEventsTopic).createSubscription(`local-${request.id}`);
  try {
    const finalEvent = new Promise<JobEvent>((resolve, reject) => {
      const take = (message: Message): void => {
        message.ack();
        const event = jobEventSchema.parse(JSON.parse(message.data.toString()));
        if (event.subject === request.id && event.type !== eventTypes.started) resolve(event);
      };
      subscription.on("message", take);
      subscription.on("error", reject);
      following.addEventListener("abort", () => {
        const why = signal.aborted ? "was interrupted" : `has not moved for ${stallSeconds} s`;
        reject(new SetupError(`Job ${request.id} ${why}. Its pods' logs are below .sandbox/cloud/clusters.`));
      });
    });
    await pubsub.topic(target.jobsTopic).publishMessage({ json: request });
    const done = new AbortController();
    const changed = (record: JobRecord): void => {
      stall.refresh();
      onProgress(record);
    };
    const follow = followRecord(target, request.id, changed, AbortSignal.any([following, done.signal]));
    try {
      const event = await finalEvent;
      return { event, record: await readRecord(target, request.id) };
    } finally {
      done.abort();
      await follow;
    }
  } finally {
    clearTimeout(stall);
    await subscription.close();
    await subscription.delete();
    await pubsub.close();
  }
}

async function followRecord(
  target: JobTarget,
  id: string,
  onProgress: (record: JobRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = "";
  while (!signal.aborted) {
    // Between two attempts, or while a coordinator restarts, there is nothing to see; the event tells the end.
    const record = await readRecord(target, id).catch(() => undefined);
    const line = record && `${record.state} ${record.attempt} ${Math.floor(record.percentDone)}`;
    if (record !== undefined && line !== undefined && line !== last) {
      last = line;
      onProgress(record);
    }
    await sleep(250, undefined, { signal }).catch(() => undefined);
  }
}

async function readRecord(target: JobTarget, id: string): Promise<JobRecord> {
  const response = await fetch(`${await target.coordinator()}/v1/jobs/${id}`, {
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`the coordinator answered ${response.status} for job ${id}`);
  return jobRecordSchema.parse(await response.json());
}
