import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { checkAutoclass, checkBucketName, checkLock, withDefaults, withPlacement } from "./bucket-rules.ts";
import {
  bucketRecordSchema,
  FIXED_SETTINGS,
  mergePatch,
  parseSettings,
  withoutOutputFields,
  type BucketRecord,
  type BucketSettings,
} from "./bucket-schema.ts";
import { bucketNotFound, conflict, invalid, required } from "./errors.ts";
import type { Locks } from "./locks.ts";
import { readJsonFiles, writeJson } from "./persistence.ts";
import { checkMetageneration, type Preconditions } from "./preconditions.ts";

export interface Buckets {
  /** @throws NoSuchBucket */
  get(name: string): BucketRecord;
  find(name: string): BucketRecord | undefined;
  /** In the order of their names. */
  list(): readonly BucketRecord[];
  create(body: unknown, options?: { objectRetention: boolean }): Promise<BucketRecord>;
  /** `replace` drops every setting that the body does not name. */
  update(name: string, body: unknown, conditions: Preconditions, replace?: boolean): Promise<BucketRecord>;
  /** @throws without a policy, and unless the caller saw the bucket as it is */
  lockRetention(name: string, conditions: Preconditions): Promise<BucketRecord>;
  /** @param empty asked last, and synchronously with the bucket's end */
  remove(name: string, conditions: Preconditions, empty: () => boolean): Promise<void>;
}

interface BucketsOptions {
  readonly directory: string;
  readonly clock: () => Date;
  readonly locks: Locks;
  /** Removes what is left of a bucket's objects; runs before a bucket of that name can be made again. */
  readonly afterRemoval: (name: string) => Promise<void>;
}

export async function openBuckets(options: BucketsOptions): Promise<Buckets> {
  const { directory, clock, locks } = options;
  const records = new Map<string, BucketRecord>();
  await mkdir(directory, { recursive: true });
  await readJsonFiles(directory, (value) => {
    const record = bucketRecordSchema.parse(value);
    records.set(record.name, record);
  });

  const locked = <T>(name: string, work: () => Promise<T>): Promise<T> => locks(`bucket ${name}`, work);
  const save = async (record: BucketRecord): Promise<BucketRecord> => {
    await writeJson(path.join(directory, `${record.name}.json`), record);
    records.set(record.name, record);
    return record;
  };
  const get = (name: string): BucketRecord => {
    const record = records.get(name);
    if (record === undefined) throw bucketNotFound();
    return record;
  };

  return {
    get,
    find: (name) => records.get(name),
    list: () => [...records.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),

    create: async (body, { objectRetention } = { objectRetention: false }) => {
      const fields = {
        ...withoutOutputFields(body),
        ...(objectRetention && { objectRetention: { mode: "Enabled" } }),
      };
      const name = (body as { name?: unknown }).name;
      if (typeof name !== "string") throw invalid("Required parameter: name", "name");
      checkBucketName(name);
      return locked(name, async () => {
        if (records.has(name)) {
          throw conflict(
            "Your previous request to create the named bucket succeeded and you already own it.",
            "BucketAlreadyOwnedByYou",
          );
        }
        const now = clock();
        const place = withPlacement(parseSettings(fields));
        checkAutoclass(place.settings);
        return save({
          name,
          settings: withDefaults(place.settings, undefined, now),
          locationType: place.locationType,
          generation: now.getTime() * 1000,
          metageneration: 1,
          timeCreated: now.toISOString(),
          updated: now.toISOString(),
        });
      });
    },

    update: (name, body, conditions, replace = false) =>
      locked(name, async () => {
        const before = get(name);
        checkMetageneration(conditions, before.metageneration, "write");
        const fields = withoutOutputFields(body);
        const base = replace ? onlyFixed(before) : before.settings;
        const settings = parseSettings(mergePatch(base, fields) as Record<string, unknown>);
        const place = withPlacement(settings);
        refuseMove(before, place.settings);
        checkAutoclass(place.settings);
        checkLock(before.settings, place.settings);
        return save({
          ...before,
          settings: withDefaults(place.settings, before.settings, clock()),
          metageneration: before.metageneration + 1,
          updated: clock().toISOString(),
        });
      }),

    lockRetention: (name, conditions) =>
      locked(name, async () => {
        const before = get(name);
        if (conditions.metagenerationMatch === undefined) {
          throw required("Required parameter: ifMetagenerationMatch", "ifMetagenerationMatch");
        }
        checkMetageneration(conditions, before.metageneration, "write");
        const { retentionPolicy } = before.settings;
        if (retentionPolicy === undefined) throw invalid("The bucket has no retention policy to lock.");
        return save({
          ...before,
          settings: { ...before.settings, retentionPolicy: { ...retentionPolicy, isLocked: true } },
          metageneration: before.metageneration + 1,
          updated: clock().toISOString(),
        });
      }),

    remove: (name, conditions, empty) =>
      locked(name, async () => {
        checkMetageneration(conditions, get(name).metageneration, "write");
        if (!empty()) throw conflict("The bucket you tried to delete is not empty.", "BucketNotEmpty");
        records.delete(name);
        await rm(path.join(directory, `${name}.json`));
        await options.afterRemoval(name);
      }),
  };
}

function onlyFixed({ settings }: BucketRecord): Partial<BucketSettings> {
  return Object.fromEntries(FIXED_SETTINGS.flatMap((key) => (key in settings ? [[key, settings[key]]] : [])));
}

/** Google has no way to move a bucket by an update; saying so beats ignoring it. */
function refuseMove(before: BucketRecord, after: BucketRecord["settings"]): void {
  for (const key of FIXED_SETTINGS) {
    const [old, wanted] = [before.settings[key], after[key]].map((value) => JSON.stringify(value));
    if (old !== wanted) {
      throw invalid(
        `${key} cannot be changed after creation: it is ${old ?? "not set"}, given ${wanted ?? "nothing"}.`,
      );
    }
  }
}
