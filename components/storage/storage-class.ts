/**
 * Storage classes, the warmest first.
 *
 * Source: https://docs.cloud.google.com/storage/docs/storage-classes
 */
export const StorageClass = {
  Standard: "STANDARD",
  /** Minimum duration 30 days. */
  Nearline: "NEARLINE",
  /** Minimum duration 90 days. */
  Coldline: "COLDLINE",
  /** Minimum duration 365 days. */
  Archive: "ARCHIVE",
} as const;
export type StorageClass = (typeof StorageClass)[keyof typeof StorageClass];

const BY_COLDNESS: readonly string[] = Object.values(StorageClass);

/** 0 for Standard, 3 for Archive; -1 for what is no class. */
export function coldnessOf(storageClass: string): number {
  return BY_COLDNESS.indexOf(storageClass);
}

/** The classes that an object may come from on its way to `target`. */
export function classesWarmerThan(target: StorageClass): string[] {
  return BY_COLDNESS.slice(0, coldnessOf(target));
}
