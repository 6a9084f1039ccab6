import { formatPlacement, Rpo } from "../../components/index.ts";
import type { Estimate } from "./estimate.ts";
import { markOf, standIns, usedPrices, type Mark } from "./marks.ts";
import { ITEMS, total, type BucketFacts, type Item, type Line, type Usage } from "./monthly.ts";
import { CLASSES, type StorageClass } from "./prices.ts";
import { GIB, MB, MONTH_DAYS, TB, TIB } from "./units.ts";

/** One row of a month's bill: all lines of one item and class together. */
export interface Row {
  readonly item: Item;
  readonly storageClass?: StorageClass;
  readonly quantity: number;
  readonly unit: string;
  readonly usd: number;
  readonly mark: Mark;
}

const WORST: readonly Mark[] = ["verified", "not verified", "stand-in"];

/** The bill of one month, tiers of one item taken together. */
export function rowsOf({ lines, prices }: Estimate, month: number): Row[] {
  const rows = new Map<string, Row>();
  for (const line of lines.filter((one) => one.month === month)) {
    const key = `${line.item} ${line.storageClass ?? ""}`;
    const before = rows.get(key);
    const marks = [markOf(line.rate, prices), ...(before ? [before.mark] : [])];
    rows.set(key, {
      item: line.item,
      ...(line.storageClass && { storageClass: line.storageClass }),
      quantity: (before?.quantity ?? 0) + line.quantity,
      unit: line.unit,
      usd: (before?.usd ?? 0) + line.usd,
      mark: marks.toSorted((one, other) => WORST.indexOf(other) - WORST.indexOf(one))[0] ?? "verified",
    });
  }
  return [...rows.values()];
}

/** US dollars by item, month by month. */
export function byItem(lines: readonly Line[], months: number): { item: Item; usd: number[] }[] {
  return ITEMS.map((item) => ({
    item,
    usd: Array.from({ length: months }, (_, index) =>
      total(lines.filter((line) => line.item === item && line.month === index + 1)),
    ),
  })).filter(({ usd }) => usd.some((one) => one > 0));
}

/** What is kept, older and deleted versions included, in US dollars by storage class, month by month. */
export function byClass(
  lines: readonly Line[],
  months: number,
): { storageClass: StorageClass; usd: number[] }[] {
  const kept = lines.filter(({ unit }) => unit === "GiB-month");
  return CLASSES.map((storageClass) => ({
    storageClass,
    usd: Array.from({ length: months }, (_, index) =>
      total(kept.filter((line) => line.storageClass === storageClass && line.month === index + 1)),
    ),
  })).filter(({ usd }) => usd.some((one) => one > 0));
}

/** The bill of every month. */
export function totals({ lines, usage }: Estimate): number[] {
  return Array.from({ length: usage.months }, (_, index) =>
    total(lines.filter(({ month }) => month === index + 1)),
  );
}

/** What the estimate takes for granted, each a sentence. */
export function assumptions(estimate: Estimate): string[] {
  const { bucket, usage } = estimate;
  const shares = usage.shares
    .map(({ prefix, part }) => `${percent(part)} ${prefix === undefined ? "elsewhere" : `below ${prefix}`}`)
    .join(", ");
  const ladder = bucket.steps.map(({ to, afterDays }) => `${to} after ${afterDays} days`).join(", ");
  return [
    `Bucket: ${formatPlacement(bucket.placement)}${bucket.rpo === undefined ? "" : `, ${bucket.rpo === Rpo.ASYNC_TURBO ? "turbo" : "default"} replication`}; soft delete ${bucket.softDeleteDays} days; ${bucket.autoclass === undefined ? `ladder: ${ladder === "" ? "none" : ladder}` : `Autoclass down to ${bucket.autoclass}`}${bucket.versioning === true ? "; versioning" : ""}.`,
    ...autoclassAssumptions(bucket, usage),
    ...overwriteAssumptions(bucket, usage),
    ...(usage.storedGib + usage.ingestGibMonth > 0
      ? [
          `At the start ${bytes(usage.storedGib)}, spread evenly over ages up to ${Math.round(usage.storedAgeDays)} days; every month ${bytes(usage.ingestGibMonth)} come in.`,
        ]
      : []),
    ...(bucket.steps.some(({ prefixes }) => prefixes !== undefined)
      ? [`The ladder has steps for prefixes; of all bytes ${shares} (option --share).`]
      : []),
    usage.deleteAfterDays === undefined
      ? "Nothing is deleted (option --delete-after-days)."
      : `Objects are deleted after ${usage.deleteAfterDays} days. Minimum durations are counted from creation, soft delete included; Google does not say so in so many words.`,
    `Objects of ${String(usage.objectBytes / MB)} MB on average, ${usage.writesPerObject} class A operation${usage.writesPerObject === 1 ? "" : "s"} each${bucket.autoclass === undefined ? "; reads are spread over the classes as the data is" : ""}.`,
    `A month is ${MONTH_DAYS} days. List prices, without discounts, free allowances and taxes; an estimate, no offer.`,
  ];
}

