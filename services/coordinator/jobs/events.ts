import { type EventType, eventTypes, type JobEvent, type JobRecord } from "../../protocol/index.ts";
import { shownId } from "../access-scope.ts";
import { attemptPrefix } from "../attempt-place.ts";
import type { BrokerSettings } from "../ports.ts";

/**
 * Largest event body in bytes. A Pub/Sub message may have 10 MB (https://docs.cloud.google.com/pubsub/quotas); the
 * rest is room for attributes.
 */
const largestEvent = 9_000_000;

/** The same from every replica and region: consumers deduplicate on source and id. */
export const eventSource = (settings: Pick<BrokerSettings, "project" | "bucket">): string =>
  `//mpegflow/projects/${settings.project}/buckets/${settings.bucket}/jobs`;

function eventOf(type: EventType, time: string, record: JobRecord, settings: BrokerSettings): JobEvent {
  const name = type.slice(type.lastIndexOf(".") + 1);
  return {
    specversion: "1.0",
    // The record's id: two clients may have given one id to two jobs.
    id: `${record.request.id}/${record.attempt}/${name}`,
    source: eventSource(settings),
    type,
    subject: shownId(record),
    time,
    datacontenttype: "application/json",
    data: {
      jobId: shownId(record),
      attempt: record.attempt,
      // No region ran it; every replica has to say the same.
      region: record.worker?.region ?? "global",
      labels: record.request.labels,
    },
  };
}

export const startedEvent = (record: JobRecord, settings: BrokerSettings): JobEvent =>
  eventOf(eventTypes.started, record.startedAt ?? record.createdAt, record, settings);

/**
 * The final event of a record, or undefined if it was published. Derived from the record alone, so that a repeated
 * publication is the same event.
 */
export function finalEvent(record: JobRecord, settings: BrokerSettings): JobEvent | undefined {
  const time = record.finishedAt ?? record.createdAt;
  if (record.state === "failed") {
    const event = eventOf(eventTypes.failed, time, record, settings);
    return record.error === undefined ? event : { ...event, data: { ...event.data, error: record.error } };
  }
  if (record.state === "cancelled") return eventOf(eventTypes.cancelled, time, record, settings);
  if (record.state !== "succeeded") return undefined;
  const event = eventOf(eventTypes.succeeded, time, record, settings);
  const data = {
    ...event.data,
    ...(record.media === undefined ? {} : { media: record.media }),
    outputPrefix: attemptPrefix(record, record.attempt),
  };
  const whole = { ...event, data: { ...data, outputs: record.outputs } };
  // Too many outputs for one message: the prefix says where they are, and the record lists them.
  return Buffer.byteLength(JSON.stringify(whole)) > largestEvent ? { ...event, data } : whole;
}
