import type { FileHandle } from "node:fs/promises";
import type { Buckets } from "./buckets.ts";
import type { BucketRecord } from "./bucket-schema.ts";
import { checkKeysAllowed, type CustomerKey } from "./customer-keys.ts";
import { objectNotFound } from "./errors.ts";
import type { Locks } from "./locks.ts";
import { checkObjectName } from "./names.ts";
import { openObjectFiles } from "./object-files.ts";
import { createObjectIndex, type ObjectIndex } from "./object-index.ts";
import { refuseWhileHeld, storageClassOf } from "./object-rules.ts";
import {
  patched,
  settableOf,
  type ObjectBody,
  type ObjectFields,
  type ObjectRecord,
} from "./object-schema.ts";
import { checkPreconditions, type Preconditions } from "./preconditions.ts";
import type { RateLimiter } from "./rate-limits.ts";
import type { Staged } from "./staging.ts";
import type { Logger } from "./logger.ts";

export interface CreateObject {
  readonly bucket: string;
  readonly name: string;
  readonly staged: Staged;
  readonly fields: ObjectFields;
  readonly conditions: Preconditions;
  readonly componentCount?: number;
  readonly customerKey?: CustomerKey | undefined;
  /** Throws unless the caller may replace a live object. */
  readonly authorizeOverwrite: () => void;
}

export interface ObjectAddress {
  readonly bucket: string;
  readonly name: string;
  readonly generation?: number | undefined;
}

/**
 * The objects of all buckets. Every change of one name runs alone, from the check of its preconditions to its last
 * file: that is what makes `ifGenerationMatch` a compare-and-swap.
 */
export interface Objects {
  index(bucket: string): ObjectIndex;
  /** @throws NoSuchKey */
  get(address: ObjectAddress): ObjectRecord;
  /** The record as `get` gives it, and its body; never one without the other. `check` may throw to refuse. */
  open(address: ObjectAddress, check: (record: ObjectRecord) => void): Promise<[ObjectRecord, FileHandle]>;
  readonly bodyPath: (record: ObjectRecord) => string;
  /** Takes the staged file over. */
  create(request: CreateObject): Promise<ObjectRecord>;
  update(
    address: ObjectAddress,
    body: ObjectBody,
    conditions: Preconditions,
    replace?: boolean,
  ): Promise<ObjectRecord>;
  remove(address: ObjectAddress, conditions: Preconditions): Promise<void>;
  /** No object, and none on its way. */
  isEmpty(bucket: string): boolean;
  readonly forget: (bucket: string) => Promise<void>;
}

interface ObjectsOptions {
  readonly directory: string;
  readonly clock: () => Date;
  readonly locks: Locks;
  readonly logger: Logger;
  readonly rateLimits: RateLimiter;
  readonly buckets: () => Pick<Buckets, "find" | "get">;
  /** Told of each new object, once it is there. */
  readonly finalized: (record: ObjectRecord, overwritten: ObjectRecord | undefined) => void;
}

