/** In-memory stand-ins for bucket, queue and topics, shared by any number of coordinator replicas. */
import { randomBytes } from "node:crypto";
import {
  type Backlog,
  type Broker,
  type BrokerSettings,
  createMetrics,
  endpointFor,
  type FoundObject,
  type HeldSlot,
  type QueueMessage,
  signerFor,
} from "../../../services/coordinator/index.ts";
import { attemptPrefix, writerMetadata, writerOf } from "../../../services/coordinator/attempt-place.ts";
import { createLog } from "../../../services/logging/index.ts";
import {
  type JobEvent,
  type JobRecord,
  type JobRequest,
  jobEventSchema,
  jobRecordSchema,
  jobRequestSchema,
} from "../../../services/protocol/index.ts";

export const bucket = "media-bucket";
export const settings: BrokerSettings = {
  project: "project-1",
  region: "us-central1",
  bucket,
  jobsPrefix: ".mpegflow/jobs/",
  leaseSeconds: 60,
  urlTtlSeconds: 900,
  maxAttempts: 3,
  leasesPerPod: 1,
  inputWaitSeconds: 3600,
  inputPrefixes: [],
  outputPrefixes: [],
  otherBuckets: [],
  encryptionKeySecrets: [],
};
export const worker = { id: "worker-1", region: "us-central1" };
export const media = { kind: "video", durationSeconds: 10, renditions: ["720p"] } as const;

export const jobRequest = (id = "job-1", more: Partial<JobRequest> = {}): JobRequest =>
  jobRequestSchema.parse({
    id,
    input: `gs://${bucket}/mezzanines/clip.mp4`,
    outputPrefix: `gs://${bucket}/outputs/${id}/`,
    ...more,
  });

interface Delivery {
  readonly id: string;
  readonly data: Uint8Array;
  /** Nobody gets the message before this time. */
  until: number;
  deliveries: number;
}

/** Seconds that a pulled message has before anybody extends it. */
export const subscriptionAckSeconds = 10;

