import { ArchiveClass, type ArchiveStep } from "../../components/index.ts";
import { CLASSES, type StorageClass } from "./prices.ts";
import { MONTH_DAYS } from "./units.ts";

/** Objects that age alike. All amounts are in GiB. */
export interface Ageing {
  /** Steps of the ladder that these objects take. */
  readonly steps: readonly ArchiveStep[];
  /** Age in days at which they are deleted. @default never */
  readonly deleteAfterDays?: number;
  /** Days for which deleted objects are kept and billed by soft delete. */
  readonly softDeleteDays: number;
  /** The class in which they start. @default STANDARD */
  readonly startsIn?: StorageClass;
  /**
   * Versioning keeps what is deleted as a noncurrent version, which goes on to age by the ladder and which nothing
   * deletes. @default false
   */
  readonly versioning?: boolean;
}

/** What is there at the start: spread evenly over the ages from 0 to `agesDays`. */
export interface Stock {
  readonly gib: number;
  readonly agesDays: number;
}

/** One month of the simulation: GiB, and GiB-months for what is at rest. */
export interface Month {
  /** Live objects, by class. */
  readonly atRest: Readonly<Record<StorageClass, number>>;
  /** Deleted objects that soft delete keeps, by the class they were deleted in. */
  readonly softDeleted: Readonly<Record<StorageClass, number>>;
  /** Older versions that versioning keeps, by class. */
  readonly noncurrent: Readonly<Record<StorageClass, number>>;
  /** Written from outside. */
  readonly ingested: number;
  /** Moved into a class by the ladder. */
  readonly moved: Readonly<Record<StorageClass, number>>;
  /** GiB-months that minimum durations bill for what was deleted before its time, by class. */
  readonly early: Readonly<Record<StorageClass, number>>;
}

/** Minimum days by class that deletion before then is billed for. */
export type MinimumDays = Readonly<Record<StorageClass, number>>;

/** A time in an object's life, in days of age, in one class. */
interface Band {
  readonly storageClass: StorageClass;
  readonly from: number;
  readonly to: number;
  readonly state: "live" | "soft-deleted" | "noncurrent";
}

/** The bands of an object's life, in order; a step that comes after the deletion, or is overtaken by a colder one, is none. */
export function bandsOf(ageing: Ageing): Band[] {
  const { steps, deleteAfterDays = Infinity, softDeleteDays, startsIn = "STANDARD", versioning } = ageing;
  const taken = steps
    .filter(({ afterDays }) => versioning === true || afterDays < deleteAfterDays)
    .toSorted((one, other) => one.afterDays - other.afterDays || coldness(one.to) - coldness(other.to));
  const turns = [{ to: startsIn, afterDays: 0 }];
  for (const { to, afterDays } of taken) {
    const before = turns.at(-1);
    if (before !== undefined && coldness(to) > coldness(before.to)) turns.push({ to, afterDays });
  }
  const bands = turns.map(({ to, afterDays }, index): Band => ({
    storageClass: to,
    from: afterDays,
    to: turns[index + 1]?.afterDays ?? (versioning === true ? Infinity : deleteAfterDays),
    state: "live",
  }));
  if (versioning === true) return bands.flatMap((band) => atDeletion(band, deleteAfterDays));
  const last = bands.at(-1);
  if (last === undefined || deleteAfterDays === Infinity || softDeleteDays === 0) return bands;
  return [
    ...bands,
    { ...last, from: deleteAfterDays, to: deleteAfterDays + softDeleteDays, state: "soft-deleted" },
  ];
}

/** A band up to the day from which it is a noncurrent version's, and from there on. */
function atDeletion(band: Band, day: number): Band[] {
  if (band.to <= day) return [band];
  const noncurrent = { ...band, from: Math.max(band.from, day), state: "noncurrent" as const };
  return band.from < day ? [{ ...band, to: day }, noncurrent] : [noncurrent];
}

const coldness = (one: StorageClass): number => CLASSES.indexOf(one);

/**
 * Every month from the first, for a stock and a steady ingest that arrives in equal parts at the beginning of each day.
 * Days count from creation. Whatever of the stock would have been deleted before the start is left out.
 *
 * @param ingestMonths the months in which the ingest goes on
 */
export function simulate(
  ageing: Ageing,
  stock: Stock,
  ingestGibMonth: number,
  minimumDays: MinimumDays,
  months: number,
  ingestMonths = months,
): Month[] {
  const bands = bandsOf(ageing);
  const stockDays = Math.ceil(stock.agesDays);
  const stockAges = stockDays === 0 ? [0] : Array.from({ length: stockDays }, (_, index) => index + 1);
  const arrivals = [
    ...stockAges.map((age) => ({
      day: -age,
      gib: stock.gib / stockAges.length,
      written: false,
    })),
    ...Array.from({ length: ingestMonths * MONTH_DAYS }, (_, day) => ({
      day,
      gib: ingestGibMonth / MONTH_DAYS,
      written: true,
    })),
  ].filter(({ gib }) => gib > 0);
  return Array.from({ length: months }, (_, month) =>
    oneMonth(bands, arrivals, ageing, minimumDays, month * MONTH_DAYS),
  );
}

interface Arrival {
  readonly day: number;
  readonly gib: number;
  /** Whether it is written within the simulation. */
  readonly written: boolean;
}

function oneMonth(
  bands: readonly Band[],
  arrivals: readonly Arrival[],
  { deleteAfterDays = Infinity, softDeleteDays, versioning, startsIn = "STANDARD" }: Ageing,
  minimumDays: MinimumDays,
  start: number,
): Month {
  const end = start + MONTH_DAYS;
  const within = (day: number): boolean => day >= start && day < end;
  const [atRest, softDeleted, noncurrent] = [none(), none(), none()];
  const [moved, early] = [none(), none()];
  const amounts = { live: atRest, "soft-deleted": softDeleted, noncurrent };
  let ingested = 0;
  const last = bands.filter(({ state }) => state === "live").at(-1)?.storageClass ?? startsIn;
  const goneAfterDays = versioning === true ? Infinity : deleteAfterDays + softDeleteDays;
  for (const { day, gib, written } of arrivals) {
    if (day >= end || day + goneAfterDays <= start) continue;
    if (written && within(day)) ingested += gib;
    bands.forEach(({ storageClass, from, to, state }, index) => {
      const days = Math.min(end, day + to) - Math.max(start, day + from);
      if (days > 0) amounts[state][storageClass] += (gib * days) / MONTH_DAYS;
      const before = bands[index - 1]?.storageClass ?? storageClass;
      if (before !== storageClass && within(day + from)) moved[storageClass] += gib;
    });
    if (versioning !== true && within(day + deleteAfterDays)) {
      early[last] += (gib * Math.max(0, minimumDays[last] - goneAfterDays)) / MONTH_DAYS;
    }
  }
  return { atRest, softDeleted, noncurrent, ingested, moved, early };
}

const none = (): Record<StorageClass, number> => ({
  STANDARD: 0,
  [ArchiveClass.Nearline]: 0,
  [ArchiveClass.Coldline]: 0,
  [ArchiveClass.Archive]: 0,
});
