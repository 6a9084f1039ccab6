import type * as gcp from "@pulumi/gcp";
import { sorted } from "../validation/index.ts";
import { ArchiveClock, clockOf, type ArchiveLadder, type ArchiveStep } from "./archive.ts";
import { classesWarmerThan } from "./storage-class.ts";

/** Temporary objects, deleted automatically at an age. */
export interface TemporaryPrefix {
  /** Beginning of the object names: `scratch/`. */
  prefix: string;
  /** Age in whole days, 1 or more, at which such objects are deleted. Google knows no shorter time. */
  expireAfterDays: number;
}

/** Arguments of a bucket's lifecycle rules. */
export interface LifecycleArguments {
  archive?: ArchiveLadder;
  temporaryPrefixes?: readonly TemporaryPrefix[];
  abortIncompleteUploadsAfterDays: number;
}

type Rule = gcp.types.input.storage.BucketLifecycleRule;

/**
 * The lifecycle rules. Every condition counts 1 day or more from creation or from the custom time: the provider sends
 * `age: 0`, which is met at the next midnight, for a condition without an age, unless `sendAgeIfZero` is false.
 *
 * Sources: https://docs.cloud.google.com/storage/docs/lifecycle,
 * https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#bucketlifecyclerulecondition
 */
export function lifecycleRules(given: LifecycleArguments): Rule[] {
  const archive = sorted(given.archive?.steps ?? [], placeOf).map(ruleOf);
  const expiry = prefixesByDays(given.temporaryPrefixes ?? []).map(([age, matchesPrefixes]): Rule => ({
    action: { type: "Delete" },
    condition: { age, matchesPrefixes },
  }));
  const abort: Rule = {
    action: { type: "AbortIncompleteMultipartUpload" },
    condition: { age: given.abortIncompleteUploadsAfterDays },
  };
  return [...archive, ...expiry, abort];
}

function ruleOf(step: ArchiveStep): Rule {
  return {
    action: { type: "SetStorageClass", storageClass: step.to },
    condition: {
      ...(clockOf(step) === ArchiveClock.CustomTime
        ? { daysSinceCustomTime: step.afterDays, sendAgeIfZero: false }
        : { age: step.afterDays }),
      matchesStorageClasses: classesWarmerThan(step.to),
      ...(step.prefixes && { matchesPrefixes: sorted(step.prefixes) }),
    },
  };
}

/** Sort key of a step. The order of rules has no meaning: by days, then by prefix. */
const placeOf = (step: ArchiveStep): string =>
  [String(step.afterDays).padStart(9, "0"), clockOf(step), step.to, ...sorted(step.prefixes ?? [])].join(" ");

/** One rule for each number of days: a bucket has room for few rules, and for many prefixes. */
export function prefixesByDays(temporary: readonly TemporaryPrefix[]): [days: number, prefixes: string[]][] {
  const groups = new Map<number, string[]>();
  for (const { expireAfterDays, prefix } of temporary) {
    groups.set(expireAfterDays, [...(groups.get(expireAfterDays) ?? []), prefix]);
  }
  return [...groups]
    .toSorted(([one], [other]) => one - other)
    .map(([days, prefixes]) => [days, sorted(prefixes)]);
}
