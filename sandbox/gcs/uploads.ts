import { randomBytes } from "node:crypto";
import type { CustomerKey } from "./customer-keys.ts";
import { StorageError } from "./errors.ts";
import type { Locks } from "./locks.ts";
import type { ObjectFields, ObjectRecord } from "./object-schema.ts";
import type { Preconditions } from "./preconditions.ts";
import type { ExpectedHashes, Growing, Staging } from "./staging.ts";
import type { Caller } from "./types.ts";

/** What a resumable upload was started with. */
export interface UploadPlan {
  readonly bucket: string;
  readonly name: string;
  readonly fields: ObjectFields;
  readonly conditions: Preconditions;
  readonly expected: ExpectedHashes;
  /** The caller that started it; the session URI needs no other credential. */
  readonly caller: Caller;
  /** Declared size in bytes, where the client declared one. */
  readonly declaredSize?: number;
  readonly customerKey?: CustomerKey | undefined;
}

export interface UploadSession {
  readonly id: string;
  readonly plan: UploadPlan;
  readonly body: Growing;
  finished?: ObjectRecord;
}

/**
 * Open resumable uploads. They live in memory: after a restart every session is gone (410), which clients answer by
 * starting again, as they must after Google loses one.
 */
export interface Uploads {
  start(plan: UploadPlan): Promise<UploadSession>;
  /** Runs `work` on a session while no other request does. */
  use<T>(id: string, work: (session: UploadSession) => Promise<T>): Promise<T>;
  cancel(id: string): Promise<void>;
  /** Forgets a session whose body is spent, from within `use`. */
  end(id: string): void;
}

/** https://docs.cloud.google.com/storage/docs/resumable-uploads: a session URI expires after one week. */
const WEEK_MS = 7 * 86_400_000;

export function createUploads(staging: Staging, locks: Locks, clock: () => Date): Uploads {
  const sessions = new Map<string, UploadSession>();
  const get = (id: string): UploadSession => {
    const session = sessions.get(id);
    const age = clock().getTime() - startOf(id);
    if (session !== undefined && age < WEEK_MS) return session;
    throw sessionGone(age < WEEK_MS ? 410 : 404);
  };
  return {
    start: async (plan) => {
      const id = `${clock().getTime().toString(36)}-${randomBytes(32).toString("base64url")}`;
      const session: UploadSession = { id, plan, body: await staging.start() };
      await session.body.rest();
      sessions.set(id, session);
      return session;
    },
    end: (id) => {
      sessions.delete(id);
    },
    use: (id, work) =>
      locks(`upload ${id}`, async () => {
        const session = get(id);
        try {
          return await work(session);
        } finally {
          // The next chunk may be a week away.
          await session.body.rest();
        }
      }),
    cancel: (id) =>
      locks(`upload ${id}`, async () => {
        const session = get(id);
        sessions.delete(id);
        if (session.finished === undefined) await session.body.discard();
      }),
  };
}

function startOf(id: string): number {
  const time = parseInt(/^([0-9a-z]+)-/.exec(id)?.[1] ?? "0", 36);
  return Number.isNaN(time) ? 0 : time;
}

const sessionGone = (status: 404 | 410): StorageError =>
  new StorageError({
    status,
    reason: "notFound",
    code: "NoSuchUpload",
    message: "The upload session is gone.",
  });
