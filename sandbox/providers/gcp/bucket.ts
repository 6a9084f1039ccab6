import { found, type Cloud } from "../cloud.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { defined, listOf, objectOf, omit, textOf, type Properties, type Value } from "../values.ts";
import { fromApi, mergePatch, toApi } from "./bucket-api.ts";
import { bucketFields } from "./bucket-fields.ts";
import {
  cloudOf,
  labelOutputs,
  predictedLabels,
  projectOf,
  projectProblems,
  withDeletionPolicy,
} from "./common.ts";
import { isComputed } from "./facts/with-facts.ts";
import { requireKey, requireKeyLocation } from "./key-use.ts";

/** How many objects `forceDestroy` deletes at once. */
const deletionsAtOnce = 20;

const TYPE = "gcp:storage/bucket:Bucket";

export const bucket: ResourceModel = withDeletionPolicy({
  type: TYPE,
  fields: bucketFields,
  outputs: [...labelOutputs, "projectNumber", "selfLink", "timeCreated", "updated", "url"],
  changing: ["updated"],
  secrets: labelOutputs,
  ...named("name", 63),
  problems: projectProblems,
  predict: (inputs, config, old) => ({
    ...predictedLabels(inputs, config, old),
    ...defined({ project: projectOf(inputs, config) }),
  }),
  // CustomizeDiff: ForceNewIfChange("retention_policy.0.is_locked", isPolicyLocked), in resource_storage_bucket.go. What is locked stays
  // locked: only another bucket can be without it.
  replaces: (path, _config, old) =>
    objectOf(old["retentionPolicy"])["isLocked"] === true &&
    ["retentionPolicy", "retentionPolicy.isLocked"].includes(path),
  create: async (inputs, context) => {
    const cloud = cloudOf(inputs, context);
    await requireDefaultKey(inputs, cloud);
    const created = await cloud.storage({
      method: "POST",
      path: ["b"],
      query: {
        project: cloud.project,
        ...(inputs["enableObjectRetention"] === true && { enableObjectRetention: "true" }),
      },
      body: { name: inputs["name"] ?? "", ...toApi(inputs, context.config) },
    });
    return {
      id: textOf(created["name"]) ?? "",
      properties: fromApi(await locked(cloud, created, inputs), inputs, cloud.project),
    };
  },
  read: async (id, { inputs }, context) => {
    const cloud = context.cloud();
    const name = id.replace(/^.*\//, "");
    const live = await found(cloud.storage({ method: "GET", path: ["b", name] }));
    return live && { id: name, properties: fromApi(live, inputs, cloud.projectId) };
  },
  update: async (id, inputs, old, context) => {
    const cloud = cloudOf(inputs, context);
    await requireDefaultKey(inputs, cloud);
    const updated = await cloud.storage({
      method: "PATCH",
      path: ["b", id],
      body: patchOf(inputs, old.inputs, context.config),
    });
    return { id, properties: fromApi(await locked(cloud, updated, inputs), inputs, cloud.project) };
  },
  delete: async (id, old, context) => {
    const cloud = context.cloud();
    const force = (old.state["forceDestroy"] ?? old.inputs["forceDestroy"]) === true;
    await emptyBucket(cloud, id, force, context.report);
    await found(cloud.storage({ method: "DELETE", path: ["b", id] }));
  },
});

/** Leaving out what the service may choose is no change; a bucket's place is never patched. */
function patchOf(inputs: Properties, old: Properties, config: Properties): Properties {
  const kept = Object.fromEntries(
    Object.entries(old).filter(([key]) => isComputed(TYPE, key) && !(key in inputs)),
  );
  const place = ["location", "customPlacementConfig"];
  return mergePatch(omit(toApi(old, config), place), omit(toApi({ ...kept, ...inputs }, config), place));
}

/** Locks the retention policy where the program asks for it, as the real provider does after each request. */
async function locked(cloud: Cloud, live: Properties, inputs: Properties): Promise<Properties> {
  const isLocked = (policy: Value | undefined): boolean => objectOf(policy)["isLocked"] === true;
  if (!isLocked(inputs["retentionPolicy"]) || isLocked(live["retentionPolicy"])) return live;
  return cloud.storage({
    method: "POST",
    path: ["b", textOf(live["name"]) ?? "", "lockRetentionPolicy"],
    query: { ifMetagenerationMatch: textOf(live["metageneration"]) ?? "" },
  });
}

async function requireDefaultKey(inputs: Properties, cloud: Cloud): Promise<void> {
  const { defaultKmsKeyName } = objectOf(inputs["encryption"]);
  requireKeyLocation(defaultKmsKeyName, inputs["location"]);
  await requireKey(defaultKmsKeyName, "storage", cloud);
}

async function emptyBucket(
  cloud: Cloud,
  name: string,
  force: boolean,
  report: (message: string) => void,
): Promise<void> {
  for (;;) {
    const listed = await found(
      cloud.storage({
        method: "GET",
        path: ["b", name, "o"],
        query: { versions: "true", maxResults: "500" },
      }),
    );
    const objects = listOf(listed?.["items"]).map(objectOf);
    if (objects.length === 0) return;
    if (!force) {
      throw new Refusal(
        `cannot delete bucket ${name}: it holds objects, and forceDestroy is not true; delete them, or set forceDestroy and run \`pulumi up\` first`,
      );
    }
    report(`deleting ${objects.length} objects of ${name}`);
    for (let start = 0; start < objects.length; start += deletionsAtOnce) {
      await Promise.all(
        objects.slice(start, start + deletionsAtOnce).map((object) =>
          found(
            cloud.storage({
              method: "DELETE",
              path: ["b", name, "o", textOf(object["name"]) ?? ""],
              query: { generation: textOf(object["generation"]) ?? "" },
            }),
          ),
        ),
      );
    }
  }
}
