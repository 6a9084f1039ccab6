import type { ArchiveStep, AutoclassTerminal, Placement, Rpo } from "../../components/index.ts";
import { STORAGE_PRICES } from "../../components/storage/archive-costs.ts";
import { CLASSES, type PriceList, type StorageClass } from "./prices.ts";
import { bucketRates, rateOf, type BucketRates, type Rate } from "./rates.ts";
import { simulate, type MinimumDays, type Month } from "./simulation.ts";
import { GIB } from "./units.ts";

/** The bucket as a stack configures it. */
export interface BucketFacts {
  readonly placement: Placement;
  readonly rpo?: Rpo;
  readonly softDeleteDays: number;
  readonly steps: readonly ArchiveStep[];
  /** The coldest class of Autoclass, where it chooses the classes. */
  readonly autoclass?: AutoclassTerminal;
  /** Whether older versions are kept. */
  readonly versioning?: boolean;
  /** The class in which a migration's copies arrive. @default STANDARD */
  readonly arrivalClass?: StorageClass;
}

/** Objects below one prefix, or all others, as a part of everything that is stored. */
export interface Share {
  /** Beginning of the names; none for what lies below none of the other prefixes. */
  readonly prefix?: string;
  /** 0 to 1; the shares of a usage add up to 1. */
  readonly part: number;
}

/** How the bucket is used; amounts are GiB, and GiB a month. */
export interface Usage {
  readonly months: number;
  readonly storedGib: number;
  /** The stock is spread evenly over the ages up to this. */
  readonly storedAgeDays: number;
  readonly ingestGibMonth: number;
  /** Months in which the ingest goes on. @default all */
  readonly ingestMonths?: number;
  readonly shares: readonly Share[];
  /** Age at which objects are deleted. @default never */
  readonly deleteAfterDays?: number;
  /** The class in which new objects start. @default STANDARD */
  readonly startsIn?: StorageClass;
  /** Part of what is written that is overwritten later, 0 to 1. */
  readonly overwritten: number;
  /** Age at which it is overwritten, in days. */
  readonly overwrittenAfterDays: number;
  /** Part of everything that is read often enough for Autoclass to keep it in Standard, 0 to 1. */
  readonly active: number;
  /** Size of an average object in bytes. */
  readonly objectBytes: number;
  /** Class A operations that writing one object takes. */
  readonly writesPerObject: number;
  /** Read in the bucket's own regions, where it costs no egress. */
  readonly readGibMonth: number;
  /** Read from other regions of the same continent. */
  readonly readOutsideGibMonth: number;
  /** Sent to the internet straight from the bucket. */
  readonly internetGibMonth: number;
  /** Sent to the internet by the CDN. */
  readonly cdnGibMonth: number;
  /** Part that the CDN answers from its caches, 0 to 1. */
  readonly cdnHits: number;
  /** Size of an average answer of the CDN in bytes. */
  readonly cdnObjectBytes: number;
}

/** What a line of the bill is for, in the order of the report. */
export const ITEMS = [
  "storage",
  "soft-deleted storage",
  "noncurrent versions",
  "early deletion",
  "replication",
  "write operations",
  "class changes",
  "Autoclass management",
  "read operations",
  "retrieval",
  "egress to other regions",
  "egress to the internet",
  "CDN egress",
  "CDN cache fill",
  "CDN lookups",
] as const;
export type Item = (typeof ITEMS)[number];

/** One line of one month's bill. */
export interface Line {
  /** From 1. */
  readonly month: number;
  readonly item: Item;
  readonly storageClass?: StorageClass;
  readonly quantity: number;
  readonly unit: string;
  readonly usd: number;
  readonly rate: Rate;
}

const MINIMUM_DAYS: MinimumDays = {
  STANDARD: STORAGE_PRICES.classes.STANDARD.minimumDays,
  NEARLINE: STORAGE_PRICES.classes.NEARLINE.minimumDays,
  COLDLINE: STORAGE_PRICES.classes.COLDLINE.minimumDays,
  ARCHIVE: STORAGE_PRICES.classes.ARCHIVE.minimumDays,
};

/** Autoclass bills no early deletion. Source: https://docs.cloud.google.com/storage/docs/autoclass */
const NO_MINIMUM: MinimumDays = { STANDARD: 0, NEARLINE: 0, COLDLINE: 0, ARCHIVE: 0 };

