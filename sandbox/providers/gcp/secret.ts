import { found } from "../cloud.ts";
import { boolean, list, map, object, string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { defined, isList, isObject, isUnknown, objectOf, textOf, type Properties } from "../values.ts";
import {
  cloudOf,
  effectiveLabels,
  labelOutputs,
  labels,
  liveLabels,
  predictedLabels,
  project,
  projectOf,
  projectProblems,
  withDeletionPolicy,
} from "./common.ts";

const encryption = object({ kmsKeyName: string() });

const idOf = (inProject: string, secretId: string): string => `projects/${inProject}/secrets/${secretId}`;

const propertiesOf = (secret: Properties, inputs: Properties, inProject: string): Properties =>
  defined({
    ...liveLabels(secret["labels"], inputs),
    secretId: (textOf(secret["name"]) ?? "").replace(/^.*\//, ""),
    project: inProject,
    replication: fromApiReplication(objectOf(secret["replication"])),
    annotations: ownEntries(objectOf(secret["annotations"]), inputs["annotations"]),
    effectiveAnnotations: objectOf(secret["annotations"]),
    name: secret["name"],
    createTime: secret["createTime"],
  });

const ownEntries = (all: Properties, own: Properties[string] | undefined): Properties =>
  isObject(own) ? Object.fromEntries(Object.entries(all).filter(([key]) => key in own)) : {};

/** The API says `automatic` where the type says `auto`. */
function toApiReplication(replication: Properties): Properties {
  const { auto, ...others } = replication;
  return auto === undefined ? others : { ...others, automatic: auto };
}

function fromApiReplication(replication: Properties): Properties {
  const { automatic, ...others } = replication;
  return automatic === undefined ? others : { ...others, auto: automatic };
}

/** Each replica has a key in its own location, or none has any. https://docs.cloud.google.com/secret-manager/docs/cmek */
function replicaKeyProblems(inputs: Properties): string[] {
  const { replicas } = objectOf(objectOf(inputs["replication"])["userManaged"]);
  const given = (isList(replicas) ? replicas : []).map(objectOf);
  const keys = given.map((replica) => objectOf(replica["customerManagedEncryption"])["kmsKeyName"]);
  const count = keys.filter((key) => key !== undefined).length;
  return [
    ...(count > 0 && count < given.length
      ? ["replication: each replica needs a key, or none may have any"]
      : []),
    ...given.flatMap(({ location }, index) => {
      const key = textOf(keys[index]);
      const keyLocation = key === undefined ? undefined : /\/locations\/([^/]+)\//.exec(key)?.[1];
      return keyLocation === undefined || isUnknown(location) || keyLocation === textOf(location)
        ? []
        : [`replication: the key of the replica in ${textOf(location) ?? ""} is in ${keyLocation}`];
    }),
  ];
}

/** https://www.pulumi.com/registry/packages/gcp/api-docs/secretmanager/secret/#inputs */
export const secret: ResourceModel = withDeletionPolicy({
  type: "gcp:secretmanager/secret:Secret",
  fields: {
    secretId: string({
      pattern: /^[A-Za-z0-9_-]{1,255}$/,
      rule: "1 to 255 letters, digits, _ and -",
    }),
    project,
    labels,
    annotations: map(string()),
    replication: object({
      auto: object({ customerManagedEncryption: encryption }),
      userManaged: object({
        replicas: list(object({ location: string(), customerManagedEncryption: encryption })),
      }),
    }),
    deletionProtection: boolean({ local: true }),
  },
  outputs: [...labelOutputs, "name", "createTime", "effectiveAnnotations"],
  secrets: labelOutputs,
  ...named("secretId", 255),
  problems: (inputs, config) => [...projectProblems(inputs, config), ...replicaKeyProblems(inputs)],
  predict: (inputs, config, old) => ({
    ...predictedLabels(inputs, config, old),
    ...defined({ project: projectOf(inputs, config), effectiveAnnotations: inputs["annotations"] }),
  }),
  create: async (inputs, context) => {
    const cloud = cloudOf(inputs, context);
    const secretId = textOf(inputs["secretId"]) ?? "";
    const created = await cloud.secretManager({
      method: "POST",
      path: ["projects", cloud.project, "secrets"],
      query: { secretId },
      body: defined({
        replication: toApiReplication(objectOf(inputs["replication"])),
        labels: effectiveLabels(inputs, context.config),
        annotations: inputs["annotations"],
      }),
    });
    return { id: idOf(cloud.project, secretId), properties: propertiesOf(created, inputs, cloud.project) };
  },
  read: async (id, { inputs }, context) => {
    const cloud = context.cloud();
    const known = idOf(cloud.projectId, id.replace(/^.*\//, ""));
    const live = await found(cloud.secretManager({ method: "GET", path: known.split("/") }));
    return live && { id: known, properties: propertiesOf(live, inputs, cloud.projectId) };
  },
  update: async (id, inputs, old, context) => {
    const cloud = cloudOf(inputs, context);
    const updated = await cloud.secretManager({
      method: "PATCH",
      path: id.split("/"),
      query: { updateMask: "labels,annotations,replication" },
      body: {
        replication: toApiReplication(objectOf(inputs["replication"])),
        labels: effectiveLabels(inputs, context.config, old.state),
        annotations: inputs["annotations"] ?? {},
      },
    });
    return { id, properties: propertiesOf(updated, inputs, cloud.project) };
  },
  delete: async (id, old, context) => {
    if ((old.state["deletionProtection"] ?? old.inputs["deletionProtection"]) === true) {
      throw new Refusal(
        `cannot delete ${id}: its deletionProtection is true; set it to false and run \`pulumi up\` first`,
      );
    }
    await found(context.cloud().secretManager({ method: "DELETE", path: id.split("/") }));
  },
});
