import { AutoclassTerminal } from "../../components/index.ts";
import { checkedArguments } from "../../components/storage/media-bucket-checks.ts";
import { shown, type Problem } from "../../components/validation/index.ts";
import { nearest } from "../../stacks/nearest.ts";
import { stackBucketArguments } from "../../stacks/platform-arguments.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { migrationCost, type MigrationCost } from "./migration.ts";
import { monthlyLines, type BucketFacts, type Line, type Share, type Usage } from "./monthly.ts";
import type { Options } from "./options.ts";
import type { PriceList } from "./prices.ts";
import { MONTH_DAYS } from "./units.ts";

/** Everything that a report shows. */
export interface Estimate {
  readonly stack: string;
  readonly bucket: BucketFacts;
  readonly usage: Usage;
  readonly lines: readonly Line[];
  readonly migration?: MigrationCost & { readonly gib: number; readonly overMonths: number };
  readonly prices: PriceList;
}

const SECONDS_IN_DAY = 86_400;

/**
 * The bucket as the component would declare it, with its own defaults.
 *
 * @throws InvalidArguments as the component does
 */
export function bucketFacts(config: StackConfig): BucketFacts {
  const checked = checkedArguments(config.name, stackBucketArguments(config));
  return {
    placement: checked.placement,
    softDeleteDays: checked.softDeleteRetentionSeconds / SECONDS_IN_DAY,
    steps: checked.archive?.steps ?? [],
    ...(checked.rpo !== undefined && { rpo: checked.rpo }),
    ...(checked.autoclass && {
      autoclass: checked.autoclass.terminalStorageClass ?? AutoclassTerminal.Nearline,
    }),
    ...(checked.versioning !== undefined && { versioning: checked.versioning }),
    ...arrival(config),
  };
}

/** Autoclass starts every object in Standard, whatever a transfer asks for. */
function arrival(config: StackConfig): Pick<BucketFacts, "arrivalClass"> {
  if (config.kind !== "archive" || config.autoclass) return {};
  const arrivalClass = config.migration?.sink?.storageClass;
  return arrivalClass ? { arrivalClass } : {};
}

/** Problems of the shares: each is for a prefix of the ladder. */
export function shareProblems({ steps }: BucketFacts, shares: Options["shares"]): Problem[] {
  const known = ladderPrefixes(steps);
  return [...shares.keys()]
    .filter((prefix) => !known.includes(prefix))
    .map((prefix) => ({
      path: "--share",
      given: shown(prefix),
      allowed: known.length === 0 ? "no share: no step of the ladder names a prefix" : known.join(", "),
      fix: `write ${nearest(prefix, known) ?? "a prefix of the stack's archive ladder"}, or remove it`,
    }));
}

const ladderPrefixes = (steps: BucketFacts["steps"]): string[] => [
  ...new Set(steps.flatMap(({ prefixes }) => prefixes ?? [])),
];

/** Parts that add up to 1: those that were given and the rest, or equal parts for all prefixes of the ladder. */
function sharesOf(bucket: BucketFacts, given: Options["shares"]): Share[] {
  const prefixes = ladderPrefixes(bucket.steps);
  if (prefixes.length === 0) return [{ part: 1 }];
  if (given.size === 0) return prefixes.map((prefix) => ({ prefix, part: 1 / prefixes.length }));
  const shares = [...given].map(([prefix, part]) => ({ prefix, part }));
  const rest = 1 - shares.reduce((sum, { part }) => sum + part, 0);
  return rest > 1e-9 ? [...shares, { part: rest }] : shares;
}

/** The stock's ages where they are not given: as if it had come in at the rate of the ingest, and none was deleted yet. */
function stockAge({ storedGib, ingestGibMonth, deleteAfterDays = Infinity }: Options): number {
  if (ingestGibMonth === 0) return 0;
  return Math.min((storedGib / ingestGibMonth) * MONTH_DAYS, deleteAfterDays, 240 * MONTH_DAYS);
}

/** The whole estimate. @throws MissingPrices */
export function estimate(bucket: BucketFacts, options: Options, prices: PriceList): Estimate {
  const { stack, migrateGib, migrateMonths } = options;
  const usage: Usage = {
    months: options.months,
    storedGib: options.storedGib,
    storedAgeDays: options.storedAgeDays ?? stockAge(options),
    ingestGibMonth: options.ingestGibMonth,
    shares: sharesOf(bucket, options.shares),
    ...(options.deleteAfterDays !== undefined && { deleteAfterDays: options.deleteAfterDays }),
    overwritten: options.overwritten,
    overwrittenAfterDays: options.overwrittenAfterDays,
    active: options.active,
    objectBytes: options.objectBytes,
    writesPerObject: options.writesPerObject,
    readGibMonth: options.readGibMonth,
    readOutsideGibMonth: options.readOutsideGibMonth,
    internetGibMonth: options.internetGibMonth,
    cdnGibMonth: options.cdnGibMonth,
    cdnHits: options.cdnHits,
    cdnObjectBytes: options.cdnObjectBytes,
  };
  const base = { stack, bucket, usage, prices, lines: monthlyLines(bucket, usage, prices) };
  if (migrateGib === undefined) return base;
  const move = { gib: migrateGib, overMonths: migrateMonths };
  return { ...base, migration: { ...move, ...migrationCost(bucket, usage, move, prices) } };
}