function autoclassAssumptions({ autoclass }: BucketFacts, { active }: Usage): string[] {
  if (autoclass === undefined) return [];
  const later = autoclass === "ARCHIVE" ? ", Coldline after 90 and Archive after 365 (not verified)" : "";
  return [
    `Autoclass: ${percent(active)} of the media are read at least every 30 days and stay in Standard (option --active-percent); the rest is never read and moves to Nearline after 30 days${later}. Its moves are counted as free, which is not verified, and so is the one charge for objects that are there when it is turned on.`,
  ];
}

function overwriteAssumptions({ versioning }: BucketFacts, usage: Usage): string[] {
  const { overwritten, overwrittenAfterDays } = usage;
  const what = `${percent(overwritten)} of what comes in are overwritten after ${overwrittenAfterDays} days (option --overwrite-percent)`;
  if (versioning !== true) return overwritten > 0 ? [`${what}; soft delete keeps what they replace.`] : [];
  return [
    `${what}. Versioning keeps what is overwritten or deleted, at the full rate of its class, and nothing deletes it.`,
  ];
}

/** A report for the terminal. */
export function textReport(estimate: Estimate): string {
  const { stack, usage, migration } = estimate;
  const sums = totals(estimate);
  const sum = sums.reduce((all, one) => all + one, 0);
  return [
    `Cost of the bucket of stack ${stack}, estimated`,
    "",
    ...assumptions(estimate).map((one) => `- ${one}`),
    ...(sum > 0
      ? [
          ...shownMonths(usage.months).flatMap((month) => ["", ...monthTable(estimate, month)]),
          "",
          `All ${usage.months} months: ${dollars(sum)}`,
        ]
      : []),
    ...(migration ? ["", ...migrationText(migration)] : []),
    "",
    ...warnings(estimate),
  ].join("\n");
}

/** The first month and the last. */
const shownMonths = (months: number): number[] => (months === 1 ? [1] : [1, months]);

function monthTable(estimate: Estimate, month: number): string[] {
  const rows = rowsOf(estimate, month);
  return [
    `Month ${month}`,
    ...rows.map(({ item, storageClass, quantity, unit, usd, mark }) =>
      `  ${`${item}${storageClass === undefined ? "" : ` ${storageClass}`}`.padEnd(31)}${shownQuantity(quantity, unit).padStart(24)}${dollars(usd).padStart(15)}  ${mark === "verified" ? "" : `(${mark})`}`.trimEnd(),
    ),
    `  ${"total".padEnd(55)}${dollars(total(rows)).padStart(15)}`,
  ];
}

function migrationText(migration: NonNullable<Estimate["migration"]>): string[] {
  const last = migration.comparison.at(-1);
  return [
    `Moving ${bytes(migration.gib)} from Amazon S3 within ${migration.overMonths} month${migration.overMonths === 1 ? "" : "s"}; once:`,
    ...migration.oneOff.map(({ what, usd }) => `  ${what.padEnd(55)}${dollars(usd).padStart(15)}`),
    `  ${"total".padEnd(55)}${dollars(total(migration.oneOff)).padStart(15)}`,
    `After ${last?.month ?? 0} months: ${dollars(last?.moving ?? 0)} when moved, ${dollars(last?.staying ?? 0)} when left in S3.`,
    breakEven(migration),
  ];
}

/** When moving pays, as a sentence. */
export function breakEven({ breakEvenMonth, comparison }: NonNullable<Estimate["migration"]>): string {
  return breakEvenMonth === undefined
    ? `No break-even within ${comparison.length} months.`
    : `Break-even at the end of month ${breakEvenMonth}.`;
}

/** What is to be known about the prices, each a line. */
export function warnings(estimate: Estimate): string[] {
  const doubtful = usedPrices(estimate).filter(({ verified }) => !verified);
  return [
    ...standIns(estimate).map((one) => `Stand-in: ${one}.`),
    ...doubtful.map(
      ({ id, usd, date, note }) =>
        `Not verified: ${id}, $${usd} of ${date}${note === undefined ? "" : `: ${note}`}.`,
    ),
    ...(estimate.migration ? ["Not counted: a fee of the transfer service, which is not verified."] : []),
    "Give better prices by a file: --prices my.yaml.",
  ];
}

export const dollars = (usd: number): string =>
  `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

const percent = (part: number): string => `${Number((part * 100).toFixed(2))} %`;

/** Bytes in both units, because vendors bill in the one and people count in the other. */
export function bytes(gib: number): string {
  const digits = { maximumFractionDigits: 1 };
  const inTb = ((gib * GIB) / TB).toLocaleString("en-US", digits);
  return `${inTb} TB (${((gib * GIB) / TIB).toLocaleString("en-US", digits)} TiB)`;
}

export function shownQuantity(quantity: number, unit: string): string {
  return `${quantity.toLocaleString("en-US", { maximumFractionDigits: quantity < 10 ? 2 : 0 })} ${unit}`;
}
