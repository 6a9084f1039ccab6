import type { ResourceValidationPolicy } from "@pulumi/policy";
import { BUCKET } from "../model/kinds.ts";
import { NOT_EPHEMERAL, resourceRule } from "../model/rule.ts";
import { isRetentionLocked, lifecycleRules, retentionSeconds, softDeleteSeconds } from "./facts.ts";

const DAY_SECONDS = 86_400;

export const bucketsAreNotForceDestroyed: ResourceValidationPolicy = resourceRule({
  name: "buckets-are-not-force-destroyed",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Buckets with objects cannot be destroyed",
  description: "Buckets must not set forceDestroy, except in disposable stacks. Remediates.",
  severity: "critical",
  url: "https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/",
  reason: "a destroy, or a change that replaces the bucket, would delete every object in it without asking.",
  fix: "leave forceDestroy out; empty a bucket by hand before you remove it",
  stacks: NOT_EPHEMERAL,
  *judge({ props }) {
    if (props["forceDestroy"] === true) yield "sets forceDestroy";
  },
  remediate: (props) => {
    props["forceDestroy"] = false;
  },
});

interface SoftDeleteSettings {
  readonly minimumDays: number;
}

export const bucketsKeepDeletedObjects: ResourceValidationPolicy = resourceRule<SoftDeleteSettings>({
  name: "buckets-keep-deleted-objects",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Deleted objects can be restored",
  description: "Buckets must have soft delete, except in disposable stacks.",
  severity: "high",
  url: "https://docs.cloud.google.com/storage/docs/soft-delete",
  reason: "a wrong lifecycle rule or a bug deletes in minutes what took years to make.",
  fix: "set softDeletePolicy.retentionDurationSeconds to 604800 (7 days, Google's default) or more; list scratch buckets in the policy's exceptions",
  stacks: NOT_EPHEMERAL,
  config: {
    minimumDays: {
      type: "integer",
      minimum: 7,
      maximum: 90,
      default: 7,
      description: "Fewest days for which deleted objects are kept; Google takes 7 to 90.",
    },
  },
  *judge({ props }, { minimumDays }) {
    const seconds = softDeleteSeconds(props);
    if (seconds === 0) yield "has soft delete turned off";
    else if (seconds < minimumDays * DAY_SECONDS) {
      yield `keeps deleted objects for ${seconds} seconds; at least ${minimumDays * DAY_SECONDS} (${minimumDays} days)`;
    }
  },
});

interface RetentionSettings {
  readonly minimumDays: number;
}

export const bucketRetentionHolds: ResourceValidationPolicy = resourceRule<RetentionSettings>({
  name: "bucket-retention-holds",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Retention is long enough, and nothing conflicts with it",
  description:
    "A bucket's retention must reach the configured minimum, and neither lifecycle rules nor forceDestroy may rely on " +
    "deleting objects that it still retains.",
  severity: "medium",
  url: "https://docs.cloud.google.com/storage/docs/bucket-lock",
  reason:
    "Cloud Storage refuses to delete objects under retention, so such a deletion does not happen, or fails half-way.",
  fix: "delete only after the retention period, leave forceDestroy out, and set retentionPolicy.retentionPeriod to what is required",
  config: {
    minimumDays: {
      type: "integer",
      minimum: 0,
      maximum: 36_500,
      default: 0,
      description: "Fewest days of retention that every bucket must have; 0 asks for none.",
    },
  },
  *judge({ props }, { minimumDays }) {
    const seconds = retentionSeconds(props) ?? 0;
    if (seconds < minimumDays * DAY_SECONDS) {
      yield {
        text: `retains objects for ${seconds / DAY_SECONDS} days; at least ${minimumDays}`,
        reason: "until then, anyone who may delete objects can delete these.",
        fix: `set retentionPolicy.retentionPeriod to ${minimumDays * DAY_SECONDS} (${minimumDays} days) or more`,
      };
    }
    for (const { action, age } of lifecycleRules(props)) {
      if (action === "Delete" && age !== undefined && age * DAY_SECONDS < seconds) {
        yield {
          text: `deletes objects at ${age} days, which it retains for ${seconds / DAY_SECONDS} days`,
          fix: `set the rule's age to ${Math.ceil(seconds / DAY_SECONDS)} days or more`,
        };
      }
    }
    if (isRetentionLocked(props) && props["forceDestroy"] === true) {
      yield {
        text: "has a locked retention, so that forceDestroy would stop half-way",
        fix: "leave forceDestroy out",
      };
    }
  },
});
