import type { ResourceValidationPolicy } from "@pulumi/policy";
import { BUCKET } from "../model/kinds.ts";
import { block, type Properties } from "../model/known.ts";
import { resourceRule, type Finding } from "../model/rule.ts";
import { defaultClass, lifecycleRules, type LifecycleRule } from "./facts.ts";

const ACTIONS: ReadonlySet<string> = new Set(["AbortIncompleteMultipartUpload", "Delete", "SetStorageClass"]);

/** From warm to cold, with the minimum duration in days. Source: https://cloud.google.com/storage/pricing */
const MINIMUM_DAYS: ReadonlyMap<string, number> = new Map([
  ["STANDARD", 0],
  ["NEARLINE", 30],
  ["COLDLINE", 90],
  ["ARCHIVE", 365],
]);
const CLASSES = [...MINIMUM_DAYS.keys()];

const LIFECYCLE_URL = "https://docs.cloud.google.com/storage/docs/lifecycle";

export const lifecycleRulesMakeSense: ResourceValidationPolicy = resourceRule({
  name: "lifecycle-rules-make-sense",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Lifecycle rules do what they say",
  description:
    "Lifecycle rules must not delete everything at once, must only move objects to colder classes, and must be compatible with Autoclass.",
  severity: "high",
  url: LIFECYCLE_URL,
  reason:
    "rules act on every object on their own within a day, and what they delete, or fail to do, is noticed late.",
  fix: "give each Delete rule an age or a prefix, and each colder class a greater age",
  *judge({ props }) {
    const rules = lifecycleRules(props);
    for (const rule of rules) {
      if (!ACTIONS.has(rule.action))
        yield {
          text: `has a lifecycle action ${JSON.stringify(rule.action)}, which does not exist`,
          fix: `set action.type to ${[...ACTIONS].sort().join(", ")}`,
        };
      if (rule.action === "Delete" && !rule.narrowed && (rule.age ?? 0) === 0) {
        yield {
          text: "has a lifecycle rule that deletes every object at the next midnight",
          fix: "give the Delete rule an age, a prefix or another condition that narrows it down",
        };
      }
      yield* stepFindings(rule, rules, props);
    }
    if (block(props, "autoclass")?.["enabled"] === true && rules.some(({ classes }) => classes.length > 0)) {
      yield {
        text: "has Autoclass and lifecycle rules that match storage classes, which do not go together",
        fix: "turn Autoclass off, or remove matchesStorageClasses from the rules",
      };
    }
  },
});

function* stepFindings(
  rule: LifecycleRule,
  rules: readonly LifecycleRule[],
  props: Properties,
): Iterable<Finding> {
  const { action, storageClass: target, age } = rule;
  if (action !== "SetStorageClass") return;
  if (target === undefined) {
    yield {
      text: "has a SetStorageClass rule without a storageClass",
      fix: `set action.storageClass to ${CLASSES.slice(1).join(", ")}`,
    };
    return;
  }
  const sources = rule.classes.length > 0 ? rule.classes : [defaultClass(props)];
  if (sources.every((source) => isKnownClass(source) && !isColder(target, source))) {
    yield {
      text: `has a lifecycle rule that moves ${sources.join(" and ")} to ${target}, which is not colder: it never acts`,
      fix: `remove the rule, or set a storageClass colder than ${sources.join(" and ")}`,
    };
  }
  const earlier = rules.find(
    (other) =>
      other.action === "SetStorageClass" &&
      other.storageClass !== undefined &&
      isColder(other.storageClass, target) &&
      other.age !== undefined &&
      age !== undefined &&
      other.age <= age &&
      covers(other, rule),
  );
  if (earlier?.storageClass !== undefined && earlier.age !== undefined) {
    yield {
      text: `moves objects to ${target} at ${String(age)} days, when they are in ${earlier.storageClass} since day ${earlier.age}`,
      fix: `set an age below ${earlier.age} days for ${target}, or remove that rule`,
    };
  }
}

export const coldObjectsLiveLongEnough: ResourceValidationPolicy = resourceRule({
  name: "cold-objects-live-long-enough",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Objects stay for the minimum duration of their class",
  description:
    "Lifecycle rules must not delete objects before the minimum duration of the class they are in.",
  severity: "medium",
  enforcementLevel: "advisory",
  url: "https://cloud.google.com/storage/pricing#early-delete",
  reason: "the class is billed for its minimum duration anyway: NEARLINE 30 days, COLDLINE 90, ARCHIVE 365.",
  fix: "delete later, or keep short-lived objects in a warmer class",
  *judge({ props }) {
    const rules = lifecycleRules(props);
    for (const deletion of rules) {
      const { action, age } = deletion;
      if (action !== "Delete" || age === undefined || deletion.classes.length > 0) continue;
      const coldest = coldestAt(age, deletion, rules, defaultClass(props));
      const minimum = MINIMUM_DAYS.get(coldest) ?? 0;
      if (age < minimum) {
        yield `deletes objects at ${age} days, when they are in ${coldest}: ${minimum - age} more days are billed`;
      }
    }
  },
});

/** The class that objects under a rule are in at an age. */
function coldestAt(
  age: number,
  under: LifecycleRule,
  rules: readonly LifecycleRule[],
  start: string,
): string {
  const reached = rules.flatMap((rule) =>
    rule.action === "SetStorageClass" &&
    rule.storageClass !== undefined &&
    rule.age !== undefined &&
    rule.age < age &&
    covers(rule, under)
      ? [rule.storageClass]
      : [],
  );
  return reached.reduce((coldest, one) => (isColder(one, coldest) ? one : coldest), start);
}

/** Whether every object of `narrow` is under `broad` too, as far as prefixes and suffixes say. */
function covers(broad: LifecycleRule, narrow: LifecycleRule): boolean {
  return (
    within(narrow.prefixes, broad.prefixes, (one, other) => one.startsWith(other)) &&
    within(narrow.suffixes, broad.suffixes, (one, other) => one.endsWith(other))
  );
}

function within(
  narrow: readonly string[],
  broad: readonly string[],
  isIn: (one: string, other: string) => boolean,
): boolean {
  if (broad.length === 0) return true;
  return narrow.length > 0 && narrow.every((one) => broad.some((other) => isIn(one, other)));
}

function isKnownClass(name: string): boolean {
  return MINIMUM_DAYS.has(name);
}

function isColder(one: string, other: string): boolean {
  return CLASSES.indexOf(one) > CLASSES.indexOf(other);
}

export const unfinishedUploadsEnd: ResourceValidationPolicy = resourceRule({
  name: "unfinished-uploads-end",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Unfinished multipart uploads are removed",
  description: "Buckets should have a lifecycle rule AbortIncompleteMultipartUpload.",
  severity: "low",
  enforcementLevel: "advisory",
  url: "https://docs.cloud.google.com/storage/docs/multipart-uploads",
  reason: "the parts of unfinished uploads are kept without a time limit, and are billed as storage.",
  fix: 'add lifecycleRules: [{ action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } }]',
  *judge({ props }) {
    if (lifecycleRules(props).every(({ action }) => action !== "AbortIncompleteMultipartUpload")) {
      yield "keeps the parts of unfinished uploads forever";
    }
  },
});