export async function openObjects(options: ObjectsOptions): Promise<Objects & { load(): Promise<void> }> {
  const { clock, locks } = options;
  const files = await openObjectFiles(options.directory, options.logger);
  const indexes = new Map<string, ObjectIndex>();
  const underway = new Map<string, number>();
  let lastGeneration = 0;

  const index = (bucket: string): ObjectIndex => {
    const known = indexes.get(bucket);
    if (known !== undefined) return known;
    const made = createObjectIndex();
    indexes.set(bucket, made);
    return made;
  };
  const find = ({ bucket, name, generation }: ObjectAddress): ObjectRecord | undefined =>
    generation === undefined ? index(bucket).live(name) : index(bucket).generation(name, generation);
  const get = (address: ObjectAddress): ObjectRecord => {
    options.buckets().get(address.bucket);
    const record = find(address);
    if (record === undefined) throw objectNotFound(address.bucket, address.name);
    return record;
  };
  const alone = async <T>(address: ObjectAddress, work: (bucket: BucketRecord) => Promise<T>): Promise<T> => {
    options.rateLimits.write(address.bucket, address.name);
    return locks(`object ${address.bucket}/${address.name}`, async () => {
      const bucket = options.buckets().get(address.bucket);
      // Counted from the same turn in which the bucket was seen, so that it cannot be deleted under this work.
      underway.set(bucket.name, (underway.get(bucket.name) ?? 0) + 1);
      try {
        return await work(bucket);
      } finally {
        underway.set(bucket.name, (underway.get(bucket.name) ?? 1) - 1);
      }
    });
  };
  const erase = async (record: ObjectRecord): Promise<void> => {
    index(record.bucket).drop(record);
    await files.remove(record);
  };
  const retire = async (record: ObjectRecord): Promise<void> => {
    const noncurrent = { ...record, timeDeleted: clock().toISOString() };
    index(record.bucket).put(noncurrent);
    await files.saveRecord(noncurrent);
  };
  const endLive = (record: ObjectRecord, bucket: BucketRecord): Promise<void> =>
    bucket.settings.versioning?.enabled === true ? retire(record) : erase(record);

  return {
    index,
    get,
    bodyPath: files.bodyPath,
    open: async (address, check) => {
      options.rateLimits.read(address.bucket);
      for (;;) {
        const record = get(address);
        check(record);
        const handle = await files.open(record);
        if (handle !== undefined) return [record, handle];
      }
    },

    create: (request) =>
      alone(request, async (bucket) => {
        checkObjectName(request.name);
        if (request.customerKey !== undefined) checkKeysAllowed(bucket);
        const before = find(request);
        checkPreconditions(request.conditions, before, "write");
        if (before !== undefined) {
          request.authorizeOverwrite();
          if (bucket.settings.versioning?.enabled !== true) refuseWhileHeld(before, bucket, clock());
        }
        const now = clock();
        lastGeneration = Math.max(lastGeneration + 1, now.getTime() * 1000);
        const { staged, customerKey } = request;
        const kmsKey = customerKey ? undefined : bucket.settings.encryption?.defaultKmsKeyName;
        const record: ObjectRecord = {
          ...request.fields,
          ...(bucket.settings.defaultEventBasedHold === true && { eventBasedHold: true }),
          bucket: bucket.name,
          name: request.name,
          generation: lastGeneration,
          metageneration: 1,
          size: staged.size,
          crc32c: staged.crc32c,
          ...(staged.md5Hash !== undefined && { md5Hash: staged.md5Hash }),
          ...(request.componentCount !== undefined && { componentCount: request.componentCount }),
          ...(customerKey !== undefined && {
            customerEncryption: { encryptionAlgorithm: "AES256", keySha256: customerKey.sha256 },
          }),
          ...(kmsKey !== undefined && { kmsKeyName: `${kmsKey}/cryptoKeyVersions/1` }),
          storageClass: storageClassOf(request.fields, bucket),
          timeCreated: now.toISOString(),
          updated: now.toISOString(),
          timeStorageClassUpdated: now.toISOString(),
        };
        await files.save(record, staged);
        index(bucket.name).put(record);
        if (before !== undefined) index(bucket.name).drop(before);
        if (before !== undefined) await endLive(before, bucket);
        options.finalized(record, before);
        return record;
      }),

    update: (address, body, conditions, replace = false) =>
      alone(address, async () => {
        const before = get(address);
        checkPreconditions(conditions, before, "write");
        const known = settableOf(before);
        const fields = patched(replace ? {} : known, body);
        const kept = Object.fromEntries(
          Object.entries(before).filter(([key]) => !(key in known)),
        ) as typeof before;
        const record: ObjectRecord = {
          ...kept,
          ...fields,
          storageClass: before.storageClass,
          metageneration: before.metageneration + 1,
          updated: clock().toISOString(),
        };
        await files.saveRecord(record);
        index(record.bucket).put(record);
        return record;
      }),

    remove: (address, conditions) =>
      alone(address, async (bucket) => {
        const record = get(address);
        checkPreconditions(conditions, record, "write");
        const keepsGeneration =
          bucket.settings.versioning?.enabled === true && address.generation === undefined;
        if (keepsGeneration) return retire(record);
        refuseWhileHeld(record, bucket, clock());
        return erase(record);
      }),

    isEmpty: (bucket) => index(bucket).size() === 0 && (underway.get(bucket) ?? 0) === 0,
    forget: async (bucket) => {
      indexes.delete(bucket);
      await files.removeBucket(bucket);
    },

    load: async () => {
      await files.load(
        (bucket) => options.buckets().find(bucket) !== undefined,
        (record) => {
          index(record.bucket).put(record);
        },
      );
      for (const [name, bucketIndex] of indexes) {
        const bucket = options.buckets().get(name);
        for (const record of [...bucketIndex.all()]) {
          lastGeneration = Math.max(lastGeneration, record.generation);
          // A crash between the new generation's file and the end of the old one leaves two live ones: the newer won.
          const newest = bucketIndex
            .generations(record.name)
            .findLast((other) => other.timeDeleted === undefined);
          if (record.timeDeleted === undefined && record !== newest) await endLive(record, bucket);
        }
      }
    },
  };
}
