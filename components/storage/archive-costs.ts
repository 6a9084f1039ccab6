import { shown } from "../validation/index.ts";
import { ArchiveClock, clockOf, type ArchiveClass, type ArchiveStep } from "./archive.ts";
import type { LifecycleArguments } from "./lifecycle.ts";
import { StorageClass } from "./storage-class.ts";

/** Price of a month of 30 days at rest, and the minimum duration in days. */
interface ClassPrice {
  /** US dollars for a GiB and month. */
  readonly gibMonth: number;
  /** Days, counted from the object's creation; deletion before then is charged as if the object had stayed. */
  readonly minimumDays: number;
}

/**
 * List prices of one region, an estimate everywhere else: other locations have other prices and proportions.
 */
export const STORAGE_PRICES = {
  region: "us-central1",
  date: "2026-05-16",
  source: "https://cloud.google.com/storage/pricing",
  classes: {
    STANDARD: { gibMonth: 0.02, minimumDays: 0 },
    NEARLINE: { gibMonth: 0.01, minimumDays: 30 },
    COLDLINE: { gibMonth: 0.004, minimumDays: 90 },
    ARCHIVE: { gibMonth: 0.0012, minimumDays: 365 },
  },
} as const satisfies {
  region: string;
  date: string;
  source: string;
  classes: Record<StorageClass, ClassPrice>;
};

const DAYS_IN_MONTH = 30;
const SECONDS_IN_DAY = 86_400;

/** Cost of a step for objects that are deleted while in its class, in US dollars per GiB. */
export interface StepCost {
  /** Saving per GiB at rest, from the step until deletion. */
  readonly saved: number;
  /** Cost of early deletion. */
  readonly charged: number;
}

/** A cost in days: when the step comes, and how long the object is billed, soft deletion included. */
export interface StepTimes {
  readonly afterDays: number;
  readonly goneAfterDays: number;
}

/**
 * Saving and charge of one step, against leaving the object in the class before it. A lifecycle rule's change of class
 * is not charged as early deletion; the deletion later is. That its days count from the object's creation, not from the
 * change of class, is not verified; counted from the change, the charge would be higher.
 *
 * Source: https://docs.cloud.google.com/storage/docs/lifecycle
 */
export function stepCost(
  from: StorageClass,
  to: ArchiveClass,
  { afterDays, goneAfterDays }: StepTimes,
): StepCost {
  const { [from]: before, [to]: after } = STORAGE_PRICES.classes;
  const daysInClass = goneAfterDays - afterDays;
  return {
    saved: (daysInClass * (before.gibMonth - after.gibMonth)) / DAYS_IN_MONTH,
    charged: earlyDeletion(after, goneAfterDays) - earlyDeletion(before, goneAfterDays),
  };
}

function earlyDeletion({ gibMonth, minimumDays }: ClassPrice, goneAfterDays: number): number {
  return (Math.max(0, minimumDays - goneAfterDays) * gibMonth) / DAYS_IN_MONTH;
}

/** Arguments of the warnings. */
export interface CostArguments extends Pick<LifecycleArguments, "archive" | "temporaryPrefixes"> {
  /** Seconds of soft delete, which are billed and count toward the minimum duration. */
  softDeleteRetentionSeconds: number;
  /** Class of new objects. @default STANDARD */
  storageClass?: StorageClass;
}

/**
 * One warning for each step after which objects are deleted so early that the minimum duration costs more than the
 * colder class saves, and for each temporary prefix whose objects start in a class that is billed for longer.
 * Operations, retrieval and deletions by hand are not counted. When a step on the custom time comes is up to the
 * writers; it is judged as if the custom time were the time of creation, and the warning says so.
 */
export function archiveCostWarnings(given: CostArguments): string[] {
  return [...stepWarnings(given), ...startWarnings(given)];
}

