import type { JobEvent, JobRecord, JobRequest, JobState, SignedRequest } from "../protocol/index.ts";
import type { Operation } from "../signing/index.ts";
import type { Logger } from "pino";
import type { Pod } from "./auth/caller.ts";
import type { Metrics } from "./metrics.ts";

/** A record as read, with the generation that a change to it must name. */
export interface StoredRecord {
  readonly record: JobRecord;
  readonly generation: string;
}

/** Expected generation of a record that must not exist yet. */
export const absent = "0";

/** Job records: one object each, changed only by compare-and-swap on the generation. */
export interface RecordStore {
  /**
   * @param request what a message says under the job's name: with it, a record whose content cannot be read at the moment is told by its metadata
   * @param admits is asked of the job's output prefix: what it does not admit is not there, and takes as long to find out
   * @returns undefined when there is none
   * @throws RecordUnavailable when it is there and cannot be read at the moment
   */
  readonly read: (
    jobId: string,
    request?: JobRequest,
    admits?: (outputPrefix: string) => boolean,
  ) => Promise<StoredRecord | undefined>;
  /** What state the job is in and which attempt is its last: consistent at once, and cheaper than the record. */
  readonly standing: (jobId: string) => Promise<RecordStanding | undefined>;
  /**
   * Writes when the record's generation is still `expected` (`absent`: when there is none).
   *
   * @returns what is stored now, or undefined when somebody else was first.
   */
  readonly write: (record: JobRecord, expected: string) => Promise<StoredRecord | undefined>;
  /**
   * A page of the records' names, in order, from the one after `after` on, with the state that each had when it was last
   * written. Only the last page may be empty.
   */
  readonly listAfter: (pageSize: number, after: string | undefined) => Promise<RecordPage>;
}

/** Of a record, what says which attempt is running, where, and until when its lease lasts. */
export type RecordStanding = Pick<JobRecord, "state" | "attempt" | "startedAt" | "leaseExpiresAt"> & {
  readonly worker?: { readonly pod?: Pod | undefined } | undefined;
};

export interface RecordPage {
  readonly entries: readonly {
    readonly jobId: string;
    readonly state: JobState | undefined;
    /** Size of the record when it was listed. */
    readonly bytes: number;
    /** Absent for a record that a former release wrote. */
    readonly outputPrefix?: string;
  }[];
  /** Absent on the last page. The next begins after the last entry. */
  readonly nextPageToken?: string;
}

/** Notes of work to be done later by whichever replica is there. */
export interface Reminders {
  readonly add: (reminder: Reminder) => Promise<void>;
  /** Those whose time has come, oldest first. */
  readonly due: (now: Date) => Promise<readonly Reminder[]>;
  readonly remove: (reminder: Reminder) => Promise<void>;
}
export interface Reminder {
  readonly jobId: string;
  readonly at: Date;
}

/** Inputs that jobs name, so that no other job's outputs are put around them. */
export interface InputIndex {
  /** May be repeated. @param uri address of the input */
  readonly note: (uri: string) => Promise<void>;
  /** Some of those whose addresses begin so, and none only when there are none. */
  readonly below: (prefix: string) => Promise<readonly string[]>;
  readonly forget: (uri: string) => Promise<void>;
}

/**
 * Places for the leases of a pod: one object each, which a claim makes and the lease's end removes. Names are
 * `POD'S UID/NUMBER`.
 */
export interface SlotStore {
  /**
   * Writes when the slot's generation is still `expected` (`absent`: when nobody holds it).
   *
   * @returns its generation, or undefined when somebody else was first
   */
  readonly hold: (name: string, slot: Slot, expected: string) => Promise<string | undefined>;
  readonly read: (name: string) => Promise<HeldSlot | undefined>;
  /** Nothing happens where it has another generation by now, or is gone. */
  readonly free: (name: string, generation: string) => Promise<void>;
  /** Some of those that were taken before a time; over many calls each of them. */
  readonly takenBefore: (time: Date) => Promise<readonly (HeldSlot & { readonly name: string })[]>;
}
/** For which attempt of which job a slot was taken, and when. */
export interface Slot {
  readonly jobId: string;
  readonly attempt: number;
  readonly at: Date;
}
export interface HeldSlot {
  readonly slot: Slot;
  readonly generation: string;
}

/** What the coordinator wants to know of an object; `name` is the whole object name. */
export interface FoundObject {
  readonly name: string;
  readonly size: number;
  readonly generation: string;
  readonly contentType: string;
  readonly crc32c?: string;
  /** The attempt that it was signed for, as its custom metadata says; absent for what the broker has signed for nobody. */
  readonly writer?: string;
}

/** The media objects of the one bucket that the coordinator serves. */
export interface ObjectStore {
  /**
   * Whether an object is there and can be read. False only when the store says that there is no such object.
   *
   * @throws on any other failure: in a regional outage an object that is not yet replicated is unavailable, not gone.
   */
  readonly exists: (name: string, encryptionKey?: Uint8Array) => Promise<boolean>;
  readonly list: (prefix: string, encryptionKey?: Uint8Array) => Promise<FoundObject[]>;
  /**
   * Deletes this generation. That it is gone already, or another has its name by now, is fine.
   *
   * @returns whether it was there
   */
  readonly remove: (
    object: Pick<FoundObject, "name" | "generation">,
    encryptionKey?: Uint8Array,
  ) => Promise<boolean>;
  readonly multipart: MultipartStore;
}