/** The bill of each month, line by line; lines of nothing are left out. */
export function monthlyLines(bucket: BucketFacts, usage: Usage, prices: PriceList): Line[] {
  const rates = bucketRates(prices, bucket.placement, bucket.rpo);
  const parts = streamsOf(bucket, usage)
    .filter(({ part }) => part > 0)
    .flatMap(({ steps, part }) => lives(bucket, usage, steps, part));
  return Array.from({ length: usage.months }, (_, index) => {
    const month = merged(parts.flatMap((one) => one[index] ?? []));
    return [
      ...storageLines(month, rates),
      ...operationLines(month, bucket, usage, rates),
      ...(bucket.autoclass ? [managementLine(month, usage, prices)] : []),
      ...readLines(month, bucket, usage, rates, prices),
    ]
      .filter(({ quantity }) => quantity > 0)
      .map((line): Line => ({ ...line, month: index + 1 }));
  }).flat();
}

/** Objects that take the same steps, as a part of everything. */
interface Stream {
  readonly steps: readonly ArchiveStep[];
  readonly part: number;
}

/** Autoclass moves nothing that is smaller. Source: https://docs.cloud.google.com/storage/docs/autoclass */
const SMALLEST_MOVED_BYTES = 128 * 1024;

function streamsOf(bucket: BucketFacts, usage: Usage): Stream[] {
  if (bucket.autoclass === undefined) {
    return usage.shares.map(({ prefix, part }) => ({ part, steps: stepsFor(bucket.steps, prefix) }));
  }
  const active = usage.objectBytes < SMALLEST_MOVED_BYTES ? 1 : usage.active;
  return [
    { part: active, steps: [] },
    { part: 1 - active, steps: UNREAD_STEPS[bucket.autoclass] },
  ];
}

/** What Autoclass does with objects that nobody reads. Source: https://docs.cloud.google.com/storage/docs/autoclass */
const UNREAD_STEPS: Readonly<Record<AutoclassTerminal, readonly ArchiveStep[]>> = {
  NEARLINE: [{ to: "NEARLINE", afterDays: 30 }],
  ARCHIVE: [
    { to: "NEARLINE", afterDays: 30 },
    { to: "COLDLINE", afterDays: 90 },
    { to: "ARCHIVE", afterDays: 365 },
  ],
};

/** What is overwritten ends at another age than the rest; the stock at the start is what has not been. */
function lives(bucket: BucketFacts, usage: Usage, steps: Stream["steps"], part: number): Month[][] {
  const { overwritten, deleteAfterDays, startsIn } = usage;
  const until = (days: number | undefined, ingested: number, stored: number) =>
    simulate(
      {
        steps,
        softDeleteDays: bucket.softDeleteDays,
        ...(bucket.versioning !== undefined && { versioning: bucket.versioning }),
        ...(startsIn && { startsIn }),
        ...(days !== undefined && { deleteAfterDays: days }),
      },
      { gib: stored, agesDays: usage.storedAgeDays },
      ingested,
      bucket.autoclass === undefined ? MINIMUM_DAYS : NO_MINIMUM,
      usage.months,
      usage.ingestMonths,
    );
  const ingest = usage.ingestGibMonth * part;
  const sooner = Math.min(usage.overwrittenAfterDays, deleteAfterDays ?? Infinity);
  return [
    until(deleteAfterDays, ingest * (1 - overwritten), usage.storedGib * part),
    ...(overwritten > 0 ? [until(sooner, ingest * overwritten, 0)] : []),
  ];
}

/** The steps that objects below a prefix take. */
function stepsFor(steps: readonly ArchiveStep[], prefix: string | undefined): ArchiveStep[] {
  return steps.filter(
    ({ prefixes }) => prefixes === undefined || prefixes.some((one) => prefix?.startsWith(one) === true),
  );
}

function merged(months: readonly Month[]): Month {
  const sum = (field: "atRest" | "softDeleted" | "noncurrent" | "moved" | "early") =>
    byClass((one) => months.reduce((total, month) => total + month[field][one], 0));
  return {
    atRest: sum("atRest"),
    softDeleted: sum("softDeleted"),
    noncurrent: sum("noncurrent"),
    moved: sum("moved"),
    early: sum("early"),
    ingested: months.reduce((total, { ingested }) => total + ingested, 0),
  };
}

function byClass<Value>(value: (one: StorageClass) => Value): Record<StorageClass, Value> {
  return {
    STANDARD: value("STANDARD"),
    NEARLINE: value("NEARLINE"),
    COLDLINE: value("COLDLINE"),
    ARCHIVE: value("ARCHIVE"),
  };
}

type Part = Omit<Line, "month">;

function line(item: Item, unit: string, quantity: number, rate: Rate, storageClass?: StorageClass): Part {
  return { item, unit, quantity, usd: quantity * rate.usd, rate, ...(storageClass && { storageClass }) };
}