function stepWarnings(given: CostArguments): string[] {
  const steps = given.archive?.steps ?? [];
  const expiring = given.temporaryPrefixes ?? [];
  const softDays = given.softDeleteRetentionSeconds / SECONDS_IN_DAY;
  const warnings = new Map<string, string>();

  for (const scope of scopesOf(steps, expiring)) {
    const expireAfterDays = Math.min(
      ...expiring.filter(({ prefix }) => scope.startsWith(prefix)).map((one) => one.expireAfterDays),
    );
    const taken = steps
      .map((step, index) => ({ ...step, index }))
      .filter(({ prefixes }) => prefixes?.some((one) => scope.startsWith(one)) ?? true)
      .filter(({ afterDays }) => afterDays < expireAfterDays)
      .sort((one, other) => one.afterDays - other.afterDays);
    const last = taken.at(-1);
    if (last === undefined) continue;

    const from = taken.at(-2)?.to ?? given.storageClass ?? StorageClass.Standard;
    const goneAfterDays = expireAfterDays + softDays;
    const { saved, charged } = stepCost(from, last.to, { afterDays: last.afterDays, goneAfterDays });
    // One step may be told of for a prefix and for what lies below it.
    const key = `${last.index} ${expireAfterDays}`;
    if (charged <= saved || warnings.has(key)) continue;
    const { minimumDays } = STORAGE_PRICES.classes[last.to];
    const assumed = taken.some((step) => clockOf(step) === ArchiveClock.CustomTime)
      ? " (if their custom time is the time of their creation)"
      : "";
    warnings.set(
      key,
      `archive.steps[${last.index}] costs more than it saves for objects below ${shown(scope)}: they move to ${last.to} ` +
        `after ${days(last.afterDays)}${assumed} and are deleted after ${days(expireAfterDays)}${kept(softDays)}, but ` +
        `${last.to} is billed for ${minimumDays} days at least. For each GiB it saves $${saved.toFixed(5)} and early ` +
        `deletion adds $${charged.toFixed(5)} (${ESTIMATE}). Leave these objects out of the step by its prefixes, or delete them later.`,
    );
  }
  return [...warnings.values()];
}

/** If objects start in a cold class, even short-lived ones are billed for its minimum duration. */
function startWarnings(given: CostArguments): string[] {
  const startsIn = given.storageClass ?? StorageClass.Standard;
  const price = STORAGE_PRICES.classes[startsIn];
  const softDays = given.softDeleteRetentionSeconds / SECONDS_IN_DAY;
  return (given.temporaryPrefixes ?? []).flatMap(({ prefix, expireAfterDays }, index) => {
    const goneAfterDays = expireAfterDays + softDays;
    const charged = earlyDeletion(price, goneAfterDays);
    const saved =
      (goneAfterDays * (STORAGE_PRICES.classes.STANDARD.gibMonth - price.gibMonth)) / DAYS_IN_MONTH;
    if (charged <= saved) return [];
    return [
      `temporaryPrefixes[${index}] costs more in ${startsIn} than in STANDARD: objects below ${shown(prefix)} start in ` +
        `the bucket's storageClass and are deleted after ${days(expireAfterDays)}${kept(softDays)}, but ${startsIn} is ` +
        `billed for ${price.minimumDays} days at least. For each GiB it saves $${saved.toFixed(5)} and early deletion ` +
        `adds $${charged.toFixed(5)} (${ESTIMATE}). Write these objects in STANDARD, or keep them in another bucket.`,
    ];
  });
}

const ESTIMATE = `estimate at list prices of ${STORAGE_PRICES.region}, ${STORAGE_PRICES.date}, ${STORAGE_PRICES.source}`;

function kept(softDays: number): string {
  return softDays > 0 ? `, kept ${days(softDays)} more by soft delete` : "";
}

/** Beginnings of names below which every object meets the same rules and expires; the shortest first. */
function scopesOf(
  steps: readonly ArchiveStep[],
  expiring: NonNullable<LifecycleArguments["temporaryPrefixes"]>,
): string[] {
  const temporary = expiring.map(({ prefix }) => prefix);
  const below = steps
    .flatMap(({ prefixes }) => prefixes ?? [])
    .filter((one) => temporary.some((prefix) => one.startsWith(prefix)));
  return [...new Set([...temporary, ...below])].sort((one, other) => one.length - other.length);
}

function days(count: number): string {
  const text = String(Number(count.toFixed(2)));
  return text === "1" ? "1 day" : `${text} days`;
}
