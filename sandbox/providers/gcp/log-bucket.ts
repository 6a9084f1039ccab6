import { boolean, integer, list, object, string } from "../fields.ts";
import { type Context, type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { recorded } from "../recorded.ts";
import { defined, textOf, type Properties } from "../values.ts";
import { cloudOf, sameShortName, short, withDeletionPolicy } from "./common.ts";

/** The two buckets that every project has; they cannot be deleted, and the real provider only forgets them. */
const builtIn: readonly string[] = ["_Required", "_Default"];

const idOf = (inputs: Properties, context: Context): string => {
  const inProject = cloudOf({ project: short(inputs["project"]) }, context).project;
  return `projects/${inProject}/locations/${textOf(inputs["location"]) ?? ""}/buckets/${textOf(inputs["bucketId"]) ?? ""}`;
};

const base = recorded({
  type: "gcp:logging/projectBucketConfig:ProjectBucketConfig",
  fields: {
    project: string({ same: sameShortName }),
    location: string({
      pattern: /^[a-z][a-z0-9-]+$/,
      rule: 'a location of log buckets such as "global" or "us-central1"',
    }),
    bucketId: string({
      pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/,
      rule: "1 to 100 letters, digits, _, - and .",
    }),
    description: string(),
    locked: boolean(),
    retentionDays: integer({ min: 1, max: 3650 }),
    // Leaving it out is no change: analytics cannot be disabled.
    enableAnalytics: boolean(),
    cmekSettings: object({ kmsKeyName: string() }),
    indexConfigs: list(
      object({
        fieldPath: string(),
        type: string({ allowed: ["INDEX_TYPE_STRING", "INDEX_TYPE_INTEGER"] }),
      }),
    ),
  },
  outputs: ["name", "lifecycleState"],
  identity: (inputs) => `${textOf(inputs["location"]) ?? ""}/${textOf(inputs["bucketId"]) ?? ""}`,
  idOf,
  report: (_inputs, id) => ({ name: id, lifecycleState: "ACTIVE" }),
});

/** What Google refuses to change of an existing log bucket. */
function refuseChange(id: string, old: Properties, inputs: Properties): void {
  const problems = [
    old["locked"] === true && inputs["locked"] !== true
      ? "a locked log bucket cannot be unlocked"
      : undefined,
    old["locked"] === true && inputs["retentionDays"] !== old["retentionDays"]
      ? `the retention period of a locked log bucket cannot be changed (${JSON.stringify(old["retentionDays"])} days, not ${JSON.stringify(inputs["retentionDays"])})`
      : undefined,
    old["enableAnalytics"] === true && inputs["enableAnalytics"] === false
      ? "analytics cannot be disabled once enabled"
      : undefined,
    "cmekSettings" in old && !("cmekSettings" in inputs)
      ? "a log bucket with a customer-managed key cannot do without one"
      : undefined,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Refusal(`${id}: ${problems.join("; ")}`);
}

/**
 * Recorded only: no log entries are kept. What is irreversible in the cloud is irreversible here.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/logging/projectbucketconfig/
 */
export const logBucket: ResourceModel = withDeletionPolicy({
  ...base,
  // The real provider takes over a bucket that exists already, and changes it.
  create: async (inputs, context) => {
    const id = idOf(inputs, context);
    const existing = await base.read(id, { inputs: {}, state: {} }, context);
    if (existing !== undefined) refuseChange(id, existing.properties, inputs);
    return base.create(inputs, context);
  },
  update: async (id, inputs, old, context) => {
    const live = await base.read(id, old, context);
    refuseChange(id, live?.properties ?? old.state, inputs);
    const enableAnalytics = inputs["enableAnalytics"] ?? live?.properties["enableAnalytics"];
    return base.update(id, { ...inputs, ...defined({ enableAnalytics }) }, old, context);
  },
  delete: async (id, old, context) => {
    const live = await base.read(id, old, context);
    if (live?.properties["locked"] === true) {
      throw new Refusal(
        `cannot delete ${id}: it is locked, and a locked log bucket can be deleted only when it is empty, which the local cloud assumes of none`,
      );
    }
    if (!builtIn.includes(id.replace(/^.*\//, ""))) await base.delete(id, old, context);
  },
});