function storageLines(month: Month, { atRest, replication }: BucketRates): Part[] {
  return [
    ...CLASSES.map((one) => line("storage", "GiB-month", month.atRest[one], atRest[one], one)),
    ...CLASSES.map((one) =>
      line("soft-deleted storage", "GiB-month", month.softDeleted[one], atRest[one], one),
    ),
    ...CLASSES.map((one) =>
      line("noncurrent versions", "GiB-month", month.noncurrent[one], atRest[one], one),
    ),
    ...CLASSES.map((one) => line("early deletion", "GiB-month", month.early[one], atRest[one], one)),
    ...(replication ? [line("replication", "GiB", month.ingested, replication)] : []),
  ];
}

function operationLines(
  month: Month,
  { autoclass }: BucketFacts,
  usage: Usage,
  { operationA }: BucketRates,
): Part[] {
  const objects = (gib: number): number => (gib * GIB) / usage.objectBytes;
  const { startsIn = "STANDARD" } = usage;
  return [
    line(
      "write operations",
      "operations",
      objects(month.ingested) * usage.writesPerObject,
      operationA[startsIn],
      startsIn,
    ),
    ...(autoclass === undefined ? CLASSES : []).map((one) =>
      line("class changes", "operations", objects(month.moved[one]), operationA[one], one),
    ),
  ];
}

/** Autoclass's fee for every object that it could move, older versions included. */
function managementLine(month: Month, usage: Usage, prices: PriceList): Part {
  const gib = CLASSES.reduce((sum, one) => sum + month.atRest[one] + month.noncurrent[one], 0);
  const objects = usage.objectBytes < SMALLEST_MOVED_BYTES ? 0 : (gib * GIB) / usage.objectBytes;
  return line("Autoclass management", "object-months", objects, rateOf(prices, "autoclass.management", 1000));
}

/** Reads are spread over the classes as the data is; with Autoclass, what is read is in Standard. */
function readLines(
  month: Month,
  { autoclass }: BucketFacts,
  usage: Usage,
  rates: BucketRates,
  prices: PriceList,
): Part[] {
  const filled = usage.cdnGibMonth * (1 - usage.cdnHits);
  const read = usage.readGibMonth + usage.readOutsideGibMonth + usage.internetGibMonth + filled;
  const stored = CLASSES.reduce((sum, one) => sum + month.atRest[one], 0);
  const readFrom = (one: StorageClass): number => {
    if (autoclass !== undefined) return one === "STANDARD" ? read : 0;
    return stored > 0 ? (read * month.atRest[one]) / stored : 0;
  };
  return [
    ...CLASSES.map((one) =>
      line(
        "read operations",
        "operations",
        (readFrom(one) * GIB) / usage.objectBytes,
        rates.operationB[one],
        one,
      ),
    ),
    ...CLASSES.map((one) => line("retrieval", "GiB", readFrom(one), rates.retrieval[one], one)).filter(
      ({ rate }) => rate.usd > 0,
    ),
    line(
      "egress to other regions",
      "GiB",
      usage.readOutsideGibMonth,
      rateOf(prices, "egress.same-continent"),
    ),
    ...tiered(prices, "egress to the internet", INTERNET_TIERS, usage.internetGibMonth),
    ...tiered(prices, "CDN egress", CDN_TIERS, usage.cdnGibMonth),
    line("CDN cache fill", "GiB", filled, rateOf(prices, "cdn.fill")),
    line(
      "CDN lookups",
      "lookups",
      (usage.cdnGibMonth * GIB) / usage.cdnObjectBytes,
      rateOf(prices, "cdn.lookups", 10_000),
    ),
  ];
}

/** Ids with the TiB that each is for. */
type Tiers = readonly (readonly [id: string, tib: number])[];
const INTERNET_TIERS: Tiers = [
  ["egress.internet.first-10-tib", 10],
  ["egress.internet.next-140-tib", 140],
  ["egress.internet.over-150-tib", Infinity],
];
const CDN_TIERS: Tiers = [
  ["cdn.egress.first-10-tib", 10],
  ["cdn.egress.next-140-tib", 140],
  ["cdn.egress.next-850-tib", 850],
  ["cdn.egress.over-1000-tib", Infinity],
];

function tiered(prices: PriceList, item: Item, tiers: Tiers, gib: number): Part[] {
  let left = gib;
  return tiers.map(([id, tib]) => {
    const quantity = Math.min(left, tib * 1024);
    left -= quantity;
    return line(item, "GiB", quantity, rateOf(prices, id));
  });
}

/** The sum of lines in US dollars. */
export function total(lines: readonly Pick<Line, "usd">[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}
