import { boolean, integer, list, object, string } from "../fields.ts";
import type { Context, ResourceModel } from "../model.ts";
import { recorded } from "../recorded.ts";
import { defined, textOf, type Properties } from "../values.ts";
import {
  cloudOf,
  locationOf,
  placeProblems,
  project,
  projectOf,
  sameShortName,
  short,
  withDeletionPolicy,
} from "./common.ts";
import { labelled } from "./labelled.ts";

const at = (inputs: Properties, key: string): string => textOf(inputs[key]) ?? "";
const idOf = (inputs: Properties, context: Context, key: string): string =>
  `projects/${cloudOf(inputs, context).project}/locations/${locationOf(inputs, context.config) ?? ""}/repositories/${short(inputs[key])}`;
const predict = (inputs: Properties, config: Properties): Properties =>
  defined({ project: projectOf(inputs, config), location: locationOf(inputs, config) });

/** https://www.pulumi.com/registry/packages/gcp/api-docs/artifactregistry/repository/ */
const repository = withDeletionPolicy(
  labelled({
    type: "gcp:artifactregistry/repository:Repository",
    fields: {
      repositoryId: string({
        pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
        rule: "1 to 63 characters of a-z, 0-9 and -, starting with a letter",
      }),
      location: string(),
      project,
      description: string(),
      format: string(),
      mode: string(),
      kmsKeyName: string(),
      dockerConfig: object({ immutableTags: boolean() }),
      cleanupPolicyDryRun: boolean(),
      cleanupPolicies: list(
        object({
          id: string(),
          action: string({ allowed: ["DELETE", "KEEP"] }),
          condition: object({
            tagState: string({ allowed: ["TAGGED", "UNTAGGED", "ANY"] }),
            olderThan: string({ pattern: /^\d+[smhd]$/, rule: "a duration such as 86400s" }),
            newerThan: string({ pattern: /^\d+[smhd]$/, rule: "a duration such as 86400s" }),
            tagPrefixes: list(string()),
            packageNamePrefixes: list(string()),
          }),
          mostRecentVersions: object({
            keepCount: integer({ min: 1 }),
            packageNamePrefixes: list(string()),
          }),
        }),
      ),
      remoteRepositoryConfig: object({ description: string(), commonRepository: object({ uri: string() }) }),
    },
    outputs: ["name", "createTime", "updateTime", "registryUri"],
    changing: ["updateTime"],
    identity: (inputs) => inputs["repositoryId"],
    problems: placeProblems,
    predict,
    distinct: true,
    idOf: (inputs, context) => idOf(inputs, context, "repositoryId"),
    report: (inputs, _id, context, old) => {
      const projectId = cloudOf(inputs, context).project;
      const place = locationOf(inputs, context.config) ?? "";
      const now = new Date().toISOString();
      return {
        project: projectId,
        location: place,
        name: at(inputs, "repositoryId"),
        createTime: old?.["createTime"] ?? now,
        updateTime: now,
        registryUri: `${place}-docker.pkg.dev/${projectId}/${at(inputs, "repositoryId")}`,
      };
    },
  }),
);

/** https://www.pulumi.com/registry/packages/gcp/api-docs/artifactregistry/repositoryiammember/ */
const grant = recorded({
  type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  fields: {
    repository: string({ same: sameShortName }),
    location: string(),
    project,
    role: string({ pattern: /^(roles|projects\/[^/]+\/roles)\/[\w.]+$/ }),
    member: string({
      pattern: /^[a-zA-Z]+:.+|^allUsers$|^allAuthenticatedUsers$/,
    }),
  },
  outputs: ["etag"],
  problems: placeProblems,
  predict,
  idOf: (inputs, context) =>
    `${idOf(inputs, context, "repository")}/${at(inputs, "role")}/${at(inputs, "member")}`,
  report: (inputs, id, context) => ({
    project: cloudOf(inputs, context).project,
    location: locationOf(inputs, context.config) ?? "",
    repository: idOf(inputs, context, "repository"),
    etag: `"${String(id.length)}"`,
  }),
});

const repositoryIamMember: ResourceModel = {
  ...grant,
  // Imports name a grant as Terraform does: repository, role and member with spaces between.
  read: (id, old, context) => grant.read(id.replaceAll(" ", "/"), old, context),
};

export const artifactRegistry: ResourceModel[] = [repository, repositoryIamMember];
