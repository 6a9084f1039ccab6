import { PlacementKind, Rpo, type Placement } from "../../components/index.ts";
import { CLASSES, UNITS, type Price, type PriceList, type StorageClass } from "./prices.ts";
import { STORAGE_PRICES } from "../../components/storage/archive-costs.ts";

/** A price as the model uses it, with the ids of the prices that it is made of. */
export interface Rate {
  readonly usd: number;
  readonly ids: readonly string[];
  /** Says where another price stands in for one that is not known. */
  readonly standIn?: string;
}

/** What a bucket in one placement costs. */
export interface BucketRates {
  /** A GiB and month at rest. */
  readonly atRest: Readonly<Record<StorageClass, Rate>>;
  /** A single operation, not a thousand. */
  readonly operationA: Readonly<Record<StorageClass, Rate>>;
  readonly operationB: Readonly<Record<StorageClass, Rate>>;
  /** A GiB read. */
  readonly retrieval: Readonly<Record<StorageClass, Rate>>;
  /** A GiB written; nothing in a region. */
  readonly replication?: Rate;
}

/** A price that is needed and not there; the message names the id and what to do. */
export class MissingPrices extends Error {
  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    super(`No price for ${ids.join(", ")}.`);
    this.name = "MissingPrices";
    this.ids = ids;
  }
}

/** The price of an id, divided by how many units it is for. */
export function rateOf(prices: PriceList, id: string, units = 1): Rate {
  return { usd: priceOf(prices, id).usd / units, ids: [id] };
}

/** @throws {MissingPrices} */
export function priceOf(prices: PriceList, id: string): Price {
  const price = prices[id];
  if (price === undefined) throw new MissingPrices([id]);
  return price;
}

/** What a bucket costs where it is placed. Prices that are not known are stood in for, and the rate says so. */
export function bucketRates(prices: PriceList, placement: Placement, rpo: Rpo | undefined): BucketRates {
  const where = placement.kind === PlacementKind.Region ? "region" : "dual-or-multi-region";
  const each = (rate: (one: StorageClass) => Rate) =>
    Object.fromEntries(CLASSES.map((one) => [one, rate(one)])) as Record<StorageClass, Rate>;
  const replication = replicationId(placement, rpo);
  return {
    atRest: each((one) => atRest(prices, placement, one)),
    operationA: each((one) => rateOf(prices, `operations-a.${where}.${one}`, 1000)),
    operationB: each((one) => rateOf(prices, `operations-b.${where}.${one}`, 1000)),
    retrieval: each((one) => rateOf(prices, `retrieval.${one}`)),
    ...(replication !== undefined && { replication: rateOf(prices, replication) }),
  };
}

function atRest(prices: PriceList, placement: Placement, storageClass: StorageClass): Rate {
  switch (placement.kind) {
    case PlacementKind.Region: {
      const [region = ""] = placement.regions;
      return regional(prices, "storage.region", region, storageClass);
    }
    case PlacementKind.MultiRegion: {
      const id = `storage.multi-region.${placement.location}.${storageClass}`;
      if (prices[id] !== undefined) return rateOf(prices, id);
      const other = `storage.multi-region.US.${storageClass}`;
      return {
        ...rateOf(prices, other),
        standIn: `no verified price for ${placement.location}: that of US stands in`,
      };
    }
    case PlacementKind.DualRegion: {
      const own = `storage.dual-region.${placement.location}.${storageClass}`;
      if (prices[own] !== undefined) return rateOf(prices, own);
      const both = placement.regions.map((region) =>
        regional(prices, "storage.dual-region", region, storageClass),
      );
      const notes = [
        ...(UNITS[own] === undefined
          ? []
          : [
              `no verified price for ${placement.location}, which has its own: the sum of its two regions stands in, as for a configurable dual-region`,
            ]),
        ...both.flatMap(({ standIn }) => standIn ?? []),
      ];
      return {
        usd: both.reduce((sum, { usd }) => sum + usd, 0),
        ids: both.flatMap(({ ids }) => ids),
        ...(notes.length > 0 && { standIn: notes.join("; ") }),
      };
    }
  }
}

function regional(prices: PriceList, prefix: string, region: string, storageClass: StorageClass): Rate {
  const id = `${prefix}.${region}.${storageClass}`;
  if (prices[id] !== undefined) return rateOf(prices, id);
  return {
    ...rateOf(prices, `${prefix}.${STORAGE_PRICES.region}.${storageClass}`),
    standIn: `no price for ${region}: that of ${STORAGE_PRICES.region} stands in`,
  };
}

function replicationId(placement: Placement, rpo: Rpo | undefined): string | undefined {
  if (placement.kind === PlacementKind.Region) return undefined;
  const area = areaOf(placement);
  if (placement.kind === PlacementKind.MultiRegion) return `replication.multi-region.${area}`;
  return `replication.dual-region.${area}.${rpo === Rpo.ASYNC_TURBO ? "turbo" : "default"}`;
}

/** Areas in which replication has one price. */
function areaOf({ location, regions }: Placement): "america-europe" | "asia" | "oceania" {
  const [region = location.toLowerCase()] = regions;
  if (region.startsWith("asia")) return "asia";
  return region.startsWith("australia") ? "oceania" : "america-europe";
}
