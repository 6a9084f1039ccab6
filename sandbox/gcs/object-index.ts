import { compareNames } from "./names.ts";
import type { ObjectRecord } from "./object-schema.ts";

/** Every generation of every object of one bucket, in memory. */
export interface ObjectIndex {
  live(name: string): ObjectRecord | undefined;
  generation(name: string, generation: number): ObjectRecord | undefined;
  /** Oldest first. */
  generations(name: string): ObjectRecord[];
  /** Adds, or replaces the record of the same generation. */
  put(record: ObjectRecord): void;
  drop(record: ObjectRecord): void;
  /** Sorted names: of objects with a live generation, or of all. */
  names(withNoncurrent: boolean): readonly string[];
  all(): Iterable<ObjectRecord>;
  size(): number;
}

export function createObjectIndex(): ObjectIndex {
  const byName = new Map<string, Map<number, ObjectRecord>>();
  // Sorted on demand: a list call pays once after names have come or gone.
  const sorted = new Map<boolean, readonly string[]>();
  const live = (name: string): ObjectRecord | undefined => {
    for (const record of byName.get(name)?.values() ?? []) {
      if (record.timeDeleted === undefined) return record;
    }
    return undefined;
  };

  return {
    live,
    generation: (name, generation) => byName.get(name)?.get(generation),
    generations: (name) =>
      [...(byName.get(name)?.values() ?? [])].sort((a, b) => a.generation - b.generation),
    put: (record) => {
      const wasLive = live(record.name) !== undefined;
      const known = byName.get(record.name);
      if (known === undefined) byName.set(record.name, new Map([[record.generation, record]]));
      else known.set(record.generation, record);
      if (known === undefined || wasLive !== (live(record.name) !== undefined)) sorted.clear();
    },
    drop: (record) => {
      const known = byName.get(record.name);
      known?.delete(record.generation);
      if (known?.size === 0) byName.delete(record.name);
      if (live(record.name) === undefined) sorted.clear();
    },
    names: (withNoncurrent) => {
      const cached = sorted.get(withNoncurrent);
      if (cached !== undefined) return cached;
      const names = [...byName.keys()].filter((name) => withNoncurrent || live(name) !== undefined);
      names.sort(compareNames);
      sorted.set(withNoncurrent, names);
      return names;
    },
    *all() {
      for (const generations of byName.values()) yield* generations.values();
    },
    size: () => byName.size,
  };
}
