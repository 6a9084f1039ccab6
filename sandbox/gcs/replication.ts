import { z } from "zod";
import { checkPlacement } from "../../components/placement/index.ts";
import type { BucketRecord } from "./bucket-schema.ts";
import { StorageError } from "./errors.ts";
import type { ObjectRecord } from "./object-schema.ts";
import type { Objects } from "./objects.ts";

/**
 * Replication between the regions of a bucket, and regions that are out.
 *
 * As documented (https://docs.cloud.google.com/storage/docs/availability-durability): metadata and lists are consistent everywhere at once, and
 * a read is served from whichever region has the data; data that is not replicated yet cannot be read while the region that took it is out, and
 * no older version is given in its place.
 */
export interface Replication {
  get(): ReplicationSettings;
  /** @throws ZodError */
  set(settings: ReplicationInput): void;
  /** Takes a region out: what it took and has not passed on yet is unreadable, and buckets that are nowhere else are, too. */
  stopRegion(region: string): void;
  /** Brings a region back; replication goes on where it was. */
  startRegion(region: string): void;
  /** Regions that are out. */
  stopped(): readonly string[];
  /** Objects as requests through an endpoint of a region see and write them; undefined for an endpoint of no region. */
  seenFrom(region: string | undefined, objects: Objects): Objects;
}

export const replicationSettingsSchema = z.strictObject({
  /**
   * Seconds until the other region has a new object's data. Turbo replication aims at 15 minutes at most, default replication at 12 hours.
   * @default 0
   */
  lagSeconds: z.number().nonnegative().default(0),
  /** The same for objects whose name starts so; the longest prefix that fits counts. */
  prefixes: z.record(z.string(), z.number().nonnegative()).default({}),
});
export type ReplicationSettings = z.infer<typeof replicationSettingsSchema>;
type ReplicationInput = z.input<typeof replicationSettingsSchema>;

/** Of one generation that only the region has that took it. */
interface Pending {
  readonly region: string;
  /** Milliseconds of replication still to come, as of `since`. */
  left: number;
  since: number;
}

export function createReplication(
  clock: () => Date,
  bucketOf: (name: string) => BucketRecord | undefined,
): Replication {
  let settings: ReplicationSettings = replicationSettingsSchema.parse({});
  const out = new Set<string>();
  const pending = new Map<string, Pending>();
  const now = (): number => clock().getTime();
  const keyOf = ({ bucket, name, generation }: ObjectRecord): string => `${bucket}/${name}#${generation}`;

  const took = (record: ObjectRecord, region: string | undefined): void => {
    forgetReplicated();
    const lagSeconds = lagOf(record.name);
    if (region === undefined || lagSeconds === 0) return;
    if (!regionsOf(bucketOf(record.bucket)).includes(region)) return;
    pending.set(keyOf(record), { region, left: lagSeconds * 1000, since: now() });
  };
  const lagOf = (name: string): number => {
    const fitting = Object.entries(settings.prefixes).filter(([prefix]) => name.startsWith(prefix));
    return fitting.toSorted(([one], [other]) => other.length - one.length)[0]?.[1] ?? settings.lagSeconds;
  };
  const isReplicated = ({ region, left, since }: Pending): boolean =>
    !out.has(region) && now() - since >= left;
  const forgetReplicated = (): void => {
    for (const [key, one] of pending) if (isReplicated(one)) pending.delete(key);
  };
  const checkReadable = (record: ObjectRecord): void => {
    if (out.size === 0) return;
    const waiting = pending.get(keyOf(record));
    if (waiting !== undefined && out.has(waiting.region)) throw unavailable();
    checkPlaced(record.bucket);
  };
  /** @throws where every region of a bucket is out */
  const checkPlaced = (bucket: string): void => {
    if (out.size === 0) return;
    const regions = regionsOf(bucketOf(bucket));
    if (regions.length > 0 && regions.every((region) => out.has(region))) throw unavailable();
  };

  return {
    get: () => settings,
    set: (given) => {
      settings = replicationSettingsSchema.parse(given);
    },
    stopRegion: (region) => {
      if (out.has(region)) return;
      forgetReplicated();
      out.add(region);
      for (const one of pending.values()) {
        if (one.region !== region) continue;
        one.left -= now() - one.since;
      }
    },
    startRegion: (region) => {
      if (!out.delete(region)) return;
      for (const one of pending.values()) if (one.region === region) one.since = now();
    },
    stopped: () => [...out],
    seenFrom: (region, objects) => ({
      ...objects,
      open: (address, check) =>
        objects.open(address, (record) => {
          check(record);
          checkReadable(record);
        }),
      create: async (request) => {
        checkPlaced(request.bucket);
        const record = await objects.create(request);
        took(record, region);
        return record;
      },
    }),
  };
}

const unavailable = (): StorageError =>
  new StorageError({
    status: 503,
    reason: "backendError",
    code: "ServiceUnavailable",
    message: "Service unavailable. Please try again.",
  });

/** Regions of a bucket's placement; none for a multi-region, in which Google chooses. */
function regionsOf(bucket: BucketRecord | undefined): readonly string[] {
  if (bucket === undefined) return [];
  const { location, customPlacementConfig } = bucket.settings;
  const verdict = checkPlacement({
    location: location ?? "US",
    ...(customPlacementConfig && { dataLocations: customPlacementConfig.dataLocations }),
  });
  return verdict.regions;
}
