import { monthlyLines, total, type BucketFacts, type Line, type Usage } from "./monthly.ts";
import type { PriceList } from "./prices.ts";
import { MissingPrices, rateOf } from "./rates.ts";
import { GIB } from "./units.ts";

/** Media that moves from Amazon S3 into the bucket. */
export interface Migration {
  readonly gib: number;
  /** Months over which it moves, in equal parts; S3 keeps and bills all of it until the end. */
  readonly overMonths: number;
}

/** What both sides have cost at the end of a month, in US dollars. */
export interface Comparison {
  readonly month: number;
  readonly staying: number;
  readonly moving: number;
}

export interface MigrationCost {
  /** What only the move itself costs. */
  readonly oneOff: readonly {
    readonly what: string;
    readonly usd: number;
    readonly ids: readonly string[];
  }[];
  readonly comparison: readonly Comparison[];
  /** The first month at whose end moving has cost no more than staying. */
  readonly breakEvenMonth?: number;
  /** What the bucket bills for the moved media month by month, the arrival included. */
  readonly lines: readonly Line[];
}

/** Prices of S3 that a migration needs; none of them is built in. */
export const S3_PRICES = ["s3.storage", "s3.egress", "s3.requests-get", "s3.requests-list"] as const;

/** Objects that one answer of S3's list holds. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const LISTED_AT_ONCE = 1000;

/**
 * Moving media to the bucket against leaving it in S3, with the same media kept on both sides and nothing read. What other media the
 * bucket holds makes no difference and is left out. No fee of the transfer service is counted: none is verified.
 *
 * @throws {MissingPrices} naming each price of S3 that is missing
 */
export function migrationCost(
  bucket: BucketFacts,
  usage: Usage,
  { gib, overMonths }: Migration,
  prices: PriceList,
): MigrationCost {
  const missing = S3_PRICES.filter((id) => prices[id] === undefined);
  if (missing.length > 0) throw new MissingPrices(missing);

  const lines = monthlyLines(
    bucket,
    {
      ...usage,
      ...(bucket.arrivalClass && { startsIn: bucket.arrivalClass }),
      overwritten: 0,
      storedGib: 0,
      storedAgeDays: 0,
      ingestGibMonth: gib / overMonths,
      ingestMonths: overMonths,
      readGibMonth: 0,
      readOutsideGibMonth: 0,
      internetGibMonth: 0,
      cdnGibMonth: 0,
    },
    prices,
  );
  const objects = (gib * GIB) / usage.objectBytes;
  const once = (what: string, id: (typeof S3_PRICES)[number], quantity: number, units: number) => {
    const rate = rateOf(prices, id, units);
    return { what, usd: quantity * rate.usd, ids: rate.ids };
  };
  const arriving = (what: string, item: Line["item"]) => {
    const found = lines.filter((line) => line.item === item);
    return { what, usd: total(found), ids: [...new Set(found.flatMap(({ rate }) => rate.ids))] };
  };
  const fromS3 = [
    once("S3 data transfer out", "s3.egress", gib, 1),
    once("S3 GET requests", "s3.requests-get", objects, 1000),
    once("S3 LIST requests", "s3.requests-list", Math.ceil(objects / LISTED_AT_ONCE), 1000),
  ];
  const oneOff = [
    ...fromS3,
    arriving("Cloud Storage write operations", "write operations"),
    arriving("Cloud Storage replication", "replication"),
  ].filter(({ usd }) => usd > 0);

  const s3Month = gib * rateOf(prices, "s3.storage").usd;
  const comparison: Comparison[] = [];
  let [staying, moving] = [0, 0];
  for (let month = 1; month <= usage.months; month++) {
    staying += s3Month;
    moving += total(lines.filter((line) => line.month === month));
    if (month <= overMonths) moving += s3Month + total(fromS3) / overMonths;
    comparison.push({ month, staying, moving });
  }
  const breakEven = comparison.find((one) => one.month > overMonths && one.moving <= one.staying);
  return { oneOff, comparison, lines, ...(breakEven && { breakEvenMonth: breakEven.month }) };
}
