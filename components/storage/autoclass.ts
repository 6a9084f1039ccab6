import type * as gcp from "@pulumi/gcp";
import { shown, type Problem } from "../validation/index.ts";
import type { ArchiveLadder } from "./archive.ts";
import { StorageClass } from "./storage-class.ts";

/** The coldest class that Autoclass moves objects to. */
export const AutoclassTerminal = {
  Nearline: "NEARLINE",
  Archive: "ARCHIVE",
} as const;
export type AutoclassTerminal = (typeof AutoclassTerminal)[keyof typeof AutoclassTerminal];

/**
 * Google moves each object by its own use: to colder classes while it is not read, back to Standard when it is. New
 * objects start in Standard, regardless of the request. Costs $0.0025 for 1,000 objects and 30 days, and no retrieval;
 * not for buckets that scanners read.
 *
 * Source: https://docs.cloud.google.com/storage/docs/autoclass
 */
export interface Autoclass {
  /**
   * The coldest class: `NEARLINE` or `ARCHIVE`.
   * @default AutoclassTerminal.Nearline
   */
  terminalStorageClass?: AutoclassTerminal;
}

/** Arguments that determine the storage classes of objects. */
export interface ClassArguments {
  storageClass?: StorageClass;
  autoclass?: Autoclass;
  archive?: ArchiveLadder;
}

/** The bucket's Autoclass, where it is asked for. */
export function autoclassOf({ autoclass }: ClassArguments): {
  autoclass?: gcp.types.input.storage.BucketAutoclass;
} {
  if (autoclass === undefined) return {};
  return {
    autoclass: {
      enabled: true,
      terminalStorageClass: autoclass.terminalStorageClass ?? AutoclassTerminal.Nearline,
    },
  };
}

/** Problems of the default class and Autoclass; the ladder is checked elsewhere. */
export function classProblems({ storageClass, autoclass, archive }: ClassArguments): Problem[] {
  const problems: Problem[] = [];
  const classes: readonly string[] = Object.values(StorageClass);
  if (storageClass !== undefined && !classes.includes(storageClass)) {
    problems.push({
      path: "storageClass",
      given: shown(storageClass),
      allowed: classes.join(", "),
      fix: "use one of these, or leave it out for STANDARD",
    });
  }
  if (autoclass === undefined) return problems;

  const terminals: readonly string[] = Object.values(AutoclassTerminal);
  if (autoclass.terminalStorageClass !== undefined && !terminals.includes(autoclass.terminalStorageClass)) {
    problems.push({
      path: "autoclass.terminalStorageClass",
      given: shown(autoclass.terminalStorageClass),
      allowed: terminals.join(" or "),
      fix: "use one of these, or leave it out for NEARLINE",
    });
  }
  if (storageClass !== undefined && storageClass !== StorageClass.Standard) {
    problems.push({
      path: "storageClass",
      given: `${shown(storageClass)} with autoclass`,
      allowed: "STANDARD",
      because: "Autoclass starts every object in Standard, and Google refuses another default class.",
      fix: "leave storageClass out, or autoclass",
    });
  }
  if (archive !== undefined) {
    problems.push({
      path: "autoclass",
      given: "autoclass and archive",
      allowed: "one of them",
      because: "Autoclass chooses each object's class by its use, and a ladder by its age.",
      fix: "leave archive out, or autoclass",
    });
  }
  return problems;
}
