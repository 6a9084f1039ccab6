import { randomUUID } from "node:crypto";
import { type Bucket, Storage } from "@google-cloud/storage";
import { z } from "zod";
import {
  jobIdSchema,
  jobRecordSchema,
  jobStates,
  type JobRecord,
  type JobRequest,
} from "../../protocol/index.ts";
import { writerMetadata } from "../attempt-place.ts";
import { statusOf } from "./google-error.ts";
import { gcsMultipart } from "./multipart-store.ts";
import { RecordUnavailable } from "../problem.ts";
import { metadataOfRecord, recordOfMetadata, standingOfMetadata } from "./record-metadata.ts";
import { readFirstByte, readSmallObject, writeSmallObject } from "./small-object.ts";
import type { FoundObject, ObjectStore, RecordPage, RecordStore, StoredRecord } from "../ports.ts";

/**
 * The bucket through Google's client, which honours STORAGE_EMULATOR_HOST. Retries are those of the client, cut to
 * what a caller on HTTP can wait for.
 */
export function openBucket(options: { project: string; bucket: string; isEmulated: boolean }): Bucket {
  const storage = new Storage({
    projectId: options.project,
    // Without it the client sends no token to an endpoint that is not Google's own.
    ...(options.isEmulated ? { useAuthWithCustomEndpoint: true } : {}),
    retryOptions: { autoRetry: true, maxRetries: 4, maxRetryDelay: 8, totalTimeout: 30 },
  });
  return storage.bucket(options.bucket);
}

const objectMetadata = z.object({ generation: z.coerce.string().regex(/^\d+$/) });
const stateMetadata = z.object({ metadata: z.object({ state: z.enum(jobStates) }) });
const sizeMetadata = z.object({ size: z.coerce.number().int().nonnegative() });
const outputsMetadata = z.object({ metadata: z.object({ outputs: z.string() }) });
const writeMark = z.object({ metadata: z.object({ writer: z.string() }) });

const withSystemCode = z.object({ code: z.string().regex(/^E[A-Z_]+$/) });
/** 408, 429, 5xx, or a connection that broke. */
function isTransient(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined
    ? withSystemCode.safeParse(error).success
    : status >= 500 || status === 429 || status === 408;
}

/** Reads between which a record may be rewritten before the store gives up. */
const mostReads = 5;

/**
 * Job records as objects `{prefix}{job}.json`.
 *
 * @param prefix e.g. `.mpegflow/jobs/`
 */
