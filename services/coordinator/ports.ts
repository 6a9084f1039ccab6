import type { JobEvent, JobRecord, JobRequest, SignedRequest } from "../protocol/index.ts";
import type { Logger } from "pino";

/** A record as read, with the generation that a change to it must name. */
export interface StoredRecord {
  readonly record: JobRecord;
  readonly generation: string;
}

/** Expected generation of a record that must not exist yet. */
export const absent = "0";

/** Job records: one object each, changed only by compare-and-swap on the generation. */
export interface RecordStore {
  readonly read: (jobId: string) => Promise<StoredRecord | undefined>;
  /**
   * Writes when the record's generation is still `expected` (`absent`: when there is none).
   *
   * @returns what is stored now, or undefined when somebody else was first.
   */
  readonly write: (record: JobRecord, expected: string) => Promise<StoredRecord | undefined>;
}

/** What the coordinator wants to know of an object; `name` is the whole object name. */
export interface FoundObject {
  readonly name: string;
  readonly size: number;
  readonly generation: string;
  readonly contentType: string;
  readonly crc32c?: string;
}

/** The media objects of the one bucket that the coordinator serves. */
export interface ObjectStore {
  /**
   * False only when the store says that there is no such object.
   *
   * @throws on any other failure: in a regional outage an object that is not yet replicated is unavailable, not gone.
   */
  readonly exists: (name: string) => Promise<boolean>;
  readonly list: (prefix: string) => Promise<FoundObject[]>;
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

/** One object operation to allow. */
export interface SigningRequest {
  readonly method: "GET" | "PUT";
  readonly object: string;
  readonly headers: Readonly<Record<string, string>>;
}
export type Signer = (request: SigningRequest) => Promise<SignedRequest>;

export interface BrokerSettings {
  readonly project: string;
  readonly region: string;
  readonly bucket: string;
  /** Object name prefix of job records, which no job may read or write. */
  readonly jobsPrefix: string;
  readonly leaseSeconds: number;
  readonly urlTtlSeconds: number;
  readonly maxAttempts: number;
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
  /** Key of the lease tokens, the same in every replica and region. */
  readonly leaseKey: Uint8Array;
  readonly now: () => Date;
  readonly log: Logger;
}
