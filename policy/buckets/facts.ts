import { block, blocks, text, texts, wholeNumber, type Properties } from "../model/known.ts";

/** A lifecycle rule, whichever provider it was written for. */
export interface LifecycleRule {
  readonly action: string;
  readonly storageClass: string | undefined;
  readonly age: number | undefined;
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
  readonly classes: readonly string[];
  /** Whether the rule has conditions other than the age. */
  readonly narrowed: boolean;
}

/** Conditions that limit a rule to some objects. */
const NARROWING = [
  "createdBefore",
  "customTimeBefore",
  "daysSinceCustomTime",
  "daysSinceNoncurrentTime",
  "isLive",
  "matchesPrefix",
  "matchesPrefixes",
  "matchesStorageClass",
  "matchesStorageClasses",
  "matchesSuffix",
  "matchesSuffixes",
  "noncurrentTimeBefore",
  "numNewerVersions",
  "numberOfNewerVersions",
  "withState",
];

/** Whether access is decided by IAM alone. */
export function hasUniformAccess(props: Properties): boolean {
  const native = block(block(props, "iamConfiguration") ?? {}, "uniformBucketLevelAccess");
  return props["uniformBucketLevelAccess"] === true || native?.["enabled"] === true;
}

/** `enforced` or `inherited`. */
export function publicAccessPrevention(props: Properties): string {
  return (
    text(props, "publicAccessPrevention") ??
    text(block(props, "iamConfiguration") ?? {}, "publicAccessPrevention") ??
    "inherited"
  );
}

/** Seconds for which deleted objects are kept. Google's default is 7 days. */
export function softDeleteSeconds(props: Properties): number {
  return wholeNumber(block(props, "softDeletePolicy") ?? {}, "retentionDurationSeconds") ?? 604_800;
}

/** Seconds for which objects cannot be deleted, if any. */
export function retentionSeconds(props: Properties): number | undefined {
  return wholeNumber(block(props, "retentionPolicy") ?? {}, "retentionPeriod");
}

export function isRetentionLocked(props: Properties): boolean {
  return block(props, "retentionPolicy")?.["isLocked"] === true;
}

/** The class that new objects get. */
export function defaultClass(props: Properties): string {
  return text(props, "storageClass") ?? "STANDARD";
}

export function lifecycleRules(props: Properties): LifecycleRule[] {
  const rules = [...blocks(props, "lifecycleRules"), ...blocks(block(props, "lifecycle") ?? {}, "rule")];
  return rules.map((rule) => {
    const action = block(rule, "action") ?? {};
    const condition = block(rule, "condition") ?? {};
    const list = (...keys: readonly string[]): string[] => keys.flatMap((key) => texts(condition, key));
    return {
      action: text(action, "type") ?? "",
      storageClass: text(action, "storageClass"),
      age: wholeNumber(condition, "age"),
      prefixes: list("matchesPrefixes", "matchesPrefix"),
      suffixes: list("matchesSuffixes", "matchesSuffix"),
      classes: list("matchesStorageClasses", "matchesStorageClass"),
      narrowed: NARROWING.some((key) => isGiven(condition[key])),
    };
  });
}

function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== "" && value !== 0 && value !== "ANY";
}