/** Uploads in parts. Every operation may be repeated, and is about one object only. */
export interface MultipartStore {
  /** @param metadata custom metadata of the object to be */
  readonly start: (
    object: string,
    contentType: string,
    encryptionKey?: Uint8Array,
    metadata?: Readonly<Record<string, string>>,
  ) => Promise<string>;
  /**
   * Makes the object, where there is none of its name: S3 and R2 see to that themselves. Cloud Storage takes no condition
   * here (https://docs.cloud.google.com/storage/docs/multipart-uploads), so the caller looks before, and aborts what is
   * unfinished before it records what there is.
   *
   * @returns false when the store does not know the upload (any more), or has an object of that name
   */
  readonly complete: (
    object: string,
    uploadId: string,
    parts: readonly { readonly number: number; readonly etag: string }[],
  ) => Promise<boolean>;
  readonly abort: (object: string, uploadId: string) => Promise<void>;
  /** Uploads of objects below a prefix that were started and neither completed nor aborted. */
  readonly unfinished: (prefix: string) => Promise<readonly UnfinishedUpload[]>;
}

export interface UnfinishedUpload {
  readonly object: string;
  readonly uploadId: string;
}

/** One delivery of a job message. */
export interface QueueMessage {
  readonly ackId: string;
  readonly messageId: string;
  readonly data: Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Deliveries so far, this one included; 0 when the subscription has no dead-letter policy to count them. */
  readonly deliveryAttempt: number;
}

/** The jobs subscription. Every operation on an ack id works from any replica. */
export interface Queue {
  /**
   * Waits for messages; an empty list when none came within the adapter's own time.
   *
   * @param signal calls the pull off; it then rejects.
   */
  readonly pull: (max: number, signal: AbortSignal) => Promise<QueueMessage[]>;
  readonly acknowledge: (ackId: string) => Promise<void>;
  /** Nobody else gets the message for so many seconds from now, 0 to 600; 0 hands it back at once. */
  readonly extend: (ackIds: readonly string[], seconds: number) => Promise<void>;
}

/** The jobs topic. */
export interface JobTopic {
  readonly publish: (request: JobRequest) => Promise<void>;
}

/** The events topic. */
export interface EventSink {
  readonly publish: (event: JobEvent) => Promise<void>;
}

/** The operations on objects that are ever allowed to anybody. */
export type SignedOperation = Operation & { readonly do: "download" | "upload" | "upload-part" };

/** @param audit goes to the store's own log, where it has one */
export type Signer = (
  operation: SignedOperation,
  audit: Readonly<Record<string, string>>,
) => Promise<SignedRequest>;

/** One bucket, wherever it is. */
export interface MediaStore {
  readonly objects: ObjectStore;
  readonly sign: Signer;
}

/**
 * Reads a customer-supplied key.
 *
 * @param secret its full version name
 * @throws Problem for a secret that is not among those allowed, or holds no key
 */
export type ReadEncryptionKey = (secret: string) => Promise<Uint8Array>;

export interface BrokerSettings {
  readonly project: string;
  readonly region: string;
  readonly bucket: string;
  /** Object name prefix of job records, which no job may read or write. */
  readonly jobsPrefix: string;
  /** Other buckets that jobs may name: `gs://BUCKET/`, `s3://BUCKET/`, `r2://BUCKET/`. */
  readonly otherBuckets: readonly string[];
  readonly leaseSeconds: number;
  readonly urlTtlSeconds: number;
  readonly maxAttempts: number;
  /** Leases that one pod may hold at a time. */
  readonly leasesPerPod: number;
  /** How long a job waits for an input that is there but cannot be read, in seconds. */
  readonly inputWaitSeconds: number;
  /** Beginnings of the addresses that jobs may read; empty for all of the bucket. */
  readonly inputPrefixes: readonly string[];
  /** Beginnings of the addresses that jobs may write below; empty for all of the bucket. */
  readonly outputPrefixes: readonly string[];
  /** Secrets that hold customer-supplied keys, `projects/P/secrets/S`: no other is ever read for a job. */
  readonly encryptionKeySecrets: readonly string[];
  /** What the coordinator says to workers crosses a network without TLS: jobs with such keys are refused. @default false */
  readonly isInClear?: boolean;
}

/** Everything that the broker's operations work with. */
export interface Broker {
  readonly settings: BrokerSettings;
  readonly records: RecordStore;
  readonly objects: ObjectStore;
  readonly queue: Queue;
  readonly jobs: JobTopic;
  readonly events: EventSink;
  readonly sign: Signer;
  /** Buckets besides the one with the job records, by `gs://BUCKET/`, `s3://BUCKET/` or `r2://BUCKET/`. */
  readonly otherStores: ReadonlyMap<string, MediaStore>;
  readonly readEncryptionKey: ReadEncryptionKey;
  readonly reminders: Reminders;
  readonly inputs: InputIndex;
  readonly slots: SlotStore;
  readonly metrics: Metrics;
  /** Key of the lease tokens, the same in every replica and region. */
  readonly leaseKey: Uint8Array;
  readonly now: () => Date;
  readonly log: Logger;
}
