import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { objectRecordSchema, type ObjectRecord } from "./object-schema.ts";
import { readJsonFiles, writeJson } from "./persistence.ts";
import type { Staged } from "./staging.ts";
import type { Logger } from "./logger.ts";

/**
 * The files of objects: `{bucket}/{shard}/{generation}.body` and, written last, `{generation}.json`. A body without
 * its JSON file was never acknowledged, and is removed at the next start.
 */
export interface ObjectFiles {
  save(record: ObjectRecord, staged: Staged): Promise<void>;
  saveRecord(record: ObjectRecord): Promise<void>;
  remove(record: ObjectRecord): Promise<void>;
  removeBucket(bucket: string): Promise<void>;
  /** The body for reading; undefined when a concurrent write has removed this generation. */
  open(record: ObjectRecord): Promise<FileHandle | undefined>;
  readonly bodyPath: (record: ObjectRecord) => string;
  load(bucketExists: (bucket: string) => boolean, take: (record: ObjectRecord) => void): Promise<void>;
}

const SHARDS = 100;

export async function openObjectFiles(directory: string, logger: Logger): Promise<ObjectFiles> {
  await mkdir(directory, { recursive: true });
  const made = new Set<string>();
  const shardOf = (record: ObjectRecord): string =>
    path.join(directory, record.bucket, String(record.generation % SHARDS));
  const file = (record: ObjectRecord, kind: "json" | "body"): string =>
    path.join(shardOf(record), `${record.generation}.${kind}`);
  const makeShard = async (record: ObjectRecord): Promise<void> => {
    const shard = shardOf(record);
    if (made.has(shard)) return;
    await mkdir(shard, { recursive: true });
    made.add(shard);
  };

  return {
    bodyPath: (record) => file(record, "body"),
    save: async (record, staged) => {
      await makeShard(record);
      await rename(staged.path, file(record, "body"));
      await writeJson(file(record, "json"), record);
    },
    saveRecord: (record) => writeJson(file(record, "json"), record),
    remove: async (record) => {
      await rm(file(record, "json"), { force: true });
      await rm(file(record, "body"), { force: true });
    },
    removeBucket: async (bucket) => {
      await rm(path.join(directory, bucket), { recursive: true, force: true });
      for (const shard of made)
        if (shard.startsWith(path.join(directory, bucket) + path.sep)) made.delete(shard);
    },
    open: async (record) => {
      try {
        return await open(file(record, "body"), "r");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    load: async (bucketExists, take) => {
      for (const bucket of await readdir(directory)) {
        if (!bucketExists(bucket)) {
          await rm(path.join(directory, bucket), { recursive: true, force: true });
          continue;
        }
        for (const shard of await readdir(path.join(directory, bucket))) {
          await loadShard(path.join(directory, bucket, shard), take, logger);
        }
      }
    },
  };
}

async function loadShard(shard: string, take: (record: ObjectRecord) => void, logger: Logger): Promise<void> {
  const records: ObjectRecord[] = [];
  await readJsonFiles(shard, (value) => records.push(objectRecordSchema.parse(value)));
  const acknowledged = new Set(records.map((record) => `${record.generation}.body`));
  for (const entry of await readdir(shard)) {
    if (entry.endsWith(".body") && !acknowledged.has(entry))
      await rm(path.join(shard, entry), { force: true });
  }
  for (const record of records) {
    const found = await stat(path.join(shard, `${record.generation}.body`)).catch(() => undefined);
    if (found?.size === record.size) take(record);
    // Only a machine that lost power can do this (bodies are not synced): better a missing object than a wrong one.
    else
      logger.error(
        { bucket: record.bucket, object: record.name },
        "object lost: its body is missing or cut short",
      );
  }
}
