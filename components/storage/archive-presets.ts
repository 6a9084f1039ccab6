import { ArchiveClass, ArchiveClock, type ArchiveLadder, type ArchiveStep } from "./archive.ts";

/** Steps for every object, or for those below one prefix. */
function ladder(prefix: string | undefined, steps: ArchiveStep[]): ArchiveLadder {
  return { steps: prefix === undefined ? steps : steps.map((step) => ({ ...step, prefixes: [prefix] })) };
}

/**
 * Ladders for what video teams keep. Each takes the prefix that it is for, or none for every object, and gives a plain
 * {@link ArchiveLadder}; `{ steps: [...archivePresets.mezzanine("mezzanines/").steps, ...] }` joins several.
 *
 * Figures are US dollars for a GiB at rest in us-central1, at list prices of 2026-05-16
 * (https://cloud.google.com/storage/pricing), months of 30 days; a dual-region costs more than twice as much in every
 * class. Operations come on top: each step is a Class A operation of its destination for each object, so many small
 * objects want few steps.
 */
export const archivePresets = {
  /**
   * Mezzanines: read often while a production runs, now and then for a year, then seldom. Nearline after 30 days,
   * Coldline after 90, Archive after 365.
   *
   * Costs 0.077 in the first year (0.243 in Standard) and 0.0146 in every later one. Assumes that a mezzanine is kept
   * for 365 days or longer; one that is deleted sooner pays early deletion, and reading one back in full costs
   * 0.01 in Nearline, 0.02 in Coldline, 0.05 in Archive.
   */
  mezzanine: (prefix?: string): ArchiveLadder =>
    ladder(prefix, [
      { to: ArchiveClass.Nearline, afterDays: 30 },
      { to: ArchiveClass.Coldline, afterDays: 90 },
      { to: ArchiveClass.Archive, afterDays: 365 },
    ]),

  /**
   * Delivered outputs: read by viewers for a season, then by few. Nearline after 90 days, Coldline after 365; never
   * Archive, because outputs are read whole and can be encoded again from the mezzanine.
   *
   * Costs 0.152 in the first year (0.243 in Standard) and 0.049 in every later one. Assumes that outputs older than 90
   * days are read from the bucket less than every second month, as behind a CDN: each such read costs 0.01 for a GiB
   * in Nearline and 0.02 in Coldline.
   */
  outputs: (prefix?: string): ArchiveLadder =>
    ladder(prefix, [
      { to: ArchiveClass.Nearline, afterDays: 90 },
      { to: ArchiveClass.Coldline, afterDays: 365 },
    ]),

  /**
   * Masters of closed productions, by the petabyte: Archive 7 days after the object's custom time, in one step, so that
   * each object is charged for one operation only.
   *
   * The application sets `customTime` when a production is closed; an object without one stays where it is. In Archive
   * a year costs 0.0146 (0.243 in Standard). Assumes that objects stay for 365 days after they were written, and that
   * less than a third is read back in a month: reading a GiB costs 0.05.
   */
  petabyteArchive: (prefix?: string): ArchiveLadder =>
    ladder(prefix, [{ to: ArchiveClass.Archive, afterDays: 7, countedFrom: ArchiveClock.CustomTime }]),
} as const;
