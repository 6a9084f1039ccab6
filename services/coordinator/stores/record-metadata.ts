import { createHash } from "node:crypto";
import { z } from "zod";
import {
  jobRecordSchema,
  jobStates,
  podSchema,
  type JobRecord,
  type JobRequest,
} from "../../protocol/index.ts";

/**
 * All custom metadata of an object may have 8 KiB, names included
 * (https://docs.cloud.google.com/storage/quotas#objects); the rest is for what stands beside this.
 */
const mostBytes = 7 * 1024;

/**
 * A record without its request, as custom metadata of the record's own object. Content is what replicates asynchronously
 * (https://docs.cloud.google.com/storage/docs/availability-durability), metadata is strongly consistent
 * (https://docs.cloud.google.com/storage/docs/consistency): with the request that its message brings, a job can go on in the other region
 * although its record was written moments before the outage. The request stays in the content, which a customer's key encrypts and metadata not.
 *
 * @returns nothing for a record that is too large, as one with many outputs is: such a job has ended
 */
export function metadataOfRecord({ request, ...rest }: JobRecord): Record<string, string> {
  const text = JSON.stringify(rest);
  return Buffer.byteLength(text) > mostBytes ? {} : { record: text, request: digestOf(request) };
}

const kept = z.object({ metadata: z.object({ record: z.string(), request: z.string() }) });

/**
 * The record that an object's metadata tells, for the request that its job was made of.
 *
 * @param metadata of the object, as the JSON API answers it
 * @param request what a message says under the job's name: only one equal to the record's own counts
 */
export function recordOfMetadata(metadata: unknown, request: JobRequest): JobRecord | undefined {
  const found = kept.safeParse(metadata).data?.metadata;
  if (found?.request !== digestOf(request)) return undefined;
  return jobRecordSchema.safeParse({ ...z.looseObject({}).parse(JSON.parse(found.record)), request }).data;
}

const standing = z.object({
  state: z.enum(jobStates),
  attempt: z.number().int().nonnegative(),
  startedAt: z.iso.datetime().optional(),
  leaseExpiresAt: z.iso.datetime().optional(),
  worker: z.object({ pod: podSchema.optional() }).optional(),
});

/** The running attempt in a record's metadata; undefined if it is missing. */
export function standingOfMetadata(metadata: unknown): z.infer<typeof standing> | undefined {
  const found = kept.safeParse(metadata).data?.metadata;
  return found === undefined ? undefined : standing.safeParse(JSON.parse(found.record)).data;
}

/** Equal for equal requests, regardless of the order of keys. */
const digestOf = (request: JobRequest): string =>
  createHash("sha256")
    .update(JSON.stringify(sorted(request)))
    .digest("base64url");

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(
    entries.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([key, one]) => [key, sorted(one)]),
  );
}