/** @param clock milliseconds since 1970 @default one that stands still, at the beginning of 2026 */
export function createWorld(clock = (): number => Date.UTC(2026, 0)) {
  let shift = 0;
  const time = (): number => clock() + shift;
  const now = (): Date => new Date(time());

  const records = new Map<string, { text: string; generation: string }>();
  let lastGeneration = 1000;
  const storedAs = (record: JobRecord): string => JSON.stringify(jobRecordSchema.parse(record));

  const objects = new Map<string, FoundObject>();
  const putObject = (name: string, size = 3, writer?: string): void => {
    lastGeneration += 1;
    const generation = String(lastGeneration);
    const object = { name, size, generation, contentType: "video/mp4", crc32c: "AAAAAA==" };
    objects.set(name, writer === undefined ? object : { ...object, writer });
  };
  /** Name below which an attempt writes. */
  const folderOf = (attempt: number, jobId: string): string => {
    const found = records.get(jobId);
    if (found === undefined) throw new Error(`there is no record of ${jobId}`);
    return attemptPrefix(jobRecordSchema.parse(JSON.parse(found.text)), attempt).replace(
      /^gs:\/\/[^/]+\//,
      "",
    );
  };

  const messages = new Map<string, Delivery>();
  const ackIdOf = (message: Delivery): string => `${message.id}/${message.deliveries}`;
  const current = (ackId: string): Delivery | undefined => {
    const message = messages.get(ackId.split("/")[0] ?? "");
    return message !== undefined && ackIdOf(message) === ackId && message.until > time()
      ? message
      : undefined;
  };
  const publishText = (text: string): void => {
    const id = `message-${messages.size + 1}-${randomBytes(4).toString("hex")}`;
    messages.set(id, { id, data: Buffer.from(text), until: 0, deliveries: 0 });
  };
  const publish = (request: unknown): void => {
    publishText(JSON.stringify(request));
  };
  let mostDeliveries = 0;
  const pullNow = (max: number): QueueMessage[] =>
    [...messages.values()]
      .filter((message) => message.until <= time())
      .slice(0, max)
      .map((message) => {
        message.deliveries += 1;
        mostDeliveries = Math.max(mostDeliveries, message.deliveries);
        message.until = time() + subscriptionAckSeconds * 1000;
        return {
          ackId: ackIdOf(message),
          messageId: message.id,
          data: message.data,
          deliveryAttempt: message.deliveries,
        };
      });

  const events: JobEvent[] = [];
  const logged: string[] = [];
  /** Calls that fail: name of the operation to how many times. */
  const faults = new Map<string, number>();
  const mayFail = (operation: string): void => {
    const left = faults.get(operation) ?? 0;
    if (left === 0) return;
    faults.set(operation, left - 1);
    throw Object.assign(new Error(`${operation} is unavailable`), { code: 503 });
  };

  const reminders = new Map<string, { jobId: string; at: Date }>();
  const uploads = new Map<string, { object: string; parts: number; writer: string | undefined }>();
  const inputs = new Set<string>();
  const slots = new Map<string, HeldSlot>();
  const metrics = createMetrics();
  const leaseKey = randomBytes(32);
  /** A stateless replica; all of them share the world. */
  const replica = (changed: Partial<BrokerSettings> = {}, parts: Partial<Broker> = {}): Broker => ({
    settings: { ...settings, ...changed },
    records: {
      read: async (jobId, _request, admits = () => true) => {
        await Promise.resolve();
        mayFail("read");
        const found = records.get(jobId);
        if (found === undefined) return undefined;
        const record = jobRecordSchema.parse(JSON.parse(found.text));
        return admits(record.request.outputPrefix) ? { record, generation: found.generation } : undefined;
      },
      standing: async (jobId) => {
        await Promise.resolve();
        mayFail("standing");
        const found = records.get(jobId);
        return found === undefined ? undefined : jobRecordSchema.parse(JSON.parse(found.text));
      },
      write: async (record, expected) => {
        await Promise.resolve();
        mayFail("write");
        if ((records.get(record.request.id)?.generation ?? "0") !== expected) return undefined;
        lastGeneration += 1;
        const generation = String(lastGeneration);
        records.set(record.request.id, { text: storedAs(record), generation });
        return { record, generation };
      },
      listAfter: async (pageSize, after) => {
        await Promise.resolve();
        const ids = [...records.keys()].sort().filter((id) => id > (after ?? ""));
        const page = ids.slice(0, pageSize);
        return {
          entries: page.map((jobId) => ({
            jobId,
            state: undefined,
            bytes: records.get(jobId)?.text.length ?? 0,
          })),
          ...(ids.length > page.length && { nextPageToken: "more" }),
        };
      },
    },
    reminders: {
      add: async (reminder) => {
        await Promise.resolve();
        reminders.set(reminder.jobId, reminder);
      },
      due: (at) => Promise.resolve([...reminders.values()].filter((one) => one.at <= at)),
      remove: async ({ jobId }) => {
        await Promise.resolve();
        reminders.delete(jobId);
      },
    },
    inputs: {
      note: async (uri) => {
        await Promise.resolve();
        mayFail("note input");
        inputs.add(uri);
      },
      below: (prefix) => Promise.resolve([...inputs].filter((uri) => uri.startsWith(prefix))),
      forget: async (uri) => {
        await Promise.resolve();
        inputs.delete(uri);
      },
    },
    slots: {
      hold: async (name, slot, expected) => {
        await Promise.resolve();
        mayFail("hold slot");
        if ((slots.get(name)?.generation ?? "0") !== expected) return undefined;
        lastGeneration += 1;
        slots.set(name, { slot, generation: String(lastGeneration) });
        return String(lastGeneration);
      },
      read: async (name) => {
        await Promise.resolve();
        mayFail("read slot");
        return slots.get(name);
      },
      free: async (name, generation) => {
        await Promise.resolve();
        mayFail("free slot");
        if (slots.get(name)?.generation === generation) slots.delete(name);
      },
      takenBefore: (at) =>
        Promise.resolve([...slots].flatMap(([name, held]) => (held.slot.at < at ? [{ name, ...held }] : []))),
    },
    metrics,
    otherStores: new Map(),
    readEncryptionKey: () => Promise.reject(new Error("there are no keys")),
    objects: {
      exists: async (name) => {
        await Promise.resolve();
        mayFail("exists");
        return objects.has(name);
      },
      list: async (prefix) => {
        await Promise.resolve();
        mayFail("list");
        return [...objects.values()].filter(({ name }) => name.startsWith(prefix));
      },
      remove: async ({ name, generation }) => {
        await Promise.resolve();
        mayFail("remove");
        return objects.get(name)?.generation === generation && objects.delete(name);
      },
      multipart: {
        start: async (object, _type, _key, metadata) => {
          await Promise.resolve();
          const id = `upload-${uploads.size + 1}`;
          uploads.set(id, { object, parts: 0, writer: metadata?.[writerMetadata] });
          return id;
        },
        complete: async (object, id, parts) => {
          await Promise.resolve();
          const upload = uploads.get(id);
          if (upload?.object !== object) return false;
          uploads.delete(id);
          putObject(object, parts.length, upload.writer);
          return true;
        },
        unfinished: async (prefix) => {
          await Promise.resolve();
          mayFail("list uploads");
          return [...uploads]
            .filter(([, { object }]) => object.startsWith(prefix))
            .map(([uploadId, { object }]) => ({ object, uploadId }));
        },
        abort: async (_, id) => {
          await Promise.resolve();
          uploads.delete(id);
        },
      },
    },
    queue: {
      pull: (max) => Promise.resolve(pullNow(max)),
      acknowledge: async (ackId) => {
        await Promise.resolve();
        mayFail("acknowledge");
        const message = current(ackId);
        if (message !== undefined) messages.delete(message.id);
      },
      extend: async (ackIds, seconds) => {
        await Promise.resolve();
        mayFail("extend");
        for (const ackId of ackIds) {
          const message = current(ackId);
          if (message !== undefined) message.until = time() + seconds * 1000;
        }
      },
    },
    jobs: {
      publish: async (request) => {
        await Promise.resolve();
        mayFail("publish job");
        publish(request);
      },
    },
    events: {
      publish: async (event) => {
        await Promise.resolve();
        mayFail("publish event");
        events.push(jobEventSchema.parse(JSON.parse(JSON.stringify(event))));
      },
    },
    sign: signerFor({
      key: { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret: "s".repeat(40) },
      bucket,
      endpoint: endpointFor(undefined),
      ttlSeconds: settings.urlTtlSeconds,
      now,
    }),
    leaseKey,
    now,
    log: createLog("debug", {}, { write: (lines) => void logged.push(...lines.split(/(?<=\n)/)) }),
    ...parts,
  });

  /** Without a loop of its own: a worker gets what the queue has now. */
  const backlog: Backlog = {
    size: 0,
    trouble: undefined,
    take: () => Promise.resolve(pullNow(1)[0]),
    drain: () => Promise.resolve(),
  };

  return {
    now,
    advance: (seconds: number): void => {
      shift += seconds * 1000;
    },
    replica,
    backlog,
    publish,
    pullNow,
    publishText,
    putObject,
    /** Name of an attempt's output. */
    outputName: (name: string, attempt = 1, jobId = "job-1"): string => `${folderOf(attempt, jobId)}${name}`,
    /** What a worker makes of a signed upload. */
    upload: (name: string, size = 3, attempt = 1, jobId = "job-1"): void => {
      const folder = folderOf(attempt, jobId);
      putObject(`${folder}${name}`, size, writerOf(folder));
    },
    inputs,
    slots,
    objects,
    messages,
    events,
    reminders,
    uploads,
    metrics,
    logged,
    faults,
    leaseKey,
    /** Deliveries of the message that has had the most. */
    mostDeliveries: (): number => mostDeliveries,
    record: (jobId = "job-1"): JobRecord | undefined => {
      const found = records.get(jobId);
      return found === undefined ? undefined : jobRecordSchema.parse(JSON.parse(found.text));
    },
    setRecord: (record: JobRecord): void => {
      lastGeneration += 1;
      records.set(record.request.id, { text: storedAs(record), generation: String(lastGeneration) });
    },
    recordIds: (): string[] => [...records.keys()],
    removeRecord: (jobId: string): boolean => records.delete(jobId),
    eventIds: (): string[] => events.map(({ id }) => id),
  };
}
export type World = ReturnType<typeof createWorld>;

/** A world with one job whose input is there and whose message waits. */
export function worldWithJob(): World {
  const world = createWorld();
  world.putObject("mezzanines/clip.mp4");
  world.publish(jobRequest());
  return world;
}