export function recordsIn(bucket: Bucket, prefix: string): RecordStore {
  const fileOf = (jobId: string) => bucket.file(`${prefix}${jobId}.json`);

  /** Metadata first, then the content of exactly that generation: the two always belong together. */
  const read = async (
    jobId: string,
    request?: JobRequest,
    admits: (outputPrefix: string) => boolean = () => true,
  ): Promise<StoredRecord | undefined> => {
    for (let reads = 1; ; reads += 1) {
      let generation: string;
      let told: JobRecord | undefined;
      try {
        const [metadata] = await fileOf(jobId).getMetadata();
        ({ generation } = objectMetadata.parse(metadata));
        const outputs = outputsMetadata.safeParse(metadata).data?.metadata.outputs;
        if (outputs !== undefined && !admits(outputs)) return undefined;
        told = request && recordOfMetadata(metadata, request);
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
      try {
        // What the metadata tells as well is not waited for.
        const tries = told === undefined ? undefined : 1;
        const content = await readSmallObject(bucket, `${prefix}${jobId}.json`, generation, tries);
        const parsed = jobRecordSchema.safeParse(JSON.parse(content));
        if (parsed.success)
          return admits(parsed.data.request.outputPrefix) ? { record: parsed.data, generation } : undefined;
        throw new Error(
          `The record gs://${bucket.name}/${prefix}${jobId}.json is not one: ${z.prettifyError(parsed.error)}`,
        );
      } catch (error) {
        const status = statusOf(error);
        if (told !== undefined && isTransient(error)) return { record: told, generation };
        if (status !== undefined && status >= 500) throw new RecordUnavailable(jobId);
        // Rewritten since: look again.
        if (status !== 404 || reads === mostReads) throw error;
      }
    }
  };

  const page = async (
    pageSize: number,
    from: { readonly pageToken?: string; readonly startOffset?: string },
  ): Promise<RecordPage> => {
    const [files, next] = await bucket.getFiles({
      prefix,
      delimiter: "/",
      autoPaginate: false,
      maxResults: pageSize,
      ...from,
    });
    const entries = files.flatMap((file) => {
      const id = jobIdSchema.safeParse(/^(.*)\.json$/.exec(file.name.slice(prefix.length))?.[1]);
      const state = stateMetadata.safeParse(file.metadata).data?.metadata.state;
      const outputPrefix = outputsMetadata.safeParse(file.metadata).data?.metadata.outputs;
      const bytes = sizeMetadata.parse(file.metadata).size;
      return id.success
        ? [{ jobId: id.data, state, bytes, ...(outputPrefix !== undefined && { outputPrefix }) }]
        : [];
    });
    const nextPageToken = z.object({ pageToken: z.string() }).safeParse(next).data?.pageToken;
    return nextPageToken === undefined ? { entries } : { entries, nextPageToken };
  };

  return {
    read,
    async standing(jobId) {
      let metadata: unknown;
      try {
        [metadata] = await fileOf(jobId).getMetadata();
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
      // A record that is too large for its metadata, as one with many outputs is, or that an older release wrote.
      return standingOfMetadata(metadata) ?? (await read(jobId))?.record;
    },
    async listAfter(pageSize, after) {
      const from = after === undefined ? {} : { startOffset: `${prefix}${after}.json` };
      for (let pageToken: string | undefined; ;) {
        const found = await page(pageSize, pageToken === undefined ? from : { ...from, pageToken });
        // The offset itself is among what is listed.
        const entries = found.entries.filter(({ jobId }) => jobId !== after);
        pageToken = found.nextPageToken;
        // Folders count as names (maxResults of https://docs.cloud.google.com/storage/docs/json_api/v1/objects/list), so
        // that a page may have no record while there are more.
        if (entries.length > 0 || pageToken === undefined) return { ...found, entries };
      }
    },
    async write(record, expected) {
      const writer = randomUUID();
      try {
        const written = await writeSmallObject(
          bucket,
          `${prefix}${record.request.id}.json`,
          JSON.stringify(record),
          {
            ifGenerationMatch: expected,
            metadata: {
              contentType: "application/json",
              cacheControl: "no-store",
              metadata: {
                writer,
                state: record.state,
                outputs: record.request.outputPrefix,
                ...metadataOfRecord(record),
              },
            },
          },
        );
        return { record, generation: objectMetadata.parse(written).generation };
      } catch (error) {
        if (statusOf(error) !== 412) throw error;
      }
      // The client repeats a write whose answer was lost, and meets its own first try: the mark tells.
      try {
        const [metadata] = await fileOf(record.request.id).getMetadata();
        if (writeMark.safeParse(metadata).data?.metadata.writer !== writer) return undefined;
        return { record, generation: objectMetadata.parse(metadata).generation };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
  };
}

const listedObject = z.object({
  name: z.string(),
  size: z.coerce.number().int().nonnegative(),
  generation: z.coerce.string(),
  contentType: z.string().default("application/octet-stream"),
  crc32c: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

export const objectsIn = (bucket: Bucket): ObjectStore => ({
  multipart: gcsMultipart(bucket.name, bucket.storage.apiEndpoint, bucket.storage.authClient),
  async remove({ name, generation }) {
    try {
      await bucket.file(name).delete({ ifGenerationMatch: generation });
      return true;
    } catch (error) {
      // Gone, or another object by now.
      if (statusOf(error) !== 404 && statusOf(error) !== 412) throw error;
      return false;
    }
  },
  async exists(name, encryptionKey) {
    try {
      await readFirstByte(bucket, name, encryptionKey);
      return true;
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return false;
      // Empty; or the key is not the object's. The worker finds that out, and says so.
      if (status === 416 || status === 400) return true;
      throw error;
    }
  },
  async list(prefix) {
    // Without `fields`: asked for some fields, version 8.4 of the client answers files that have no metadata at all.
    const [files] = await bucket.getFiles({ prefix });
    return files.map((file): FoundObject => {
      const { crc32c, metadata, ...object } = listedObject.parse({ ...file.metadata, name: file.name });
      const writer = metadata[writerMetadata];
      return {
        ...object,
        ...(crc32c !== undefined && { crc32c }),
        ...(typeof writer === "string" && { writer }),
      };
    });
  },
});
