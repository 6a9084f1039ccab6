import { createHash } from "node:crypto";
import { found, type Cloud } from "../cloud.ts";
import { object, string, type Field } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { canonical, defined, isUnknown, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, sameShortName } from "./common.ts";
import { cryptoKeyId, findCryptoKey } from "./kms.ts";
import { findServiceAccount } from "./service-account.ts";
import { fillAccountProblem } from "./signed-url-key.ts";

/** What differs between the IAM member types. */
interface Granted {
  type: string;
  /** The input that names the resource. */
  field: string;
  hasProject: boolean;
  /** The resource's id in the provider's spelling, from any spelling of the input. */
  idOf: (name: string, project: string) => string;
  /** The resource's full name in IAM, without the leading `//`. */
  fullName: (id: string) => string;
  exists: (id: string, cloud: Cloud) => Promise<unknown>;
}

const principal =
  /^(allUsers|allAuthenticatedUsers|(user|serviceAccount|group|domain|projectOwner|projectEditor|projectViewer|deleted|principal|principalSet):.+)$/;
const role = /^(roles|projects\/[^/]+\/roles|organizations\/[^/]+\/roles)\/[\w.]+$/;

const lastOf = (name: string): string => name.replace(/^.*\//, "");

const granted: Granted[] = [
  {
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    field: "bucket",
    hasProject: false,
    idOf: (name) => `b/${lastOf(name)}`,
    fullName: (id) => `storage.googleapis.com/projects/_/buckets/${lastOf(id)}`,
    exists: (id, cloud) => found(cloud.storage({ method: "GET", path: ["b", lastOf(id)] })),
  },
  {
    type: "gcp:serviceaccount/iAMMember:IAMMember",
    field: "serviceAccountId",
    hasProject: false,
    idOf: (name) => name,
    fullName: (id) => `iam.googleapis.com/${id}`,
    exists: (id, cloud) => findServiceAccount(cloud, lastOf(id)),
  },
  {
    type: "gcp:secretmanager/secretIamMember:SecretIamMember",
    field: "secretId",
    hasProject: true,
    idOf: (name, inProject) => `projects/${inProject}/secrets/${lastOf(name)}`,
    fullName: (id) => `secretmanager.googleapis.com/${id}`,
    exists: (id, cloud) => found(cloud.secretManager({ method: "GET", path: id.split("/") })),
  },
  {
    type: "gcp:pubsub/topicIAMMember:TopicIAMMember",
    field: "topic",
    hasProject: true,
    idOf: (name, inProject) => `projects/${inProject}/topics/${lastOf(name)}`,
    fullName: (id) => `pubsub.googleapis.com/${id}`,
    exists: (id, cloud) => found(cloud.control({ method: "GET", path: ["pubsub", "topics", lastOf(id)] })),
  },
  {
    type: "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
    field: "subscription",
    hasProject: true,
    idOf: (name, inProject) => `projects/${inProject}/subscriptions/${lastOf(name)}`,
    fullName: (id) => `pubsub.googleapis.com/${id}`,
    exists: (id, cloud) =>
      found(cloud.control({ method: "GET", path: ["pubsub", "subscriptions", lastOf(id)] })),
  },
  {
    type: "gcp:bigquery/datasetIamMember:DatasetIamMember",
    field: "datasetId",
    hasProject: true,
    idOf: (name, inProject) => `projects/${inProject}/datasets/${lastOf(name)}`,
    fullName: (id) => `bigquery.googleapis.com/${id}`,
    exists: (id, cloud) =>
      found(cloud.control({ method: "GET", path: ["registry", "gcp:bigquery/dataset:Dataset", id] })),
  },
  {
    type: "gcp:projects/iAMMember:IAMMember",
    field: "project",
    hasProject: false,
    idOf: (name) => lastOf(name),
    fullName: (id) => `cloudresourcemanager.googleapis.com/projects/${id}`,
    exists: (id, cloud) => Promise.resolve(id === cloud.projectId || undefined),
  },
  {
    type: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    field: "cryptoKeyId",
    hasProject: false,
    idOf: cryptoKeyId,
    fullName: (id) => `cloudkms.googleapis.com/${id}`,
    exists: (id, cloud) => findCryptoKey(cloud, id),
  },
];

export const iamMembers: ResourceModel[] = granted.map(iamMember);

/** One role for one member on one resource; nothing of it can be changed in place. */
function iamMember({ type, field, hasProject, idOf, fullName, exists }: Granted): ResourceModel {
  const conditionField: Field = object({ title: string(), description: string(), expression: string() });
  const resourceOf = (inputs: Properties, config: Properties): string | undefined => {
    const name = textOf(inputs[field]);
    const inProject = projectOf(inputs, config);
    return name === undefined || isUnknown(name) || inProject === undefined || isUnknown(inProject)
      ? undefined
      : idOf(name, inProject);
  };
  const bindingId = (resource: string, inputs: Properties): string => {
    const condition = textOf(objectOf(inputs["condition"])["title"]);
    const parts = [resource, textOf(inputs["role"]), textOf(inputs["member"]), condition];
    return parts.filter((part) => part !== undefined).join("/");
  };
  const fetchBinding = (cloud: Cloud, id: string) =>
    found(cloud.control({ method: "GET", path: ["iam", "bindings", id] }));
  const propertiesOf = (resource: string, binding: Properties, config: Properties): Properties =>
    defined({
      [field]: resource,
      ...(hasProject && { project: projectOf({}, config) }),
      role: binding["role"],
      member: binding["member"],
      condition: binding["condition"],
      etag: createHash("sha256").update(canonical(binding)).digest("base64").slice(0, 12),
    });

  return {
    type,
    fields: {
      [field]: string({ same: sameShortName }),
      ...(hasProject && { project }),
      role: string({ pattern: role, rule: 'a role such as "roles/viewer"' }),
      member: string({
        pattern: principal,
        rule: 'a principal such as "serviceAccount:NAME@PROJECT.iam.gserviceaccount.com" or "principal://…"',
      }),
      condition: conditionField,
    },
    outputs: ["etag"],
    ...(hasProject && { problems: projectProblems }),
    predict: (inputs, config) => ({
      ...(hasProject && defined({ project: projectOf(inputs, config) })),
      ...defined({ [field]: resourceOf(inputs, config) }),
    }),
    create: async (inputs, context) => {
      if ("condition" in inputs) {
        throw new Refusal(
          "the local cloud evaluates no IAM conditions: a conditional grant can be previewed only",
        );
      }
      const cloud = cloudOf(field === "project" || hasProject ? inputs : {}, context);
      const resource = idOf(textOf(inputs[field]) ?? "", cloud.project);
      if ((await exists(resource, cloud)) === undefined) {
        throw new Refusal(`${fullName(resource)} does not exist, so no role on it can be granted`);
      }
      const unborn = await fillAccountProblem(cloud, textOf(inputs["member"]) ?? "");
      if (unborn !== undefined) throw new Refusal(unborn);
      const id = bindingId(resource, inputs);
      const binding = defined({
        resource: `//${fullName(resource)}`,
        role: inputs["role"],
        member: inputs["member"],
      });
      await cloud.control({ method: "PUT", path: ["iam", "bindings", id], body: binding });
      return { id, properties: propertiesOf(resource, binding, { project: cloud.project }) };
    },
    read: async (id, { inputs }, context) => {
      const cloud = context.cloud();
      // Imports name a grant as Terraform does: resource, role and member with spaces between.
      const [resourceName = "", ...grant] = id.split(" ");
      const resource =
        grant.length > 0
          ? idOf(resourceName, cloud.projectId)
          : idOf(textOf(inputs[field]) ?? "", cloud.projectId);
      const known = grant.length > 0 ? [resource, ...grant].join("/") : id;
      const [binding, parent] = await Promise.all([fetchBinding(cloud, known), exists(resource, cloud)]);
      if (binding === undefined || parent === undefined) return undefined;
      return { id: known, properties: propertiesOf(resource, binding, { project: cloud.projectId }) };
    },
    update: () => Promise.reject(new Refusal("an IAM member is replaced, never updated")),
    delete: async (id, _old, context) => {
      await found(context.cloud().control({ method: "DELETE", path: ["iam", "bindings", id] }));
    },
  };
}
