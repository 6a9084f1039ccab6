import type { Given } from "../cli/command.ts";
import type { OPTIONS } from "./parameters.ts";
import { GIB, MB, MONTH_DAYS, TB, TIB } from "./units.ts";

/** What the command line asks for; amounts in GiB. */
export interface Options {
  readonly stack: string;
  readonly storedGib: number;
  readonly ingestGibMonth: number;
  /** Ages of the stock; nothing where it follows from stock and ingest. */
  readonly storedAgeDays?: number;
  readonly months: number;
  readonly objectBytes: number;
  readonly writesPerObject: number;
  readonly deleteAfterDays?: number;
  /** Parts of everything by prefix, 0 to 1. */
  readonly shares: ReadonlyMap<string, number>;
  /** Part of what is written that is overwritten later, 0 to 1, and the age at which it is. */
  readonly overwritten: number;
  readonly overwrittenAfterDays: number;
  /** Part of everything that Autoclass keeps in Standard, 0 to 1. */
  readonly active: number;
  readonly readGibMonth: number;
  readonly readOutsideGibMonth: number;
  readonly internetGibMonth: number;
  readonly cdnGibMonth: number;
  readonly cdnHits: number;
  readonly cdnObjectBytes: number;
  readonly migrateGib?: number;
  readonly migrateMonths: number;
}

/** The model's options, in its units. */
export function costOptions(stack: string, given: Given<typeof OPTIONS>): Options {
  const gib = (terabytes: number, tebibytes = 0): number => (terabytes * TB + tebibytes * TIB) / GIB;
  const age = given["stored-age-months"];
  const deleteAfterDays = given["delete-after-days"];
  return {
    stack,
    storedGib: gib(given["stored-tb"], given["stored-tib"]),
    ingestGibMonth: gib(given["ingest-tb-month"], given["ingest-tib-month"]),
    ...(age !== undefined && { storedAgeDays: age * MONTH_DAYS }),
    months: given.months,
    objectBytes: given["object-mb"] * MB,
    writesPerObject: given["writes-per-object"],
    ...(deleteAfterDays !== undefined && { deleteAfterDays }),
    shares: new Map(given.share.map(({ prefix, part }) => [prefix, part])),
    overwritten: given["overwrite-percent"] / 100,
    overwrittenAfterDays: given["overwrite-after-days"],
    active: given["active-percent"] / 100,
    readGibMonth: gib(given["read-tb-month"]),
    readOutsideGibMonth: gib(given["read-outside-tb-month"]),
    internetGibMonth: gib(given["internet-tb-month"]),
    cdnGibMonth: gib(given["cdn-tb-month"]),
    cdnHits: given["cdn-hit-percent"] / 100,
    cdnObjectBytes: given["cdn-object-mb"] * MB,
    ...(given["migrate-from-s3-tb"] > 0 && { migrateGib: gib(given["migrate-from-s3-tb"]) }),
    migrateMonths: given["migrate-months"],
  };
}
