import {
  defined,
  isList,
  isObject,
  listOf,
  objectOf,
  same,
  textOf,
  type Properties,
  type Value,
} from "../values.ts";
import { effectiveLabels, liveLabels } from "./common.ts";

/**
 * A bucket between its Pulumi type and the JSON API.
 * https://docs.cloud.google.com/storage/docs/json_api/v1/buckets#resource
 */
export function toApi(inputs: Properties, config: Properties): Properties {
  const uniform = inputs["uniformBucketLevelAccess"];
  const access = defined({
    uniformBucketLevelAccess: uniform === undefined ? undefined : { enabled: uniform },
    publicAccessPrevention: inputs["publicAccessPrevention"],
  });
  const softDelete = objectOf(inputs["softDeletePolicy"])["retentionDurationSeconds"];
  const allLabels = effectiveLabels(inputs, config);
  return defined({
    location: inputs["location"],
    customPlacementConfig: inputs["customPlacementConfig"],
    rpo: inputs["rpo"],
    storageClass: inputs["storageClass"],
    labels: Object.keys(allLabels).length > 0 ? allLabels : undefined,
    iamConfiguration: Object.keys(access).length > 0 ? access : undefined,
    versioning: inputs["versioning"],
    softDeletePolicy:
      softDelete === undefined ? undefined : { retentionDurationSeconds: Number(softDelete).toString() },
    lifecycle:
      inputs["lifecycleRules"] === undefined
        ? undefined
        : { rule: listOf(inputs["lifecycleRules"]).map((rule) => toApiRule(objectOf(rule))) },
    autoclass: inputs["autoclass"],
    // Locking is a request of its own.
    retentionPolicy: picked(inputs["retentionPolicy"], ["retentionPeriod"]),
    defaultEventBasedHold: inputs["defaultEventBasedHold"],
    encryption: inputs["encryption"],
    cors:
      inputs["cors"] === undefined
        ? undefined
        : listOf(inputs["cors"]).map((rule) => renamed(objectOf(rule), corsNames)),
    logging: inputs["logging"],
    website: inputs["website"],
    billing: inputs["requesterPays"] === undefined ? undefined : { requesterPays: inputs["requesterPays"] },
    hierarchicalNamespace: inputs["hierarchicalNamespace"],
    ipFilter: inputs["ipFilter"],
  });
}

const corsNames = { origins: "origin", methods: "method", responseHeaders: "responseHeader" };
const conditionNames = {
  matchesPrefixes: "matchesPrefix",
  matchesSuffixes: "matchesSuffix",
  matchesStorageClasses: "matchesStorageClass",
};
/** Zero is sent only with its own flag: the provider cannot distinguish 0 from "not set". */
const zeroSwitches: Readonly<Record<string, string>> = {
  age: "sendAgeIfZero",
  daysSinceCustomTime: "sendDaysSinceCustomTimeIfZero",
  daysSinceNoncurrentTime: "sendDaysSinceNoncurrentTimeIfZero",
  numNewerVersions: "sendNumNewerVersionsIfZero",
};

function toApiRule(rule: Properties): Properties {
  const condition = objectOf(rule["condition"]);
  const sent: Record<string, Value> = {};
  for (const [key, value] of Object.entries(condition)) {
    const zeroSwitch = zeroSwitches[key];
    if (Object.values(zeroSwitches).includes(key) || key === "withState") continue;
    if (zeroSwitch !== undefined && value === 0 && condition[zeroSwitch] !== true) continue;
    if (isList(value) && value.length === 0) continue;
    sent[key] = value;
  }
  for (const [key, zeroSwitch] of Object.entries(zeroSwitches)) {
    if (condition[zeroSwitch] === true && condition[key] === undefined) sent[key] = 0;
  }
  if (condition["withState"] === "LIVE") sent["isLive"] = true;
  if (condition["withState"] === "ARCHIVED") sent["isLive"] = false;
  return { action: rule["action"] ?? {}, condition: renamed(sent, conditionNames) };
}

function fromApiRule(rule: Properties): Properties {
  const { isLive, ...condition } = objectOf(rule["condition"]);
  return {
    action: rule["action"] ?? {},
    condition: {
      ...renamed(condition, inverted(conditionNames)),
      withState: isLive === undefined ? "ANY" : isLive === true ? "LIVE" : "ARCHIVED",
    },
  };
}

const renamed = (properties: Properties, names: Readonly<Record<string, string>>): Properties =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [names[key] ?? key, value]));

const inverted = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([one, other]) => [other, one]));

/** @param inputs those of the program; empty when importing */
export function fromApi(bucket: Properties, inputs: Properties, project: string): Properties {
  const access = objectOf(bucket["iamConfiguration"]);
  const name = textOf(bucket["name"]) ?? "";
  const softDelete = objectOf(bucket["softDeletePolicy"]);
  return defined({
    name,
    project,
    location: bucket["location"],
    customPlacementConfig: bucket["customPlacementConfig"],
    rpo: bucket["rpo"],
    storageClass: bucket["storageClass"],
    ...liveLabels(bucket["labels"], inputs),
    uniformBucketLevelAccess: objectOf(access["uniformBucketLevelAccess"])["enabled"] ?? false,
    publicAccessPrevention: access["publicAccessPrevention"] ?? "inherited",
    versioning: bucket["versioning"],
    softDeletePolicy: defined({
      retentionDurationSeconds: Number(softDelete["retentionDurationSeconds"] ?? 0),
      effectiveTime: softDelete["effectiveTime"],
    }),
    lifecycleRules: nonEmpty(
      listOf(objectOf(bucket["lifecycle"])["rule"]).map((rule) => fromApiRule(objectOf(rule))),
    ),
    autoclass: picked(bucket["autoclass"], ["enabled", "terminalStorageClass"]),
    retentionPolicy: picked(bucket["retentionPolicy"], ["retentionPeriod", "isLocked"]),
    defaultEventBasedHold: bucket["defaultEventBasedHold"],
    encryption: bucket["encryption"],
    cors: nonEmpty(listOf(bucket["cors"]).map((rule) => renamed(objectOf(rule), inverted(corsNames)))),
    logging: bucket["logging"],
    website: bucket["website"],
    requesterPays: objectOf(bucket["billing"])["requesterPays"],
    hierarchicalNamespace: bucket["hierarchicalNamespace"],
    ipFilter: bucket["ipFilter"],
    enableObjectRetention: objectOf(bucket["objectRetention"])["mode"] === "Enabled" ? true : undefined,
    projectNumber: bucket["projectNumber"] === undefined ? undefined : Number(bucket["projectNumber"]),
    selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
    url: `gs://${name}`,
    timeCreated: bucket["timeCreated"],
    updated: bucket["updated"],
  });
}

function picked(value: Value | undefined, keys: readonly string[]): Value | undefined {
  return isObject(value) ? defined(Object.fromEntries(keys.map((key) => [key, value[key]]))) : undefined;
}

const nonEmpty = (items: readonly Value[]): Value | undefined => (items.length > 0 ? items : undefined);

/** The JSON merge patch (RFC 7396) that makes `old` into `wanted`. */
export function mergePatch(old: Properties, wanted: Properties): Properties {
  const patch: Record<string, Value> = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    const [before, after] = [old[key], wanted[key]];
    if (after === undefined) patch[key] = null;
    else if (isObject(before) && isObject(after)) {
      const nested = mergePatch(before, after);
      if (Object.keys(nested).length > 0) patch[key] = nested;
    } else if (!same(before, after)) patch[key] = after;
  }
  return patch;
}
